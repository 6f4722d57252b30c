package message

import (
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
)

// State is the state of a message as its sender sees it.
type State uint8

// The published states.
const (
	Scheduled State = iota + 1 // waits for its time
	Pending                    // being submitted, or waiting to be tried again
	Sent                       // a carrier accepted it
	Delivered                  // by a receipt
	Read                       // by a receipt
	Failed                     // no step remains
	Canceled                   // before a carrier accepted it
	Unknown                    // a submit got no answer, and none may follow
)

var stateNames = [...]string{"", "scheduled", "pending", "sent", "delivered", "read", "failed", "canceled", "unknown"}

// String returns the published name.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return ""
}

// ParseState reads a published name; 0 when it is none.
func ParseState(s string) State {
	return State(max(0, slices.Index(stateNames[:], s)))
}

// Type says what a message contains.
type Type uint8

// The types. The zero value is a code's, because most messages carry one.
const (
	CodeMessage  Type = iota // carries an OTP's code
	TextMessage              // a text of a customer
	ReplyMessage             // answers an inbound keyword
)

// Step is one way to try a message: a channel over one carrier.
type Step struct {
	Channel Channel
	Carrier string
	Price   int64 // credits for the whole message on this step
	// Cost is what the whole message costs the operator on this step.
	Cost     Cost
	Segments int // SMS segments, 0 on other channels
	// Encoding is the alphabet of an SMS over this carrier.
	Encoding Encoding
	// Smart is set when the SMS is sent as SmartText makes its text, which Segments and Encoding describe.
	Smart bool
	// Wait is how long to wait for a receipt before the next step; it has no meaning on the last. With zero, what a
	// carrier accepted is never sent over another.
	Wait time.Duration
	// Receipts is false for a carrier that sends none: then its acceptance ends the plan.
	Receipts bool
	// Choice says why the step is at its place.
	Choice Choice
	Extra  extra.Fields
}

// Progress is the state of one attempt.
type Progress uint8

// An attempt begins as AttemptSubmitting: it is stored before the carrier is called, so that a crash leaves a trace.
const (
	AttemptSubmitting Progress = iota + 1
	AttemptRetrying            // the carrier asked for a retry: it is submitted again when due
	AttemptAccepted
	AttemptDelivered
	AttemptRead
	AttemptRejected // by the carrier or a receipt
	AttemptUnknown  // no answer: the carrier may have accepted it
)

var progressNames = [...]string{"", "pending", "pending", "sent", "delivered", "read", "failed", "unknown"}

// String returns the published status of an attempt.
func (p Progress) String() string {
	if int(p) < len(progressNames) {
		return progressNames[p]
	}
	return ""
}

// Attempt is one step that was begun. A step that is submitted again keeps its attempt, and so its reference.
type Attempt struct {
	Step           int
	Progress       Progress
	Reason         Reason
	CarrierCode    string    // the carrier's own code
	At             time.Time // of the newest submit
	Parts          int       // parts that the carrier accepted
	DeliveredParts uint64    // bit n is set when part n was delivered
	// Repeated is set when the step was submitted again although the carrier may have accepted it before.
	Repeated bool
	// Submits is how often the step was given to its carrier, and UnknownSubmits how many of these had an unknown
	// outcome.
	Submits, UnknownSubmits int
	// Pass is the pass over the plan in which it was submitted last.
	Pass int
	// NotBefore is the earliest time for the next submit, as its carrier asked; zero = it did not ask.
	NotBefore time.Time
	// MaybeAccepted is set when the carrier asked for a retry but may have accepted the message anyway (HTTP 500). The
	// message's first submit does not count in the limits; for it Uncounted is set instead.
	MaybeAccepted, Uncounted bool
	// Copy is set while the newest submit is counted as a copy in the number's limits.
	Copy bool
	// Closed is set by the first final receipt. Later ones change nothing.
	Closed bool
	// CarrierID is the carrier's id of the message, of carriers that can take it back by it.
	CarrierID string
	// Skipped has bit n set when step n came before it, and was skipped because its carrier was down or paused.
	Skipped uint64
	Extra   extra.Fields
}

func (a Attempt) accepted() bool {
	return a.Progress == AttemptAccepted || a.Progress == AttemptDelivered || a.Progress == AttemptRead
}

// reached reports whether the message may be on the phone, or get there by the submit that is under way.
func (a Attempt) reached() bool {
	return a.accepted() || a.Progress == AttemptSubmitting || a.Progress == AttemptUnknown || a.mayHaveBeenAccepted() ||
		a.Closed
}

// FirstSubmit is when a step was given to its carrier first. Of a step that was submitted again only the newest submit's
// time is kept: then exact is false, and it was at that time or later.
func (m Message) FirstSubmit(i int) (at time.Time, exact bool) {
	switch a := m.Attempts[i]; {
	case a.Submits <= 1:
		return a.At, true
	case i > 0:
		at, _ = m.FirstSubmit(i - 1)
		return at, false
	case m.ScheduledAt.After(m.CreatedAt):
		return m.ScheduledAt, false
	default:
		return m.CreatedAt, false
	}
}

// Message is one message on its way. It is a value: Apply returns a changed copy.
type Message struct {
	ID       id.Message
	Account  id.Account
	Mode     id.Mode
	OTP      id.OTP // zero for a message that carries no code
	Type     Type
	Plan     []Step
	Attempts []Attempt
	State    State
	// Over is set when no further step will be submitted; receipts still count.
	Over        bool
	Latest      int // index of the attempt that was submitted last
	Passes      int // completed passes over the plan
	WaitingStep int // 1 + the step that waits for a place of its carrier; 0 = none
	Reason      Reason
	CarrierCode string
	Hold        int64 // credits still held for this message
	Charged     int64 // credits captured for it
	Deadline    time.Time
	// NeverRepeat: a submit with an unknown outcome is never repeated (on_unknown = "hold"). The fallback timer begins a
	// code's next step; any other message becomes Unknown.
	NeverRepeat bool
	// Counted is the time at which a code of a live key was recorded in its number's log of sends; zero = it is not
	// recorded, because nothing of it can have reached the phone.
	Counted time.Time
	// DueAt is when the dispatcher has to continue it; zero = never.
	DueAt time.Time
	// Owner is the epoch of the node that works on it now; 0 = none. ParkedOwner = it is parked.
	Owner int64

	CreatedAt   time.Time
	ScheduledAt time.Time
	SentAt      time.Time
	DeliveredAt time.Time
	ReadAt      time.Time
	FailedAt    time.Time

	// Country and Prefix are the number's, see phone.Area, so that statistics and caps need not unseal it.
	Country, Prefix string
	// Template is that of the code, so that statistics need not read the OTP; zero for the built-in text.
	Template id.Template
	// Resend is set when the message sends an existing code again; statistics count the code once.
	Resend bool
}

// Current returns the index of the attempt that was submitted last, -1 before the first.
func (m Message) Current() int {
	if len(m.Attempts) == 0 {
		return -1
	}
	return m.Latest
}

// StepOf returns the step of an attempt.
func (m Message) StepOf(attempt int) Step { return m.Plan[m.Attempts[attempt].Step] }

// Shown returns the attempt whose channel and carrier are shown for the message: the newest that a carrier accepted,
// else the newest; -1 when there is none.
func (m Message) Shown() int {
	shown := -1
	for i, a := range m.Attempts {
		if a.accepted() && (shown < 0 || !a.At.Before(m.Attempts[shown].At)) {
			shown = i
		}
	}

	if shown < 0 {
		return m.Current()
	}

	return shown
}

// ShownStep is the step whose channel, carrier and segments are shown for the message: that of Shown, or the first.
func (m Message) ShownStep() Step {
	if i := m.Shown(); i >= 0 {
		return m.StepOf(i)
	}
	return m.Plan[0]
}

// NumberRejected reports whether every step was tried and each carrier rejected the number itself.
func (m Message) NumberRejected() bool {
	if len(m.Attempts) < len(m.Plan) {
		return false
	}
	for _, a := range m.Attempts {
		if a.Progress != AttemptRejected || a.Reason != InvalidDestination || a.Closed {
			return false
		}
	}

	return true
}

// Waits reports whether the message is still to be worked on, or credits are held for it.
func (m Message) Waits() bool { return !m.DueAt.IsZero() || m.Owner != 0 || m.Hold != 0 }

// Price is the most that the plan can cost, which has to be held before anything is sent.
func Price(plan []Step) int64 {
	var most int64
	for _, s := range plan {
		most = max(most, s.Price)
	}
	return most
}
