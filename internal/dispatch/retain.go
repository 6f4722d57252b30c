package dispatch

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

const (
	maintainEvery = time.Minute
	// removeEvery is how many of these pass between two looks for rows that are too old.
	removeEvery = 60
	// removeBatch is how many rows one transaction removes: a send never waits for more.
	removeBatch = 200
)

// Retain looks after what is kept until ctx ends, beside the sweep: a day's rows may take minutes to remove.
func (d *Dispatcher) Retain(ctx context.Context) error {
	tick := time.NewTicker(maintainEvery)
	defer tick.Stop()
	for n := 0; ; n++ {
		d.Maintain(ctx)
		if n%removeEvery == 0 {
			d.RemoveOld(ctx)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Maintain has the database make room for the days to come, and drop those that are over.
func (d *Dispatcher) Maintain(ctx context.Context) {
	err := d.Config.Store.Maintain(ctx, d.Config.Now(), store.Keep{Messages: d.Config.KeepMessages, Events: webhook.Keep})
	if err != nil && ctx.Err() == nil {
		d.Config.Log.Warn("looking after the database's days failed; it is tried again", "error", err)
	}
}

// RemoveOld removes codes and messages that are older than KeepMessages and over, in small transactions. The ledger,
// contacts and statistics stay.
func (d *Dispatcher) RemoveOld(ctx context.Context) {
	if d.Config.KeepMessages == 0 {
		return
	}
	before := id.Message{}.At(d.Config.Store.Leftover(d.Config.Now().Add(-d.Config.KeepMessages)))
	err := d.Config.Store.EachAccount(ctx, func(a store.Account) error {
		// A code before its messages: one that is shown has them.
		if err := d.removeOld(ctx, store.TableOTP, a.ID, before); err != nil {
			return err
		}
		return d.removeOld(ctx, store.TableMessage, a.ID, before)
	})
	if err != nil && ctx.Err() == nil {
		d.Config.Log.Warn("removing old messages failed; it is tried again", "error", err)
	}
}

// removeOld goes through an account's rows of before an id. What waits is passed by.
func (d *Dispatcher) removeOld(ctx context.Context, t store.Table, a id.Account, before [16]byte) error {
	for after := ([16]byte{}); ctx.Err() == nil; {
		var keys []store.Key
		err := d.Config.Store.View(ctx, func(v store.Reader) (err error) {
			keys, err = v.Old(t, a, after, before, removeBatch)
			return err
		})
		if err != nil || len(keys) == 0 {
			return err
		}
		now := d.Config.Now()
		err = d.Config.Store.Update(ctx, a, keys, func(tx *store.Tx) error {
			for _, k := range keys {
				if over(tx, k, now) {
					tx.Delete(k)
				}
			}
			return nil
		})
		if err != nil || len(keys) < removeBatch {
			return err
		}
		after = [16]byte([]byte(keys[len(keys)-1].ID))
	}
	return ctx.Err()
}

// over reports whether nothing will happen to a row any more by itself.
func over(tx *store.Tx, k store.Key, now time.Time) bool {
	if k.Table == store.TableOTP {
		o, ok := store.Get[store.OTP](tx, k)
		return ok && o.Over(now)
	}
	m, ok := store.Get[store.Message](tx, k)
	return ok && !m.Waits()
}
