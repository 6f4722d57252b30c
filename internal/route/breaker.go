package route

import "time"

// A carrier is skipped for Rest when failuresInRow submits in a row fail, or more than half of at least minuteSample
// submits of the last minute.
const (
	failuresInRow = 5
	minuteSample  = 10
	// Rest is how long a carrier that is out of order is skipped before it is tried again.
	Rest = 30 * time.Second

	// The last minute is counted in parts, so that it moves on with the time.
	minuteParts = 12
	partLength  = time.Minute / minuteParts
)

// Breaker is the circuit breaker of a carrier: while it is open, messages skip the carrier. After Rest it lets one submit
// through. If that fails, it stays open for another Rest; if not, it closes. The zero value is closed. It is a value: its
// methods return a changed copy.
type Breaker struct {
	inRow    int // failures since the last success
	minute   [minuteParts]part
	openedAt time.Time // zero = it is closed
	// probeUntil is how long the outcome of the submit that was let through is waited for; zero = there is none.
	probeUntil time.Time
}

// part counts the outcomes of a part of a minute.
type part struct {
	begins    time.Time
	good, bad int
}

// Begin notes that a submit begins now.
func (b Breaker) Begin(now time.Time) Breaker {
	if b.rested(now) && !now.Before(b.probeUntil) {
		b.probeUntil = now.Add(Rest)
	}
	return b
}

// Note adds the outcome of a submit that began at a time: failed means no answer, not now, or an error of the carrier
// itself, not a rejected number.
func (b Breaker) Note(failed bool, began, now time.Time) Breaker {
	if b.openedAt.After(now) {
		b = Breaker{} // it was opened by a clock that was ahead
	}
	b.count(failed, now)

	open := !b.openedAt.IsZero()
	if open && began.Before(b.openedAt) {
		return b // it says nothing of how the carrier is since then
	}

	switch {
	case !failed && open:
		return Breaker{}
	case !failed:
	case open || b.inRow >= failuresInRow || b.mostFail(now):
		b.openedAt, b.probeUntil = now, time.Time{}
	}

	return b
}

func (b *Breaker) count(failed bool, now time.Time) {
	begins := now.Truncate(partLength)
	p := &b.minute[begins.Unix()/int64(partLength/time.Second)%minuteParts]
	if !p.begins.Equal(begins) {
		*p = part{begins: begins}
	}

	if failed {
		b.inRow, p.bad = b.inRow+1, p.bad+1
		return
	}
	b.inRow, p.good = 0, p.good+1
}

// mostFail reports whether more than half of the submits of the last minute failed, if they are enough to say so.
func (b *Breaker) mostFail(now time.Time) bool {
	good, bad := 0, 0
	for _, p := range b.minute {
		if age := now.Sub(p.begins); age >= 0 && age < time.Minute {
			good, bad = good+p.good, bad+p.bad
		}
	}

	return good+bad >= minuteSample && bad > good
}

// rested reports whether it was open for Rest. An opening after now comes from a clock that was ahead.
func (b Breaker) rested(now time.Time) bool {
	return !b.openedAt.IsZero() && (b.openedAt.After(now) || !now.Before(b.openedAt.Add(Rest)))
}

// Down reports whether messages skip the carrier at now.
func (b Breaker) Down(now time.Time) bool {
	if b.openedAt.IsZero() {
		return false
	}
	return !b.rested(now) || now.Before(b.probeUntil) && !b.probeUntil.After(now.Add(Rest))
}

// OpenUntil is when it lets a submit through again; zero = it is closed.
func (b Breaker) OpenUntil() time.Time {
	switch {
	case b.openedAt.IsZero():
		return time.Time{}
	case !b.probeUntil.IsZero():
		return b.probeUntil
	}

	return b.openedAt.Add(Rest)
}
