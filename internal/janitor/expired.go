package janitor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// inboundBatch is how many texts from phones one transaction removes, each with its event and that event's deliveries.
const inboundBatch = 100

// RemoveExpired removes what is of use for a set time only: counts of limits, Idempotency-Keys, texts from phones, carriers'
// ids, what sandboxes show, and deleted templates.
func (j *Janitor) RemoveExpired(ctx context.Context) error {
	var errs []error
	for _, table := range []struct {
		store.Table
		most   int
		remove func(context.Context, store.Table) (int, error)
	}{
		{store.TableQuota, batch, j.removeEnded},
		{store.TableIdempotency, batch, j.removeEnded},
		{store.TableInbound, inboundBatch, j.removeInbound},
		{store.TableRef, batch, j.removeOlder(bound.KeepRefs)},
		{store.TableInbox, batch, j.removeOlder(bound.KeepSandbox)},
		{store.TableTemplate, batch, j.removeOlder(bound.KeepDeleted)},
	} {
		for n := table.most; n == table.most && ctx.Err() == nil; {
			var err error
			if n, err = table.remove(ctx, table.Table); err != nil {
				errs = append(errs, fmt.Errorf("table %s: %w", table.Table, err))
				break
			}
		}
	}

	return errors.Join(errs...)
}

// removeOlder removes rows that are older than they are kept, a batch at a time.
func (j *Janitor) removeOlder(keep time.Duration) func(context.Context, store.Table) (int, error) {
	return func(ctx context.Context, t store.Table) (n int, err error) {
		keys, err := j.stale(ctx, t, j.Now().Add(-keep), batch)
		if err != nil {
			return 0, err
		}
		return len(keys), j.remove(ctx, id.Account{}, keys, nil)
	}
}

// removeEnded removes the rows of limits whose marks count no more, and those of Idempotency-Keys that are as good as new.
// What was written since it was listed stays.
func (j *Janitor) removeEnded(ctx context.Context, t store.Table) (n int, err error) {
	now := j.Now()
	keys, err := j.stale(ctx, t, now, batch)
	if err != nil {
		return 0, err
	}

	return len(keys), j.remove(ctx, id.Account{}, keys, func(tx *store.Tx, k store.Key) bool {
		ends := endOf(tx, k)
		return !ends.IsZero() && ends.Before(now)
	})
}

// endOf is when a row of a limit or an Idempotency-Key ends; zero when it is gone.
func endOf(tx *store.Tx, k store.Key) time.Time {
	if k.Table == store.TableQuota {
		row, _ := store.GetSound[store.Quota](tx, k)
		return row.EndsAt
	}
	row, _ := store.GetSound[store.Idempotency](tx, k)

	return row.EndsAt
}

// removeInbound removes texts from phones, with the events that report them, which have the text as well.
func (j *Janitor) removeInbound(ctx context.Context, _ store.Table) (n int, err error) {
	var keys []store.Key
	err = j.Store.View(ctx, func(v store.Reader) error {
		texts, err := v.Stale(store.TableInbound, j.Now().Add(-bound.KeepInbound), inboundBatch)
		if err != nil || len(texts) == 0 {
			return err
		}

		n = len(texts)
		events, err := withEvents(v, texts)
		keys = append(texts, events...)

		return err
	})
	if err != nil {
		return 0, err
	}

	return n, j.remove(ctx, id.Account{}, keys, nil)
}

// withEvents are the events that report texts from phones, and the deliveries of those events.
func withEvents(v store.Reader, texts []store.Key) (keys []store.Key, err error) {
	rows, err := v.Load(texts...)
	if err != nil {
		return nil, err
	}

	for _, k := range texts {
		row, ok := store.Get[store.Inbound](rows, k)
		if !ok {
			continue
		}

		event := webhook.EventID(row.StoredAt, row.ID[:], 0, webhook.MessageReceived)
		if row.Mode == id.Test {
			event = webhook.SandboxEventID(row.StoredAt, row.At, row.ID[:], 0, webhook.MessageReceived)
		}
		keys = append(keys, store.EventKey(row.Account, row.Mode, event))
	}

	events, err := v.Load(keys...)
	for _, k := range keys {
		event, _ := store.Get[store.Event](events, k)
		keys = append(keys, deliveriesOf(event)...)
	}

	return keys, err
}

// deliveriesOf are the keys of an event's deliveries.
func deliveriesOf(e store.Event) (keys []store.Key) {
	for _, target := range e.Targets {
		keys = append(keys, store.DeliveryKey(e.Account, target, e.ID))
	}
	return keys
}
