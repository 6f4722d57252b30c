// Package clockwatch follows steps of the machine's clock: what waits says by the wall clock when it is due, and after a clock was
// set back that is later than it should be. A fallback of 45 s would come after an hour and 45 s.
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
	// longestTimer is far above what a message that is not scheduled waits for at once.
	longestTimer = time.Hour
	// expireEvery is how often codes are looked for that ended by the clock of before a step back.
	expireEvery = 10 * time.Second
	// expiredBehind bounds how many of them one look takes.
	expiredBehind = 10_000
	scanRows      = 500
	abreast       = 256
	// every is how often the clock is read.
	every = 200 * time.Millisecond
	// lag is that of the sweep of expiries: a check that is being decided is not overtaken.
	lag = 5 * time.Second
)

// Watch is made by New. One goroutine uses it.
type Watch struct {
	d *dispatch.Dispatcher

	last clock.Era
	by   time.Duration // how far the clock was set back
	// until is when every code of before it has ended, by a clock that nobody sets.
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

// Follow makes what waits due at its own time, when the clock was set back since the last call.
func (w *Watch) Follow(ctx context.Context) error {
	r := w.d.Clock.Read()
	by, known := w.last.Until(r.Era)
	w.last = r.Era
	if known && by <= -clock.Skew {
		w.d.Config.Log.Warn("the clock was set back; what waits is due at its own time all the same", "by", -by)
		w.by, w.until, w.next = -by, r.Steady().Add(otp.MaxLife), time.Time{}
		if err := w.pullForward(ctx, r); err != nil {
			w.last.Shift -= by // it is tried again
			return err
		}
	}

	if steady := r.Steady(); steady.Before(w.until) && !steady.Before(w.next) {
		w.next = steady.Add(expireEvery)
		return w.expireBehind(ctx, r, w.by)
	}

	return nil
}

// pullForward goes through all messages. It is seldom done, and no index knows what was due before a step.
func (w *Watch) pullForward(ctx context.Context, r clock.Reading) error {
	return w.d.Config.Store.EachPage(ctx, store.TableMessage, scanRows, func(page []store.Record) error {
		late := map[id.Account][]store.Key{}
		for _, rec := range page {
			if m, ok := rec.(store.Message); ok && pulled(&m, r) {
				late[m.Account] = append(late[m.Account], m.Key())
			}
		}

		for a, keys := range late {
			err := w.d.Config.Store.Update(ctx, a, keys, func(tx *store.Tx) error {
				for _, k := range keys {
					if m, ok := store.GetSound[store.Message](tx, k); ok && pulled(&m, r) {
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

// pulled makes a message due as long from now as it was before the clock was set back. What is scheduled is so by the wall
// clock, and the sandbox has a clock of its own.
func pulled(m *store.Message, r clock.Reading) bool {
	if m.Mode != id.Live || m.Owner != 0 || m.DueAt.IsZero() || m.State == message.Scheduled {
		return false
	}
	by, known := m.Era.Until(r.Era)
	switch {
	case known && by < 0:
		m.DueAt, m.Deadline = m.DueAt.Add(by), m.Deadline.Add(by)
	case !known && m.DueAt.After(r.Now.Add(longestTimer)):
		m.DueAt = r.Now // of another run, whose clock was ahead
	default:
		return false
	}
	m.Era = r.Era

	return true
}

// expireBehind ends codes that have expired by the time that passed, and by the wall clock have not.
func (w *Watch) expireBehind(ctx context.Context, r clock.Reading, by time.Duration) error {
	var due []store.Due
	err := w.d.Config.Store.View(ctx, func(v store.Reader) error {
		open, err := v.ExpiredOTPs(r.Now.Add(by), id.Account{}, expiredBehind)
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

	// Side by side, so that one commit carries many.
	var all errgroup.Group
	all.SetLimit(abreast)
	for _, o := range due {
		all.Go(func() error {
			return w.d.Config.Store.Update(ctx, o.Key.Account, []store.Key{o.Key, store.AccountKey(o.Key.Account)}, func(tx *store.Tx) error {
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
