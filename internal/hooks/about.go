package hooks

import (
	"context"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// GetEvent reads one of the caller's events.
func (h *Hooks) GetEvent(ctx context.Context, c account.Caller, e id.Event) (Event, error) {
	k := store.EventKey(c.Account, c.Mode, e)
	rows, err := h.Store.Find(ctx, k)
	if err != nil {
		return Event{}, err
	}
	row, ok := store.Get[store.Event](rows, k)
	if !ok {
		return Event{}, fault.NoSuch("event")
	}
	body, err := outbox.Open(h.Keys, row)

	return Event{row, body}, err
}

// Span is a time in which events are looked for, in real time.
type Span struct{ From, To time.Time }

// mostAbout is how many events of a span are looked at: events have no index by what they are about.
const mostAbout = 500

// Told is an event with its deliveries, as far as they are kept.
type Told struct {
	store.Event
	Deliveries []webhook.Delivery
}

// EventsAbout finds the caller's events about some messages and verifications, oldest first. It looks into the spans
// only, and reads no payload: the id of an event tells what it is about.
func (h *Hooks) EventsAbout(
	ctx context.Context, c account.Caller, subjects [][]byte, in []Span,
) (out []Told, err error) {
	err = h.Store.View(ctx, func(v store.Reader) error {
		out = nil
		seen := map[id.Event]bool{}
		for _, s := range in {
			from, to := id.EventAt(s.From, [10]byte{}), id.EventAt(s.To, [10]byte{})
			page, err := v.Events(c.Account, c.Mode, from, to, false, mostAbout)
			if err != nil {
				return err
			}
			for _, e := range page {
				about := func(subject []byte) bool { return webhook.About(e.ID, c.Mode == id.Test, e.Type, subject) }
				if !seen[e.ID] && slices.ContainsFunc(subjects, about) {
					seen[e.ID] = true
					out = append(out, Told{Event: e})
				}
			}
		}

		return addDeliveries(v, out)
	})
	slices.SortFunc(out, func(a, b Told) int { return slices.Compare(a.ID[:], b.ID[:]) })

	return out, err
}

// addDeliveries reads the deliveries of some events.
func addDeliveries(v store.Reader, list []Told) error {
	var keys []store.Key
	for _, e := range list {
		for _, t := range e.Targets {
			keys = append(keys, store.DeliveryKey(e.Account, t, e.ID))
		}
	}
	rows, err := v.Load(keys...)
	if err != nil {
		return err
	}

	for i := range list {
		for _, t := range list[i].Targets {
			if d, ok := store.Get[store.Delivery](rows, store.DeliveryKey(list[i].Account, t, list[i].ID)); ok {
				list[i].Deliveries = append(list[i].Deliveries, d.Delivery)
			}
		}
	}

	return nil
}
