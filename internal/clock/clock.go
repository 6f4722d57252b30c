// Package clock reads the time and notices when the machine's clock was set, for example by NTP or by an operator.
//
// It decides nothing. An Era records the setting of the clock by which a time was written, so that a rule which
// compares it with a later time can do so by the time that really passed.
package clock

import (
	"sync"
	"time"
)

// Skew is the largest difference between the clocks of two nodes that is tolerated.
const Skew = 10 * time.Second

// minStep is the smallest step that is noticed. Smaller ones are the constant corrections of NTP.
const minStep = time.Second

// Era is one setting of the clock in one run of a server. The zero value belongs to no run.
type Era struct {
	// Epoch is the run's number.
	Epoch int64
	// Shift is by how much the clock was set in this run until now, forwards minus backwards.
	Shift time.Duration
}

// ShiftTo returns by how much the clock was set between two eras of one run. Times of the first era are moved by it, so
// that their age is the time that passed. It is not known between two runs; then no time is to be moved.
func (e Era) ShiftTo(now Era) (by time.Duration, known bool) {
	if e.Epoch == 0 || e.Epoch != now.Epoch {
		return 0, false
	}
	return now.Shift - e.Shift, true
}

// Step returns by how much the clock was set between two readings, 0 when it was not. Times with a monotonic reading,
// as time.Now returns them, show steps in both directions. Others, as in tests, only show steps backwards: a step
// forwards looks like time that passed.
func Step(last, now time.Time) time.Duration {
	passed := now.Sub(last) // by the monotonic clock when both have it
	by := now.Round(0).Sub(last.Round(0)) - passed
	if passed < 0 {
		by = passed
	}
	if by > -minStep && by < minStep {
		return 0
	}

	return by
}

// Clock is a clock that notices steps. It is safe for concurrent use.
type Clock struct {
	epoch int64
	read  func() time.Time

	mu    sync.Mutex
	last  time.Time
	shift time.Duration
}

// New makes a clock from a function that reads the time, for the run with the epoch. It has to be read more often than
// the clock is set, or steps that cancel each other out are not noticed.
func New(read func() time.Time, epoch int64) *Clock { return &Clock{read: read, epoch: epoch} }

// Reading is a time, in a database's precision, with the era that it belongs to.
type Reading struct {
	Now time.Time
	Era Era
}

// Read reads the time, truncated to the microseconds that a database keeps. Otherwise a row in memory would be due some
// nanoseconds later than its index entry, and a sweep would find it again and again.
func (c *Clock) Read() Reading {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.read()
	if !c.last.IsZero() {
		c.shift += Step(c.last, now)
	}
	c.last = now

	return Reading{Now: now.Truncate(time.Microsecond), Era: Era{Epoch: c.epoch, Shift: c.shift}}
}

// Era is the era of the last reading. It does not read the time.
func (c *Clock) Era() Era {
	c.mu.Lock()
	defer c.mu.Unlock()

	return Era{Epoch: c.epoch, Shift: c.shift}
}

// Now reads the time without its era.
func (c *Clock) Now() time.Time { return c.Read().Now }

// Steady is the time on a clock that is never set. It may be compared only with others of this run.
func (r Reading) Steady() time.Time { return r.Now.Add(-r.Era.Shift) }
