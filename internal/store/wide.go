package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/secret"
)

// The records with packed columns. What a query looks for stays a column of its own.

func (c Contact) encode(e *encoder) {
	e.id(c.Account)
	e.id(c.ID)
	e.int(int64(c.Mode))
	e.time(c.OptOut.At)
	p := e.pack()
	p.bytes(c.Number)
	list(&p, c.Sends, p.time)
	list(&p, c.Copies, p.time)
	list(&p, c.Wrongs, p.time)
	list(&p, c.Pending, func(o Pending) {
		p.string(o.Template)
		p.string(o.Purpose)
		p.id(o.OTP)
		p.id(o.Message)
		p.time(o.ExpiresAt)
	})
	p.string(c.OptOut.Source)
	p.string(c.OptOut.Keyword)
	p.replies(c)
	p.era(c.Era)
	e.packed(p)
}

func decodeContact(d *decoder) Record {
	c := Contact{Account: d.account(), ID: d.contact(), Mode: id.Mode(d.int())}
	c.OptOut.At = d.time()
	u := d.unpack()
	c.Number = u.bytes()
	c.Sends, c.Copies, c.Wrongs = unlist(&u, u.time), unlist(&u, u.time), unlist(&u, u.time)
	c.Pending = unlist(&u, func() Pending {
		return Pending{Template: u.string(), Purpose: u.string(), OTP: u.id(), Message: u.id(), ExpiresAt: u.time()}
	})
	c.OptOut.Source, c.OptOut.Keyword = u.string(), u.string()
	u.replies(&c)
	c.Era = u.era()
	d.unpacked(&u)
	return c
}

func (o OTP) encode(e *encoder) {
	e.id(o.Account)
	e.id(o.ID)
	e.int(int64(o.Mode))
	e.id(o.Contact)
	e.int(int64(o.Status))
	e.time(o.ExpiresAt)
	p := e.pack()
	p.uint(uint64(o.KeyID))
	p.bytes(o.Number)
	p.string(o.Template)
	p.string(o.Purpose)
	p.int(int64(o.Length))
	p.int(int64(o.MaxAttempts))
	p.int(int64(o.Wrong))
	list(&p, o.Messages, func(m id.Message) { p.id(m) })
	p.bytes(o.Metadata)
	p.time(o.CreatedAt)
	p.time(o.VerifiedAt)
	p.counted(o)
	p.int(int64(o.Sequence))
	p.era(o.Era)
	p.bool(o.TestNumber)
	e.packed(p)
}

func decodeOTP(d *decoder) Record {
	var o OTP
	o.Account, o.ID, o.Mode, o.Contact = d.account(), d.otp(), id.Mode(d.int()), d.contact()
	o.Status, o.ExpiresAt = otp.Status(d.int()), d.time()
	u := d.unpack()
	o.KeyID, o.Number, o.Template, o.Purpose = secret.KeyID(u.uint()), u.bytes(), u.string(), u.string()
	o.Length, o.MaxAttempts, o.Wrong = int(u.int()), int(u.int()), int(u.int())
	o.Messages = unlist(&u, func() id.Message { return u.id() })
	o.Metadata, o.CreatedAt, o.VerifiedAt = u.bytes(), u.time(), u.time()
	u.counted(&o)
	o.Sequence = u.later()
	o.Era = u.era()
	o.TestNumber = len(u.b) > 0 && u.bool()
	d.unpacked(&u)
	return o
}

func (m Message) encode(e *encoder) {
	e.id(m.Account)
	e.id(m.ID)
	e.int(int64(m.Mode))
	e.id(m.Contact)
	e.int(int64(m.State))
	// The index of work is on rows with a due_at: a row in work has one although it waits for nothing.
	if m.DueAt.IsZero() && m.Owner != 0 {
		e.int(0)
	} else {
		e.time(m.DueAt)
	}
	e.int(m.Owner)
	p := e.pack()
	p.id(m.OTP)
	p.bytes(m.Number)
	p.bytes(m.Body)
	p.string(m.From)
	p.string(m.Locale)
	list(&p, m.Plan, p.step)
	list(&p, m.Attempts, p.attempt)
	p.bool(m.Over)
	p.int(int64(m.Latest))
	p.int(int64(m.Tries))
	p.int(int64(m.Turn))
	p.string(string(m.Reason))
	p.string(m.Code)
	p.int(m.Hold)
	p.int(m.Charged)
	p.bool(m.HoldUnknown)
	p.bytes(m.Metadata)
	p.string(m.CallbackURL)
	for _, t := range []time.Time{m.Counted, m.Deadline, m.CreatedAt, m.ScheduledAt, m.SentAt, m.DeliveredAt, m.ReadAt, m.FailedAt} {
		p.time(t)
	}
	p.string(m.Country)
	p.string(m.Prefix)
	p.bool(m.Again)
	p.int(int64(m.Sequence))
	p.era(m.Era)
	e.packed(p)
	e.int(int64(m.Purpose))
	e.time(m.SandboxAt)
	e.text(m.waitsFor())
}

// waitsFor is the carrier that a message waits for, which the indexes of waiting work begin with: a sweep asks for what a
// carrier can take, and reads nothing that waits for another. It is empty for a message that waits for nothing.
func (m Message) waitsFor() string {
	if m.Owner != 0 || m.DueAt.IsZero() {
		return ""
	}
	step, ok := m.NextStep(nil)
	if !ok {
		return ""
	}

	return m.Plan[step].Carrier
}

func decodeMessage(d *decoder) Record {
	var m Message
	m.Account, m.ID, m.Mode, m.Contact = d.account(), d.message(), id.Mode(d.int()), d.contact()
	m.State, m.DueAt, m.Owner = message.State(d.int()), d.time(), d.int()
	if m.Owner != 0 && m.DueAt.UnixMicro() == 0 {
		m.DueAt = time.Time{}
	}
	u := d.unpack()
	m.OTP, m.Number, m.Body, m.From, m.Locale = u.id(), u.bytes(), u.bytes(), u.string(), u.string()
	m.Plan, m.Attempts = unlist(&u, u.step), unlist(&u, u.attempt)
	m.Over, m.Latest, m.Tries, m.Turn = u.bool(), int(u.int()), int(u.int()), int(u.int())
	m.Reason, m.Code = message.Reason(u.string()), u.string()
	m.Hold, m.Charged, m.HoldUnknown = u.int(), u.int(), u.bool()
	m.Metadata, m.CallbackURL = u.bytes(), u.string()
	for _, t := range []*time.Time{&m.Counted, &m.Deadline, &m.CreatedAt, &m.ScheduledAt, &m.SentAt, &m.DeliveredAt, &m.ReadAt, &m.FailedAt} {
		*t = u.time()
	}
	if len(u.b) > 0 { // rows of before there were statistics end here
		m.Country, m.Prefix, m.Again = u.string(), u.string(), u.bool()
	}
	m.Sequence = u.later()
	m.Era = u.era()
	d.unpacked(&u)
	m.Purpose, m.SandboxAt = message.Purpose(d.int()), d.time()
	d.text() // follows from the rest of the row
	return m
}

func (p *packer) step(s message.Step) {
	p.uint(uint64(s.Channel))
	p.string(s.Carrier)
	p.int(s.Price)
	p.int(int64(s.Segments))
	p.uint(uint64(s.Encoding))
	p.int(int64(s.Wait / time.Millisecond))
	p.bool(s.Receipts)
}

func (u *unpacker) step() message.Step {
	return message.Step{Channel: message.Channel(u.uint()), Carrier: u.string(), Price: u.int(), Segments: int(u.int()),
		Encoding: message.Encoding(u.uint()), Wait: u.duration(time.Millisecond), Receipts: u.bool()}
}

func (p *packer) attempt(a message.Attempt) {
	p.int(int64(a.Step))
	p.uint(uint64(a.Progress))
	p.string(string(a.Reason))
	p.string(a.Code)
	p.time(a.At)
	p.int(int64(a.Parts))
	p.uint(a.Arrived)
	p.int(int64(a.Submits))
	p.int(int64(a.Unknown))
	p.int(int64(a.Pass))
	p.time(a.NotBefore)
	for _, flag := range []bool{a.Repeated, a.Doubtful, a.Spared, a.Copy, a.Closed} {
		p.bool(flag)
	}
}

func (u *unpacker) attempt() message.Attempt {
	a := message.Attempt{Step: int(u.int()), Progress: message.Progress(u.uint()), Reason: message.Reason(u.string()),
		Code: u.string(), At: u.time(), Parts: int(u.int()), Arrived: u.uint(),
		Submits: int(u.int()), Unknown: int(u.int()), Pass: int(u.int()), NotBefore: u.time()}
	for _, flag := range []*bool{&a.Repeated, &a.Doubtful, &a.Spared, &a.Copy, &a.Closed} {
		*flag = u.bool()
	}
	return a
}

func (p *packer) era(e clock.Era) {
	p.int(e.Epoch)
	p.int(int64(e.Shift / time.Microsecond))
}

// era reads an era that rows of earlier versions end before.
func (u *unpacker) era() clock.Era {
	if len(u.b) == 0 {
		return clock.Era{}
	}
	return clock.Era{Epoch: u.int(), Shift: u.duration(time.Microsecond)}
}
