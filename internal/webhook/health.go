package webhook

import "time"

// Bounds of an endpoint's health.
const (
	startLimit = 8
	maxLimit   = 200

	window       = time.Minute
	fewest       = 10 // attempts in a window that say anything
	failingShare = 70 // per cent
	manyTimeouts = 5  // in a row

	firstPause = 30 * time.Second
	longPause  = 10 * time.Minute

	disableAfter    = 5 * 24 * time.Hour
	disableFailures = 20
)

// Health is how a target did lately: how much it may be given at once, and whether it is left alone. It is a value and
// lives in memory; what outlives a restart is in the Endpoint. The zero value is a target that nothing is known of.
type Health struct {
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
func (h Health) Limit(now time.Time) int {
	switch {
	case h.openTill.IsZero():
		return h.size()
	// A pause longer than any is of a clock that was ahead.
	case h.probing || now.Before(h.openTill) && !h.openTill.After(now.Add(longPause)):
		return 0
	}
	return 1
}

// Open tells until when the target is left alone; zero when it is not. What waits for it then stays where it is: it is
// not looked at, and no attempt of it is used up.
func (h Health) Open() time.Time { return h.openTill }

// Begin notes that an attempt begins. Of a target that is left alone, the first attempt after the pause is the probe.
func (h Health) Begin() Health {
	h.probing = !h.openTill.IsZero()
	return h
}

// Unasked takes Begin back: the target was not asked after all.
func (h Health) Unasked() Health {
	h.probing = false
	return h
}

// Done notes how an attempt ended.
func (h Health) Done(a Answer, now time.Time) Health {
	if a.OK() {
		return h.succeeded(now)
	}
	h = h.count(now)
	h.failed++
	h.timeouts++
	if !a.Timeout {
		h.timeouts = 0
	}
	if pushesBack(a) {
		h.limit, h.good = max(1, h.size()/2), 0
	}
	if h.probing || !h.openTill.IsZero() {
		if h.probing {
			h.pause = min(2*h.pause, longPause)
			h.openTill = now.Add(h.pause)
		}
		h.probing = false
		return h
	}
	if h.timeouts >= manyTimeouts || h.tried >= fewest && 100*h.failed >= failingShare*h.tried {
		h.pause = firstPause
		h.openTill = now.Add(h.pause)
	}
	return h
}

// pushesBack reports whether the target has too much to do. A 404 is wrong however slowly it is asked.
func pushesBack(a Answer) bool {
	return a.Timeout || a.Status == 429 || a.Status >= 500 || a.Status == 0
}

func (h Health) size() int {
	if h.limit == 0 {
		return startLimit
	}
	return h.limit
}

func (h Health) succeeded(now time.Time) Health {
	if !h.openTill.IsZero() {
		// Back from a pause, and careful: a thousand rows may wait.
		return Health{limit: 2}
	}
	h = h.count(now)
	h.timeouts = 0
	if h.good++; h.good >= h.size() {
		h.limit, h.good = min(h.size()+max(1, h.size()/4), maxLimit), 0
	}
	return h
}

// count adds an attempt to the window, and begins a new one when it is over.
func (h Health) count(now time.Time) Health {
	if now.Sub(h.since) > window || now.Before(h.since) {
		h.since, h.tried, h.failed = now, 0, 0
	}
	h.tried++
	return h
}

// Fails notes a failure on the endpoint: it is disabled when it is gone, or when nothing worked for five days. changed
// says that the row has to be stored: the count alone is stored once an hour.
func (e Endpoint) Fails(a Answer, failures int, stored, now time.Time) (out Endpoint, changed bool) {
	first := e.FailingSince.IsZero()
	if first {
		e.FailingSince = now
	}
	e.Failures += failures
	switch {
	case !e.Enabled:
		return e, false
	case a.Gone():
		e.Enabled, e.Disabled = false, Gone
	case now.Sub(e.FailingSince) >= disableAfter && e.Failures >= disableFailures:
		e.Enabled, e.Disabled = false, IsFailing
	default:
		return e, first || now.Sub(stored) >= time.Hour
	}
	return e, true
}

// Works notes a success on the endpoint.
func (e Endpoint) Works() (out Endpoint, changed bool) {
	changed = !e.FailingSince.IsZero()
	e.FailingSince, e.Failures = time.Time{}, 0
	return e, changed
}
