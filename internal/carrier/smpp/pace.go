package smpp

import (
	"context"
	"math"
	"sync"
	"time"
)

const (
	// slowPause is the first pause; each that follows without a submit being taken is twice as long, up to longestPause.
	slowPause    = time.Second
	longestPause = 16 * time.Second
	growth       = 1.1 // a second
	// firstRate is the least that a carrier without a limit is thought to have carried when it is first throttled: a
	// quiet minute before must not slow down the burst after it. A lower one is found by being throttled again.
	firstRate = 20
)

// pace spaces submits. It starts at the configured rate, or without one at none; when the centre asks to slow down it
// pauses, goes on at half the rate, and grows back by a tenth each second. While it takes nothing the pauses grow.
type pace struct {
	mu      sync.Mutex
	limit   float64 // configured parts a second; 0: none
	rate    float64 // now; 0: none
	ceiling float64 // the rate at which the slowing ends
	next    time.Time
	resume  time.Time // end of the last pause
	pauses  int       // since a submit was taken
	grown   time.Time
	second  time.Time // when the count began
	count   float64   // submits since then
	before  float64   // submits in the second before
}

// wait reserves the next free moment and sleeps until it comes. When that is not before ctx's deadline it returns at once,
// with the time that the caller would have had to wait, and reserves nothing.
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
		// A pause that began meanwhile holds for those who were already waiting.
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
	if p.resume.After(at) {
		at = p.resume
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

// setLimit changes the configured rate. A rate that was lowered by the centre grows from where it is.
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

// slow takes a "slow down" from the centre. Many submits in flight get it together, so it counts once in a pause; the
// result says whether this one counted.
func (p *pace) slow(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Before(p.resume) {
		return false
	}

	p.grow(now)
	was := p.rate
	if was == 0 {
		p.measure(now)
		was = max(p.count, p.before, firstRate)
	}

	p.ceiling = p.limit
	if p.limit == 0 {
		p.ceiling = max(p.ceiling, 2*was)
	}

	p.rate = max(was/2, min(1, was))
	p.resume = now.Add(min(slowPause<<min(p.pauses, 10), longestPause))
	p.pauses++
	p.next, p.grown = p.resume, p.resume

	return true
}

// took notes an answer that did not ask to slow down. During a pause it is that of a submit from before.
func (p *pace) took(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !now.Before(p.resume) {
		p.pauses = 0
	}
}

// pause is how long the pause lasts that the centre asked for; 0 when there is none.
func (p *pace) pause(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(0, p.resume.Sub(now))
}

func (p *pace) paused(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Before(p.resume)
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

// measure counts submits by the second, so that a carrier without a limit has a rate to halve.
func (p *pace) measure(now time.Time) {
	if elapsed := now.Sub(p.second); elapsed >= time.Second {
		p.before = 0
		if elapsed < 2*time.Second {
			p.before = p.count
		}
		p.count, p.second = 0, now
	}
	p.count++
}
