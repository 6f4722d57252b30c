package webhook

import "time"

// Bounds of a breaker.
const (
	startLimit = 8
	maxLimit   = 200

	window       = time.Minute
	fewest       = 10 // attempts in a window that say anything
	failingShare = 70 // per cent
	manyTimeouts = 5  // in a row

	firstPause = 30 * time.Second
	longPause  = 10 * time.Minute
)

// Breaker holds how much a target may be given at once, and opens when the target fails. It is a value and
// lives in memory; what outlives a restart is in the Endpoint. The zero value is a target that nothing is known of.
type Breaker struct {
	limit    int // 0 = startLimit
	good     int // successes since the limit last grew
	since    time.Time
	tried    int
	failed   int
	timeouts int
	pause    time.Duration
	openTill time.Time // zero = closed
	probing  bool
}

// Limit is how many attempts may be under way at once.
func (b Breaker) Limit(now time.Time) int {
	switch {
	case b.openTill.IsZero():
		return b.size()
	// A pause longer than any is of a clock that was ahead.
	case b.probing || now.Before(b.openTill) && !b.openTill.After(now.Add(longPause)):
		return 0
	}

	return 1
}

// Open tells until when the target is left alone; zero when it is not. What waits for it then stays where it is: it is
// not looked at, and no attempt of it is used up.
func (b Breaker) Open() time.Time { return b.openTill }

// Begin notes that an attempt begins. Of a target that is left alone, the first attempt after the pause is the probe.
func (b Breaker) Begin() Breaker {
	b.probing = !b.openTill.IsZero()
	return b
}

// Unasked takes Begin back: the target was not asked after all.
func (b Breaker) Unasked() Breaker {
	b.probing = false
	return b
}

// Done notes how an attempt ended.
func (b Breaker) Done(a Answer, now time.Time) Breaker {
	if a.OK() {
		return b.succeeded(now)
	}
	b = b.count(now)
	b.failed++
	b.timeouts++
	if !a.Timeout {
		b.timeouts = 0
	}
	if pushesBack(a) {
		b.limit, b.good = max(1, b.size()/2), 0
	}

	if b.probing || !b.openTill.IsZero() {
		if b.probing {
			b.pause = min(2*b.pause, longPause)
			b.openTill = now.Add(b.pause)
		}
		b.probing = false
		return b
	}

	if b.timeouts >= manyTimeouts || b.tried >= fewest && 100*b.failed >= failingShare*b.tried {
		b.pause = firstPause
		b.openTill = now.Add(b.pause)
	}

	return b
}

// pushesBack reports whether the target has too much to do. A 404 is wrong however slowly it is asked.
func pushesBack(a Answer) bool {
	return a.Timeout || a.Status == 429 || a.Status >= 500 || a.Status == 0
}

func (b Breaker) size() int {
	if b.limit == 0 {
		return startLimit
	}
	return b.limit
}

func (b Breaker) succeeded(now time.Time) Breaker {
	if !b.openTill.IsZero() {
		// Back from a pause, and careful: a thousand rows may wait.
		return Breaker{limit: 2}
	}

	b = b.count(now)
	b.timeouts = 0
	if b.good++; b.good >= b.size() {
		b.limit, b.good = min(b.size()+max(1, b.size()/4), maxLimit), 0
	}

	return b
}

// count adds an attempt to the window, and begins a new one when it is over.
func (b Breaker) count(now time.Time) Breaker {
	if now.Sub(b.since) > window || now.Before(b.since) {
		b.since, b.tried, b.failed = now, 0, 0
	}
	b.tried++
	return b
}
