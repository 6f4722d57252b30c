package message

import (
	"slices"
	"time"
)

// The plan is worked through in passes. A pass tries each step that no carrier accepted or rejected, in the plan's
// order and one right after another; then the message waits, longer each time, for the next pass. Each pass begins with
// the first carrier again, so that one gets the message when it recovers. An unknown step comes last and is repeated once.

const (
	firstRetry   = time.Second // before the second pass; twice as long before each further one
	maxRetryWait = time.Minute
	// maxAskedWait bounds the wait that a carrier asks for, which may be wrong.
	maxAskedWait = maxRetryWait
	// shortWait is how long to wait for a carrier that asked for a retry before a carrier that is down is tried.
	shortWait = 5 * time.Second
	// maxDownWait is how long a carrier that is down may be skipped before it is tried again.
	maxDownWait  = 30 * time.Second
	failureDelay = 2 * time.Second
	// unknownWait is how long a code's credits are held for a late answer or a receipt after its last submit.
	unknownWait = 20 * time.Second
	// maxUnknown is how many submits of a step may be unknown.
	maxUnknown = 2
	// repeatAfterPasses is how many passes the other steps get, if any remain, before an unknown step is repeated.
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

// NextStep returns the step that will be submitted when the message becomes due, if the number's limits allow it then.
// It is for the index of waiting work. It returns false when nothing more will be submitted: the plan is over, a submit
// is under way, or the message only waits for its deadline. down names carriers that are down.
func (m Message) NextStep(down []string) (step int, ok bool) {
	if m.Over || m.DueAt.IsZero() || len(m.Plan) == 0 || !m.Deadline.IsZero() && !m.DueAt.Before(m.Deadline) {
		return 0, false
	}
	if m.WaitingStep > 0 {
		return m.WaitingStep - 1, true
	}

	r := run{m: m, now: m.DueAt, down: down, allowance: Allowance{Known: true}}
	i := m.Current()
	switch {
	case r.submitting() >= 0 || r.awaitsLateAnswer():
		return 0, false
	case i >= 0 && m.Attempts[i].Progress == AttemptAccepted:
		return r.pickRemaining(m.Attempts[i].Step+1, true)
	}

	return r.pick()
}

// First is the step that a new message begins with: the first whose carrier is not down, or the first when all are.
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

// remaining reports whether a step can still be submitted in the plan's order: it was not begun, or waits for a retry.
func (r *run) remaining(step int) bool {
	i := r.attemptOf(step)
	return i < 0 || r.m.Attempts[i].Progress == AttemptRetrying
}

// anyRemaining reports whether any step remains from the given one on.
func (r *run) anyRemaining(from int) bool {
	for s := from; s < len(r.m.Plan); s++ {
		if r.remaining(s) {
			return true
		}
	}

	return false
}

// pick returns the step to submit now: one that remains, else an unknown one.
func (r *run) pick() (step int, ok bool) {
	if step, ok = r.pickRemaining(0, false); ok {
		return step, true
	}
	for s := range r.m.Plan {
		if r.repeatable(s) && r.mayRepeatNow(s) && !r.now.Before(r.notBefore(s)) && r.withinLimits(s) {
			return s, true
		}
	}

	return 0, false
}

// pickRemaining returns the first step from the given one on that remains in this pass, or in any. One over a carrier
// that is down is skipped while there is another that was tried in this pass, or may be tried soon.
func (r *run) pickRemaining(from int, anyPass bool) (step int, ok bool) {
	last, others := -1, false
	for s := from; s < len(r.m.Plan); s++ {
		if !r.remaining(s) {
			continue
		}
		down := slices.Contains(r.down, r.m.Plan[s].Carrier)
		ready := r.readyInPass(s, anyPass) && r.withinLimits(s)
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

// readyInPass reports whether a remaining step may be submitted in this pass.
func (r *run) readyInPass(step int, anyPass bool) bool {
	i := r.attemptOf(step)
	if i < 0 {
		return true
	}
	a := r.m.Attempts[i]
	return (anyPass || a.Pass < r.m.Passes) && !r.now.Before(a.NotBefore)
}

// readyNextPass reports whether a remaining step that is not ready now will be in the next pass, because it was tried in
// this one or its wait is short.
func (r *run) readyNextPass(step int) bool {
	i := r.attemptOf(step)
	if i < 0 || r.countsInLimits(step) && r.allowance.Wait > shortWait {
		return false
	}

	wait := shortWait
	if r.m.Attempts[i].Pass >= r.m.Passes {
		wait = max(shortWait, min(r.betweenPasses(), maxDownWait))
	}

	return !r.now.Add(wait).Before(r.m.Attempts[i].NotBefore)
}

// repeatable reports whether an unknown step may be submitted once more, now or later. It may not if a later step was
// accepted.
func (r *run) repeatable(step int) bool {
	i := r.attemptOf(step)
	if i < 0 || r.m.NeverRepeat {
		return false
	}
	if a := r.m.Attempts[i]; a.Progress != AttemptUnknown || a.UnknownSubmits >= maxUnknown {
		return false
	}
	return !slices.ContainsFunc(r.m.Attempts, func(a Attempt) bool { return a.accepted() && a.Step > step })
}

// mayRepeatNow reports whether the other steps have had their passes, so that an unknown step may be repeated.
func (r *run) mayRepeatNow(step int) bool {
	passes := r.m.Passes - r.m.Attempts[r.attemptOf(step)].Pass
	return passes >= repeatAfterPasses || passes > 0 && !r.anyRemaining(0)
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

	r.m.DueAt, r.m.WaitingStep = r.now, step+1
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
	a.Repeated = a.Repeated || a.mayHaveBeenAccepted()
	a.Progress, a.At, a.Pass, a.NotBefore = AttemptSubmitting, r.now, r.m.Passes, time.Time{}
	a.Submits++
	a.Skipped = r.skipped(step)
	r.m.Latest, r.m.WaitingStep, r.m.DueAt = i, 0, time.Time{}
	if wait := r.m.Plan[step].Wait; wait > 0 && r.anyRemaining(step+1) {
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
	case r.awaitsLateAnswer():
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
	if step, ok := r.pickRemaining(a.Step+1, true); ok {
		r.from = a.Step + 1
		r.begin(step)
		return
	}

	if a.Progress == AttemptAccepted && !r.anyRemaining(a.Step+1) {
		r.endPlan()
		return
	}

	r.waitOrEnd()
}

// resumeAfterOlder continues a message after an older attempt changed.
func (r *run) resumeAfterOlder() {
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

// waitForReceipt sets the fallback timer of an accepted attempt, or ends the plan when nothing can follow. An
// earlier step that waits for a retry is submitted only if the receipt reports a failure.
func (r *run) waitForReceipt(i int) {
	r.m.Latest = i
	step := r.m.StepOf(i)
	if !step.Receipts || step.Wait == 0 || !r.anyRemaining(0) {
		r.endPlan()
		return
	}

	r.wait(r.m.Attempts[i].At.Add(step.Wait))
}

// wait makes the message due at a time, whatever it waited for before.
func (r *run) wait(until time.Time) { r.m.DueAt, r.m.WaitingStep = until, 0 }

// afterLateAccept ends the plan after a late acceptance, unless there is still time to wait for the receipt.
func (r *run) afterLateAccept(i int) {
	if !r.m.Attempts[i].At.Add(r.m.StepOf(i).Wait).After(r.now) {
		r.m.Latest = i
		r.endPlan()
		return
	}

	r.waitForReceipt(i)
}

// waitOrEnd lets the message wait for its next pass, or ends it when no step remains.
func (r *run) waitOrEnd() {
	due := time.Time{}
	for s := range r.m.Plan {
		if !r.remaining(s) && !r.repeatable(s) || r.awaitsLateAnswer() {
			continue
		}
		at := r.notBefore(s)
		if r.countsInLimits(s) {
			at = later(at, r.now.Add(r.allowance.Wait))
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
		r.m.Passes++
		r.wait(earlier(due, r.m.Deadline))
	case !r.unknown() && r.delayFailure:
		r.wait(earlier(r.now.Add(failureDelay), r.m.Deadline))
	case !r.unknown():
		r.fail()
	case slices.ContainsFunc(r.m.Attempts, Attempt.accepted):
		r.endPlan()
	case r.waitEnded:
		r.endUnknown()
	case r.m.Type != CodeMessage:
		r.awaitAnswer()
	default:
		r.wait(earlier(r.now.Add(unknownWait), r.m.Deadline))
	}
}

// betweenPasses is how long a message waits for its next pass: twice as long each time.
func (r *run) betweenPasses() time.Duration {
	return min(firstRetry<<min(r.m.Passes, 10), maxRetryWait)
}

// pauseNow is betweenPasses, but at most maxDownWait when a carrier that is down was skipped in this pass.
func (r *run) pauseNow() time.Duration {
	wait := r.betweenPasses()
	for s := range r.m.Plan {
		if r.remaining(s) && r.readyInPass(s, false) && slices.Contains(r.down, r.m.Plan[s].Carrier) {
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
