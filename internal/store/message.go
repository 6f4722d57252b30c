package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/wire"
)

// Message is a message's row.
type Message struct {
	message.Message
	Contact     ContactID
	Number      []byte // sealed
	Body        []byte // sealed; nil for an OTP's message, whose text is made for each submit
	From        string
	Locale      string
	Metadata    []byte
	CallbackURL string
	Sequence    int // of its newest event
	// Era says by which setting of the clock DueAt and Deadline were written.
	Era clock.Era
	// SandboxAt is the real time at which a message of the sandbox was created, which decides when it is removed. It is
	// zero for live messages.
	SandboxAt time.Time
	// Request is the request of the API that made the message; zero when a person made it in the dashboard.
	Request id.Request
	Extra   extra.Fields
}

// MessageKey names a message.
func MessageKey(a id.Account, m id.Message) Key { return accountKey(TableMessage, a, m) }

// Key names the row.
func (m Message) Key() Key { return MessageKey(m.Account, m.ID) }

func (m Message) encode(c *wire.Coder) { m.fields(c) }

func (m *Message) fields(c *wire.Coder) {
	wire.IDColumn(c, &m.Account)
	wire.IDColumn(c, &m.ID)
	wire.IntColumn(c, &m.Mode)
	wire.IDColumn(c, &m.Contact)
	wire.IntColumn(c, &m.State)
	c.DueColumns(&m.DueAt, &m.Owner)
	wire.IntColumn(c, &m.Type)
	c.TimeColumn(&m.SandboxAt)
	c.DerivedColumn(m.waitsFor)
	c.Data(&m.Extra, m.dataFields)
}

func (m *Message) dataFields(c *wire.Coder) {
	wire.ID(c, 1, &m.OTP)
	c.Blob(2, &m.Number)
	c.Blob(3, &m.Body)
	wire.Text(c, 4, &m.From)
	wire.Text(c, 5, &m.Locale)
	wire.List(c, 6, &m.Plan, stepFields, func(s *message.Step) *extra.Fields { return &s.Extra })
	wire.List(c, 7, &m.Attempts, attemptFields, func(a *message.Attempt) *extra.Fields { return &a.Extra })
	c.Bool(8, &m.Over)
	wire.Int(c, 9, &m.Latest)
	wire.Int(c, 10, &m.Passes)
	wire.Int(c, 11, &m.WaitingStep)
	wire.Text(c, 12, &m.Reason)
	wire.Text(c, 13, &m.CarrierCode)
	wire.Int(c, 14, &m.Hold)
	wire.Int(c, 15, &m.Charged)
	c.Bool(16, &m.NeverRepeat)
	c.Blob(17, &m.Metadata)
	wire.Text(c, 18, &m.CallbackURL)
	for i, at := range []*time.Time{
		&m.Counted, &m.Deadline, &m.CreatedAt, &m.ScheduledAt, &m.SentAt, &m.DeliveredAt, &m.ReadAt, &m.FailedAt,
	} {
		c.Time(wire.Number(19+i), at)
	}

	wire.Text(c, 27, &m.Country)
	wire.Text(c, 28, &m.Prefix)
	c.Bool(29, &m.Resend)
	wire.Int(c, 30, &m.Sequence)
	c.Era(31, &m.Era) // and 32
	wire.ID(c, 33, &m.Template)
	wire.ID(c, 34, &m.Request)
}

func stepFields(c *wire.Coder, s *message.Step) {
	wire.Int(c, 1, &s.Channel)
	wire.Text(c, 2, &s.Carrier)
	wire.Int(c, 3, &s.Price)
	wire.Int(c, 4, &s.Segments)
	wire.Int(c, 5, &s.Encoding)
	c.Duration(6, &s.Wait, time.Millisecond)
	c.Bool(7, &s.Receipts)
	wire.Int(c, 8, &s.Choice.Basis)
	wire.Int(c, 9, &s.Choice.Route)
	wire.Int(c, 10, &s.Choice.Sent)
	wire.Int(c, 11, &s.Choice.Verified)
	wire.Int(c, 12, &s.Cost.Credits)
	c.Bool(13, &s.Cost.Known)
	c.Bool(14, &s.Smart)
}

func attemptFields(c *wire.Coder, a *message.Attempt) {
	wire.Int(c, 1, &a.Step)
	wire.Int(c, 2, &a.Progress)
	wire.Text(c, 3, &a.Reason)
	wire.Text(c, 4, &a.CarrierCode)
	c.Time(5, &a.At)
	wire.Int(c, 6, &a.Parts)
	c.Bits(7, &a.DeliveredParts)
	wire.Int(c, 8, &a.Submits)
	wire.Int(c, 9, &a.UnknownSubmits)
	wire.Int(c, 10, &a.Pass)
	c.Time(11, &a.NotBefore)
	for i, flag := range []*bool{&a.Repeated, &a.MaybeAccepted, &a.Uncounted, &a.Copy, &a.Closed} {
		c.Bool(wire.Number(12+i), flag)
	}
	wire.Text(c, 17, &a.CarrierID)
	c.Bits(18, &a.Skipped)
}

// waitsFor is the carrier that a message waits for; empty for a message that does not wait. The indexes of waiting work
// begin with it, so that a sweep for one carrier reads nothing that waits for another.
func (m *Message) waitsFor() string {
	if m.Owner != 0 || m.DueAt.IsZero() {
		return ""
	}
	step, ok := m.NextStep(nil)
	if !ok {
		return ""
	}

	return m.Plan[step].Carrier
}
