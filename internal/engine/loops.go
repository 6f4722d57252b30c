package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// How long what is only looked up later is kept.
const (
	keepRefs     = 72 * time.Hour
	keepInbox    = 24 * time.Hour
	janitorEvery = time.Minute
	janitorBatch = 500
	// expiryLag keeps the sweep of expiries behind now, so that a check that is being decided is not overtaken.
	expiryLag = 5 * time.Second
)

// Run carries out what is due until ctx ends: first what a crash left, then the sweep.
func (e *Engine) Run(ctx context.Context) error {
	if err := e.recover(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	clean := time.NewTicker(janitorEvery)
	defer clean.Stop()
	look := time.NewTicker(orphansEvery)
	defer look.Stop()
	for {
		for more := true; more && ctx.Err() == nil; {
			var err error
			if more, err = e.sweep(ctx); err != nil && ctx.Err() == nil {
				e.Log.Warn("the sweep of due work failed; it is tried again", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-e.wake:
		case <-clean.C:
			e.janitor(ctx)
		case <-look.C:
			if err := e.adopt(ctx); err != nil && ctx.Err() == nil {
				e.Log.Warn("looking for messages that nobody works on failed; it is tried again", "error", err)
			}
		}
	}
}

// recover takes the work of earlier epochs: with one node, whoever had it is dead.
func (e *Engine) recover(ctx context.Context) error {
	for ctx.Err() == nil {
		var left []store.Due
		err := e.Store.View(ctx, func(v store.Reader) (err error) {
			left, err = v.OwnedMessages(e.Epoch, false, sweepBatch)
			return err
		})
		if err != nil || len(left) == 0 {
			return err
		}
		if err := e.claimAll(ctx, left, message.Crashed); err != nil {
			return err
		}
		e.Log.Info("took over messages that were under way when the server stopped", "count", len(left))
	}
	return nil
}

// sweep carries out one batch of due work; more says that the batch was full.
func (e *Engine) sweep(ctx context.Context) (more bool, err error) {
	now := e.Now()
	d := dueWork{room: e.roomForTexts()}
	if err := e.Store.Peek(ctx, func(v store.Reader) error { return d.read(v, now) }); err != nil || d.none() {
		return false, err
	}
	// Rows that were seen in passing may have been worked on since.
	if err := e.Store.View(ctx, func(v store.Reader) error { return d.read(v, now) }); err != nil {
		return false, err
	}
	// One row that cannot be worked on must not keep the others waiting.
	full := len(d.texts) == d.room
	e.backlog.Store(full)
	errs := []error{e.claimAll(ctx, d.messages, message.Timer), e.claimTexts(ctx, d.texts), e.expireAll(ctx, d.otps)}
	for _, a := range d.sandboxes {
		errs = append(errs, e.sweepSandbox(ctx, a, now))
	}
	err = errors.Join(errs...)
	return err == nil && (len(d.messages) == sweepBatch || len(d.otps) == sweepBatch || full && d.room > 0), err
}

// dueWork is what a sweep finds.
type dueWork struct {
	messages, texts, otps []store.Due
	sandboxes             []store.Account
	room                  int // for texts
}

func (d *dueWork) none() bool { return len(d.messages)+len(d.texts)+len(d.otps)+len(d.sandboxes) == 0 }

func (d *dueWork) read(v store.Reader, now time.Time) (err error) {
	if d.messages, err = v.DueMessages(now, id.Account{}, sweepBatch); err != nil {
		return err
	}
	if d.texts, err = v.DueTexts(now, d.room); err != nil {
		return err
	}
	if d.otps, err = v.ExpiredOTPs(now.Add(-expiryLag), id.Account{}, sweepBatch); err != nil {
		return err
	}
	d.sandboxes, err = v.Sandboxes()
	return err
}

// claimAll claims rows and waits for the claims, not for the submits.
func (e *Engine) claimAll(ctx context.Context, due []store.Due, kind message.Kind) error {
	return abreast(due, func(d store.Due) error { return e.claim(ctx, d, kind, nil) })
}

func (e *Engine) expireAll(ctx context.Context, due []store.Due) error {
	return abreast(due, func(d store.Due) error { return e.expire(ctx, d.Key, nil) })
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
func (e *Engine) claim(ctx context.Context, d store.Due, kind message.Kind, at *time.Time) error {
	m, c, again, err := e.take(ctx, d, kind, at)
	switch {
	case err != nil || !again:
		return err
	case at != nil:
		// What is submitted has to be stored, though the loop is being stopped or the client of the sandbox's clock is gone.
		e.deliver(context.WithoutCancel(ctx), m, c)
	default:
		e.goDeliver(m, c)
	}
	return nil
}

// take is a claim's transaction; again says that the message has to be submitted.
func (e *Engine) take(ctx context.Context, d store.Due, kind message.Kind, at *time.Time) (m store.Message, c content, again bool, err error) {
	k, real := d.Key, e.Now()
	down := e.health.down(real)
	keys := []store.Key{k, store.AccountKey(k.Account)}
	if d.Contact != (store.ContactID{}) {
		keys = append(keys, store.ContactKey(k.Account, d.Contact))
	}
	err = e.Store.Update(ctx, k.Account, keys, func(tx *store.Tx) error {
		again = false
		row, ok := store.Get[store.Message](tx, k)
		if !ok || kind == message.Timer && row.Owner != 0 || kind == message.Crashed && !e.abandoned(row) {
			return nil
		}
		now := e.clock(tx, k.Account, row.Mode, real)
		if at != nil {
			now = *at
		}
		event := message.Event{Kind: kind, Down: down}
		blocked, err := e.blocked(tx, row, now)
		if err != nil {
			return err
		}
		if blocked {
			event = message.Event{Kind: message.Block, Reason: message.OptedOut}
		}
		if m, again, err = e.apply(tx, row, now, event); err != nil || !again {
			return err
		}
		c, err = e.claimedContent(tx, m)
		return err
	})
	return m, c, again, err
}

// expire ends a verification whose time has come. One of which no message was ever accepted has failed.
func (e *Engine) expire(ctx context.Context, k store.Key, at *time.Time) error {
	real := e.Now()
	return e.Store.Update(ctx, k.Account, []store.Key{k, store.AccountKey(k.Account)}, func(tx *store.Tx) error {
		row, ok := store.Get[store.OTP](tx, k)
		if !ok {
			return nil
		}
		now := e.clock(tx, k.Account, row.Mode, real)
		if at != nil {
			now = *at
		}
		mk := store.MessageKey(row.Account, row.Messages[len(row.Messages)-1])
		if !tx.Has(mk) {
			return store.Need(mk)
		}
		m, _ := store.Get[store.Message](tx, mk)
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
		if err := e.emitOTP(tx, &row, event, status, now); err != nil {
			return err
		}
		// Stored before its message ends: what the message tells it then finds that it has ended, and tells nothing twice.
		tx.Put(row)
		_, _, err := e.apply(tx, m, now, message.Event{Kind: message.Expire})
		return err
	})
}

// janitor removes what nobody asks for any more, in small transactions.
func (e *Engine) janitor(ctx context.Context) {
	for n, err := janitorBatch, error(nil); n == janitorBatch && err == nil && ctx.Err() == nil; {
		if n, err = e.cleanQuotas(ctx); err != nil {
			e.Log.Warn("cleaning up failed; it is tried again", "table", store.TableQuota.String(), "error", err)
		}
	}
	for table, keep := range map[store.Table]time.Duration{
		store.TableIdempotency: KeepAnswers, store.TableRef: keepRefs, store.TableInbox: keepInbox,
		store.TableTemplate: keepTemplates,
	} {
		for ctx.Err() == nil {
			n, err := e.clean(ctx, table, e.Now().Add(-keep))
			if err != nil {
				e.Log.Warn("cleaning up failed; it is tried again", "table", table.String(), "error", err)
			}
			if err != nil || n < janitorBatch {
				break
			}
		}
	}
}

func (e *Engine) clean(ctx context.Context, table store.Table, before time.Time) (n int, err error) {
	var keys []store.Key
	err = e.Store.View(ctx, func(v store.Reader) (err error) {
		keys, err = v.Stale(table, before, janitorBatch)
		return err
	})
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	return len(keys), e.Store.Update(ctx, id.Account{}, keys, func(tx *store.Tx) error {
		for _, k := range keys {
			tx.Delete(k)
		}
		return nil
	})
}
