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
	// unpaid is how many units the time until next stands for; their duration bounds every wait.
	unpaid int
}

// Wait is how long the next submit has to wait.
func (p *Pace) Wait(now time.Time) time.Duration {
	if p.Rate <= 0 || p.next.IsZero() {
		return 0
	}

	wait := p.next.Sub(now)
	// A clock that was set back, or a rate that was raised, must not make the carrier wait longer than the spent units
	// take.
	wait = min(wait, p.duration(p.unpaid))
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

	owed := max(0, min(p.next.Sub(now), p.duration(p.unpaid)))
	p.next = now.Add(owed + p.duration(units))
	p.unpaid = units + int(math.Ceil(owed.Seconds()*p.Rate))
}

// duration is how long n units take at the rate.
func (p *Pace) duration(n int) time.Duration {
	return time.Duration(float64(n) / p.Rate * float64(time.Second))
}
