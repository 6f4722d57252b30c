package message

import (
	"slices"
	"time"
)

// The plan is worked through in passes. A pass tries each step that no carrier accepted or rejected, in the plan's
// order and one right after another; then the message waits, longer each time, for the next pass. So a carrier that
// recovers gets the message even if another was tried last. An unknown step comes last and is repeated once.

const (
	firstRetry   = time.Second // before the second pass; twice as long before each further one
	maxRetryWait = time.Minute
	// maxAskedWait bounds the wait that a carrier asks for, which may be wrong.
	maxAskedWait = maxRetryWait
	// shortWait is how long to wait for a carrier that asked for a retry before a carrier that is out of order is
	// tried.
	shortWait = 5 * time.Second
	// maxDownWait is how long a carrier that is out of order may be skipped before it is tried again.
	maxDownWait  = 30 * time.Second
	failureDelay = 2 * time.Second
	// unknownWait is how long a code's credits are held for a late answer or a receipt after its last submit.
	unknownWait = 20 * time.Second
	// maxUnknown is how many submits of a step may be unknown.
	maxUnknown = 2
	// repeatAfterPasses is how many passes an unknown step leaves to the others, while there are some.
	repeatAfterPasses = 2
	// maxAnswerWait is how long an unknown submit may still get its answer. A text's credits are held for it.
	maxAnswerWait = time.Minute
)

// Start begins the first step of a new message: the intent is stored before the carrier is called.
func Start(m Message, now time.Time, down []string) (Message, Effects) {
	r := run{m: m, now: now, down: down}
	r.m.State = Pending
	step, _ := r.pick()
	r.begin(step)
	return r.m, r.out
}

// NextStep is the step that will be submitted when the message becomes due, if the number's limits leave room then. It
// is for the index of waiting work. It is false when nothing more will be submitted: the plan is over, a submit is
// under way, or the message only waits for its deadline. down names carriers that are out of order.
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

// unknown reports whether the outcome of any attempt is unknown.
func (r *run) unknown() bool {
	return slices.ContainsFunc(r.m.Attempts, func(a Attempt) bool { return a.Progress == AttemptUnknown })
}

// open reports whether a step is left: it was not begun, or waits for a retry.
func (r *run) open(step int) bool {
	i := r.attemptOf(step)
	return i < 0 || r.m.Attempts[i].Progress == AttemptWaiting
}

// anyOpen reports whether a step is left from the given one on.
func (r *run) anyOpen(from int) bool {
	for s := from; s < len(r.m.Plan); s++ {
		if r.open(s) {
			return true
		}
	}

	return false
}

// pick returns the step to submit now: one that is left, else an unknown one.
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

// pickOpen returns the first step from the given one on that is left in this pass, or in any. One over a carrier that
// is out of order is skipped while there is another that was tried in this pass, or may be tried soon.
func (r *run) pickOpen(from int, anyPass bool) (step int, ok bool) {
	last, others := -1, false
	for s := from; s < len(r.m.Plan); s++ {
		if !r.open(s) {
			continue
		}
		down := slices.Contains(r.down, r.m.Plan[s].Carrier)
		ready := r.readyInPass(s, anyPass) && r.hasRoom(s)
		switch {
		case ready && !down:
			return s, true
		case !down:
			others = others || r.readyNextPass(s)
		case ready && last < 0:
			last = s
		}
	}

	return last, last >= 0 && !others
}

// readyInPass reports whether a step that is left has its turn in this pass.
func (r *run) readyInPass(step int, anyPass bool) bool {
	i := r.attemptOf(step)
	if i < 0 {
		return true
	}
	a := r.m.Attempts[i]
	return (anyPass || a.Pass < r.m.Tries) && !r.now.Before(a.NotBefore)
}

// readyNextPass reports whether a step that is left, but not ready, has its turn in the next pass: it was tried in this
// one, or waits for a moment only.
func (r *run) readyNextPass(step int) bool {
	i := r.attemptOf(step)
	if i < 0 || r.needsRoom(step) && r.room.After > shortWait {
		return false
	}

	wait := shortWait
	if r.m.Attempts[i].Pass >= r.m.Tries {
		wait = max(shortWait, min(r.betweenPasses(), maxDownWait))
	}

	return !r.now.Add(wait).Before(r.m.Attempts[i].NotBefore)
}

// repeatable reports whether an unknown step may be submitted once more, at some time. A step before one that a carrier
// accepted may not.
func (r *run) repeatable(step int) bool {
	i := r.attemptOf(step)
	if i < 0 || r.m.HoldUnknown {
		return false
	}
	if a := r.m.Attempts[i]; a.Progress != AttemptUnknown || a.UnknownSubmits >= maxUnknown {
		return false
	}
	return !slices.ContainsFunc(r.m.Attempts, func(a Attempt) bool { return a.accepted() && a.Step > step })
}

// isTurn reports whether an unknown step may be repeated now: the others had their turns.
func (r *run) isTurn(step int) bool {
	passes := r.m.Tries - r.m.Attempts[r.attemptOf(step)].Pass
	return passes >= repeatAfterPasses || passes > 0 && !r.anyOpen(0)
}

func (r *run) notBefore(step int) time.Time {
	if i := r.attemptOf(step); i >= 0 {
		return r.m.Attempts[i].NotBefore
	}
	return time.Time{}
}

// waitForPlace makes the message due now when the caller holds no place of the step's carrier. The message keeps the
// step, so that the carrier finds it in the index of waiting work when it has a place.
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
	r.countSubmit(a)
	a.Repeated = a.Repeated || a.mayHaveArrived()
	a.Progress, a.At, a.Pass, a.NotBefore = AttemptSubmitting, r.now, r.m.Tries, time.Time{}
	a.Submits++
	r.m.Latest, r.m.Turn, r.m.DueAt = i, 0, time.Time{}
	if wait := r.m.Plan[step].Wait; wait > 0 && r.anyOpen(step+1) {
		r.m.DueAt = r.now.Add(wait) // the fallback timer
	}
	r.out.Submit = true
}

// advance begins the next step of this pass, or lets the message wait for the next pass or for a receipt.
func (r *run) advance() {
	switch {
	case r.m.Over:
		r.fail()
		return
	case r.submitting() >= 0:
		return
	case r.m.Parked():
		r.wait(r.now) // the next step begins when the message is released
		return
	case !r.m.Deadline.IsZero() && !r.now.Before(r.m.Deadline):
		r.expire()
		return
	case r.heldBack():
		r.endUnknown()
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

	r.waitOrEnd()
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
		r.endPlan()
		return
	}

	r.waitOrEnd()
}

// reconsider continues a message after a change of an attempt that is not the newest.
func (r *run) reconsider() {
	i := r.m.Current()
	switch {
	case r.m.Over:
		r.fail()
	case r.submitting() >= 0 || r.m.Parked():
	case r.m.Attempts[i].Progress == AttemptAccepted && !r.m.DueAt.IsZero():
		r.waitForReceipt(i)
	default:
		r.waitOrEnd()
	}
}

// awaited is the newest accepted attempt whose receipt may still come in time; -1 when there is none.
func (r *run) awaited() int {
	found := -1
	for i, a := range r.m.Attempts {
		inTime := a.Progress == AttemptAccepted && a.At.Add(r.m.StepOf(i).Wait).After(r.now)
		if inTime && (found < 0 || a.At.After(r.m.Attempts[found].At)) {
			found = i
		}
	}

	return found
}

// waitForReceipt sets the fallback timer of an accepted attempt, or ends the plan when nothing can follow. A step
// before it that waits for a retry follows only a failed receipt.
func (r *run) waitForReceipt(i int) {
	r.m.Latest = i
	step := r.m.StepOf(i)
	if !step.Receipts || step.Wait == 0 || !r.anyOpen(0) {
		r.endPlan()
		return
	}

	r.wait(r.m.Attempts[i].At.Add(step.Wait))
}

// wait makes the message due at a time, whatever it waited for before.
func (r *run) wait(until time.Time) { r.m.DueAt, r.m.Turn = until, 0 }

// afterLateAccept ends the plan after a late acceptance, unless there is still time to wait for the receipt.
func (r *run) afterLateAccept(i int) {
	if !r.m.Attempts[i].At.Add(r.m.StepOf(i).Wait).After(r.now) {
		r.m.Latest = i
		r.endPlan()
		return
	}

	r.waitForReceipt(i)
}

// waitOrEnd lets the message wait for its next pass, or ends it when no step is left.
func (r *run) waitOrEnd() {
	due := time.Time{}
	for s := range r.m.Plan {
		if !r.open(s) && !r.repeatable(s) || r.heldBack() {
			continue
		}
		at := r.notBefore(s)
		if r.needsRoom(s) {
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
			return // it is due earlier already
		}
		r.m.Tries++
		r.wait(earlier(due, r.m.Deadline))
	case !r.unknown() && r.delayFailure:
		r.wait(earlier(r.now.Add(failureDelay), r.m.Deadline))
	case !r.unknown():
		r.fail()
	case slices.ContainsFunc(r.m.Attempts, Attempt.accepted):
		r.endPlan()
	case r.waitEnded:
		r.endUnknown()
	case r.m.Purpose != ForCode:
		r.awaitAnswer()
	default:
		r.wait(earlier(r.now.Add(unknownWait), r.m.Deadline))
	}
}

// betweenPasses is how long a message waits for its next pass: twice as long each time.
func (r *run) betweenPasses() time.Duration { return min(firstRetry<<min(r.m.Tries, 10), maxRetryWait) }

// pauseNow is betweenPasses, but at most maxDownWait when a carrier that is out of order was skipped in this pass.
func (r *run) pauseNow() time.Duration {
	wait := r.betweenPasses()
	for s := range r.m.Plan {
		if r.open(s) && r.readyInPass(s, false) && slices.Contains(r.down, r.m.Plan[s].Carrier) {
			return min(wait, maxDownWait)
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
