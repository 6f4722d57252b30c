package hooks

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Event is what happened, with what was or would be sent.
type Event struct {
	store.Event
	Body []byte
}

// Delivery is an event's way to an endpoint.
type Delivery struct {
	webhook.Delivery
	Type    webhook.Type
	Answers []string // of each try, as far as it was kept
}

// withTypes adds the types of their events to deliveries, and opens their answers.
func (h *Hooks) withTypes(v store.Reader, list []store.Delivery) (out []Delivery, err error) {
	keys := make([]store.Key, len(list))
	for i, d := range list {
		keys[i] = store.EventKey(d.Account, d.Mode, d.Event)
	}

	events, err := v.Load(keys...)
	if err != nil {
		return nil, err
	}

	for i, d := range list {
		event, _ := store.Get[store.Event](events, keys[i])
		out = append(out, h.opened(d, event.Type))
	}

	return out, nil
}

// opened opens the answers of a delivery.
func (h *Hooks) opened(d store.Delivery, t webhook.Type) Delivery {
	one := Delivery{Delivery: d.Delivery, Type: t}
	for _, try := range d.Tries {
		text := ""
		if try.Answer != nil {
			text = h.openAnswer(d, try.Answer)
		}
		one.Answers = append(one.Answers, text)
	}

	return one
}

func noDelivery() error { return fault.NoSuch("delivery") }

// Redeliver sends an event to an endpoint again, in whatever state its delivery is.
func (h *Hooks) Redeliver(
	ctx context.Context, c account.Caller, w id.Webhook, event id.Event, idem *idempotency.Request,
) (Delivery, *idempotency.Answer, error) {
	dk, ek := store.DeliveryKey(c.Account, webhook.Target(w), event), store.EventKey(c.Account, c.Mode, event)
	now, keys := h.Now(), []store.Key{store.EndpointKey(c.Account, w), dk, ek}
	var diff audit.Diff
	diff.Add("event", nil, event.String())
	note := audit.Note(ctx, now, c.Account, c.Mode, audit.EventRedelivered, w.String(), diff...)
	return idempotency.Once(ctx, h.Store, c, idem, now, keys, func(tx *store.Tx) (Delivery, error) {
		if _, err := ofCaller(tx, c, w); err != nil {
			return Delivery{}, err
		}
		row, ok := store.Get[store.Delivery](tx, dk)
		e, there := store.Get[store.Event](tx, ek)
		if !ok || !there {
			return Delivery{}, noDelivery()
		}

		if row.Owner == 0 || row.Parked() {
			// One that is being posted now is being sent already.
			row.Delivery = row.NewRound(now)
			tx.Put(row)
			tx.Insert(note)
			tx.After(func() { h.Wake(refOf(row), now) })
		}

		return h.opened(row, e.Type), nil
	})
}

// Bounds of a recovery: what one request goes through, and how much of it one transaction carries.
const (
	maxRecovered = 10_000
	recoverBatch = 100
	farAhead     = 10 * 365 * 24 * time.Hour // later than every event, also by the clock of a sandbox
)

// Recovered is what a recovery did. Next is where the next request has to begin, zero when all was gone through.
type Recovered struct {
	Queued int
	Next   time.Time
}

// Recover sends every event of a time range that an endpoint subscribes to and did not receive, including events that
// happened while it was disabled. It can be repeated: what was delivered, or waits already, is left alone.
func (h *Hooks) Recover(
	ctx context.Context, c account.Caller, w id.Webhook, since, until time.Time, idem *idempotency.Request,
) (out Recovered, answer *idempotency.Answer, err error) {
	var diff audit.Diff
	diff.Add("since", nil, since)
	diff.Add("until", nil, until)
	note := audit.Note(ctx, h.Now(), c.Account, c.Mode, audit.WebhookRecovered, w.String(), diff...)
	if until.IsZero() {
		until = h.Now().Add(farAhead) // the sandbox's clock may be ahead
	}
	if !since.Before(until) {
		return out, nil, fault.Invalid("since", "since must be before until")
	}
	return idempotency.Steps(ctx, c, idem, func() (Recovered, error) {
		return h.recoverAll(ctx, c, w, since, until, note)
	})
}

// recoverAll goes through the events; note is the audit row of the recovery.
func (h *Hooks) recoverAll(
	ctx context.Context, c account.Caller, w id.Webhook, since, until time.Time, note store.Audit,
) (out Recovered, err error) {
	found, err := h.Get(ctx, c, w)
	if err != nil {
		return out, err
	}

	found.Enabled = true // events of the types that it subscribes to count, also while it is disabled
	after, end := id.EventAt(since, [10]byte{}), id.EventAt(until.Add(time.Millisecond), [10]byte{})
	for seen := 0; ; seen += recoverBatch {
		var page []store.Event
		err := h.Store.View(ctx, func(v store.Reader) (err error) {
			page, err = v.Events(c.Account, c.Mode, after, end, false, recoverBatch)
			return err
		})
		if err != nil || len(page) == 0 {
			return out, err
		}

		if seen >= maxRecovered {
			out.Next = page[0].ID.Time()
			return out, nil
		}

		// The first transaction that changes something carries the audit row of the whole recovery.
		notes := []store.Audit{note}
		if out.Queued > 0 {
			notes = nil
		}
		n, err := h.recoverPage(ctx, found.Endpoint, page, notes)
		if err != nil {
			return out, err
		}
		out.Queued += n
		after = page[len(page)-1].ID
	}
}

// recoverPage makes the deliveries of some events wait, and inserts the audit rows if there are any.
func (h *Hooks) recoverPage(
	ctx context.Context, w webhook.Endpoint, page []store.Event, notes []store.Audit,
) (queued int, err error) {
	now, target := h.Now(), webhook.Target(w.ID)
	var keys []store.Key
	for _, e := range page {
		if w.Wants(e.Type) {
			keys = append(keys, e.Key(), store.DeliveryKey(e.Account, target, e.ID))
		}
	}
	if len(keys) == 0 {
		return 0, nil
	}

	err = h.Store.Update(ctx, w.Account, keys, func(tx *store.Tx) error {
		queued = 0
		for i := 0; i < len(keys); i += 2 {
			e, ok := store.GetSound[store.Event](tx, keys[i])
			if !ok {
				continue
			}

			d, known := store.GetSound[store.Delivery](tx, keys[i+1])
			switch {
			case !known:
				d.Delivery = webhook.Delivery{
					Account: e.Account, Target: target, Event: e.ID, Mode: e.Mode, CreatedAt: now,
				}
				e.Targets = append(e.Targets[:len(e.Targets):len(e.Targets)], target)
				tx.Put(e)
			case d.State != webhook.Failed:
				continue
			}
			d.Delivery = d.NewRound(now)
			tx.Put(d)
			queued++
		}
		if queued > 0 {
			tx.After(func() { h.Wake(endpointRef(w.Account, w.ID), now) })
			for _, note := range notes {
				tx.Insert(note)
			}
		}

		return nil
	})

	return queued, err
}

// Test sends the example of an event to an endpoint once, without waiting in its queue, and returns the attempt. The
// endpoint may be disabled: a test is for trying it.
func (h *Hooks) Test(
	ctx context.Context, c account.Caller, w id.Webhook, t webhook.Type, idem *idempotency.Request,
) (out webhook.Try, answer *idempotency.Answer, err error) {
	body := webhook.ExampleFor(t)
	if body == nil {
		return out, nil, fault.Invalid("event",
			"event: %q is not a type of event; GET /v2/webhooks/event-types lists the types", string(t))
	}

	found, err := h.Get(ctx, c, w)
	if err != nil {
		return out, nil, err
	}

	var diff audit.Diff
	diff.Add("event", nil, t)
	note := audit.Note(ctx, h.Now(), c.Account, c.Mode, audit.WebhookTested, w.String(), diff...)

	return idempotency.Steps(ctx, c, idem, func() (webhook.Try, error) {
		of := accountMode{c.Account, c.Mode}
		if !h.takeSlot(of) {
			return webhook.Try{}, errBusy()
		}
		defer h.giveBackSlot(of)

		err := h.Store.Update(ctx, c.Account, nil, func(tx *store.Tx) error {
			tx.Insert(note)
			return nil
		})
		if err != nil {
			return webhook.Try{}, err
		}

		return h.postExample(c, found, t, body), nil
	})
}

// postExample posts an example to an endpoint.
func (h *Hooks) postExample(c account.Caller, found Endpoint, t webhook.Type, body []byte) webhook.Try {
	at := h.Now()
	unique := newSecret()
	d := store.Delivery{Delivery: webhook.Delivery{
		Account: c.Account, Mode: c.Mode, Target: webhook.Target(found.ID),
		Event: webhook.EventID(at, []byte(unique.Reveal()), 0, t),
	}}

	n, _ := h.find(refOf(d))
	secrets, problem := n.signers(at)
	out, _ := h.post(outbox.Outgoing{Delivery: d, Type: t, Body: body}, found.URL, secrets, at, problem)
	if out.Answer != nil {
		out.Answer = []byte(h.openAnswer(d, out.Answer))
	}

	return out
}
