package dispatch

import (
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// transition is a new state of a message, with the attempt that led to it.
type transition struct {
	state   message.State
	attempt int
}

// transitions adds the transitions that an input led to, each with the attempt that the input is about.
func transitions(list []transition, out message.Effects, m message.Message, in message.Input) []transition {
	for _, s := range out.Transitions {
		attempt := m.Shown()
		switch in.Kind {
		case message.AnswerAccepted, message.ReceiptDelivered, message.ReceiptRead, message.ReceiptFailed:
			attempt = in.Attempt
		default: // about no attempt
		}
		list = append(list, transition{s, attempt})
	}

	return list
}

var messageEvents = map[message.State]webhook.Type{
	message.Sent: webhook.MessageSent, message.Delivered: webhook.MessageDelivered, message.Read: webhook.MessageRead,
	message.Failed: webhook.MessageFailed,
}

// enqueueTransitions enqueues an event for each transition. The caller stores the message afterwards, as it counts its
// events.
func (d *Dispatcher) enqueueTransitions(tx *store.Tx, m *store.Message, list []transition, now time.Time) error {
	if len(list) == 0 || !d.outbox.HasSubscribers(m.Account, m.Mode, m.CallbackURL) {
		return nil
	}
	metadata := m.Metadata
	if !m.OTP.IsZero() {
		k := store.OTPKey(m.Account, m.OTP)
		if !tx.MayUse(k) {
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
		t, ok := messageEvents[b.state]
		if !ok {
			continue
		}

		m.Sequence++
		p := webhook.Payload{
			Event: t, MessageID: m.ID.String(), OTPID: m.OTP.String(), Channel: channelOf(m.Message, b.attempt),
			To: new(to.E164()), Status: b.state.String(), Metadata: metadata, Sequence: m.Sequence,
		}

		p.At(now)
		if t == webhook.MessageFailed {
			p.Reason, p.CarrierCode = string(m.Reason), m.CarrierCode
		} else {
			p.Since(begun, now)
		}
		d.Enqueue(tx, outbox.Event{
			Account: m.Account, Mode: m.Mode, Subject: m.ID[:], Sequence: m.Sequence,
			Callback: m.CallbackURL, Payload: p,
		}, now)
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

// EnqueueOTP enqueues an event of a verification. The caller stores the verification afterwards.
func (d *Dispatcher) EnqueueOTP(tx *store.Tx, o *store.OTP, t webhook.Type, status string, now time.Time) error {
	if !d.outbox.HasSubscribers(o.Account, o.Mode, "") {
		return nil
	}
	k := store.MessageKey(o.Account, o.Messages[len(o.Messages)-1])
	if !tx.MayUse(k) {
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
	e := outbox.Event{Account: o.Account, Mode: o.Mode, Subject: o.ID[:], Sequence: o.Sequence, Payload: p}
	d.Enqueue(tx, e, now)

	return nil
}

// enqueueCreditsLow enqueues the event that an account's credits fell below its threshold. It is called once for each
// ledger entry that crosses it.
func (d *Dispatcher) enqueueCreditsLow(tx *store.Tx, a store.Account, threshold int64, now time.Time) {
	if !d.outbox.HasSubscribers(a.ID, id.Live, "") {
		return
	}
	credits := a.Balance.Credits
	p := webhook.Payload{Event: webhook.CreditsLow, Credits: &credits, Threshold: &threshold}
	p.At(now)
	e := outbox.Event{Account: a.ID, Mode: id.Live, Subject: a.ID[:], Sequence: int(a.Entries), Payload: p}
	d.Enqueue(tx, e, now)
}

// HasSubscribers reports whether the events of an account and mode that belong to no message are written at all.
func (d *Dispatcher) HasSubscribers(a id.Account, m id.Mode) bool {
	return d.outbox.HasSubscribers(a, m, "")
}

// Enqueue writes an event and its deliveries as rows of the transaction, which has loaded the account. now is by the
// account's clock. Deliveries wait in real time, so the sandbox's offset is subtracted.
func (d *Dispatcher) Enqueue(tx *store.Tx, n outbox.Event, now time.Time) {
	n.At, n.Real = now, now
	if n.Mode == id.Test {
		n.Real = now.Add(now.Sub(query.Clock(tx, n.Account, n.Mode, now)))
	}
	d.outbox.Enqueue(tx, n)
}

// eventKeys adds the verification of a message that is about to have events, whose metadata they need. The transaction
// would otherwise run a second time to load it.
func (d *Dispatcher) eventKeys(keys []store.Key, m store.Message) []store.Key {
	if m.OTP.IsZero() || !d.outbox.HasSubscribers(m.Account, m.Mode, m.CallbackURL) {
		return keys
	}
	return append(keys, store.OTPKey(m.Account, m.OTP))
}
