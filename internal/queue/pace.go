package queue

import (
	"math"
	"time"
)

// slack is how far a submit may come before its time, so that a high rate does not need a timer for each submit.
const slack = 20 * time.Millisecond

// Pace spends a rate evenly. The zero value has no rate, and never waits.
type Pace struct {
	// Rate is units a second; 0 or less is no rate.
	Rate float64
	next time.Time // when the next unit is due
	last int       // the units that next stands for, which bounds how long anybody waits for it
}

// Wait is how long it takes until the next submit may leave.
func (p *Pace) Wait(now time.Time) time.Duration {
	if p.Rate <= 0 || p.next.IsZero() {
		return 0
	}

	wait := p.next.Sub(now)
	// A clock that was set back, or a rate that was raised, must not keep the carrier waiting for longer than what was
	// spent takes.
	wait = min(wait, p.units(p.last))
	if wait <= slack {
		return 0
	}

	return wait
}

// Spend takes units from the rate.
func (p *Pace) Spend(units int, now time.Time) {
	if p.Rate <= 0 {
		return
	}

	owed := max(0, min(p.next.Sub(now), p.units(p.last)))
	p.next = now.Add(owed + p.units(units))
	p.last = units + int(math.Ceil(owed.Seconds()*p.Rate))
}

// units is how long the rate takes for them.
func (p *Pace) units(n int) time.Duration {
	return time.Duration(float64(n) / p.Rate * float64(time.Second))
}
