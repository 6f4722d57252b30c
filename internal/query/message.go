package query

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/store"
)

// Message is a message as its sender sees it.
type Message struct {
	store.Message
	To phone.Number
	// Sender is what the phone shows as its origin: the message's own, or the carrier's.
	Sender string
}

// Credits is what the message costs: what was charged, or what is still held for it.
func (m Message) Credits() int64 {
	if m.Charged > 0 {
		return m.Charged
	}
	return m.Hold
}

// Show is a message with what its row does not say.
func (q *Query) Show(m store.Message, to phone.Number) Message {
	out := Message{Message: m, To: to, Sender: m.From}
	if m.From == "" {
		out.Sender = q.sender(m.Mode, m.ShownStep().Carrier)
	}
	return out
}

// Open is Show for a row whose number is still sealed.
func (q *Query) Open(m store.Message) (Message, error) {
	to, err := q.Number(m.Key(), m.Number)
	return q.Show(m, to), err
}

// GetMessage reads a message, a text or one of an OTP's; what it says is never in it.
func (q *Query) GetMessage(ctx context.Context, c account.Caller, m id.Message) (out Message, err error) {
	k := store.MessageKey(c.Account, m)
	rows, err := q.store.Find(ctx, k)
	if err != nil {
		return out, err
	}

	row, found := store.Get[store.Message](rows, k)
	if !found || row.Mode != c.Mode {
		return out, fault.NoSuch("message")
	}

	return q.Open(row)
}

// ListMessages lists the texts that fit, newest first, below the given id. next is where the rest begins, zero when there
// is none; a page may be short although a rest is left, see gather.
func (q *Query) ListMessages(ctx context.Context, c account.Caller, f Filter, below [16]byte, limit int) (out []Message, next [16]byte, err error) {
	want := f.query(c, below)
	want.State = uint8(message.ParseState(f.Status))
	if f.To != "" {
		want.Contact = q.Contact(c.Mode, f.To)
	}
	if f.Channel != 0 && f.Channel != message.SMS || f.Status != "" && want.State == 0 {
		return nil, next, nil // texts have no other
	}

	err = q.store.View(ctx, func(v store.Reader) (err error) {
		var rows []store.Message
		rows, next, err = gather(want, limit, f.sifts(c), v.Messages, func(m store.Message) (bool, error) {
			return f.Fits(m.CreatedAt, m.Metadata), nil
		})

		for _, row := range rows {
			m, err := q.Open(row)
			if err != nil {
				return err
			}
			out = append(out, m)
		}

		return err
	})

	return out, next, err
}

// Filter narrows a list. Zero fields do not.
type Filter struct {
	To      phone.Number
	Status  string // as published
	Channel message.Channel
	// From is the earliest time of creation, Before is above the last.
	From, Before time.Time
	Metadata     map[string]string // values of the object's own keys
}

// sifts reports whether rows that the ids let through have to be read before it is known whether they fit.
func (f Filter) sifts(c account.Caller) bool {
	return len(f.Metadata) > 0 || c.Mode == id.Test && !(f.From.IsZero() && f.Before.IsZero())
}

// MaxAhead is how far a sandbox's clock can be ahead of real time.
const MaxAhead = 720 * time.Hour

// query is what of the filter the ids tell: they begin with the real time of creation. In a sandbox a row's own time may be
// later than that, so what is too old by its own time is found by looking.
func (f Filter) query(c account.Caller, below [16]byte) store.ListQuery {
	q := store.ListQuery{Account: c.Account, Mode: c.Mode, Before: below}
	if from := f.From; !from.IsZero() {
		if c.Mode == id.Test {
			from = from.Add(-MaxAhead)
		}
		q.From = id.Message{}.At(from)
	}
	if end := [16]byte(id.Message{}.At(f.Before.Add(time.Millisecond))); !f.Before.IsZero() && (below == [16]byte{} || string(end[:]) < string(below[:])) {
		q.Before = end
	}

	return q
}
