package dispatch

import (
	"context"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
	"github.com/syssecure/syssecure/internal/work"
)

// expiryLag keeps the sweep of expired codes behind now, so that no code expires while a check of it is being decided.
const expiryLag = 5 * time.Second

// Run carries out what is due until ctx ends: first what a crash left, then what falls due. Each kind of work has its
// own loop, so that a flood of one kind, or a sandbox whose clock is moved, does not delay the others.
func (d *Dispatcher) Run(ctx context.Context) error {
	defer d.pool.Close()
	var loops sync.WaitGroup
	defer loops.Wait()

	work.ReclaimAtStart(ctx, d.Config.Log, d.Recover)
	loops.Go(func() { d.loop(ctx, "expired codes", nil, d.sweepExpired) })
	loops.Go(func() {
		d.loop(ctx, "the sandboxes", nil, func(ctx context.Context) (bool, error) {
			return false, d.sweepSandboxes(ctx)
		})
	})

	loops.Go(func() { d.recoverLoop(ctx) })
	d.loop(ctx, "due work", d.wake, d.sweepWork)

	return nil
}

// loop sweeps until ctx ends: without a wait while there is more, else with the next tick or when woken.
func (d *Dispatcher) loop(
	ctx context.Context, what string, wake <-chan struct{}, sweep func(context.Context) (bool, error),
) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		for more := true; more && ctx.Err() == nil; {
			var err error
			if more, err = sweep(ctx); err != nil && ctx.Err() == nil {
				d.Config.Log.Warn("the sweep of "+what+" failed; it is tried again", "error", err)
			}
		}

		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-wake:
		}
	}
}

// recoverLoop takes over the work of dead nodes when the members change, and regularly looks for orphans.
func (d *Dispatcher) recoverLoop(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	orphans := time.NewTicker(orphansEvery)
	defer orphans.Stop()

	for nodes := d.Config.Nodes.Members(); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if now := d.Config.Nodes.Members(); !now.Equal(nodes) {
				nodes = now
				d.try(ctx, d.Recover)
			}
		case <-orphans.C:
			d.try(ctx, d.reclaim)
			d.try(ctx, d.Recover)
		}
	}
}

// try runs one step of recoverLoop. If it fails, the next round tries again.
func (d *Dispatcher) try(ctx context.Context, step func(context.Context) error) {
	if err := step(ctx); err != nil && ctx.Err() == nil {
		d.Config.Log.Warn("reclaiming messages of stopped servers failed; it is tried again", "error", err)
	}
}

// Recover takes over the work of nodes that are gone. They cannot write any more, see package cluster.
func (d *Dispatcher) Recover(ctx context.Context) error {
	for ctx.Err() == nil {
		var left []store.Due
		nodes := d.Config.Nodes.Members()
		err := d.Config.Store.View(ctx, func(v store.Reader) (err error) {
			left, err = d.duePage(sweepBatch, func(most int) ([]store.Due, error) {
				return v.LeftMessages(nodes, most)
			})
			return err
		})
		if err != nil || len(left) == 0 {
			return err
		}

		failpoint.Hit(failpoint.TakeOverFound)
		if err := d.crashAll(ctx, left); err != nil {
			return err
		}
		failpoint.Hit(failpoint.TakeOverTaken)
		d.Config.Log.Info("took over messages that were under way when their server stopped", "count", len(left))
	}

	return nil
}

// crashAll records that the submits under way got no answer, and enqueues the messages that are due then.
func (d *Dispatcher) crashAll(ctx context.Context, owned []store.Due) error {
	return inParallel(owned, func(due store.Due) error {
		m, _, _, err := d.claim(ctx, due, message.Crashed, nil, nil)
		if err == nil && (m.Mode == id.Test || dueNow(m.Message, d.Config.Now())) {
			d.queueNext(m)
		}
		return err
	})
}

// claimEnd ends a message of which no step remains.
func (d *Dispatcher) claimEnd(ctx context.Context, due store.Due) error {
	_, _, _, err := d.claim(ctx, due, message.Timer, nil, nil)
	return err
}

func (d *Dispatcher) expireAll(ctx context.Context, due []store.Due) error {
	return inParallel(due, func(row store.Due) error { return d.expire(ctx, row.Key, nil) })
}

// inParallel runs one for all rows in parallel, so that one commit carries them all, and returns the first error.
func inParallel(due []store.Due, one func(store.Due) error) error {
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

// claim applies an input that no carrier sent: its time has come, or a crash. begun says that an attempt has to be
// submitted now, over the place; none is begun without one. at is the sandbox's time while its clock is being moved,
// when it needs no place.
func (d *Dispatcher) claim(ctx context.Context, due store.Due, kind message.InputKind, at *time.Time, place *work.Place) (
	m store.Message, c Content, begun bool, err error,
) {
	k, real := due.Key, d.Config.Now()
	in := message.Input{Kind: kind, Places: noPlace}
	switch {
	case place != nil:
		in.Places = []string{place.Name()}
	case at != nil:
		in.Places = nil
	}

	keys := []store.Key{k, store.AccountKey(k.Account)}
	if due.Contact != (store.ContactID{}) {
		keys = append(keys, store.ContactKey(k.Account, due.Contact), store.CountsKey(k.Account, id.Live))
	}

	err = d.Config.Store.Update(ctx, k.Account, keys, func(tx *store.Tx) error {
		begun = false
		row, ok := store.Get[store.Message](tx, k)
		if m = row; !ok || kind == message.Timer && row.Owner != 0 || kind == message.Crashed && !d.abandoned(row) {
			return nil
		}

		now := query.Clock(tx, k.Account, row.Mode, real)
		if at != nil {
			now = *at
		}

		blocked, err := d.blocked(tx, row, now)
		if err != nil {
			return err
		}

		e := in
		if blocked {
			e = message.Input{Kind: message.Block, Reason: message.OptedOut}
		}
		if m, begun, err = d.Apply(tx, row, now, e); err != nil || !begun {
			return err
		}
		c, err = d.claimedContent(tx, m)

		return err
	})

	return m, c, begun && err == nil, d.deferDamaged(k, err)
}

// expire ends a verification that has expired. If no message of it was ever accepted, it has failed.
func (d *Dispatcher) expire(ctx context.Context, k store.Key, at *time.Time) error {
	r := d.Clock.Read()
	err := d.Config.Store.Update(ctx, k.Account, []store.Key{k, store.AccountKey(k.Account)}, func(tx *store.Tx) error {
		row, ok := store.Get[store.OTP](tx, k)
		if !ok {
			return nil
		}

		now := query.Clock(tx, k.Account, row.Mode, r.Now)
		if at != nil {
			now = *at
		}
		_, err := d.ExpireIn(tx, row, now, r.Era)

		return err
	})

	return d.deferDamaged(k, err)
}

// ExpireIn is expire within a transaction. It returns the verification after it, and does nothing before its time.
func (d *Dispatcher) ExpireIn(tx *store.Tx, row store.OTP, now time.Time, era clock.Era) (store.OTP, error) {
	mk := store.MessageKey(row.Account, row.Messages[len(row.Messages)-1])
	if !tx.MayUse(mk) {
		return row, store.Need(mk)
	}

	m, exists := store.Get[store.Message](tx, mk)
	next, changed := otp.Expire(row.OTP, row.At(now, era))
	if !changed {
		return row, nil
	}

	event, status := webhook.OTPExpired, "expired"
	if m.SentAt.IsZero() && len(row.Messages) == 1 {
		next, _ = otp.Fail(row.OTP)
		event, status = webhook.OTPFailed, "failed"
	}

	row.OTP = next
	if err := d.EnqueueOTP(tx, &row, event, status, now); err != nil {
		return row, err
	}

	// Stored before its message ends, so that updateOTP finds that it has ended and enqueues no second event.
	tx.Put(row)
	if !exists { // removed because of its age, after the server had stopped for long
		return row, nil
	}
	_, _, err := d.Apply(tx, m, now, message.Input{Kind: message.Expire})

	return row, err
}
