package dispatch

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// How long what is only looked up later is kept.
const (
	keepRefs = 72 * time.Hour
)

// janitorBatch is how many rows one transaction removes.
const janitorBatch = 500

// inboundBatch is how many texts from phones one transaction removes, each with its event and that event's deliveries.
const inboundBatch = 100

// Clean removes what nobody asks for any more, in small transactions.
func (d *Dispatcher) Clean(ctx context.Context) {
	for _, table := range []store.Table{store.TableQuota, store.TableIdempotency} {
		for n, err := janitorBatch, error(nil); n == janitorBatch && err == nil && ctx.Err() == nil; {
			if n, err = d.cleanEnded(ctx, table); err != nil {
				d.Config.Log.Warn("cleaning up failed; it is tried again", "table", table.String(), "error", err)
			}
		}
	}
	for n, err := inboundBatch, error(nil); n == inboundBatch && err == nil && ctx.Err() == nil; {
		if n, err = d.cleanInbound(ctx); err != nil {
			d.Config.Log.Warn("cleaning up failed; it is tried again", "table", store.TableInbound.String(), "error", err)
		}
	}
	for table, keep := range map[store.Table]time.Duration{
		store.TableRef:   keepRefs,
		store.TableInbox: bound.KeepSandbox, store.TableTemplate: bound.KeepDeleted,
	} {
		for ctx.Err() == nil {
			n, err := d.clean(ctx, table, d.Config.Now().Add(-keep))
			if err != nil {
				d.Config.Log.Warn("cleaning up failed; it is tried again", "table", table.String(), "error", err)
			}
			if err != nil || n < janitorBatch {
				break
			}
		}
	}
}

// cleanInbound removes texts from phones, with the events that tell of them: those have the text, too.
func (d *Dispatcher) cleanInbound(ctx context.Context) (n int, err error) {
	var keys []store.Key
	err = d.Config.Store.View(ctx, func(v store.Reader) error {
		texts, err := v.Stale(store.TableInbound, d.Config.Now().Add(-bound.KeepInbound), inboundBatch)
		if err != nil || len(texts) == 0 {
			return err
		}
		n = len(texts)
		rows, err := v.Load(texts...)
		if err != nil {
			return err
		}
		events := make([]store.Key, 0, len(texts))
		for _, k := range texts {
			if row, ok := store.Get[store.Inbound](rows, k); ok {
				event := webhook.EventID(row.StoredAt, row.ID[:], 0, webhook.MessageReceived)
				if row.Mode == id.Test {
					event = webhook.SandboxEventID(row.StoredAt, row.At, row.ID[:], 0, webhook.MessageReceived)
				}
				events = append(events, store.EventKey(row.Account, row.Mode, event))
			}
		}
		told, err := v.Load(events...)
		keys = append(texts, events...)
		for _, k := range events {
			event, _ := store.Get[store.Event](told, k)
			for _, target := range event.Targets {
				keys = append(keys, store.DeliveryKey(event.Account, target, event.ID))
			}
		}
		return err
	})
	if err != nil || n == 0 {
		return 0, err
	}

	return n, d.Config.Store.Update(ctx, id.Account{}, keys, func(tx *store.Tx) error {
		for _, k := range keys {
			tx.Delete(k)
		}
		return nil
	})
}

func (d *Dispatcher) clean(ctx context.Context, table store.Table, before time.Time) (n int, err error) {
	var keys []store.Key
	err = d.Config.Store.View(ctx, func(v store.Reader) (err error) {
		keys, err = v.Stale(table, before, janitorBatch)
		return err
	})
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	return len(keys), d.Config.Store.Update(ctx, id.Account{}, keys, func(tx *store.Tx) error {
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
	now := d.Config.Now()
	err = d.Config.Store.View(ctx, func(v store.Reader) (err error) {
		keys, err = v.Stale(table, now, janitorBatch)
		return err
	})
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	return len(keys), d.Config.Store.Update(ctx, id.Account{}, keys, func(tx *store.Tx) error {
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
