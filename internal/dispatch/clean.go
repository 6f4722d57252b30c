package dispatch

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// How long what is only looked up later is kept.
const (
	keepRefs = 72 * time.Hour
)

// janitorBatch is how many rows one transaction removes.
const janitorBatch = 500

// Clean removes what nobody asks for any more, in small transactions.
func (d *Dispatcher) Clean(ctx context.Context) {
	for _, table := range []store.Table{store.TableQuota, store.TableIdempotency} {
		for n, err := janitorBatch, error(nil); n == janitorBatch && err == nil && ctx.Err() == nil; {
			if n, err = d.cleanEnded(ctx, table); err != nil {
				d.Log.Warn("cleaning up failed; it is tried again", "table", table.String(), "error", err)
			}
		}
	}
	for table, keep := range map[store.Table]time.Duration{
		store.TableRef:   keepRefs,
		store.TableInbox: bound.KeepSandbox, store.TableTemplate: bound.KeepDeleted,
		store.TableInbound: bound.KeepInbound,
	} {
		for ctx.Err() == nil {
			n, err := d.clean(ctx, table, d.Now().Add(-keep))
			if err != nil {
				d.Log.Warn("cleaning up failed; it is tried again", "table", table.String(), "error", err)
			}
			if err != nil || n < janitorBatch {
				break
			}
		}
	}
}

func (d *Dispatcher) clean(ctx context.Context, table store.Table, before time.Time) (n int, err error) {
	var keys []store.Key
	err = d.Store.View(ctx, func(v store.Reader) (err error) {
		keys, err = v.Stale(table, before, janitorBatch)
		return err
	})
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	return len(keys), d.Store.Update(ctx, id.Account{}, keys, func(tx *store.Tx) error {
		for _, k := range keys {
			tx.Delete(k)
		}
		return nil
	})
}

// cleanEnded removes the rows of limits whose marks count no more, and those of Idempotency-Keys that are as good as new.
// What was written since it was listed stays.
func (d *Dispatcher) cleanEnded(ctx context.Context, table store.Table) (n int, err error) {
	var keys []store.Key
	now := d.Now()
	err = d.Store.View(ctx, func(v store.Reader) (err error) {
		keys, err = v.Stale(table, now, janitorBatch)
		return err
	})
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	return len(keys), d.Store.Update(ctx, id.Account{}, keys, func(tx *store.Tx) error {
		for _, k := range keys {
			var ends time.Time
			if table == store.TableQuota {
				row, _ := store.Get[store.Quota](tx, k)
				ends = row.EndsAt
			} else {
				row, _ := store.Get[store.Idempotency](tx, k)
				ends = row.EndsAt
			}
			if !ends.IsZero() && ends.Before(now) {
				tx.Delete(k)
			}
		}
		return nil
	})
}
