package hooks

import (
	"context"
	"maps"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// claimDue claims rows that are due for a target, when its queue has room for them. The caller holds mu.
func (h *Hooks) claimDue(q *targetQueue, now time.Time) {
	n := h.claimable(q, now)
	if n <= 0 || q.claiming || q.nextDue.IsZero() || q.nextDue.After(now) || h.closing || h.isDisabled(q.ref) {
		return
	}

	q.claiming, q.nextDue = true, time.Time{}
	h.workers.Go(func() { h.claim(q, n) })
}

// claimable is how many rows the queue can take. A busy queue is refilled before it is empty,
// with many rows at once, because each read skips the rows that are under way. A target that is probed gets one.
func (h *Hooks) claimable(q *targetQueue, now time.Time) int {
	limit, busy := q.breaker.Limit(now), q.running+len(q.rows)
	if limit > 1 {
		limit *= claimAhead
	}
	if busy > limit/2 {
		return 0
	}

	most := maxQueued - h.queued
	if !h.Nodes.Alone() {
		most = min(most, loadBatch) // the rows carry our epoch, and if we stop they wait until we are fenced
	}

	return min(limit-busy, most)
}

// claim takes rows of a target that are due.
func (h *Hooks) claim(q *targetQueue, n int) {
	now := h.Now()
	h.mu.Lock()
	claimed := maps.Clone(q.claimed)
	h.mu.Unlock()

	taken, next, err := h.claimRows(q, n, now, claimed)
	if err != nil {
		h.Log.Warn("deliveries that are due could not be claimed; it is tried again", "error", err)
		next = now.Add(claimRetry)
	}

	h.mu.Lock()
	q.claiming = false
	if q.nextDue.IsZero() || !next.IsZero() && next.Before(q.nextDue) {
		q.nextDue = next
	}

	for _, o := range taken {
		q.claimed[o.Delivery.Event] = struct{}{}
		h.inFlight.Begin(o.Delivery.Key())
	}

	q.rows = append(q.rows, taken...)
	h.queued += len(taken)
	h.start(q, h.Now())
	h.claimDue(q, h.Now())
	h.mu.Unlock()

	h.wakeSweep()
}

// claimRows reads rows that are due and not under way, and claims them. A server that has the database for itself
// claims them in memory alone, so that they still wait after a crash; among several nodes the claim is written.
func (h *Hooks) claimRows(
	q *targetQueue, n int, now time.Time, claimed map[id.Event]struct{},
) (out []outbox.Outgoing, next time.Time, err error) {
	var rows []store.Delivery
	err = h.Store.View(context.Background(), func(v store.Reader) error {
		list, err := v.DueDeliveries(q.ref, claimed, n+1)
		for i, d := range list {
			if i == n || clampDue(d.DueAt, now).After(now) {
				next = d.DueAt
				break
			}
			if d.State == webhook.Waiting {
				rows = append(rows, d)
			}
		}

		if err == nil && h.Nodes.Alone() {
			out, err = h.loadEvents(v, q, rows)
		}

		return err
	})
	if err != nil || h.Nodes.Alone() || len(rows) == 0 {
		return out, next, err
	}

	if rows, err = h.writeClaim(q.ref.Account, rows); err != nil {
		return nil, next, err
	}

	err = h.Store.View(context.Background(), func(v store.Reader) (err error) {
		out, err = h.loadEvents(v, q, rows)
		return err
	})
	if err != nil {
		h.release(keysOf(rows), h.Epoch) // no other node would: this one is alive
	}

	return out, next, err
}

func keysOf(rows []store.Delivery) []store.Key {
	keys := make([]store.Key, len(rows))
	for i, d := range rows {
		keys[i] = d.Key()
	}
	return keys
}

// writeClaim makes this node the owner of rows, and returns those that no other node was first with.
func (h *Hooks) writeClaim(a id.Account, rows []store.Delivery) (mine []store.Delivery, err error) {
	keys := keysOf(rows)
	err = h.Store.Update(context.Background(), a, keys, func(tx *store.Tx) error {
		mine = unowned(tx, keys)
		for i := range mine {
			mine[i].Owner, mine[i].DueAt = h.Epoch, time.Time{}
			tx.Put(mine[i])
		}
		return nil
	})

	return mine, err
}

// unowned are the rows that wait and have no owner.
func unowned(from store.Getter, keys []store.Key) (list []store.Delivery) {
	for _, k := range keys {
		if d, ok := store.GetSound[store.Delivery](from, k); ok && d.Owner == 0 && d.State == webhook.Waiting {
			list = append(list, d)
		}
	}
	return list
}

// loadEvents reads what deliveries carry. One whose event is gone has nothing to carry, and ends.
func (h *Hooks) loadEvents(v store.Reader, q *targetQueue, list []store.Delivery) (out []outbox.Outgoing, err error) {
	events := make([]store.Key, len(list))
	for i, d := range list {
		events[i] = store.EventKey(d.Account, d.Mode, d.Event)
	}

	rows, err := v.Load(events...)
	if err != nil {
		return nil, err
	}

	for i, d := range list {
		event, ok := store.Get[store.Event](rows, events[i])
		body := []byte(nil)
		if ok {
			body, err = outbox.Open(h.Keys, event)
		}

		if !ok || err != nil {
			h.endUnreadable(q, d)
			continue
		}
		out = append(out, outbox.Outgoing{Delivery: d, Type: event.Type, Body: body})
	}

	return out, nil
}

// endUnreadable ends a delivery whose event cannot be read.
func (h *Hooks) endUnreadable(q *targetQueue, d store.Delivery) {
	h.mu.Lock()
	h.started++ // outcomesStored takes it off again
	q.claimed[d.Event] = struct{}{}
	h.mu.Unlock()

	h.storeLater(failedFor(q, d, webhook.Try{At: h.Now(), Error: "event_unreadable"}))
}

// release makes rows of an owner wait again, due now, and wakes their target. It goes on until it succeeds: what it
// cannot store before the server ends is released by the next start.
func (h *Hooks) release(keys []store.Key, owner int64) {
	now := h.Now()
	for len(keys) > 0 {
		some := keys[:min(len(keys), releaseBatch)]
		keys = keys[len(some):]
		h.retry("releasing deliveries", func() error { return h.releaseSome(some, owner, now) })
	}
}

// releaseBatch is how many rows one transaction releases.
const releaseBatch = 100

func (h *Hooks) releaseSome(keys []store.Key, owner int64, now time.Time) error {
	return h.Store.Update(context.Background(), keys[0].Account, keys, func(tx *store.Tx) error {
		for _, k := range keys {
			row, ok := store.GetSound[store.Delivery](tx, k)
			if !ok || row.Owner != owner {
				continue
			}

			row.Owner, row.DueAt = 0, now
			tx.Put(row)
			tx.After(func() { h.Wake(refOf(row), now) })
		}

		return nil
	})
}
