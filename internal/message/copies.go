package message

import (
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

// A copy is a submit of something that may be on the phone already. Copies count in the number's limits and are not
// made beyond them. A code does not count while nothing of it can have reached the phone.

// Allowance is what the number's limits leave. The zero value is not known yet: a rule that needs it asks for it by
// Effects.NeedRoom.
type Allowance struct {
	Known bool
	// After is how long the limits leave no room; 0 = there is room now.
	After time.Duration
}

// needsRoom reports whether a submit of the step needs room in the number's limits: it is a copy, it is a code's first
// that can reach the phone, or it will count if it is answered like the one before. The sandbox has no limits.
func (r *run) needsRoom(step int) bool {
	if r.m.Mode != id.Live {
		return false
	}
	if r.m.Purpose == ForCode && r.m.Counted.IsZero() {
		return true
	}
	i := r.attemptOf(step)

	return i >= 0 && (r.m.Attempts[i].mayHaveArrived() || r.m.Attempts[i].Spared)
}

// mayHaveArrived reports whether an earlier submit of the step may have arrived.
func (a Attempt) mayHaveArrived() bool { return a.UnknownSubmits > 0 || a.Doubtful }

// hasRoom reports whether the number's limits let the step be submitted now.
func (r *run) hasRoom(step int) bool {
	if !r.needsRoom(step) {
		return true
	}
	if !r.room.Known {
		r.out.NeedRoom = true
		return false
	}

	return r.room.After <= 0
}

// countSubmit counts a submit that begins in the number's limits.
func (r *run) countSubmit(a *Attempt) {
	a.Copy = false
	switch {
	case r.m.Mode != id.Live:
	case r.m.Purpose == ForCode && r.m.Counted.IsZero():
		r.m.Counted = r.now
	case a.mayHaveArrived():
		a.Copy = true
		r.out.Copies = append(r.out.Copies, r.now)
	}
}

// uncountCopy gives back the room of the newest submit: the carrier did not accept it.
func (r *run) uncountCopy(a *Attempt) {
	if a.Copy {
		a.Copy = false
		r.out.NotCopies = append(r.out.NotCopies, a.At)
	}
}

// countDoubtful counts a submit that the carrier may have accepted although its answer was to retry later. The first
// submit of a message does not count; each later one counts once in the limits, of which a code's own send covers one.
func (r *run) countDoubtful(a *Attempt) {
	submits, covered := 0, r.m.Purpose == ForCode && !a.mayHaveArrived() && !a.Closed
	for i := range r.m.Attempts {
		other := &r.m.Attempts[i]
		submits += other.Submits
		covered = covered && (other == a || !other.reached())
	}

	if submits == 1 {
		a.Spared = true
		return
	}

	if !a.Copy && !covered && r.m.Mode == id.Live {
		r.out.Copies = append(r.out.Copies, a.At)
	}
	a.Copy, a.Doubtful = false, true
}

// countReached removes a code from the number's limits while nothing of it can have reached the phone, and adds it
// again when a late answer says that it did.
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
