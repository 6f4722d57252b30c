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
	// Took, Refusal, Later and NoAnswer are a carrier's answers to the attempt that is Submitting.
	Took
	Refusal
	Later
	NoReply
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
)

// Event is the input of Apply.
type Event struct {
	Kind    Kind
	Attempt int // answers and receipts
	Part    int // receipts: which part of a long message
	Parts   int // Took: how many parts the carrier accepted, at least 1
	Reason  Reason
	Code    string
	After   time.Duration // Later: the wait that the carrier asked for
	// Down names carriers that are out of order now; a step over them is passed by when another is left.
	Down []string
	// Places names the carriers of which the caller holds a place; nil is every carrier. A step over any other does not
	// begin: the message waits, due at once, until its carrier has a place.
	Places []string
	Plan   []Step // Replan
}

// Effects is what the shell has to do after it stored the message.
type Effects struct {
	// Submit: the newest attempt is Submitting and has to be given to its carrier now.
	Submit bool
	// Money moved: Capture from the hold (negative: back into it), Release from the hold to the balance, Refund of what
	// was captured to the balance.
	Capture, Release, Refund int64
	// Became lists what has to be reported, in order: Sent for each accepted attempt, Delivered, Read, Failed, Canceled.
	Became []State
}

// Waits between tries of the last step, and how often a plain refusal is tried again before the message fails.
const (
	firstRetry     = time.Second
	longestRetry   = time.Minute
	longestAsked   = time.Hour
	refusalRetry   = 2 * time.Second
	refusalRetries = 1
	// unknownRetries bounds how often a text is repeated when no answer comes: nothing on the phone makes two of it one,
	// as a code's expiry does, and it may have arrived each time.
	unknownRetries = 2
)

// Apply is the delivery state machine. Events may come late, twice and in any order: a message never moves backwards,
// money moves once, and an event that says nothing new changes nothing.
func Apply(m Message, e Event, now time.Time) (Message, Effects) {
	r := run{m: m, now: now, down: e.Down, places: e.Places}
	r.m.Attempts = slices.Clone(m.Attempts)
	switch e.Kind {
	case Timer:
		r.timer()
	case Crashed:
		r.crashed()
	case Took, Refusal, Later, NoReply:
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
	return r.m, r.out
}

// run is one application of an event.
type run struct {
	m    Message
	now  time.Time
	down []string
	// places are the carriers over which a step may begin; nil is every one.
	places []string
	out    Effects
}

func (r *run) timer() {
	if r.m.Over || r.m.Parked() || r.m.DueAt.IsZero() || r.m.DueAt.After(r.now) {
		return
	}
	current := r.m.Current()
	switch {
	case !r.now.Before(r.m.Deadline):
		r.expire()
	case current < 0:
		r.m.State = Pending
		r.begin(r.pick(0))
	case r.m.Attempts[current].Progress == Ambiguous && r.left():
		r.next()
	case r.m.Attempts[current].Progress == Waiting || r.m.Attempts[current].Progress == Ambiguous:
		r.again(r.m.Attempts[current].Progress == Ambiguous)
	case r.m.Attempts[current].Progress == Accepted || r.m.Attempts[current].Progress == Refused:
		r.next()
	default:
		r.m.DueAt = time.Time{}
	}
}

// crashed repeats a submit whose answer was never stored, under the same reference, or goes on where the plan stands.
func (r *run) crashed() {
	current := r.m.Current()
	if current >= 0 && r.m.Attempts[current].Progress == Submitting {
		r.m.Attempts[current].Progress = Ambiguous
		switch {
		case r.m.Over:
		case r.m.HoldUnknown:
			r.leaveUncertain()
		case !r.now.Before(r.m.Deadline):
			r.expire()
		default:
			r.again(true)
		}
		return
	}
	if !r.m.Over && r.m.DueAt.IsZero() {
		r.m.DueAt = r.now
	}
}

func (r *run) answer(e Event) {
	if e.Attempt < 0 || e.Attempt >= len(r.m.Attempts) {
		return
	}
	a := &r.m.Attempts[e.Attempt]
	if a.Progress == Opened || a.Progress == Arrived {
		a.Parts = max(a.Parts, e.Parts)
		return
	}
	if a.Progress != Submitting && a.Progress != Ambiguous {
		return
	}
	current := e.Attempt == r.m.Current() && !r.m.Over
	if e.Kind == Took {
		a.Progress, a.Parts, a.Reason, a.Code = Accepted, max(1, e.Parts), "", ""
		r.sent(a)
		if current {
			r.waitForReceipt()
		}
		return
	}
	a.Reason, a.Code = e.Reason, e.Code
	a.Progress = map[Kind]Progress{Refusal: Refused, Later: Waiting, NoReply: Ambiguous}[e.Kind]
	if !current {
		if a.Progress == Waiting {
			a.Progress = Refused
		}
		r.fail()
		return
	}
	if r.left() {
		if a.Progress == Waiting {
			a.Progress = Refused
		}
		if a.Progress == Ambiguous && r.m.HoldUnknown {
			r.leaveUncertain()
			return
		}
		r.next()
		return
	}
	r.lastStep(e)
}

// lastStep decides whether the last step, which was not accepted, is tried again.
func (r *run) lastStep(e Event) {
	wait := min(firstRetry<<min(r.m.Tries, 10), longestRetry)
	switch e.Kind {
	case Refusal:
		if e.Reason == InvalidDestination || r.m.Refusals >= refusalRetries {
			r.fail()
			return
		}
		r.m.Refusals++
		r.m.Attempts[r.m.Current()].Progress = Waiting
		wait = refusalRetry
	case Later:
		wait = min(max(wait, e.After), longestAsked)
	case NoReply:
		if r.m.HoldUnknown || r.m.Purpose != ForCode && r.m.Refusals >= unknownRetries {
			r.leaveUncertain()
			return
		}
		if r.m.Purpose != ForCode {
			r.m.Refusals++
		}
	}
	r.m.Tries++
	r.m.DueAt = r.now.Add(wait)
	if r.m.DueAt.After(r.m.Deadline) {
		r.m.DueAt = r.m.Deadline
	}
}

func (r *run) receipt(e Event) {
	if e.Attempt < 0 || e.Attempt >= len(r.m.Attempts) {
		return
	}
	a := &r.m.Attempts[e.Attempt]
	current := e.Attempt == r.m.Current() && !r.m.Over
	if e.Kind == ReceiptFailed {
		if a.Progress == Arrived || a.Progress == Opened || a.Progress == Refused {
			return
		}
		a.Progress, a.Reason, a.Code = Refused, e.Reason, e.Code
		if current && r.left() {
			r.next()
			return
		}
		r.fail()
		return
	}
	if a.Progress == Opened || (a.Progress == Arrived && e.Kind == ReceiptDelivered) {
		return
	}
	a.Parts = max(a.Parts, 1)
	a.Arrived |= 1 << (e.Part & 63)
	if e.Kind == ReceiptDelivered && a.Arrived != 1<<a.Parts-1 {
		return
	}
	if !a.taken() {
		r.sent(a)
	}
	a.Progress, a.Reason, a.Code = Arrived, "", ""
	r.delivered()
	if e.Kind == ReceiptRead {
		a.Progress = Opened
		r.read()
	}
	r.over()
}

func (r *run) cancel() {
	switch i := r.m.Current(); {
	case r.m.State != Scheduled && r.m.State != Pending:
	case r.m.Parked() && i >= 0 && r.m.Attempts[i].Progress == Ambiguous:
		r.m.State = Uncertain // a carrier may have had it before the copy was made
	default:
		r.m.State = Canceled
		r.out.Became = append(r.out.Became, Canceled)
	}
	r.over()
}

func (r *run) expire() {
	if r.m.State == Pending || r.m.State == Scheduled {
		if i := r.m.Current(); i < 0 {
			r.m.Reason = ExpiredInTransit
		} else if p := r.m.Attempts[i].Progress; p == Waiting {
			r.m.Attempts[i].Progress = Refused
		}
		r.over()
		r.fail()
		return
	}
	r.over()
}
