package hooks

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// searched is what one search reads: events and deliveries have no index by type or state.
var searched = store.Searched{Batch: 200, Most: 5000}

// maxCounted is how many deliveries of an endpoint are counted.
const maxCounted = 1000

// Found is a page of a search. Last is where the next page begins. There can be fewer rows than were asked for, even none,
// although More follow, since a search reads only so much.
type Found[R any] struct {
	Rows []R
	Last id.Event
	More bool
}

// EventSearch selects events: of a type, or all without one. With After they come oldest first, beginning after that
// event; otherwise newest first, beginning before the given one. The zero id begins at the end.
type EventSearch struct {
	Type   webhook.Type
	After  *id.Event
	Before id.Event
	Limit  int
}

// FindEvents lists the caller's events.
func (h *Hooks) FindEvents(ctx context.Context, c account.Caller, s EventSearch) (out Found[Event], err error) {
	from := s.Before
	if s.After != nil {
		from = *s.After
	}
	var wanted func(store.Event) bool
	if s.Type != "" {
		wanted = func(e store.Event) bool { return e.Type == s.Type }
	}

	rows, last, more, err := store.Search(searched, from, s.Limit, func(from id.Event, n int) (page []store.Event, err error) {
		after, before := id.Event{}, from
		if s.After != nil {
			after, before = from, id.Event{}
		}
		err = h.Store.View(ctx, func(v store.Reader) error {
			page, err = v.Events(c.Account, c.Mode, after, before, s.After == nil, n)
			return err
		})
		return page, err
	}, func(e store.Event) id.Event { return e.ID }, wanted)
	if err != nil {
		return out, err
	}

	for _, row := range rows {
		body, err := outbox.Open(h.Keys, row)
		if err != nil {
			return out, err
		}
		out.Rows = append(out.Rows, Event{row, body})
	}
	out.Last, out.More = last, more

	return out, nil
}

// FindDeliveries lists the deliveries to an endpoint in a state, newest first, before the given event; zero is every state.
func (h *Hooks) FindDeliveries(
	ctx context.Context, c account.Caller, w id.Webhook, state webhook.State, before id.Event, limit int,
) (out Found[Delivery], err error) {
	var wanted func(store.Delivery) bool
	if state != 0 {
		wanted = func(d store.Delivery) bool { return d.State == state }
	}

	rows, last, more, err := store.Search(searched, before, limit, func(from id.Event, n int) (page []store.Delivery, err error) {
		err = h.Store.View(ctx, func(v store.Reader) error {
			owner, err := v.Load(store.EndpointKey(c.Account, w))
			if err != nil {
				return err
			}
			if _, err := ofCaller(owner, c, w); err != nil {
				return err
			}
			page, err = v.Deliveries(c.Account, webhook.Target(w), from, n)
			return err
		})
		return page, err
	}, func(d store.Delivery) id.Event { return d.Event }, wanted)
	if err != nil {
		return out, err
	}

	out.Last, out.More = last, more
	err = h.Store.View(ctx, func(v store.Reader) error {
		out.Rows, err = h.withTypes(v, rows)
		return err
	})

	return out, err
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
