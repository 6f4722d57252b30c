// Package clockwatch keeps rows due in time when the machine's clock is set back. Rows are due by the wall clock: if it
// is set back by an hour, a fallback after 45 s would otherwise come after an hour and 45 s.
package clockwatch

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// maxTimer is far longer than any timer of a message that is not scheduled.
	maxTimer = time.Hour
	// expireEvery is how often the watch looks for codes that have expired by the clock before it was set back.
	expireEvery = 10 * time.Second
	// maxExpired bounds how many of them one round ends.
	maxExpired  = 10_000
	scanRows    = 500
	parallelism = 256
	// every is how often the clock is read.
	every = 200 * time.Millisecond
	// lag is that of the sweep of expired codes, so that no code expires while a check of it is being decided.
	lag = 5 * time.Second
)

// Watch follows the clock. Only one goroutine may use it.
type Watch struct {
	d *dispatch.Dispatcher

	last    clock.Era
	setBack time.Duration // how far the clock was set back
	// until is when every code from before that has expired, and next when to look for such codes, by the steady clock.
	until, next time.Time
}

// New makes a watch for the messages and codes of a dispatcher.
func New(d *dispatch.Dispatcher) *Watch { return &Watch{d: d} }

// Run works until ctx ends.
func (w *Watch) Run(ctx context.Context) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := w.Follow(ctx); err != nil && ctx.Err() == nil {
			w.d.Config.Log.Warn("following a clock that was set back failed; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Follow corrects when rows are due, if the clock was set back since the last call.
func (w *Watch) Follow(ctx context.Context) error {
	r := w.d.Clock.Read()
	by, known := w.last.ShiftTo(r.Era)
	w.last = r.Era
	if known && by <= -clock.Skew {
		w.d.Config.Log.Warn("the clock was set back; the times at which rows are due are corrected", "by", -by)
		w.setBack, w.until, w.next = -by, r.Steady().Add(otp.MaxLife), time.Time{}
		if err := w.pullForward(ctx, r); err != nil {
			w.last.Shift -= by // so that the next call tries again
			return err
		}
	}

	if steady := r.Steady(); steady.Before(w.until) && !steady.Before(w.next) {
		w.next = steady.Add(expireEvery)
		return w.expireElapsed(ctx, r)
	}

	return nil
}

// pullForward corrects all messages. It reads the whole table, as no index knows when a row was due before the step.
func (w *Watch) pullForward(ctx context.Context, r clock.Reading) error {
	return w.d.Config.Store.EachPage(ctx, store.TableMessage, scanRows, func(page []store.Record) error {
		late := map[id.Account][]store.Key{}
		for _, rec := range page {
			if m, ok := rec.(store.Message); ok && correct(&m, r) {
				late[m.Account] = append(late[m.Account], m.Key())
			}
		}

		for a, keys := range late {
			err := w.d.Config.Store.Update(ctx, a, keys, func(tx *store.Tx) error {
				for _, k := range keys {
					if m, ok := store.GetSound[store.Message](tx, k); ok && correct(&m, r) {
						tx.Put(m)
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}

		return nil
	})
}

// correct makes a message due as long from now as it was before the clock was set back, and reports whether it had to.
// Scheduled messages stay, as they are meant by the wall clock, and so do those of sandboxes, which have other clocks.
func correct(m *store.Message, r clock.Reading) bool {
	if m.Mode != id.Live || m.Owner != 0 || m.DueAt.IsZero() || m.State == message.Scheduled {
		return false
	}
	by, known := m.Era.ShiftTo(r.Era)
	switch {
	case known && by < 0:
		m.DueAt, m.Deadline = m.DueAt.Add(by), m.Deadline.Add(by)
	case !known && m.DueAt.After(r.Now.Add(maxTimer)):
		m.DueAt = r.Now // from another run, whose clock was ahead
	default:
		return false
	}
	m.Era = r.Era

	return true
}

// expireElapsed ends codes that have expired by the time that passed, although not by the wall clock.
func (w *Watch) expireElapsed(ctx context.Context, r clock.Reading) error {
	var due []store.Due
	err := w.d.Config.Store.View(ctx, func(v store.Reader) error {
		open, err := v.ExpiredOTPs(r.Now.Add(w.setBack), id.Account{}, maxExpired)
		if err != nil {
			return err
		}

		keys := make([]store.Key, len(open))
		for i, o := range open {
			keys[i] = o.Key
		}

		rows, err := v.Load(keys...)
		if err != nil {
			return err
		}

		for _, o := range open {
			row, _ := store.Get[store.OTP](rows, o.Key)
			if row.Mode == id.Live && !row.At(r.Now.Add(-lag), r.Era).Before(row.ExpiresAt) {
				due = append(due, o)
			}
		}

		return nil
	})
	if err != nil {
		return err
	}

	// In parallel, so that one commit carries many.
	var all errgroup.Group
	all.SetLimit(parallelism)
	for _, o := range due {
		all.Go(func() error {
			keys := []store.Key{o.Key, store.AccountKey(o.Key.Account)}
			return w.d.Config.Store.Update(ctx, o.Key.Account, keys, func(tx *store.Tx) error {
				row, ok := store.Get[store.OTP](tx, o.Key)
				if !ok {
					return nil
				}
				_, err := w.d.ExpireIn(tx, row, r.Now, r.Era)
				return err
			})
		})
	}

	return all.Wait()
}
