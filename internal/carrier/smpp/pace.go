package smpp

import (
	"context"
	"math"
	"sync"
	"time"
)

const (
	// firstPause is the first pause. Each further one without an accepted submit is twice as long, up to longestPause.
	firstPause   = time.Second
	longestPause = 16 * time.Second
	growth       = 1.1 // factor per second
	// firstRate is the least rate to halve when a carrier without a limit is first throttled: a quiet minute before a
	// burst must not slow it down. A lower rate is found when the carrier is throttled again.
	firstRate = 20
)

// pace spaces submits. It starts at the configured rate, or unlimited without one. When the centre asks to slow down it
// pauses, continues at half the rate, and grows back by a tenth each second. While the centre accepts nothing, the
// pauses grow.
type pace struct {
	mu          sync.Mutex
	limit       float64 // configured parts per second; 0: none
	rate        float64 // now; 0: no limit
	ceiling     float64 // the rate at which limit applies again
	next        time.Time
	pausedUntil time.Time
	pauses      int       // since a submit was accepted
	grown       time.Time // when rate was last adjusted
	second      time.Time // when the count began
	count       float64   // submits since then
	lastSecond  float64   // submits in the second before
}

// wait reserves the next free moment and sleeps until then. When that is not before ctx's deadline it reserves nothing
// and returns the time that the caller would have had to wait.
func (p *pace) wait(ctx context.Context) (time.Duration, bool) {
	if ctx.Err() != nil {
		return 0, false
	}
	deadline, limited := ctx.Deadline()
	for {
		now := time.Now()
		at := p.reserve(now, deadline, limited)
		if limited && !at.Before(deadline) {
			return at.Sub(now), false
		}
		if !sleep(ctx, at.Sub(now)) {
			return 0, false
		}
		// A pause that began meanwhile holds for callers that were already waiting.
		if !p.paused(time.Now()) {
			return 0, true
		}
	}
}

func (p *pace) reserve(now, deadline time.Time, limited bool) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.grow(now)
	at := now
	if p.next.After(at) {
		at = p.next
	}
	if p.pausedUntil.After(at) {
		at = p.pausedUntil
	}
	if limited && !at.Before(deadline) {
		return at
	}

	p.measure(now)
	if p.rate > 0 {
		p.next = at.Add(time.Duration(float64(time.Second) / p.rate))
	}

	return at
}

// setLimit changes the configured rate. After throttling, the current rate grows towards the new limit.
func (p *pace) setLimit(limit float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rate == p.limit || p.rate > limit && limit > 0 {
		p.rate = limit
	}
	p.limit, p.ceiling = limit, limit
}

// configured is the rate that was configured, as this node's share of it; 0 is none.
func (p *pace) configured() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()

	return p.limit
}

// throttled notes that the centre asked to slow down. Many submits in flight get that answer together, so it counts
// once in a pause; the result says whether this one counted.
func (p *pace) throttled(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Before(p.pausedUntil) {
		return false
	}

	p.grow(now)
	rate := p.rate
	if rate == 0 {
		p.measure(now)
		rate = max(p.count, p.lastSecond, firstRate)
	}

	p.ceiling = p.limit
	if p.limit == 0 {
		p.ceiling = max(p.ceiling, 2*rate)
	}

	p.rate = max(rate/2, min(1, rate))
	p.pausedUntil = now.Add(min(firstPause<<min(p.pauses, 10), longestPause))
	p.pauses++
	p.next, p.grown = p.pausedUntil, p.pausedUntil

	return true
}

// notThrottled notes an answer that did not ask to slow down. During a pause it does not count, because its submit is
// older than the pause.
func (p *pace) notThrottled(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !now.Before(p.pausedUntil) {
		p.pauses = 0
	}
}

// pause is the rest of the current pause; 0 when there is none.
func (p *pace) pause(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(0, p.pausedUntil.Sub(now))
}

func (p *pace) paused(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Before(p.pausedUntil)
}

func (p *pace) grow(now time.Time) {
	if p.rate == p.limit || !now.After(p.grown) {
		return
	}
	p.rate *= math.Pow(growth, now.Sub(p.grown).Seconds())
	p.grown = now
	if p.rate >= p.ceiling {
		p.rate = p.limit
		if p.limit == 0 {
			p.next = time.Time{}
		}
	}
}

// measure counts the submits of each second, so that a carrier without a limit has a rate to halve.
func (p *pace) measure(now time.Time) {
	if elapsed := now.Sub(p.second); elapsed >= time.Second {
		p.lastSecond = 0
		if elapsed < 2*time.Second {
			p.lastSecond = p.count
		}
		p.count, p.second = 0, now
	}
	p.count++
}
