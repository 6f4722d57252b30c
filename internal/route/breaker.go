package route

import "time"

// A carrier that fails this often in a row, or more than half of at least minuteSample submits of a minute, is passed by
// for Rest.
const (
	rowLimit     = 5
	minuteSample = 10
	// Rest is how long a carrier out of order is passed by before it is tried again.
	Rest = 30 * time.Second
)

// Breaker opens when a carrier fails, and messages pass the carrier by until it closes. The zero value is closed. It is a
// value: Note returns a changed copy.
type Breaker struct {
	row       int // failures since the last success
	minute    time.Time
	good, bad int // within the minute
	restUntil time.Time
}

// Note adds the outcome of one submit: failed means no answer or an error of the carrier's own, not a refused number.
func (b Breaker) Note(failed bool, now time.Time) Breaker {
	if now.Sub(b.minute) >= time.Minute || now.Before(b.minute) {
		b.minute, b.good, b.bad = now, 0, 0
	}
	if !failed {
		b.row, b.good, b.restUntil = 0, b.good+1, time.Time{}
		return b
	}

	b.row++
	b.bad++
	if b.row >= rowLimit || (b.good+b.bad >= minuteSample && b.bad > b.good) {
		b.restUntil = now.Add(Rest)
	}

	return b
}

// Down reports whether the carrier is passed by at now.
// A rest that is longer than any was written by a clock that was ahead.
func (b Breaker) Down(now time.Time) bool {
	return now.Before(b.restUntil) && !b.restUntil.After(now.Add(Rest))
}
