package hooks

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// noteHealth stores on the endpoint since when it fails, or that it works again. While nothing changes, this only reads
// memory.
func (h *Hooks) noteHealth(q *targetQueue, r webhook.Response) {
	n, ok := h.find(q.ref)
	if !ok || r.OK() && n.FailingSince.IsZero() {
		return
	}

	now := h.Now()
	failures, stored := h.countFailure(q, r, now)
	change := func(w webhook.Endpoint) (webhook.Endpoint, bool) {
		if r.OK() {
			return w.Works()
		}
		return w.Fails(r, failures, stored, now)
	}

	if _, changed := change(n.Endpoint); changed {
		h.retry("storing the health of an endpoint", func() error { return h.storeHealth(q, n, now, change) })
	}
}

// countFailure counts a failure since the endpoint's row was stored; a success begins the count again.
func (h *Hooks) countFailure(q *targetQueue, r webhook.Response, now time.Time) (failures int, stored time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()

	if r.OK() {
		q.failures = 0
	} else {
		q.failures++
	}
	if q.stored.IsZero() {
		q.stored = now // the count since a restart
	}

	return q.failures, q.stored
}

// storeHealth changes the row of an endpoint.
func (h *Hooks) storeHealth(
	q *targetQueue, n entry, now time.Time, change func(webhook.Endpoint) (webhook.Endpoint, bool),
) error {
	k := store.EndpointKey(n.Account, n.ID)
	keys := []store.Key{k, store.AccountKey(n.Account)}
	return h.Store.Update(context.Background(), n.Account, keys, func(tx *store.Tx) error {
		row, ok := store.Get[store.Endpoint](tx, k)
		if !ok {
			return nil
		}

		was, changed := row.Enabled, false
		if row.Endpoint, changed = change(row.Endpoint); !changed {
			return nil
		}

		tx.Put(row)
		h.changed(tx)
		if was && !row.Enabled {
			h.enqueueDisabled(tx, row, now)
		}

		tx.After(func() {
			h.setEntry(row.Endpoint)
			h.healthStored(q, now)
		})

		return nil
	})
}

func (h *Hooks) healthStored(q *targetQueue, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	q.failures, q.stored = 0, now
}

// enqueueDisabled notifies the account's other endpoints that one was disabled.
func (h *Hooks) enqueueDisabled(tx *store.Tx, w store.Endpoint, now time.Time) {
	h.Log.Warn("an endpoint was disabled", "account", w.Account, "endpoint", w.ID, "reason", string(w.Disabled))
	at := now
	if a, ok := store.Get[store.Account](tx, store.AccountKey(w.Account)); ok && w.Mode == id.Test {
		at = now.Add(a.SandboxOffset)
	}

	p := webhook.Payload{Event: webhook.WebhookDisabled, WebhookID: w.ID.String(), Reason: string(w.Disabled)}
	p.At(at)
	h.outbox.Enqueue(tx, outbox.Event{
		Account: w.Account, Mode: w.Mode, Subject: w.ID[:], Sequence: int(now.UnixMicro()),
		Payload: p, At: at, Real: now, Except: w.ID,
	})
}
