package webhook

import "time"

// Bounds of a breaker.
const (
	startLimit = 8
	maxLimit   = 200

	window       = time.Minute
	minAttempts  = 10 // in a window, for its share of failures to count
	failingShare = 70 // per cent
	manyTimeouts = 5  // in a row

	firstPause = 30 * time.Second
	longPause  = 10 * time.Minute
)

// Breaker bounds how many attempts a target gets at the same time, and opens when the target fails. It is a value, and
// is kept in memory only; what outlives a restart is in the Endpoint. The zero value is that of a target of which
// nothing is known.
type Breaker struct {
	limit       int // 0 = startLimit
	successes   int // since the limit last grew
	windowStart time.Time
	attempts    int // in the window
	failures    int // in the window
	timeouts    int // in a row
	pause       time.Duration
	openUntil   time.Time // zero = closed
	probing     bool
}

// Limit is how many attempts may be under way at the same time.
func (b Breaker) Limit(now time.Time) int {
	switch {
	case b.openUntil.IsZero():
		return b.size()
	// An end later than the longest pause was computed by a clock that was ahead.
	case b.probing || now.Before(b.openUntil) && !b.openUntil.After(now.Add(longPause)):
		return 0
	}

	return 1
}

// OpenUntil is the end of the pause in which the target gets no attempts; zero when the breaker is closed. Deliveries
// that wait for the target are not read in the pause, and lose no attempt.
func (b Breaker) OpenUntil() time.Time { return b.openUntil }

// Begin notes that an attempt begins. When the breaker is open, the first attempt after the pause is the probe.
func (b Breaker) Begin() Breaker {
	b.probing = !b.openUntil.IsZero()
	return b
}

// Cancel takes Begin back: no request was made after all.
func (b Breaker) Cancel() Breaker {
	b.probing = false
	return b
}

// Done notes how an attempt ended.
func (b Breaker) Done(r Response, now time.Time) Breaker {
	if r.OK() {
		return b.succeeded(now)
	}

	b = b.count(now)
	b.failures++
	b.timeouts++
	if !r.Timeout {
		b.timeouts = 0
	}
	if overloaded(r) {
		b.limit, b.successes = max(1, b.size()/2), 0
	}

	if b.probing || !b.openUntil.IsZero() {
		if b.probing {
			b.pause = min(2*b.pause, longPause)
			b.openUntil = now.Add(b.pause)
		}
		b.probing = false
		return b
	}

	if b.timeouts >= manyTimeouts || b.attempts >= minAttempts && 100*b.failures >= failingShare*b.attempts {
		b.pause = firstPause
		b.openUntil = now.Add(b.pause)
	}

	return b
}

// overloaded reports whether fewer attempts at a time may help. They do not help against a 404.
func overloaded(r Response) bool {
	return r.Timeout || r.Status == 429 || r.Status >= 500 || r.Status == 0
}

func (b Breaker) size() int {
	if b.limit == 0 {
		return startLimit
	}
	return b.limit
}

func (b Breaker) succeeded(now time.Time) Breaker {
	if !b.openUntil.IsZero() {
		return Breaker{limit: 2} // begin slowly: thousands of rows may wait
	}

	b = b.count(now)
	b.timeouts = 0
	if b.successes++; b.successes >= b.size() {
		b.limit, b.successes = min(b.size()+max(1, b.size()/4), maxLimit), 0
	}

	return b
}

// count adds an attempt to the window, and begins a new one when it is over.
func (b Breaker) count(now time.Time) Breaker {
	if now.Sub(b.windowStart) > window || now.Before(b.windowStart) {
		b.windowStart, b.attempts, b.failures = now, 0, 0
	}
	b.attempts++
	return b
}
