package message

import (
	"slices"
	"time"
)

// Kind is what an event says.
type Kind uint8

// Everything that can happen to a message.
const (
	// Timer: DueAt has come.
	Timer Kind = iota + 1
	// AnswerAccepted, AnswerRejected, AnswerRetry and AnswerUnknown are what a carrier said to a submit.
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
	// Stop ends the plan because the code was verified, cancelled or superseded.
	Stop
	// Expire ends the plan because the message is worthless now.
	Expire
	// Block ends the plan because the number may not be sent to any more; Reason says why.
	Block
	// Park keeps a message of a restored copy from going on by itself, and Unpark lets it.
	Park
	Unpark
	// Replan: the carrier that the message waits for is not configured any more; Plan is what would be planned now.
	Replan
	// Unanswered: the fallback timer fired while Attempt's submit waits for its answer.
	Unanswered
)

// Event is the input of Apply.
type Event struct {
	Kind    Kind
	Attempt int // answers and receipts
	// Submit is which submit of the attempt an answer belongs to, as in Attempt.Submits; 0 is the newest. Late says that it
	// came after the carrier had reported that it got none.
	Submit      int
	Late        bool
	Part        int // receipts: which part of a long message
	Parts       int // AnswerAccepted: how many parts the carrier accepted, at least 1
	Reason      Reason
	CarrierCode string
	After       time.Duration // AnswerRetry: the wait that the carrier asked for
	Doubt       bool          // AnswerRetry: the carrier may have taken it all the same
	// Down names carriers that are out of order now; a step over them is passed by when another is left.
	Down []string
	// Places names the carriers of which the caller holds a place; nil is every carrier. A step over any other does not
	// begin: the message waits, due at once, until its carrier has a place.
	Places []string
	Plan   []Step // Replan
	// Room says what the number's limits leave for one more copy.
	Room Allowance
}

// Effects is what the shell has to do after it stored the message.
type Effects struct {
	// Submit: the attempt that Current names is Submitting and has to be given to its carrier now.
	Submit bool
	// Money moved: Capture from the hold (negative: back into it), Release from the hold to the balance, Refund of what
	// was captured to the balance.
	Capture, Release, Refund int64
	// Became lists what has to be reported, in order: Sent for each accepted attempt, Delivered, Read, Failed, Canceled.
	Became []State
	// Copies and NotCopies are the instants of copies that the number's limits count from now on, and no longer. A change of
	// Counted has to be carried into the number's log of sends, too.
	Copies, NotCopies []time.Time
	// NeedRoom: nothing may be stored; the event has to be applied again with Room.
	NeedRoom bool
}

// Apply is the delivery state machine. Events may come late, twice and in any order: a message never moves backwards,
// money moves once, and an event that says nothing new changes nothing.
func Apply(m Message, e Event, now time.Time) (Message, Effects) {
	r := run{m: m, now: now, down: e.Down, places: e.Places, room: e.Room}
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
	case Unpark:
		r.unpark()
	case Replan:
		r.replan(e.Plan)
	}
	r.settle()
	r.countReached()

	return r.m, r.out
}

// run is one application of an event.
type run struct {
	m    Message
	now  time.Time
	down []string
	// places are the carriers over which a step may begin; nil is every one.
	places []string
	room   Allowance
	// pause puts the failure of a message off for a moment, so that its event comes after the answer that names its id.
	pause bool
	// fired says that a wait of the message is over.
	fired bool
	out   Effects
}

func (r *run) timer() {
	if r.m.Over || r.m.Parked() || r.m.DueAt.IsZero() || r.m.DueAt.After(r.now) {
		return
	}
	if !r.now.Before(r.m.Deadline) {
		r.expire()
		return
	}

	r.m.State, r.m.Turn = max(r.m.State, Pending), 0
	switch i := r.m.Current(); {
	case i >= 0 && r.m.Attempts[i].Progress == AttemptSubmitting:
		r.unanswered(Event{Attempt: i})
	case i >= 0 && r.m.Attempts[i].Progress == AttemptAccepted:
		r.fallback()
	default:
		r.fired = true
		r.onward()
	}
}

// unanswered goes on to the next step, because the fallback timer runs from the submit, answered or not.
func (r *run) unanswered(e Event) {
	if r.m.Over || r.m.Parked() || e.Attempt != r.m.Current() || !r.isNewest(e) {
		return
	}
	a := &r.m.Attempts[e.Attempt]
	if !r.anyOpen(a.Step + 1) {
		r.m.DueAt = time.Time{}
		return
	}

	r.lose(e.Attempt)
	a.Reason, a.NotBefore = CarrierTimeout, a.At.Add(longestAnswer)
	if r.heldBack() {
		r.awaitAnswer()
		return
	}
	r.fallback()
}

// crashed treats a submit whose answer was never stored as one whose outcome is unknown, or goes on where the plan stands.
func (r *run) crashed() {
	if i := r.submitting(); i >= 0 {
		r.lose(i)
		switch {
		case r.m.Over:
		case r.m.HoldUnknown && r.m.Purpose != ForCode:
			r.leaveUncertain()
		case !r.now.Before(r.m.Deadline):
			r.expire()
		default:
			r.m.Tries++ // what was under way may be repeated at once
			r.afterUnknown(i)
		}
		return
	}
	if !r.m.Over && r.m.DueAt.IsZero() {
		r.m.DueAt = r.now
	}
}

// isNewest reports whether an answer belongs to the submit that is under way.
func (r *run) isNewest(e Event) bool {
	if e.Attempt < 0 || e.Attempt >= len(r.m.Attempts) {
		return false
	}
	a := r.m.Attempts[e.Attempt]
	return !e.Late && a.Progress == AttemptSubmitting && (e.Submit == 0 || e.Submit == a.Submits)
}

func (r *run) answer(e Event) {
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
		r.took(e, newest)
	case AnswerRejected:
		r.refused(e, newest)
	case AnswerRetry:
		r.later(e, newest)
	case AnswerUnknown:
		r.noReply(e, newest)
	default: // is no answer to a submit
	}
}

// took takes "accepted" at any time: whatever was thought of the submit, the carrier has it.
func (r *run) took(e Event, newest bool) {
	a := &r.m.Attempts[e.Attempt]
	a.Progress, a.Parts, a.Reason, a.CarrierCode = AttemptAccepted, max(1, e.Parts), "", ""
	r.sent(*a)
	switch {
	case r.m.Over || r.submitting() >= 0:
	case newest:
		r.waitForReceipt(e.Attempt)
	default:
		r.settled(e.Attempt)
	}
}

// refused ends a step for good. Of an earlier submit it says nothing about the one that is under way.
func (r *run) refused(e Event, newest bool) {
	a := &r.m.Attempts[e.Attempt]
	if !newest && a.Progress != AttemptUnknown && a.Progress != AttemptWaiting {
		return
	}

	a.Progress, a.Reason, a.CarrierCode = AttemptRejected, e.Reason, e.CarrierCode
	if newest {
		r.noCopy(a)
		r.pause = e.Reason != InvalidDestination && !slices.ContainsFunc(r.m.Attempts, Attempt.accepted)
		r.onward()
		return
	}
	r.reconsider()
}

// later keeps a step for the next pass.
func (r *run) later(e Event, newest bool) {
	a := &r.m.Attempts[e.Attempt]
	if !newest && !r.notTaken(a) {
		return
	}

	a.Reason, a.CarrierCode, a.NotBefore = e.Reason, e.CarrierCode, time.Time{}
	if newest || a.UnknownSubmits == 0 {
		a.Progress = AttemptWaiting
	}
	if e.After > 0 {
		a.NotBefore = r.now.Add(min(e.After, longestAsked))
	}

	switch {
	case !newest:
	case e.Doubt:
		r.doubt(a)
	default:
		r.noCopy(a)
	}

	switch {
	case r.m.Over && r.unknown():
	case r.m.Over:
		r.fail()
	case newest:
		r.onward()
	default:
		r.reconsider()
	}
}

// notTaken notes a late answer that says that a submit was not taken: one submit less that may have arrived. Of an earlier
// submit it settles nothing of the one that is under way.
func (r *run) notTaken(a *Attempt) (settles bool) {
	if a.UnknownSubmits > 0 {
		a.UnknownSubmits--
		r.noCopy(a)
	}
	return a.Progress == AttemptUnknown
}

func (r *run) noReply(e Event, newest bool) {
	a := &r.m.Attempts[e.Attempt]
	if !newest {
		if a.Progress == AttemptUnknown && e.Submit == a.Submits {
			a.Reason, a.CarrierCode, a.NotBefore = e.Reason, e.CarrierCode, time.Time{}
			r.reconsider()
		}
		return
	}

	r.lose(e.Attempt)
	a.Reason, a.CarrierCode = e.Reason, e.CarrierCode
	switch {
	case r.m.Over:
		r.fail()
	case r.m.HoldUnknown && r.m.Purpose != ForCode:
		r.awaitAnswer()
	default:
		r.afterUnknown(e.Attempt)
	}
}

// lose notes that nobody knows what became of a submit.
func (r *run) lose(i int) {
	r.m.Attempts[i].Progress = AttemptUnknown
	r.m.Attempts[i].UnknownSubmits++
}

// afterUnknown goes on after a submit of a message that may be sent over another step. A held code waits for the timer.
func (r *run) afterUnknown(i int) {
	if r.m.HoldUnknown && r.anyOpen(r.m.Attempts[i].Step+1) {
		r.wait(r.m.Attempts[i].At.Add(r.m.StepOf(i).Wait))
		return
	}
	r.onward()
}
