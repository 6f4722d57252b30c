package route

import "time"

// A carrier is skipped for Rest when failuresInRow submits in a row fail, or more than half of at least minuteSample
// submits of a minute.
const (
	failuresInRow = 5
	minuteSample  = 10
	// Rest is how long a carrier that is out of order is skipped before it is tried again.
	Rest = 30 * time.Second
)

// Breaker is the circuit breaker of a carrier: while it is open, messages skip the carrier. The zero value is closed.
// It is a value: Note returns a changed copy.
type Breaker struct {
	inRow     int // failures since the last success
	minute    time.Time
	good, bad int // within the minute
	restUntil time.Time
}

// Note adds the outcome of one submit: failed means no answer or an error of the carrier itself, not a rejected number.
func (b Breaker) Note(failed bool, now time.Time) Breaker {
	if now.Sub(b.minute) >= time.Minute || now.Before(b.minute) {
		b.minute, b.good, b.bad = now, 0, 0
	}
	if !failed {
		b.inRow, b.good, b.restUntil = 0, b.good+1, time.Time{}
		return b
	}

	b.inRow++
	b.bad++
	if b.inRow >= failuresInRow || (b.good+b.bad >= minuteSample && b.bad > b.good) {
		b.restUntil = now.Add(Rest)
	}

	return b
}

// Down reports whether the carrier is skipped at now. A rest longer than Rest comes from a clock that was ahead, and
// does not count.
func (b Breaker) Down(now time.Time) bool {
	return now.Before(b.restUntil) && !b.restUntil.After(now.Add(Rest))
}
