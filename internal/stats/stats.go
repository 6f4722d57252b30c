// Package stats implements the statistics of messages: what each change of a message adds to which cell, and how cells
// are summed into the lines of a report.
//
// It is pure, and counts by the message's state, so an event that comes twice counts once. Each change adds to the cell
// of its day and kind, and a report reads cells, never messages: there are as many cells for ten million messages as
// for ten thousand.
package stats

import (
	"fmt"
	"time"

	"github.com/syssecure/syssecure/internal/message"
)

// Day is a day in UTC, counted from 1970-01-01.
type Day int

// DayOf is the day of a time.
func DayOf(t time.Time) Day {
	sec := t.Unix()
	day := sec / 86_400
	if sec%86_400 < 0 {
		day--
	}
	return Day(day)
}

// DayOfMessage is the day on which a message counts: on which it was made, or for which it is scheduled.
func DayOfMessage(m message.Message) Day {
	if !m.ScheduledAt.IsZero() {
		return DayOf(m.ScheduledAt)
	}
	return DayOf(m.CreatedAt)
}

// String writes the day as 2026-04-25.
func (d Day) String() string { return d.Start().Format(time.DateOnly) }

// Start is the day's first instant.
func (d Day) Start() time.Time { return time.Unix(int64(d)*86_400, 0).UTC() }

// ParseDay reads 2026-04-25.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("must be a day such as 2026-04-25, is %q", s)
	}
	return DayOf(t), nil
}

// Kind is what a message is for.
type Kind uint8

// The kinds. Conversion is about codes only.
const (
	OTPs Kind = iota + 1
	Texts
)

// Cell is what counts are separated by, within an account, a mode and a day. The day is that of the message, not of the
// event, so that sent and verified are of the same messages.
type Cell struct {
	Kind    Kind
	Channel message.Channel
	Country string // of the number, ISO 3166-1
	Prefix  string // of the number, see phone.Area
	Carrier string
	// Template is the id of the code's template; empty for the built-in text and for messages without a code.
	Template string
}

// Counts are the sums of a cell.
type Counts struct {
	Codes     int64 // codes of which a carrier accepted the first send
	Sent      int64 // attempts that a carrier accepted
	Delivered int64 // attempts that were delivered
	Verified  int64 // codes verified
	Segments  int64
	Credits   int64 // captured and not given back
	Cost      int64 // what the accepted attempts cost the operator, where that is known
	Times     Times // from making a code to its verification
}

// Plus is the sum of two counts.
func (c Counts) Plus(o Counts) Counts {
	return Counts{
		Codes: c.Codes + o.Codes, Sent: c.Sent + o.Sent, Delivered: c.Delivered + o.Delivered,
		Verified: c.Verified + o.Verified,
		Segments: c.Segments + o.Segments, Credits: c.Credits + o.Credits, Cost: c.Cost + o.Cost,
		Times: c.Times.plus(o.Times),
	}
}

// Add adds o in place; nothing else may use the counts' memory.
func (c *Counts) Add(o Counts) {
	if t := &c.Times; len(t.N) > 0 && o.Times.within(*t) {
		for i, n := range o.Times.N {
			t.N[int(o.Times.First-t.First)+i] += n
		}
		o.Times = Times{}
	}

	times := c.Times
	if len(o.Times.N) > 0 {
		times = times.plus(o.Times)
	}
	c.Codes, c.Sent, c.Delivered, c.Verified = c.Codes+o.Codes, c.Sent+o.Sent, c.Delivered+o.Delivered,
		c.Verified+o.Verified
	c.Segments, c.Credits, c.Cost, c.Times = c.Segments+o.Segments, c.Credits+o.Credits, c.Cost+o.Cost, times
}

// Line is a cell with its counts.
type Line struct {
	Cell
	Counts
}

// cellOf is the cell of a step of the message.
func cellOf(m message.Message, s message.Step) Cell {
	c := Cell{
		Kind: OTPs, Channel: s.Channel, Country: m.Country, Prefix: m.Prefix, Carrier: s.Carrier,
		Template: m.Template.String(),
	}
	if m.OTP.IsZero() {
		c.Kind = Texts
	}
	return c
}

func accepted(p message.Progress) bool {
	return p == message.AttemptAccepted || p == message.AttemptDelivered || p == message.AttemptRead
}

func delivered(p message.Progress) bool {
	return p == message.AttemptDelivered || p == message.AttemptRead
}

// Delta appends to out what a change of a message adds: accepted and delivered attempts with their costs, and credits,
// which count for the attempt that the change accepted or rejected.
func Delta(out []Line, before, after message.Message) []Line {
	moved := -1 // the attempt that the credits count for
	codeCounted := false
	for i, a := range after.Attempts {
		var was message.Attempt
		if i < len(before.Attempts) {
			was = before.Attempts[i]
		}

		var c Counts
		if accepted(a.Progress) != accepted(was.Progress) {
			moved = i
		}

		// An attempt that failed by a receipt was counted as sent before, and is not counted again if it is delivered.
		lost := was.Progress == message.AttemptRejected && was.Parts > 0
		if accepted(a.Progress) && !accepted(was.Progress) && !lost {
			c.Sent, c.Segments = 1, int64(after.StepOf(i).Segments)
			if before.SentAt.IsZero() && !codeCounted && !after.OTP.IsZero() && !after.Resend {
				c.Codes, codeCounted = 1, true
			}
		}
		if delivered(a.Progress) && !delivered(was.Progress) {
			c.Delivered = 1
		}
		if was.Parts == 0 {
			c.Cost = after.CostOf(i).Credits
		}
		if c.Sent+c.Delivered > 0 || c.Cost != 0 {
			out = append(out, Line{cellOf(after, after.StepOf(i)), c})
		}
	}

	if moved < 0 {
		moved = after.Shown()
	}

	if credits := after.Charged - before.Charged; credits != 0 && moved >= 0 {
		out = charge(out, cellOf(after, after.StepOf(moved)), credits)
	}

	return out
}

func charge(lines []Line, c Cell, credits int64) []Line {
	for i := range lines {
		if lines[i].Cell == c {
			lines[i].Credits += credits
			return lines
		}
	}

	return append(lines, Line{c, Counts{Credits: credits}})
}

// Verified is what a code's verification adds. It counts for the attempt that a carrier accepted last, or for the
// newest one when none was accepted. m is the code's newest message.
func Verified(m message.Message, after time.Duration) Line {
	step := m.Plan[0]
	if i := m.Shown(); i >= 0 {
		step = m.StepOf(i)
	}
	return Line{cellOf(m, step), Counts{Verified: 1, Times: timeOf(after)}}
}
