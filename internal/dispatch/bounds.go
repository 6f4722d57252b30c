package dispatch

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
)

// unschedule gives back the place that a message took among those that wait for their time.
func unschedule(tx *store.Tx, m store.Message) error {
	k := store.CountsKey(m.Account, m.Mode)
	if !tx.Has(k) {
		return store.Need(k)
	}

	c := store.CountsOf(tx, m.Account, m.Mode)
	c.Counts = c.RemoveScheduled()
	tx.Put(c)

	return nil
}

// CleanSandboxes removes messages of sandboxes, with their codes, that were made longer ago than they are kept. What counts
// is real time: a sandbox's own clock may be a month ahead, and what is scheduled by it would wait as long.
func (d *Dispatcher) CleanSandboxes(ctx context.Context) {
	keep := bound.KeepSandbox
	if d.KeepMessages > 0 {
		keep = min(keep, d.KeepMessages)
	}
	// A count of them is dropped by the hour, and the rows not before it.
	before := d.Now().Add(-keep - time.Hour)

	for removed := true; removed && ctx.Err() == nil; {
		var err error
		if removed, err = d.cleanSandboxes(ctx, before); err != nil && ctx.Err() == nil {
			d.Log.Warn("removing old messages of sandboxes failed; it is tried again", "error", err)
		}
	}
}

// cleanSandboxes removes one batch; more says that the next may find something.
func (d *Dispatcher) cleanSandboxes(ctx context.Context, before time.Time) (more bool, err error) {
	var keys []store.Key
	err = d.Store.View(ctx, func(v store.Reader) (err error) {
		keys, err = v.Stale(store.TableMessage, before, janitorBatch)
		return err
	})
	if err != nil {
		return false, err
	}

	byAccount := map[id.Account][]store.Key{}
	for _, k := range keys {
		byAccount[k.Account] = append(byAccount[k.Account], k)
	}
	removed := 0
	for a, some := range byAccount {
		n, err := d.removeSandbox(ctx, a, some)
		if err != nil {
			return false, err
		}
		removed += n
	}

	return len(keys) == janitorBatch && removed > 0, nil
}

// removeSandbox removes messages of one sandbox, and the verifications that they belong to. What is being submitted, and a
// code whose end is not stored, stays for the next time.
func (d *Dispatcher) removeSandbox(ctx context.Context, a id.Account, keys []store.Key) (removed int, err error) {
	keys = append([]store.Key{store.CountsKey(a, id.Test)}, keys...)
	err = d.Store.Update(ctx, a, keys, func(tx *store.Tx) error {
		var codes []store.Key
		for _, k := range keys[1:] {
			if m, ok := store.Get[store.Message](tx, k); ok && !m.OTP.IsZero() && !tx.Has(store.OTPKey(a, m.OTP)) {
				codes = append(codes, store.OTPKey(a, m.OTP))
			}
		}
		if len(codes) > 0 {
			return store.Need(codes...)
		}

		removed = 0
		counts := store.CountsOf(tx, a, id.Test)
		for _, k := range keys[1:] {
			m, ok := store.Get[store.Message](tx, k)
			if !ok || !removable(tx, m) {
				continue
			}
			if m.State == message.Scheduled {
				counts.Counts = counts.RemoveScheduled()
			}
			if !m.OTP.IsZero() {
				tx.Delete(store.OTPKey(a, m.OTP))
			}
			tx.Delete(k)
			removed++
		}
		tx.Put(counts)

		return nil
	})
	return removed, err
}

// removable reports whether nobody works on a sandbox's message, and its verification is over.
func removable(tx *store.Tx, m store.Message) bool {
	if m.Owner > 0 || m.OTP.IsZero() {
		return m.Owner <= 0
	}
	o, there := store.Get[store.OTP](tx, store.OTPKey(m.Account, m.OTP))

	return !there || o.Status != otp.Open
}
