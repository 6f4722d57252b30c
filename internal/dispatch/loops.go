package dispatch

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

const (
	janitorEvery = time.Minute
	// expiryLag keeps the sweep of expiries behind now, so that a check that is being decided is not overtaken.
	expiryLag = 5 * time.Second
)

// Run carries out what is due until ctx ends: first what a crash left, then the sweep.
func (d *Dispatcher) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	nodes := d.Nodes.Set()
	TakeOver(ctx, d.Log, d.Recover)
	clean := time.NewTicker(janitorEvery)
	defer clean.Stop()
	look := time.NewTicker(orphansEvery)
	defer look.Stop()
	for {
		for more := true; more && ctx.Err() == nil; {
			var err error
			if more, err = d.Sweep(ctx); err != nil && ctx.Err() == nil {
				d.Log.Warn("the sweep of due work failed; it is tried again", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if now := d.Nodes.Set(); !now.Equal(nodes) {
				nodes = now
				d.lookAfter(ctx, d.Recover)
			}
		case <-d.wake:
		case <-clean.C:
			d.Clean(ctx)
		case <-look.C:
			d.lookAfter(ctx, d.adopt)
			d.lookAfter(ctx, d.Recover)
		}
	}
}

// lookAfter carries out what is tried again by itself when it fails.
func (d *Dispatcher) lookAfter(ctx context.Context, look func(context.Context) error) {
	if err := look(ctx); err != nil && ctx.Err() == nil {
		d.Log.Warn("looking for messages that nobody works on failed; it is tried again", "error", err)
	}
}

// takeOverTries is how often a start tries: for long enough that a database comes back, and not so long that a row that
// cannot be worked on keeps all others waiting. Whoever calls TakeOver tries again later.
const takeOverTries = 50

// TakeOver carries out what a start has to, until it succeeds or ctx ends: a database that goes away while a server starts
// is no reason to end, it comes back.
func TakeOver(ctx context.Context, log *slog.Logger, recover func(context.Context) error) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for range takeOverTries {
		err := recover(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		log.Warn("taking over what was left undone failed; it is tried again", "error", err)
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// Recover takes the work of nodes that are gone. Whatever one of them was about to write it has written, see cluster.
func (d *Dispatcher) Recover(ctx context.Context) error {
	for ctx.Err() == nil {
		var left []store.Due
		nodes := d.Nodes.Set()
		err := d.Store.View(ctx, func(v store.Reader) (err error) {
			left, err = v.LeftMessages(nodes, sweepBatch)
			return err
		})
		if err != nil || len(left) == 0 {
			return err
		}
		failpoint.Hit(failpoint.TakeOverFound)
		if err := d.claimAll(ctx, left, message.Crashed); err != nil {
			return err
		}
		failpoint.Hit(failpoint.TakeOverTaken)
		d.Log.Info("took over messages that were under way when their server stopped", "count", len(left))
	}
	return nil
}

// claimAll claims rows and waits for the claims, not for the submits.
func (d *Dispatcher) claimAll(ctx context.Context, due []store.Due, kind message.Kind) error {
	return abreast(due, func(row store.Due) error { return d.claim(ctx, row, kind, nil) })
}

func (d *Dispatcher) expireAll(ctx context.Context, due []store.Due) error {
	return abreast(due, func(row store.Due) error { return d.expire(ctx, row.Key, nil) })
}

// abreast runs one for all rows side by side, so that one commit carries them all, and returns the first error.
func abreast(due []store.Due, one func(store.Due) error) error {
	var wg sync.WaitGroup
	errs := make([]error, len(due))
	for i, d := range due {
		wg.Go(func() { errs[i] = one(d) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// claim gives a due row its event and submits what follows. at is the sandbox's time when it is not real; then the
// submit is carried out before claim returns.
func (d *Dispatcher) claim(ctx context.Context, due store.Due, kind message.Kind, at *time.Time) error {
	m, c, again, err := d.take(ctx, due, kind, at)
	switch {
	case err != nil || !again:
		return err
	case at != nil:
		// What is submitted has to be stored, though the loop is being stopped or the client of the sandbox's clock is gone.
		d.deliver(context.WithoutCancel(ctx), m, c)
	default:
		d.goDeliver(m, c)
	}
	return nil
}

// take is a claim's transaction; again says that the message has to be submitted.
func (d *Dispatcher) take(ctx context.Context, due store.Due, kind message.Kind, at *time.Time) (m store.Message, c Content, again bool, err error) {
	k, real := due.Key, d.Now()
	down := d.Down(real)
	keys := []store.Key{k, store.AccountKey(k.Account)}
	if due.Contact != (store.ContactID{}) {
		keys = append(keys, store.ContactKey(k.Account, due.Contact), store.CountsKey(k.Account, id.Live))
	}
	err = d.Store.Update(ctx, k.Account, keys, func(tx *store.Tx) error {
		again = false
		row, ok := store.Get[store.Message](tx, k)
		if !ok || kind == message.Timer && row.Owner != 0 || kind == message.Crashed && !d.abandoned(row) {
			return nil
		}
		now := query.Clock(tx, k.Account, row.Mode, real)
		if at != nil {
			now = *at
		}
		event := message.Event{Kind: kind, Down: down}
		blocked, err := d.blocked(tx, row, now)
		if err != nil {
			return err
		}
		if blocked {
			event = message.Event{Kind: message.Block, Reason: message.OptedOut}
		}
		if m, again, err = d.Apply(tx, row, now, event); err != nil || !again {
			return err
		}
		c, err = d.claimedContent(tx, m)
		return err
	})
	return m, c, again, err
}

// expire ends a verification whose time has come. One of which no message was ever accepted has failed.
func (d *Dispatcher) expire(ctx context.Context, k store.Key, at *time.Time) error {
	real := d.Now()
	return d.Store.Update(ctx, k.Account, []store.Key{k, store.AccountKey(k.Account)}, func(tx *store.Tx) error {
		row, ok := store.Get[store.OTP](tx, k)
		if !ok {
			return nil
		}
		now := query.Clock(tx, k.Account, row.Mode, real)
		if at != nil {
			now = *at
		}
		mk := store.MessageKey(row.Account, row.Messages[len(row.Messages)-1])
		if !tx.Has(mk) {
			return store.Need(mk)
		}
		m, there := store.Get[store.Message](tx, mk)
		next, changed := otp.Expire(row.OTP, now)
		if !changed {
			return nil
		}
		event, status := webhook.OTPExpired, "expired"
		if m.SentAt.IsZero() && len(row.Messages) == 1 {
			next, _ = otp.Fail(row.OTP)
			event, status = webhook.OTPFailed, "failed"
		}
		row.OTP = next
		if err := d.EmitOTP(tx, &row, event, status, now); err != nil {
			return err
		}
		// Stored before its message ends: what the message tells it then finds that it has ended, and tells nothing twice.
		tx.Put(row)
		if !there { // removed for its age, after a long stop of the server
			return nil
		}
		_, _, err := d.Apply(tx, m, now, message.Event{Kind: message.Expire})
		return err
	})
}
