package dispatch

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/node"
	"github.com/syssecure/syssecure/internal/store"
)

// Sweep carries out one batch of due work; more says that there was more of it.
func (d *Dispatcher) Sweep(ctx context.Context) (more bool, err error) {
	now := d.Now()
	due := dueWork{room: d.roomForTexts(), nodes: d.Nodes.Set()}
	look := func(v store.Reader) error { return due.read(v, now) }
	whole, err := d.Store.Peek(ctx, look)
	if err == nil && !whole && !due.none() {
		// Rows that were seen in passing may have been worked on since.
		err = d.Store.View(ctx, look)
	}
	if err != nil {
		return false, err
	}
	// One row that cannot be worked on must not keep the others waiting.
	full := len(due.texts) == due.room
	d.backlog.Store(full)
	errs := []error{d.claimAll(ctx, due.messages, message.Timer), d.claimTexts(ctx, due.texts), d.expireAll(ctx, due.otps)}
	for _, a := range due.sandboxes {
		errs = append(errs, d.sweepSandbox(ctx, a, now))
	}
	err = errors.Join(errs...)
	return err == nil && (due.more || full && due.room > 0), err
}

// dueWork is what a sweep finds, of what falls to this node.
type dueWork struct {
	messages, texts, otps []store.Due
	sandboxes             []store.Account
	more                  bool // messages or otps beyond these are due
	room                  int  // for texts
	nodes                 node.Set
}

func (w *dueWork) none() bool { return len(w.messages)+len(w.texts)+len(w.otps)+len(w.sandboxes) == 0 }

const (
	// widest bounds how many rows a sweep reads to find a batch that falls to this node.
	widest = 16
	// anyonesAfter is how late a code's row is when it is anyone's: whose it is may have died a moment ago. A text is taken
	// later, and behind a node's own: those of one second may take minutes to leave.
	anyonesAfter     = 3 * time.Second
	textAnyonesAfter = time.Minute
)

func (w *dueWork) read(v store.Reader, now time.Time) (err error) {
	wide := min(w.nodes.Size(), widest)
	messages, err := v.DueMessages(now, id.Account{}, wide*sweepBatch)
	if err != nil {
		return err
	}
	texts, err := v.DueTexts(now, wide*w.room)
	if err != nil {
		return err
	}
	otps, err := v.ExpiredOTPs(now.Add(-expiryLag), id.Account{}, wide*sweepBatch)
	if err != nil {
		return err
	}
	if w.sandboxes, err = v.Sandboxes(); err != nil {
		return err
	}
	w.messages, w.otps = w.mine(messages, now.Add(-anyonesAfter)), w.mine(otps, now.Add(-anyonesAfter-expiryLag))
	w.texts = w.mineFirst(texts, now.Add(-textAnyonesAfter))
	w.more = len(messages) == wide*sweepBatch && len(w.messages) > 0 || len(otps) == wide*sweepBatch && len(w.otps) > 0
	w.messages, w.otps = w.messages[:min(len(w.messages), sweepBatch)], w.otps[:min(len(w.otps), sweepBatch)]
	w.texts = w.texts[:min(len(w.texts), w.room)]
	w.sandboxes = slices.DeleteFunc(w.sandboxes, func(a store.Account) bool { return !w.nodes.Takes(string(a.ID[:])) })
	return nil
}

// mineFirst puts what falls to this node before what of others is late.
func (w *dueWork) mineFirst(due []store.Due, late time.Time) (out []store.Due) {
	var others []store.Due
	for _, d := range due {
		switch {
		case w.nodes.Takes(d.Key.ID):
			out = append(out, d)
		case d.At.Before(late):
			others = append(others, d)
		}
	}
	return append(out, others...)
}

// mine leaves out what falls to other nodes, unless it was due before late.
func (w *dueWork) mine(due []store.Due, late time.Time) []store.Due {
	return slices.DeleteFunc(due, func(d store.Due) bool { return !w.nodes.Takes(d.Key.ID) && !d.At.Before(late) })
}
