package dispatch

import (
	"context"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// orphansEvery is how often messages are looked for that this run owns and nobody works on: a commit that was reported
// as failed and was carried out all the same leaves one.
const orphansEvery = 30 * time.Second

// inWork is the messages that are being submitted now.
type inWork struct {
	mu   sync.Mutex
	keys map[store.Key]struct{}
}

func (w *inWork) begin(k store.Key) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.keys == nil {
		w.keys = map[store.Key]struct{}{}
	}
	w.keys[k] = struct{}{}
}

func (w *inWork) end(k store.Key) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.keys, k)
}

func (w *inWork) has(k store.Key) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.keys[k]
	return ok
}

// SecondLook finds work that is owned and that nobody has in hand, at the second look: at the first it may be on its way
// from its commit to whoever carries it out. It has one user at a time.
type SecondLook struct{ seen map[store.Key]bool }

// Orphans returns the rows that nobody has in hand now, nor had at the last look. owned is what there is.
func (l *SecondLook) Orphans(owned []store.Due, inHand func(store.Key) bool) (orphans []store.Due) {
	seen := map[store.Key]bool{}
	for _, due := range owned {
		switch {
		case inHand(due.Key):
		case l.seen[due.Key]:
			orphans = append(orphans, due)
		default:
			seen[due.Key] = true
		}
	}
	l.seen = seen
	return orphans
}

// adopt takes up messages that this run owns and nobody works on.
func (d *Dispatcher) adopt(ctx context.Context) error {
	var owned []store.Due
	err := d.Store.View(ctx, func(v store.Reader) (err error) {
		owned, err = v.OwnedMessages(d.Epoch, 2*capacity)
		return err
	})
	if err != nil {
		return err
	}
	orphans := d.looked.Orphans(owned, d.inWork.has)
	if len(orphans) > 0 {
		d.Log.Warn("took up messages that nobody worked on", "count", len(orphans))
	}
	return d.claimAll(ctx, orphans, message.Crashed)
}

// abandoned reports whether nobody works on a message that is owned.
func (d *Dispatcher) abandoned(m store.Message) bool {
	return d.Nodes.Set().Gone(m.Owner) || m.Owner == d.Epoch && !d.inWork.has(m.Key())
}
