package dispatch

import (
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Outbox is who carries events to customers. Its methods are called inside closures: they look at memory alone and wait
// for nothing.
type Outbox interface {
	// Endpoints are those of an account and mode, also disabled ones. An endpoint is among them before the request that
	// makes it is answered.
	Endpoints(a id.Account, m id.Mode) []webhook.Endpoint
	// Free reports whether a delivery to the target would be begun at once. One that would not is left to the sweep.
	Free(t store.TargetRef) bool
	// Take is given deliveries that are on disk, and whose rows say that this node works on them.
	Take(out []Outgoing)
	// Wake says that rows wait for the target.
	Wake(t store.TargetRef, due time.Time)
}

// Outgoing is a delivery with what is sent.
type Outgoing struct {
	Delivery store.Delivery
	Type     webhook.Type
	Body     []byte
}

// Teller writes what customers are told: one row for the event and one for each delivery, in the transaction of what
// happened. An account that has no endpoint, with a message that has no callback, costs a look into a map.
type Teller struct {
	Keys   *secret.Keyring
	Epoch  int64
	Outbox Outbox
}

// News is something that happened.
type News struct {
	Account  id.Account
	Mode     id.Mode
	Subject  []byte // the id of what it happened to
	Sequence int    // its number there
	Callback string // the message's own URL
	Payload  webhook.Payload
	At       time.Time // by the account's clock
	Real     time.Time
	// Not is an endpoint that is left out: one that was disabled is not told of it.
	Not id.Webhook
}

// Listens reports whether anybody is told. The sandbox always is: a developer's listener reads its events without an
// endpoint.
func (t *Teller) Listens(a id.Account, m id.Mode, callback string) bool {
	return t.Outbox != nil && (m == id.Test || callback != "" || len(t.Outbox.Endpoints(a, m)) > 0)
}

// Tell writes the rows and hands over the deliveries once they are on disk.
func (t *Teller) Tell(tx *store.Tx, n News) {
	body := n.Payload.Body()
	event := store.Event{Account: n.Account, Mode: n.Mode, Type: n.Payload.Event, CreatedAt: n.Real}
	if event.ID = webhook.EventID(n.Real, n.Subject, n.Sequence, event.Type); n.Mode == id.Test {
		event.ID = webhook.SandboxEventID(n.Real, n.At, n.Subject, n.Sequence, event.Type)
	}
	event.Payload = SealPayload(t.Keys, event.Key(), body)
	var out []Outgoing
	add := func(target webhook.Target, url string) {
		d := store.Delivery{Delivery: webhook.Delivery{
			Account: n.Account, Target: target, Event: event.ID, Mode: n.Mode,
			URL: url, State: webhook.Waiting, Owner: t.Epoch, CreatedAt: n.Real,
		}}
		if !t.Outbox.Free(store.TargetRef{Account: n.Account, Target: target}) {
			d.Owner, d.DueAt = 0, n.Real
		}
		event.Targets = append(event.Targets, target)
		out = append(out, Outgoing{d, event.Type, body})
		tx.Insert(d)
	}
	callback := n.Callback
	for _, w := range t.Outbox.Endpoints(n.Account, n.Mode) {
		if w.Wants(event.Type) && w.ID != n.Not {
			add(webhook.Target(w.ID), "")
			if w.URL == callback {
				callback = "" // whoever listens there hears it once
			}
		}
	}
	if callback != "" {
		add(webhook.CallbackTarget(n.Mode, callback), callback)
	}
	tx.Insert(event)
	if len(out) > 0 {
		tx.After(func() { t.handOver(out) })
	}
}

func (t *Teller) handOver(out []Outgoing) {
	owned := out[:0:0]
	for _, o := range out {
		if o.Delivery.Owner == t.Epoch {
			owned = append(owned, o)
		} else {
			t.Outbox.Wake(store.TargetRef{Account: o.Delivery.Account, Target: o.Delivery.Target}, o.Delivery.DueAt)
		}
	}
	t.Outbox.Take(owned)
}

// SealPayload and OpenPayload keep payloads, which have numbers, unreadable in the database.
func SealPayload(k *secret.Keyring, event store.Key, body []byte) []byte {
	return k.Seal(body, event.Place("payload"))
}

// OpenPayload reverses SealPayload.
func OpenPayload(k *secret.Keyring, row store.Event) ([]byte, error) {
	return k.Open(row.Payload, row.Key().Place("payload"))
}

// became is a state that a message came to, and by which attempt.
type became struct {
	state   message.State
	attempt int
}

// becomes adds what an event made of a message, with the attempt that the event is about.
func becomes(list []became, out message.Effects, m message.Message, event message.Event) []became {
	for _, s := range out.Became {
		attempt := m.Shown()
		switch event.Kind {
		case message.Took, message.ReceiptDelivered, message.ReceiptRead, message.ReceiptFailed:
			attempt = event.Attempt
		default: // is about no attempt
		}
		list = append(list, became{s, attempt})
	}
	return list
}

var messageEvents = map[message.State]webhook.Type{
	message.Sent: webhook.MessageSent, message.Delivered: webhook.MessageDelivered, message.Read: webhook.MessageRead,
	message.Failed: webhook.MessageFailed,
}

// emitMessage tells what became of a message. The caller stores the message afterwards: its events are counted in it.
func (d *Dispatcher) emitMessage(tx *store.Tx, m *store.Message, list []became, now time.Time) error {
	if len(list) == 0 || !d.teller.Listens(m.Account, m.Mode, m.CallbackURL) {
		return nil
	}
	metadata := m.Metadata
	if !m.OTP.IsZero() {
		k := store.OTPKey(m.Account, m.OTP)
		if !tx.Has(k) {
			return store.Need(k)
		}
		o, _ := store.Get[store.OTP](tx, k)
		metadata = o.Metadata
	}
	to, err := d.Query.Number(m.Key(), m.Number)
	if err != nil {
		return err
	}
	begun := m.CreatedAt
	if m.ScheduledAt.After(begun) {
		begun = m.ScheduledAt
	}
	for _, b := range list {
		t, told := messageEvents[b.state]
		if !told {
			continue
		}
		m.Sequence++
		p := webhook.Payload{
			Event: t, MessageID: m.ID.String(), OTPID: m.OTP.String(), Channel: channelOf(m.Message, b.attempt),
			To: new(to.E164()), Status: b.state.String(), Metadata: metadata, Sequence: m.Sequence,
		}
		p.At(now)
		if t == webhook.MessageFailed {
			p.Reason, p.CarrierCode = string(m.Reason), m.Code
		} else {
			p.Since(begun, now)
		}
		d.Enqueue(tx, News{Account: m.Account, Mode: m.Mode, Subject: m.ID[:], Sequence: m.Sequence, Callback: m.CallbackURL, Payload: p}, now)
	}
	return nil
}

func channelOf(m message.Message, attempt int) string {
	if attempt >= 0 && attempt < len(m.Attempts) {
		return m.StepOf(attempt).Channel.String()
	}
	if len(m.Plan) == 0 {
		return ""
	}
	return m.Plan[0].Channel.String()
}

// EmitOTP tells how a verification ended. The caller stores the verification afterwards.
func (d *Dispatcher) EmitOTP(tx *store.Tx, o *store.OTP, t webhook.Type, status string, now time.Time) error {
	if !d.teller.Listens(o.Account, o.Mode, "") {
		return nil
	}
	k := store.MessageKey(o.Account, o.Messages[len(o.Messages)-1])
	if !tx.Has(k) {
		return store.Need(k)
	}
	to, err := d.Query.Number(o.Key(), o.Number)
	if err != nil {
		return err
	}
	o.Sequence++
	p := webhook.Payload{
		Event: t, OTPID: o.ID.String(), To: new(to.E164()), Status: status, Purpose: o.Purpose, Metadata: o.Metadata,
		Sequence: o.Sequence,
	}
	if m, ok := store.Get[store.Message](tx, k); ok {
		p.Channel = m.ShownStep().Channel.String()
	}
	p.At(now)
	if t == webhook.OTPVerified {
		p.Since(o.CreatedAt, now)
	}
	d.Enqueue(tx, News{Account: o.Account, Mode: o.Mode, Subject: o.ID[:], Sequence: o.Sequence, Payload: p}, now)
	return nil
}

// emitCreditsLow tells that an account's credits fell below its threshold. It is called once for a movement that crosses
// it; the account's entries count the movements.
func (d *Dispatcher) emitCreditsLow(tx *store.Tx, a store.Account, threshold int64, now time.Time) {
	if !d.teller.Listens(a.ID, id.Live, "") {
		return
	}
	credits := a.Balance.Credits
	p := webhook.Payload{Event: webhook.CreditsLow, Credits: &credits, Threshold: &threshold}
	p.At(now)
	d.Enqueue(tx, News{Account: a.ID, Mode: id.Live, Subject: a.ID[:], Sequence: int(a.Entries), Payload: p}, now)
}

// HasSubscribers reports whether anybody gets the events of an account and mode that belong to no message.
func (d *Dispatcher) HasSubscribers(a id.Account, m id.Mode) bool { return d.teller.Listens(a, m, "") }

// Enqueue writes an event and its deliveries as rows of the transaction; now is by the account's clock. The rows hold the
// account. It takes the sandbox's offset off: what waits for a customer's server waits in real time.
func (d *Dispatcher) Enqueue(tx *store.Tx, n News, now time.Time) {
	n.At, n.Real = now, now
	if n.Mode == id.Test {
		n.Real = now.Add(now.Sub(query.Clock(tx, n.Account, n.Mode, now)))
	}
	d.teller.Tell(tx, n)
}

// tellKeys adds the verification of a message that is about to be told of, so that its metadata need not be asked for in
// a second round.
func (d *Dispatcher) tellKeys(keys []store.Key, m store.Message) []store.Key {
	if m.OTP.IsZero() || !d.teller.Listens(m.Account, m.Mode, m.CallbackURL) {
		return keys
	}
	return append(keys, store.OTPKey(m.Account, m.OTP))
}
