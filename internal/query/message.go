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
	// Sender is the sender that the phone shows: the message's, or the carrier's.
	Sender string
	// Replaced are the characters that smart encoding replaced in a text, over the carrier that is shown.
	Replaced []message.Replacement
}

// Credits is the price of the message: what was charged, or what is still held for it.
func (m Message) Credits() int64 {
	if m.Charged > 0 {
		return m.Charged
	}
	return m.Hold
}

// Show completes a message row with its number, sender, and what was replaced.
func (q *Query) Show(m store.Message, to phone.Number) Message {
	out := Message{Message: m, To: to, Sender: m.From, Replaced: q.replaced(m)}
	if m.From == "" {
		out.Sender = q.sender(m.Mode, m.ShownStep().Carrier)
	}
	return out
}

// replaced reads the text of a message only if smart encoding changed it.
func (q *Query) replaced(m store.Message) []message.Replacement {
	if m.Body == nil || !m.ShownStep().Smart {
		return nil
	}
	body, err := q.Text(m)
	if err != nil {
		return nil // the submit reports it
	}
	_, replaced := message.SmartText(body)

	return replaced
}

// Text reads the text of a message; "" for one with a code, whose text is stored nowhere.
func (q *Query) Text(m store.Message) (string, error) {
	if m.Body == nil {
		return "", nil
	}
	body, err := q.keys.Open(m.Body, m.Key().Location("body"))
	return string(body), err
}

// Open is Show for a row whose number is still sealed.
func (q *Query) Open(m store.Message) (Message, error) {
	to, err := q.Number(m.Key(), m.Number)
	return q.Show(m, to), err
}

// GetMessage reads a message, also one of an OTP, without its text.
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

// ListMessages lists the messages that match, newest first, of those older than the id below. Messages of OTPs are not
// listed. next is where the next page begins, zero after the last; a page may be short without being the last, see
// scanPage.
func (q *Query) ListMessages(ctx context.Context, c account.Caller, f Filter, below [16]byte,
	limit int,
) (out []Message, next [16]byte, err error) {
	want := f.query(c, below)
	want.State = uint8(message.ParseState(f.Status))
	if f.To != "" {
		want.Contact = q.Contact(c.Mode, f.To)
	}
	if f.Channel != 0 && f.Channel != message.SMS || f.Status != "" && want.State == 0 || f.Template != "" {
		return nil, next, nil // only SMS can match, and a text has no template
	}

	err = q.store.View(ctx, func(v store.Reader) (err error) {
		_, next, err = scanPage(want, limit, f.mustRead(c), v.Messages, func(row store.Message) (bool, error) {
			if !f.Matches(row.CreatedAt, row.Metadata) || !f.matchesCarrier(row.ShownStep().Carrier) {
				return false, nil
			}
			m, err := q.Open(row)
			if err != nil || !f.matchesCountry(m.To) {
				return false, err
			}
			out = append(out, m)

			return true, nil
		})

		return err
	})

	return out, next, err
}

// Filter narrows a list. Zero fields do not.
type Filter struct {
	To      phone.Number
	Status  string // as published
	Channel message.Channel
	// Country is that of the number, by its ISO 3166-1 code. Carrier is the name of the one that is shown, and Template
	// the id of a verification's template.
	Country, Carrier, Template string
	// Created at From or later, and before Before.
	From, Before time.Time
	Metadata     map[string]string // values of top-level keys
}

// mustRead reports whether a row within the range of ids has to be read whole to know whether it matches.
func (f Filter) mustRead(c account.Caller) bool {
	return len(f.Metadata) > 0 || f.Country != "" || f.Carrier != "" ||
		c.Mode == id.Test && !(f.From.IsZero() && f.Before.IsZero())
}

// MaxAhead is how far a sandbox's clock can be ahead of real time.
const MaxAhead = 720 * time.Hour

// query is the part of the filter that is a range of ids, which begin with the real time of creation. In a sandbox a
// row's own time may be later, so its range begins earlier and the rows' times are compared.
func (f Filter) query(c account.Caller, below [16]byte) store.ListQuery {
	q := store.ListQuery{Account: c.Account, Mode: c.Mode, Before: below}
	if from := f.From; !from.IsZero() {
		if c.Mode == id.Test {
			from = from.Add(-MaxAhead)
		}
		q.From = id.Message{}.At(from)
	}
	if end := [16]byte(id.Message{}.At(f.Before.Add(time.Millisecond))); !f.Before.IsZero() &&
		(below == [16]byte{} || string(end[:]) < string(below[:])) {
		q.Before = end
	}

	return q
}
