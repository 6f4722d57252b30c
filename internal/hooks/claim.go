package hooks

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// claimRows reads rows that are due and not under way, and claims them. A server that has the database for itself claims
// them in memory alone, and a crash leaves them waiting, as they have to be; among several nodes the claim is written.
func (h *Hooks) claimRows(l *lane, n int, now time.Time, under map[id.Event]struct{}) (out []outbox.Outgoing, next time.Time, err error) {
	var rows []store.Delivery
	err = h.Store.View(context.Background(), func(v store.Reader) error {
		list, err := v.DueDeliveries(l.ref, under, n+1)
		for i, d := range list {
			if i == n || soon(d.DueAt, now).After(now) {
				next = d.DueAt
				break
			}
			if d.State == webhook.Waiting {
				rows = append(rows, d)
			}
		}
		if err == nil && h.Nodes.Alone() {
			out, err = h.outgoing(v, l, rows)
		}

		return err
	})
	if err != nil || h.Nodes.Alone() || len(rows) == 0 {
		return out, next, err
	}
	if rows, err = h.own(l.ref.Account, rows); err != nil {
		return nil, next, err
	}

	err = h.Store.View(context.Background(), func(v store.Reader) (err error) {
		out, err = h.outgoing(v, l, rows)
		return err
	})
	if err != nil {
		h.release(keysOf(rows), h.Epoch) // nobody else would: this node lives
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

// own writes down that this node works on the rows, and gives those that nobody else was first with.
func (h *Hooks) own(a id.Account, rows []store.Delivery) (mine []store.Delivery, err error) {
	keys := keysOf(rows)
	err = h.Store.Update(context.Background(), a, keys, func(tx *store.Tx) error {
		mine = waiting(tx, keys)
		for i := range mine {
			mine[i].Owner, mine[i].DueAt = h.Epoch, time.Time{}
			tx.Put(mine[i])
		}
		return nil
	})

	return mine, err
}

// waiting are the rows that nobody works on.
func waiting(from store.Getter, keys []store.Key) (list []store.Delivery) {
	for _, k := range keys {
		if d, ok := store.GetSound[store.Delivery](from, k); ok && d.Owner == 0 && d.State == webhook.Waiting {
			list = append(list, d)
		}
	}
	return list
}

// outgoing reads what deliveries carry. One whose event is gone has nothing to carry, and ends.
func (h *Hooks) outgoing(v store.Reader, l *lane, list []store.Delivery) (out []outbox.Outgoing, err error) {
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
			h.unreadable(l, d)
			continue
		}
		out = append(out, outbox.Outgoing{Delivery: d, Type: event.Type, Body: body})
	}

	return out, nil
}
