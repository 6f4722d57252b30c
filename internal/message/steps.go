package message

import (
	"slices"
	"time"
)

// The plan is gone over in passes. In a pass each step is tried that no carrier accepted or rejected, in the plan's order
// and one right after another; then the message waits, longer each time, for the next pass. So a carrier that recovers
// gets the message even if another was tried last. A step whose outcome is unknown comes last and is repeated once.

const (
	firstRetry   = time.Second // before the second pass; twice as long before each further one
	longestRetry = time.Minute
	// longestAsked is the most of a wait that a carrier asks for: what it says of one submit may be wrong, or over soon.
	longestAsked = longestRetry
	// soon is how long a step that its carrier put off is waited for before a carrier that is out of order is tried.
	soon = 5 * time.Second
	// longestDown is how long a carrier that is out of order may be passed by before it is asked again.
	longestDown = 30 * time.Second
	failPause   = 2 * time.Second
	// unknownPause is how long a code's credits are held for a late answer or a receipt after its last submit.
	unknownPause = 20 * time.Second
	// mostUnknown is how many submits of a step may have an unknown outcome.
	mostUnknown = 2
	// patience is how many passes a step whose outcome is unknown leaves to the others, while there are some.
	patience = 2
	// longestAnswer is how long a submit that is thought unknown may still get its answer. A text's credits are held for it.
	longestAnswer = time.Minute
)

// Start begins the first step of a new message: the intent is stored before the carrier is called.
func Start(m Message, now time.Time, down []string) (Message, Effects) {
	r := run{m: m, now: now, down: down}
	r.m.State = Pending
	step, _ := r.pick()
	r.begin(step)
	return r.m, r.out
}

// NextStep is the step that the next submit goes over when the message falls due, as far as its carrier is in order and
// the number's limits leave room then. It is for the index of waiting work. It is false when nothing more will be
// submitted: the plan is over, a submit is under way, or only the end of its time is waited for. down names carriers that
// are out of order.
func (m Message) NextStep(down []string) (step int, ok bool) {
	if m.Over || m.DueAt.IsZero() || len(m.Plan) == 0 || !m.Deadline.IsZero() && !m.DueAt.Before(m.Deadline) {
		return 0, false
	}
	if m.Turn > 0 {
		return m.Turn - 1, true
	}

	r := run{m: m, now: m.DueAt, down: down, room: Allowance{Known: true}}
	i := m.Current()
	switch {
	case r.submitting() >= 0 || r.heldBack():
		return 0, false
	case i >= 0 && m.Attempts[i].Progress == AttemptAccepted:
		return r.pickOpen(m.Attempts[i].Step+1, true)
	}

	return r.pick()
}

// First is the step that a new message begins with: the first whose carrier is in order, or the first when none is.
func First(plan []Step, down []string) int {
	r := run{m: Message{Plan: plan}, down: down}
	step, _ := r.pick()
	return step
}

// attemptOf is the index of a step's attempt, -1 when it was never begun.
func (r *run) attemptOf(step int) int {
	return slices.IndexFunc(r.m.Attempts, func(a Attempt) bool { return a.Step == step })
}

// submitting is the index of the attempt that is under way, -1 when there is none.
func (r *run) submitting() int {
	return slices.IndexFunc(r.m.Attempts, func(a Attempt) bool { return a.Progress == AttemptSubmitting })
}

// unknown reports whether nobody knows what became of a submit.
func (r *run) unknown() bool {
	return slices.ContainsFunc(r.m.Attempts, func(a Attempt) bool { return a.Progress == AttemptUnknown })
}

// open reports whether a step is left: no carrier has taken or rejected it, and it is not unknown either.
func (r *run) open(step int) bool {
	i := r.attemptOf(step)
	return i < 0 || r.m.Attempts[i].Progress == AttemptWaiting
}

// anyOpen reports whether a step from the given one on is left.
func (r *run) anyOpen(from int) bool {
	for s := from; s < len(r.m.Plan); s++ {
		if r.open(s) {
			return true
		}
	}
	return false
}

// pick returns the step that is submitted now: one that is left, else one whose outcome is unknown.
func (r *run) pick() (step int, ok bool) {
	if step, ok = r.pickOpen(0, false); ok {
		return step, true
	}
	for s := range r.m.Plan {
		if r.repeatable(s) && r.isTurn(s) && !r.now.Before(r.notBefore(s)) && r.hasRoom(s) {
			return s, true
		}
	}

	return 0, false
}

// pickOpen returns the first step from the given one on that is left in this pass, or in any. One over a carrier that is
// out of order is passed by while there is another: one that was tried in this pass, or may be tried soon.
func (r *run) pickOpen(from int, anyPass bool) (step int, ok bool) {
	last, others := -1, false
	for s := from; s < len(r.m.Plan); s++ {
		if !r.open(s) {
			continue
		}
		down := slices.Contains(r.down, r.m.Plan[s].Carrier)
		ready := r.tryable(s, anyPass) && r.hasRoom(s)
		switch {
		case ready && !down:
			return s, true
		case !down:
			others = others || r.comes(s)
		case ready && last < 0:
			last = s
		}
	}

	return last, last >= 0 && !others
}

// tryable reports whether a step that is left has its turn in this pass.
func (r *run) tryable(step int, anyPass bool) bool {
	i := r.attemptOf(step)
	if i < 0 {
		return true
	}
	a := r.m.Attempts[i]
	return (anyPass || a.Pass < r.m.Tries) && !r.now.Before(a.NotBefore)
}

// comes reports whether a step that is left but not ready has its turn in the next pass, because it was tried in this one,
// or is put off for a moment only.
func (r *run) comes(step int) bool {
	i := r.attemptOf(step)
	if i < 0 || r.counts(step) && r.room.After > soon {
		return false
	}

	wait := soon
	if r.m.Attempts[i].Pass >= r.m.Tries {
		wait = max(soon, min(r.betweenPasses(), longestDown))
	}

	return !r.now.Add(wait).Before(r.m.Attempts[i].NotBefore)
}

// repeatable reports whether a step whose outcome is unknown may be submitted once more, at some time. None is that comes
// before one which a carrier took.
func (r *run) repeatable(step int) bool {
	i := r.attemptOf(step)
	if i < 0 || r.m.HoldUnknown || r.m.Attempts[i].Progress != AttemptUnknown || r.m.Attempts[i].UnknownSubmits >= mostUnknown {
		return false
	}
	return !slices.ContainsFunc(r.m.Attempts, func(a Attempt) bool { return a.accepted() && a.Step > step })
}

// isTurn reports whether the repeat of a step has its turn: the others had theirs.
func (r *run) isTurn(step int) bool {
	passes := r.m.Tries - r.m.Attempts[r.attemptOf(step)].Pass
	return passes >= patience || passes > 0 && !r.anyOpen(0)
}

func (r *run) notBefore(step int) time.Time {
	if i := r.attemptOf(step); i >= 0 {
		return r.m.Attempts[i].NotBefore
	}
	return time.Time{}
}

// waitForPlace makes the message due at once when the caller holds no place of the step's carrier, and keeps the step: the
// index of waiting work is asked by carriers that have places.
func (r *run) waitForPlace(step int) bool {
	if r.places == nil || slices.Contains(r.places, r.m.Plan[step].Carrier) {
		return false
	}

	r.m.DueAt, r.m.Turn = r.now, step+1
	return true
}

// begin submits a step, for the first time or once more under the same reference.
func (r *run) begin(step int) {
	if r.waitForPlace(step) {
		return
	}

	i := r.attemptOf(step)
	if i < 0 {
		i = len(r.m.Attempts)
		r.m.Attempts = append(r.m.Attempts, Attempt{Step: step})
	}

	a := &r.m.Attempts[i]
	r.count(a)
	a.Repeated = a.Repeated || a.mayBeThere()
	a.Progress, a.At, a.Pass, a.NotBefore = AttemptSubmitting, r.now, r.m.Tries, time.Time{}
	a.Submits++
	r.m.Latest, r.m.Turn, r.m.DueAt = i, 0, time.Time{}
	if wait := r.m.Plan[step].Wait; wait > 0 && r.anyOpen(step+1) {
		r.m.DueAt = r.now.Add(wait) // the fallback timer runs from the submit, answered or not
	}
	r.out.Submit = true
}

// onward begins the next step of this pass, or lets the message wait for the next pass or for a receipt.
func (r *run) onward() {
	switch {
	case r.m.Over:
		r.fail()
		return
	case r.submitting() >= 0:
		return
	case r.m.Parked():
		r.wait(r.now) // what comes next waits with the message
		return
	case !r.m.Deadline.IsZero() && !r.now.Before(r.m.Deadline):
		r.expire()
		return
	case r.heldBack():
		r.leaveUncertain()
		return
	}

	if i := r.awaited(); i >= 0 {
		r.waitForReceipt(i)
		return
	}

	if step, ok := r.pick(); ok {
		r.begin(step)
		return
	}
	r.rest()
}

// fallback begins a step after the newest, which got no receipt or no answer in time.
func (r *run) fallback() {
	i := r.m.Current()
	a := r.m.Attempts[i]
	if step, ok := r.pickOpen(a.Step+1, true); ok {
		r.begin(step)
		return
	}

	if a.Progress == AttemptAccepted && !r.anyOpen(a.Step+1) {
		r.over()
		return
	}
	r.rest()
}

// reconsider looks anew at a message after something was learned of an attempt that is not the newest.
func (r *run) reconsider() {
	i := r.m.Current()
	switch {
	case r.m.Over:
		r.fail()
	case r.submitting() >= 0 || r.m.Parked():
	case r.m.Attempts[i].Progress == AttemptAccepted && !r.m.DueAt.IsZero():
		r.waitForReceipt(i)
	default:
		r.rest()
	}
}

// awaited is the newest attempt that a carrier took and whose receipt may still come in time; -1 when there is none.
func (r *run) awaited() int {
	found := -1
	for i, a := range r.m.Attempts {
		if a.Progress == AttemptAccepted && a.At.Add(r.m.StepOf(i).Wait).After(r.now) && (found < 0 || a.At.After(r.m.Attempts[found].At)) {
			found = i
		}
	}
	return found
}

// waitForReceipt sets the fallback timer of an attempt that was accepted, or ends the plan when nothing can follow. A step
// before it that was refused for now follows only a failed receipt.
func (r *run) waitForReceipt(i int) {
	r.m.Latest = i
	step := r.m.StepOf(i)
	if !step.Receipts || step.Wait == 0 || !r.anyOpen(0) {
		r.over()
		return
	}
	r.wait(r.m.Attempts[i].At.Add(step.Wait))
}

// wait lets the message fall due at a time, whatever it waited for before.
func (r *run) wait(until time.Time) { r.m.DueAt, r.m.Turn = until, 0 }

// settled goes on after a late "accepted": it ends the plan, unless there is still time to wait for the receipt.
func (r *run) settled(i int) {
	if !r.m.Attempts[i].At.Add(r.m.StepOf(i).Wait).After(r.now) {
		r.m.Latest = i
		r.over()
		return
	}
	r.waitForReceipt(i)
}

// rest lets the message wait for its next pass, or ends it when no step is left.
func (r *run) rest() {
	due := time.Time{}
	for s := range r.m.Plan {
		if !r.open(s) && !r.repeatable(s) || r.heldBack() {
			continue
		}
		at := r.notBefore(s)
		if r.counts(s) {
			at = later(at, r.now.Add(r.room.After))
		}
		if at = later(at, r.now); due.IsZero() || at.Before(due) {
			due = at
		}
	}

	switch {
	case !due.IsZero():
		due = later(due, r.now.Add(r.pauseNow()))
		if r.m.DueAt.After(r.now) && !r.m.DueAt.After(due) {
			return // it waits for less already
		}
		r.m.Tries++
		r.wait(earlier(due, r.m.Deadline))
	case !r.unknown() && r.pause:
		r.wait(earlier(r.now.Add(failPause), r.m.Deadline))
	case !r.unknown():
		r.fail()
	case slices.ContainsFunc(r.m.Attempts, Attempt.accepted):
		r.over()
	case r.fired:
		r.leaveUncertain()
	case r.m.Purpose != ForCode:
		r.awaitAnswer()
	default:
		r.wait(earlier(r.now.Add(unknownPause), r.m.Deadline))
	}
}

// betweenPasses is how long a message waits for its next pass: twice as long each time.
func (r *run) betweenPasses() time.Duration { return min(firstRetry<<min(r.m.Tries, 10), longestRetry) }

// pauseNow is betweenPasses, but no longer than a carrier that was passed by in this pass is out of order.
func (r *run) pauseNow() time.Duration {
	wait := r.betweenPasses()
	for s := range r.m.Plan {
		if r.open(s) && r.tryable(s, false) && slices.Contains(r.down, r.m.Plan[s].Carrier) {
			return min(wait, longestDown)
		}
	}
	return wait
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
