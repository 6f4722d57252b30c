package message

import (
	"slices"
	"time"
)

// InputKind is the kind of an Input.
type InputKind uint8

// Everything that can happen to a message.
const (
	// Timer: DueAt has come.
	Timer InputKind = iota + 1
	// AnswerAccepted, AnswerRejected, AnswerRetry and AnswerUnknown are a carrier's answers to a submit.
	AnswerAccepted
	AnswerRejected
	AnswerRetry
	AnswerUnknown
	// Receipts, for any attempt and in any order.
	ReceiptDelivered
	ReceiptRead
	ReceiptFailed
	// Crashed: the node that owned the message died, or was stopped, before it stored an answer.
	Crashed
	// Cancel calls the message off.
	Cancel
	// Stop ends the plan because the code was verified, canceled or replaced.
	Stop
	// Expire ends the plan because the message has expired.
	Expire
	// Block ends the plan because nothing may be sent to the number any more; Reason says why.
	Block
	// Park stops a message of a restored backup until the operator decides; Release lets it continue.
	Park
	Release
	// Replan: the carrier that the message waits for is not configured any more; Plan is what would be planned now.
	Replan
	// Unanswered: the fallback timer fired while Attempt's submit waits for its answer.
	Unanswered
)

// Input is something that happens to a message: a timer, an answer, a receipt.
type Input struct {
	Kind    InputKind
	Attempt int // answers and receipts
	// Submit is the submit of the attempt that an answer belongs to, as in Attempt.Submits; 0 is the newest. Late is
	// set when the submit was reported as AnswerUnknown before.
	Submit        int
	Late          bool
	Part          int // receipts: which part of a long message
	Parts         int // AnswerAccepted: how many parts the carrier accepted, at least 1
	Reason        Reason
	CarrierCode   string
	CarrierID     string        // AnswerAccepted: see Attempt.CarrierID
	After         time.Duration // AnswerRetry: the wait that the carrier asked for
	MaybeAccepted bool          // AnswerRetry: the carrier may have accepted the message anyway
	// Down names carriers that are down now; a step over them is skipped while another remains.
	Down []string
	// Places names the carriers of which the caller holds a place; nil is every carrier. A step over any other does not
	// begin: the message stays due until its carrier has a place.
	Places []string
	Plan   []Step // Replan
	// Allowance is what the number's limits leave for one more copy.
	Allowance Allowance
}

// Effects is what the caller has to do after it stored the message.
type Effects struct {
	// Submit: give the attempt that Current names to its carrier now. It is stored as AttemptSubmitting.
	Submit bool
	// Credits to move: Capture from the hold (negative: back into it), Release from the hold to the balance, Refund
	// from what was captured to the balance.
	Capture, Release, Refund int64
	// Transitions lists what has to be reported, in order: Sent for each accepted attempt, Delivered, Read, Failed,
	// Canceled.
	Transitions []State
	// AddCopies are the times of copies to add to the number's limits, RemoveCopies of those to remove from them. A change of
	// Message.Counted has to be made in the number's log of sends, too.
	AddCopies, RemoveCopies []time.Time
	// NeedAllowance asks the caller to store nothing, to load the number's contact, and to apply the input again with
	// Allowance set.
	NeedAllowance bool
}

// Apply is the delivery state machine. Inputs may come late, twice and in any order: a message never moves backwards,
// credits move once, and an input that says nothing new changes nothing.
func Apply(m Message, e Input, now time.Time) (Message, Effects) {
	r := run{m: m, now: now, down: e.Down, places: e.Places, allowance: e.Allowance}
	r.m.Attempts = slices.Clone(m.Attempts)
	switch e.Kind {
	case Timer:
		r.timer()
	case Unanswered:
		r.unanswered(e)
	case Crashed:
		r.crashed()
	case AnswerAccepted, AnswerRejected, AnswerRetry, AnswerUnknown:
		r.answer(e)
	case ReceiptDelivered, ReceiptRead, ReceiptFailed:
		r.receipt(e)
	case Cancel:
		r.cancel()
	case Stop:
		r.stop()
	case Expire:
		r.expire()
	case Block:
		r.block(e.Reason)
	case Park:
		r.park()
	case Release:
		r.release()
	case Replan:
		r.replan(e.Plan)
	}

	r.settleCredits()
	r.countReached()

	return r.m, r.out
}

// run is one application of an input.
type run struct {
	m    Message
	now  time.Time
	down []string
	// places are the carriers over which a step may begin; nil is every one.
	places    []string
	allowance Allowance
	// delayFailure delays the failure by a moment, so that the request is answered, with the id, before the event is
	// posted.
	delayFailure bool
	// from is the first step that came into question for the next attempt.
	from int
	// waitEnded is set when a wait has just ended: the message became due, or its carrier was removed.
	waitEnded bool
	out       Effects
}

func (r *run) timer() {
	if r.m.Over || r.m.Parked() || r.m.DueAt.IsZero() || r.m.DueAt.After(r.now) {
		return
	}
	if !r.now.Before(r.m.Deadline) {
		r.expire()
		return
	}

	r.m.State, r.m.WaitingStep = max(r.m.State, Pending), 0
	switch i := r.m.Current(); {
	case i >= 0 && r.m.Attempts[i].Progress == AttemptSubmitting:
		r.unanswered(Input{Attempt: i})
	case i >= 0 && r.m.Attempts[i].Progress == AttemptAccepted:
		r.fallback()
	default:
		r.waitEnded = true
		r.advance()
	}
}

// unanswered begins the next step: the fallback timer runs from the submit, whether it was answered or not.
func (r *run) unanswered(e Input) {
	if r.m.Over || r.m.Parked() || e.Attempt != r.m.Current() || !r.isNewest(e) {
		return
	}
	a := &r.m.Attempts[e.Attempt]
	if !r.anyRemaining(a.Step + 1) {
		r.m.DueAt = time.Time{}
		return
	}

	r.markUnknown(e.Attempt)
	a.Reason, a.NotBefore = CarrierTimeout, a.At.Add(maxAnswerWait)
	if r.awaitsLateAnswer() {
		r.awaitAnswer()
		return
	}

	r.fallback()
}

// crashed treats a submit whose answer was never stored as unknown. A message without one becomes due.
func (r *run) crashed() {
	if i := r.submitting(); i >= 0 {
		r.markUnknown(i)
		switch {
		case r.m.Over:
		case r.m.NeverRepeat && r.m.Type != CodeMessage:
			r.endUnknown()
		case !r.now.Before(r.m.Deadline):
			r.expire()
		default:
			r.m.Passes++ // the submit may be repeated immediately
			r.afterUnknown(i)
		}
		return
	}

	if !r.m.Over && r.m.DueAt.IsZero() {
		r.m.DueAt = r.now
	}
}

// isNewest reports whether an answer belongs to the submit that is under way.
func (r *run) isNewest(e Input) bool {
	if e.Attempt < 0 || e.Attempt >= len(r.m.Attempts) {
		return false
	}
	a := r.m.Attempts[e.Attempt]
	return !e.Late && a.Progress == AttemptSubmitting && (e.Submit == 0 || e.Submit == a.Submits)
}

func (r *run) answer(e Input) {
	if e.Attempt < 0 || e.Attempt >= len(r.m.Attempts) {
		return
	}
	a := &r.m.Attempts[e.Attempt]
	if a.accepted() || a.Closed {
		if e.Kind == AnswerAccepted {
			a.Parts = max(a.Parts, e.Parts)
		}
		return
	}

	newest := r.isNewest(e)
	switch e.Kind {
	case AnswerAccepted:
		r.answerAccepted(e, newest)
	case AnswerRejected:
		r.answerRejected(e, newest)
	case AnswerRetry:
		r.answerRetry(e, newest)
	case AnswerUnknown:
		r.answerUnknown(e, newest)
	default: // not an answer
	}
}

// answerAccepted accepts a late acceptance, too, even after the submit was marked unknown or was repeated.
func (r *run) answerAccepted(e Input, newest bool) {
	a := &r.m.Attempts[e.Attempt]
	a.Progress, a.Parts, a.Reason, a.CarrierCode = AttemptAccepted, max(1, e.Parts), "", ""
	a.CarrierID = e.CarrierID
	r.sent(*a)
	switch {
	case r.m.Over || r.submitting() >= 0:
	case newest:
		r.waitForReceipt(e.Attempt)
	default:
		r.afterLateAccept(e.Attempt)
	}
}

// answerRejected ends a step for good. A rejection of an earlier submit says nothing about the one that is under way.
func (r *run) answerRejected(e Input, newest bool) {
	a := &r.m.Attempts[e.Attempt]
	if !newest && a.Progress != AttemptUnknown && a.Progress != AttemptRetrying {
		return
	}

	a.Progress, a.Reason, a.CarrierCode = AttemptRejected, e.Reason, e.CarrierCode
	if newest {
		r.uncountCopy(a)
		r.delayFailure = e.Reason != InvalidDestination && !slices.ContainsFunc(r.m.Attempts, Attempt.accepted)
		r.advance()
		return
	}

	r.resumeAfterOlder()
}

// answerRetry keeps a step for the next pass.
func (r *run) answerRetry(e Input, newest bool) {
	a := &r.m.Attempts[e.Attempt]
	if !newest && !r.withdrawUnknown(a) {
		return
	}

	a.Reason, a.CarrierCode, a.NotBefore = e.Reason, e.CarrierCode, time.Time{}
	if newest || a.UnknownSubmits == 0 {
		a.Progress = AttemptRetrying
	}
	if e.After > 0 {
		a.NotBefore = r.now.Add(min(e.After, maxAskedWait))
	}

	switch {
	case !newest:
	case e.MaybeAccepted:
		r.countMaybeAccepted(a)
	default:
		r.uncountCopy(a)
	}

	switch {
	case r.m.Over && r.unknown():
	case r.m.Over:
		r.fail()
	case newest:
		r.advance()
	default:
		r.resumeAfterOlder()
	}
}

// withdrawUnknown records a late answer that says a submit was not accepted, so one fewer submit may have reached the
// phone. It reports whether the attempt may continue: if another submit is under way, the answer to that one decides.
func (r *run) withdrawUnknown(a *Attempt) (continues bool) {
	if a.UnknownSubmits > 0 {
		a.UnknownSubmits--
		r.uncountCopy(a)
	}

	return a.Progress == AttemptUnknown
}

func (r *run) answerUnknown(e Input, newest bool) {
	a := &r.m.Attempts[e.Attempt]
	if !newest {
		if a.Progress == AttemptUnknown && e.Submit == a.Submits {
			a.Reason, a.CarrierCode, a.NotBefore = e.Reason, e.CarrierCode, time.Time{}
			r.resumeAfterOlder()
		}
		return
	}

	r.markUnknown(e.Attempt)
	a.Reason, a.CarrierCode = e.Reason, e.CarrierCode
	switch {
	case r.m.Over:
		r.fail()
	case r.m.NeverRepeat && r.m.Type != CodeMessage:
		r.awaitAnswer()
	default:
		r.afterUnknown(e.Attempt)
	}
}

// markUnknown notes that the outcome of a submit is unknown.
func (r *run) markUnknown(i int) {
	r.m.Attempts[i].Progress = AttemptUnknown
	r.m.Attempts[i].UnknownSubmits++
}

// afterUnknown continues a message that may be sent over another step. With NeverRepeat a code waits for the timer.
func (r *run) afterUnknown(i int) {
	if r.m.NeverRepeat && r.anyRemaining(r.m.Attempts[i].Step+1) {
		r.wait(r.m.Attempts[i].At.Add(r.m.StepOf(i).Wait))
		return
	}

	r.advance()
}
