package message

import (
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

// A copy is a submit of something that may be on the phone already. Copies count in the number's limits and are not made
// beyond them; a code of which nothing can have reached the phone counts in none.

// Allowance is what the number's limits leave. The zero value says that it was not looked up: a rule that has to know it asks
// by Effects.NeedRoom.
type Allowance struct {
	Known bool
	// After is how long the limits leave no room; 0 = there is some now.
	After time.Duration
}

// counts reports whether a submit of the step needs room in the number's limits: it repeats what may have arrived, it is a
// code's first that can reach the phone, or it will count when it is answered like the one before. The sandbox has no limits.
func (r *run) counts(step int) bool {
	if r.m.Mode != id.Live {
		return false
	}
	if r.m.Purpose == ForCode && r.m.Counted.IsZero() {
		return true
	}
	i := r.attemptOf(step)

	return i >= 0 && (r.m.Attempts[i].mayBeThere() || r.m.Attempts[i].Spared)
}

// mayBeThere reports whether an earlier submit of the step may have arrived.
func (a Attempt) mayBeThere() bool { return a.UnknownSubmits > 0 || a.Doubtful }

// hasRoom reports whether the number's limits let the step be submitted now.
func (r *run) hasRoom(step int) bool {
	if !r.counts(step) {
		return true
	}
	if !r.room.Known {
		r.out.NeedRoom = true
		return false
	}

	return r.room.After <= 0
}

// count notes that a submit which begins takes room.
func (r *run) count(a *Attempt) {
	a.Copy = false
	switch {
	case r.m.Mode != id.Live:
	case r.m.Purpose == ForCode && r.m.Counted.IsZero():
		r.m.Counted = r.now
	case a.mayBeThere():
		a.Copy = true
		r.out.Copies = append(r.out.Copies, r.now)
	}
}

// noCopy gives the room of the newest submit back: the carrier did not take it.
func (r *run) noCopy(a *Attempt) {
	if a.Copy {
		a.Copy = false
		r.out.NotCopies = append(r.out.NotCopies, a.At)
	}
}

// doubt keeps the room of a submit that may have been taken although the carrier refused it for now. The first submit of a
// message counts as refused; each later one counts in the limits, and once: a code's send stands for the first of them.
func (r *run) doubt(a *Attempt) {
	submits, stands := 0, r.m.Purpose == ForCode && !a.mayBeThere() && !a.Closed
	for i := range r.m.Attempts {
		other := &r.m.Attempts[i]
		submits += other.Submits
		stands = stands && (other == a || !other.reached())
	}

	if submits == 1 {
		a.Spared = true
		return
	}
	if !a.Copy && !stands && r.m.Mode == id.Live {
		r.out.Copies = append(r.out.Copies, a.At)
	}
	a.Copy, a.Doubtful = false, true
}

// countReached takes a code out of the number's limits while nothing of it can have reached the phone, and back in when a
// late answer says that it did.
func (r *run) countReached() {
	if r.m.Mode != id.Live || r.m.Purpose != ForCode || len(r.m.Attempts) == 0 && !r.m.Over {
		return
	}
	reached := slices.ContainsFunc(r.m.Attempts, Attempt.reached)
	switch {
	case !reached:
		r.m.Counted = time.Time{}
	case r.m.Counted.IsZero():
		r.m.Counted = r.now
	}
}
