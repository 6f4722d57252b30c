package hooks

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Bounds of what one search reads: deliveries have no index by state.
const (
	findBatch  = 200
	maxFound   = 5000
	maxCounted = 1000
)

// FindDeliveries lists the deliveries to an endpoint in a state, newest first, before the given event. next is where the
// search goes on, zero at the end. It may return fewer than limit, since it reads only so many.
func (h *Hooks) FindDeliveries(
	ctx context.Context, c account.Caller, w id.Webhook, state webhook.State, before id.Event, limit int,
) (out []Delivery, next id.Event, err error) {
	for seen := 0; seen < maxFound; seen += findBatch {
		page, err := h.Deliveries(ctx, c, w, before, findBatch)
		if err != nil {
			return nil, next, err
		}

		for i, d := range page {
			if state != 0 && d.State != state {
				continue
			}
			out = append(out, d)
			if len(out) == limit && (i < len(page)-1 || len(page) == findBatch) {
				return out, d.Event, nil
			}
		}
		if len(page) < findBatch {
			return out, id.Event{}, nil
		}
		before = page[len(page)-1].Event
	}

	return out, before, nil
}

// FindDelivery reads the delivery of an event to an endpoint.
func (h *Hooks) FindDelivery(
	ctx context.Context, c account.Caller, w id.Webhook, event id.Event,
) (out Delivery, err error) {
	k := store.DeliveryKey(c.Account, webhook.Target(w), event)
	err = h.Store.View(ctx, func(v store.Reader) error {
		rows, err := v.Load(store.EndpointKey(c.Account, w), k)
		if err != nil {
			return err
		}
		if _, err := ofCaller(rows, c, w); err != nil {
			return err
		}
		row, ok := store.Get[store.Delivery](rows, k)
		if !ok {
			return noDelivery()
		}

		found, err := h.withTypes(v, []store.Delivery{row})
		if err == nil {
			out = found[0]
		}

		return err
	})

	return out, err
}

// Recent counts the deliveries of an endpoint by their state. More says that there were more than were counted.
type Recent struct {
	Delivered, Waiting, Failed int
	More                       bool
}

// RecentDeliveries counts what went to each of the caller's endpoints since a time.
func (h *Hooks) RecentDeliveries(
	ctx context.Context, c account.Caller, of []Endpoint, since time.Time,
) (map[id.Webhook]Recent, error) {
	out := map[id.Webhook]Recent{}
	err := h.Store.View(ctx, func(v store.Reader) error {
		for _, e := range of {
			list, err := v.Deliveries(c.Account, webhook.Target(e.ID), id.Event{}, maxCounted)
			if err != nil {
				return err
			}
			out[e.ID] = countSince(list, since)
		}
		return nil
	})

	return out, err
}

// countSince counts deliveries, which are newest first.
func countSince(list []store.Delivery, since time.Time) (n Recent) {
	for _, d := range list {
		if d.Event.Time().Before(since) {
			return n
		}
		switch d.State {
		case webhook.Delivered:
			n.Delivered++
		case webhook.Failed:
			n.Failed++
		default:
			n.Waiting++
		}
	}
	n.More = len(list) == maxCounted

	return n
}
