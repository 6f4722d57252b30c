package message

import (
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

// A copy is a submit of a step whose carrier may have accepted an earlier one: that one's outcome is unknown, or it was
// answered HTTP 500. Copies count in the number's limits and are not made beyond them. A code does not count while
// nothing of it can have reached the phone.

// Allowance is what the number's limits allow. The zero value is not known yet: a rule that needs it asks for it by
// Effects.NeedAllowance.
type Allowance struct {
	Known bool
	// Wait is how long until the limits allow another copy; 0 = they allow it now.
	Wait time.Duration
}

// countsInLimits reports whether submitting the step counts in the number's limits. That is so for a copy, for the first
// submit of a code that can reach the phone, and for a retry that will count if it gets the same answer again. The
// sandbox has no limits.
func (r *run) countsInLimits(step int) bool {
	if r.m.Mode != id.Live {
		return false
	}
	if r.m.Type == CodeMessage && r.m.Counted.IsZero() {
		return true
	}
	i := r.attemptOf(step)

	return i >= 0 && (r.m.Attempts[i].mayHaveBeenAccepted() || r.m.Attempts[i].Uncounted)
}

// mayHaveBeenAccepted reports whether the carrier may have accepted an earlier submit of the step.
func (a Attempt) mayHaveBeenAccepted() bool { return a.UnknownSubmits > 0 || a.MaybeAccepted }

// withinLimits reports whether the number's limits allow the step to be submitted now.
func (r *run) withinLimits(step int) bool {
	if !r.countsInLimits(step) {
		return true
	}
	if !r.allowance.Known {
		r.out.NeedAllowance = true
		return false
	}

	return r.allowance.Wait <= 0
}

// countSubmit counts a submit that begins in the number's limits.
func (r *run) countSubmit(a *Attempt) {
	a.Copy = false
	switch {
	case r.m.Mode != id.Live:
	case r.m.Type == CodeMessage && r.m.Counted.IsZero():
		r.m.Counted = r.now
	case a.mayHaveBeenAccepted():
		a.Copy = true
		r.out.AddCopies = append(r.out.AddCopies, r.now)
	}
}

// uncountCopy removes the newest submit from the number's limits: the carrier did not accept it.
func (r *run) uncountCopy(a *Attempt) {
	if a.Copy {
		a.Copy = false
		r.out.RemoveCopies = append(r.out.RemoveCopies, a.At)
	}
}

// countMaybeAccepted counts a submit that the carrier may have accepted although it asked for a retry. The first submit
// of a message does not count. Each later one counts once; for a code, one of them is already counted as its send.
func (r *run) countMaybeAccepted(a *Attempt) {
	submits, covered := 0, r.m.Type == CodeMessage && !a.mayHaveBeenAccepted() && !a.Closed
	for i := range r.m.Attempts {
		other := &r.m.Attempts[i]
		submits += other.Submits
		covered = covered && (other == a || !other.reached())
	}

	if submits == 1 {
		a.Uncounted = true
		return
	}

	if !a.Copy && !covered && r.m.Mode == id.Live {
		r.out.AddCopies = append(r.out.AddCopies, a.At)
	}
	a.Copy, a.MaybeAccepted = false, true
}

// countReached removes a code from the number's limits while nothing of it can have reached the phone, and adds it
// again when a late answer says that it did.
func (r *run) countReached() {
	if r.m.Mode != id.Live || r.m.Type != CodeMessage || len(r.m.Attempts) == 0 && !r.m.Over {
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
