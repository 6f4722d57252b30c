// Package instant reads points in time as people and programs write them: ISO 8601 with an offset from UTC.
//
// It is pure. It reads only what is unambiguous: a time without its offset from UTC is an error.
package instant

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxLength bounds what is parsed; a complete time with nine digits of a second has 35 characters.
const maxLength = 64

// The offsets that are in use, from Baker Island to Kiribati.
const (
	minOffset = -12 * time.Hour
	maxOffset = 14 * time.Hour
)

// The errors of Parse without a value in them. Each completes a sentence that begins with the field's name.
var (
	errForm = errors.New("must be a date and a time with its offset from UTC: write 2026-12-01T10:00:00Z, " +
		"or with your own offset 2026-12-01T10:00:00+01:00")
	errOffset = errors.New("must have an offset from -12:00 to +14:00: write Z for UTC, or +01:00")
	errHour   = errors.New("must have an hour from 00 to 23: write midnight as T00:00:00 of the next day")
	errMinute = errors.New("must have minutes and seconds from 00 to 59")
)

// Parse reads a point in time and returns it in UTC. It accepts the extended form (2026-12-01T10:00:00Z) and the basic
// one (20261201T100000Z); seconds and their fractions may be absent, the fraction may follow a comma, T may be t or a
// space, Z may be z, the offset may be +02:00, +0200 or +02, with U+2212 for its minus. Digits beyond the nanosecond
// are cut off. Week dates, ordinal dates, 24:00, leap seconds and times without an offset are errors.
func Parse(s string) (time.Time, error) {
	s = strings.Trim(s, " ")
	if len(s) > maxLength {
		return time.Time{}, errForm
	}

	p := parser{rest: s}

	year, month, day, ok := p.date()
	if !ok || !p.eat("Tt ") {
		return time.Time{}, errForm
	}

	hour, minute, second, nano, ok := p.clock()
	if !ok {
		return time.Time{}, errForm
	}

	// Checked before the offset, so that the error for 2026-02-30T10:00 is about its day.
	local := time.Date(year, time.Month(month), day, hour, minute, second, nano, time.UTC)
	switch {
	case hour > 23:
		return time.Time{}, errHour
	case minute > 59 || second > 59:
		return time.Time{}, errMinute
	case month < 1 || month > 12 || day < 1 || local.Day() != day:
		return time.Time{}, fmt.Errorf("must be a day of the calendar, which %04d-%02d-%02d is not: "+
			"write 2026-12-01T10:00:00Z", year, month, day)
	case p.rest == "":
		at := local.Format("2006-01-02T15:04:05")
		return time.Time{}, fmt.Errorf("must have an offset from UTC, or its time zone is unknown: "+
			"write %sZ for UTC, or with your own offset %[1]s+01:00", at)
	}

	offset, ok := p.offset()
	switch {
	case !ok || p.rest != "":
		return time.Time{}, errForm
	case offset < minOffset || offset > maxOffset:
		return time.Time{}, errOffset
	}

	return local.Add(-offset), nil
}

// parser reads a text from its beginning.
type parser struct{ rest string }

// eat reads one character of a set of ASCII characters.
func (p *parser) eat(set string) bool {
	if p.rest == "" || strings.IndexByte(set, p.rest[0]) < 0 {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

// number reads exactly n digits.
func (p *parser) number(n int) (v int, ok bool) {
	if len(p.rest) < n {
		return 0, false
	}
	for i := range n {
		c := p.rest[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		v = 10*v + int(c-'0')
	}
	p.rest = p.rest[n:]

	return v, true
}

// date reads 2026-12-01 or 20261201.
func (p *parser) date() (year, month, day int, ok bool) {
	if year, ok = p.number(4); !ok {
		return 0, 0, 0, false
	}
	extended := p.eat("-")
	if month, ok = p.number(2); !ok || extended && !p.eat("-") {
		return 0, 0, 0, false
	}
	day, ok = p.number(2)

	return year, month, day, ok
}

// clock reads 10:00:00.25, 100000,25 or a part of these from the hour on.
func (p *parser) clock() (hour, minute, second, nano int, ok bool) {
	if hour, ok = p.number(2); !ok {
		return 0, 0, 0, 0, false
	}
	extended := p.eat(":")
	if minute, ok = p.number(2); !ok {
		return hour, 0, 0, 0, !extended // 10Z is ten o'clock
	}
	if extended && !p.eat(":") {
		return hour, minute, 0, 0, true
	}
	if second, ok = p.number(2); !ok {
		return hour, minute, 0, 0, !extended
	}
	if !p.eat(".,") {
		return hour, minute, second, 0, true
	}
	nano, ok = p.fraction()

	return hour, minute, second, nano, ok
}

// fraction reads the digits after the seconds as nanoseconds.
func (p *parser) fraction() (nano int, ok bool) {
	for unit := int(time.Second) / 10; ; unit /= 10 {
		digit, more := p.number(1)
		if !more {
			return nano, ok
		}
		nano, ok = nano+digit*unit, true // from the tenth digit on, unit is 0
	}
}

// minus is the sign that ISO 8601 prefers to the hyphen.
const minus = "\u2212"

// offset reads Z, +02:00, +0200 or +02, with or without a space before it, as in 2026-12-01 10:00:00 +0200.
func (p *parser) offset() (time.Duration, bool) {
	p.eat(" ")
	if p.eat("Zz") {
		return 0, true
	}

	sign := time.Duration(1)
	if after, found := strings.CutPrefix(p.rest, minus); found {
		sign, p.rest = -1, after
	} else if p.eat("-") {
		sign = -1
	} else if !p.eat("+") {
		return 0, false
	}

	hours, ok := p.number(2)
	if !ok {
		return 0, false
	}

	colon := p.eat(":")
	minutes, ok := p.number(2)
	if !ok && colon || minutes > 59 {
		return 0, false
	}

	return sign * (time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute), true
}
