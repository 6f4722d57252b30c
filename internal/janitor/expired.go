package janitor

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// inboundBatch is how many texts from phones one transaction removes, each with its event and that event's deliveries.
const inboundBatch = 100

// requestBatch is how many rows of the request log one transaction removes. Each has many requests.
const requestBatch = 50

// RemoveExpired removes what is kept for a set time: counts of limits, Idempotency-Keys, sessions, links, texts from
// phones, carriers' ids, what sandboxes show, deleted templates, the audit log and the request log.
func (j *Janitor) RemoveExpired(ctx context.Context) error {
	now := j.Now()
	ended := func(ctx context.Context, keys []store.Key) error {
		return j.remove(ctx, id.Account{}, keys, func(tx *store.Tx, k store.Key) bool {
			ends := endOf(tx, k)
			return !ends.IsZero() && ends.Before(now) // rows that were written since they were listed stay
		})
	}
	all := func(ctx context.Context, keys []store.Key) error { return j.remove(ctx, id.Account{}, keys, nil) }

	var errs []error
	for _, table := range []struct {
		store.Table
		keep   time.Duration
		batch  int
		remove func(context.Context, []store.Key) error
	}{
		{store.TableQuota, 0, batch, ended},
		{store.TableIdempotency, 0, batch, ended},
		{store.TableSession, 0, batch, ended},
		{store.TableLink, 0, batch, ended},
		{store.TableInbound, bound.KeepInbound, inboundBatch, j.removeInbound},
		{store.TableRef, bound.KeepRefs, batch, all},
		{store.TableInbox, bound.KeepSandbox, batch, all},
		{store.TableTemplate, bound.KeepDeleted, batch, all},
		{store.TableAudit, orForEver(j.KeepAudit), batch, all},
		{store.TableRequest, orForEver(j.KeepRequests), requestBatch, all},
	} {
		if err := j.removeStale(ctx, table.Table, now.Add(-table.keep), table.batch, table.remove); err != nil {
			errs = append(errs, fmt.Errorf("table %s: %w", table.Table, err))
		}
	}

	return errors.Join(errs...)
}

// removeStale removes a table's rows that are older than a time, in batches.
func (j *Janitor) removeStale(
	ctx context.Context, t store.Table, before time.Time, batch int, remove func(context.Context, []store.Key) error,
) error {
	for pass := (store.Pass[store.Key]{}); ctx.Err() == nil; {
		keys, err := j.stale(ctx, &pass, t, before, batch)
		if err == nil {
			err = remove(ctx, keys)
		}
		if err != nil || len(keys) < batch {
			return err
		}
	}

	return nil
}

// orForEver turns 0 into longer than there has been a server.
func orForEver(keep time.Duration) time.Duration {
	if keep == 0 {
		return math.MaxInt64
	}
	return keep
}

// endOf is when a row of a limit, an Idempotency-Key, a session or a link ends; zero when it is gone.
func endOf(tx *store.Tx, k store.Key) time.Time {
	switch k.Table {
	case store.TableQuota:
		row, _ := store.GetSound[store.Quota](tx, k)
		return row.EndsAt
	case store.TableSession:
		row, _ := store.GetSound[store.Session](tx, k)
		return row.EndsAt
	case store.TableLink:
		row, _ := store.GetSound[store.Link](tx, k)
		return row.EndsAt
	default:
		row, _ := store.GetSound[store.Idempotency](tx, k)
		return row.EndsAt
	}
}

// removeInbound removes texts from phones, with the events that report them, which have the text as well.
func (j *Janitor) removeInbound(ctx context.Context, texts []store.Key) error {
	keys := texts
	err := j.Store.View(ctx, func(v store.Reader) error {
		events, err := withEvents(v, texts)
		keys = append(keys, events...)
		return err
	})
	if err != nil {
		return err
	}

	return j.remove(ctx, id.Account{}, keys, nil)
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
