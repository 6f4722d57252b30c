// Package outbox writes events. An event and its deliveries are rows of the transaction in which it happened, so that
// no event is lost and none is sent for what did not happen.
package outbox

import (
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Targets knows where events go. Its methods are called inside transactions, so they use only memory and do not wait.
type Targets interface {
	// Endpoints are those of an account and mode, including disabled ones. A new endpoint is among them before the
	// request that creates it is answered.
	Endpoints(a id.Account, m id.Mode) []webhook.Endpoint
	// Free reports whether a delivery to the target would begin without a wait. Others are left to the sweep.
	Free(t store.TargetRef) bool
	// Take begins deliveries that are committed and owned by this node.
	Take(out []Outgoing)
	// Wake is called when rows wait for the target.
	Wake(t store.TargetRef, due time.Time)
}

// Outgoing is a delivery with its body.
type Outgoing struct {
	Delivery store.Delivery
	Type     webhook.Type
	Body     []byte
}

// Outbox writes events: one row for the event and one for each delivery. Without an endpoint or a callback URL an event
// costs no more than a look into a map.
type Outbox struct {
	Keys  *secret.Keyring
	Epoch int64
	// Targets knows where events go; nil = nowhere.
	Targets Targets
}

// Event is something that happened.
type Event struct {
	Account  id.Account
	Mode     id.Mode
	Subject  []byte // the id of what it happened to
	Sequence int    // its number there
	Callback string // the message's callback URL
	Payload  webhook.Payload
	At       time.Time // by the account's clock
	Real     time.Time
	// Except is an endpoint that does not get the event: that it was disabled is reported to the others.
	Except id.Webhook
}

// HasSubscribers reports whether events of an account and mode, or of a message with the callback, are written at all.
// In the sandbox they always are, because a developer's listener reads them without an endpoint.
func (o *Outbox) HasSubscribers(a id.Account, m id.Mode, callback string) bool {
	return o.Targets != nil && (m == id.Test || callback != "" || len(o.Targets.Endpoints(a, m)) > 0)
}

// Enqueue writes the rows, and hands the deliveries over once they are committed.
func (o *Outbox) Enqueue(tx *store.Tx, n Event) {
	body := n.Payload.Body()
	event := store.Event{Account: n.Account, Mode: n.Mode, Type: n.Payload.Event, CreatedAt: n.Real}
	if event.ID = webhook.EventID(n.Real, n.Subject, n.Sequence, event.Type); n.Mode == id.Test {
		event.ID = webhook.SandboxEventID(n.Real, n.At, n.Subject, n.Sequence, event.Type)
	}

	event.Payload = Seal(o.Keys, event.Key(), body)
	var out []Outgoing
	add := func(target webhook.Target, url string) {
		d := store.Delivery{Delivery: webhook.Delivery{
			Account: n.Account, Target: target, Event: event.ID, Mode: n.Mode,
			URL: url, State: webhook.Waiting, Owner: o.Epoch, CreatedAt: n.Real,
		}}
		if !o.Targets.Free(store.TargetRef{Account: n.Account, Target: target}) {
			d.Owner, d.DueAt = 0, n.Real
		}
		event.Targets = append(event.Targets, target)
		out = append(out, Outgoing{d, event.Type, body})
		tx.Insert(d)
	}

	callback := n.Callback
	for _, w := range o.Targets.Endpoints(n.Account, n.Mode) {
		if w.Wants(event.Type) && w.ID != n.Except {
			add(webhook.Target(w.ID), "")
			if w.URL == callback {
				callback = "" // the same URL gets the event once
			}
		}
	}
	if callback != "" {
		add(webhook.CallbackTarget(n.Mode, callback), callback)
	}

	tx.Insert(event)
	if len(out) > 0 {
		tx.After(func() { o.handOver(out) })
	}
}

func (o *Outbox) handOver(out []Outgoing) {
	owned := out[:0:0]
	for _, one := range out {
		if d := one.Delivery; d.Owner == o.Epoch {
			owned = append(owned, one)
		} else {
			o.Targets.Wake(store.TargetRef{Account: d.Account, Target: d.Target}, d.DueAt)
		}
	}
	o.Targets.Take(owned)
}

// Seal encrypts the payload of an event, as it has phone numbers in it.
func Seal(k *secret.Keyring, event store.Key, body []byte) []byte {
	return k.Seal(body, event.Location("payload"))
}

// Open reverses Seal.
func Open(k *secret.Keyring, row store.Event) ([]byte, error) {
	return k.Open(row.Payload, row.Key().Location("payload"))
}
