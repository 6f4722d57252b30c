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

// Health is how a carrier did lately. The zero value is healthy. It is a value: Note returns a changed copy.
type Health struct {
	row       int // failures since the last success
	minute    time.Time
	good, bad int // within the minute
	restUntil time.Time
}

// Note adds the outcome of one submit: failed means no answer or an error of the carrier's own, not a refused number.
func (h Health) Note(failed bool, now time.Time) Health {
	if now.Sub(h.minute) >= time.Minute || now.Before(h.minute) {
		h.minute, h.good, h.bad = now, 0, 0
	}
	if !failed {
		h.row, h.good, h.restUntil = 0, h.good+1, time.Time{}
		return h
	}
	h.row++
	h.bad++
	if h.row >= rowLimit || (h.good+h.bad >= minuteSample && h.bad > h.good) {
		h.restUntil = now.Add(Rest)
	}
	return h
}

// Down reports whether the carrier is passed by at now.
// A rest that is longer than any was written by a clock that was ahead.
func (h Health) Down(now time.Time) bool {
	return now.Before(h.restUntil) && !h.restUntil.After(now.Add(Rest))
}
