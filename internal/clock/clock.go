// Package clock reads the time and notices when the machine's clock was set: by NTP, by an operator, by a wrong battery.
//
// It decides nothing. An Era tells by which setting of the clock an instant was written, so that a rule that compares it
// with a later instant can do so by the time that really passed between them.
package clock

import (
	"sync"
	"time"
)

// Skew is how far apart clocks of nodes may be, and by how much one may lag behind instants that another wrote.
const Skew = 10 * time.Second

// smallest is the least step that is noticed: what is below it is the clock being kept right all the time.
const smallest = time.Second

// Era is one setting of the clock in one run of a server. The zero value is no run's.
type Era struct {
	// Epoch is the run's number.
	Epoch int64
	// Shift is by how much the clock was set in this run until now, forwards minus backwards.
	Shift time.Duration
}

// Until returns by how much the clock was set between two moments of one run: what the instants of the first are to be moved
// by, so that their age is the time that passed. It is not known for another run's; then nothing is to be moved.
func (e Era) Until(now Era) (by time.Duration, known bool) {
	if e.Epoch == 0 || e.Epoch != now.Epoch {
		return 0, false
	}
	return now.Shift - e.Shift, true
}

// Step returns by how much the clock was set between two readings, 0 when it was not. Times that carry the monotonic clock,
// as time.Now gives them, tell of steps in both directions. Others, those of tests, tell of steps backwards alone: a step
// forwards looks like time that passed.
func Step(last, now time.Time) time.Duration {
	passed := now.Sub(last) // by the monotonic clock when both have it
	by := now.Round(0).Sub(last.Round(0)) - passed
	if passed < 0 {
		by = passed
	}
	if by > -smallest && by < smallest {
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

// New makes a clock of a function that reads the time, for the run with the epoch. It has to be read more often than the
// clock is set, or steps that undo each other are not noticed.
func New(read func() time.Time, epoch int64) *Clock { return &Clock{read: read, epoch: epoch} }

// Reading is the time, in what a database keeps of it, with the era that it belongs to.
type Reading struct {
	Now time.Time
	Era Era
}

// Read reads the time. It is cut to microseconds, which is what a database keeps: a row that is remembered would else be due
// some nanoseconds later than its index says, and be found again and again by whoever waits for it.
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

// Era is the era of the last reading, without another.
func (c *Clock) Era() Era {
	c.mu.Lock()
	defer c.mu.Unlock()

	return Era{Epoch: c.epoch, Shift: c.shift}
}

// Now reads the time alone.
func (c *Clock) Now() time.Time { return c.Read().Now }

// Steady is the time that has passed, on a clock that nobody sets: for what is compared within this run alone.
func (r Reading) Steady() time.Time { return r.Now.Add(-r.Era.Shift) }
