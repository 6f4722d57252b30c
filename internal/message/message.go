package message

import (
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
)

// State is where a message stands for its sender.
type State uint8

// The published states.
const (
	Scheduled State = iota + 1 // waits for its time
	Pending                    // being submitted, or waiting to be tried again
	Sent                       // a carrier accepted it
	Delivered                  // a receipt says that it arrived
	Read                       // a receipt says that it was read
	Failed                     // no step is left
	Canceled                   // called off before a carrier had it
	Unknown                    // a submit got no answer and the account holds such messages back
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

// Purpose says what a message is for.
type Purpose uint8

// The purposes. The zero value is a code's, because most messages are.
const (
	ForCode  Purpose = iota // carries an OTP's code
	ForText                 // was asked for by itself
	ForReply                // answers a word that came in
)

// Step is one way to try a message: a channel over one carrier.
type Step struct {
	Channel  Channel
	Carrier  string
	Price    int64 // credits for the whole message on this step
	Segments int   // SMS segments, 0 on other channels
	// Encoding is the alphabet of an SMS over this carrier.
	Encoding Encoding
	// Wait is how long to wait for a receipt before the next step; it has no meaning on the last. Zero waits for none:
	// what a carrier accepted is not sent over another.
	Wait time.Duration
	// Receipts is false for a carrier that sends none: then accepted ends the plan.
	Receipts bool
	Extra    extra.Fields
}

// Progress is where one attempt stands.
type Progress uint8

// An attempt begins as AttemptSubmitting: it is stored before the carrier is called, so that a crash leaves a trace.
const (
	AttemptSubmitting Progress = iota + 1
	AttemptWaiting             // the carrier did not take it now; it is tried again when due
	AttemptAccepted
	AttemptDelivered
	AttemptRead
	AttemptRejected // the carrier or a receipt says no
	AttemptUnknown  // no answer: it may have arrived
)

var progressNames = [...]string{"", "pending", "pending", "sent", "delivered", "read", "failed", "unknown"}

// String returns the published status of an attempt.
func (p Progress) String() string {
	if int(p) < len(progressNames) {
		return progressNames[p]
	}
	return ""
}

// Attempt is one step in work or done. A step that is submitted again keeps its attempt and so its reference.
type Attempt struct {
	Step           int
	Progress       Progress
	Reason         Reason
	CarrierCode    string    // the carrier's own code
	At             time.Time // of the newest submit
	Parts          int       // parts that the carrier accepted
	DeliveredParts uint64    // bit n is set when part n arrived
	// Repeated is set when the step was submitted again although it may have arrived before.
	Repeated bool
	// Submits is how often the step was given to its carrier, and UnknownSubmits how many of these had an unknown outcome.
	Submits, UnknownSubmits int
	// Pass is the pass over the plan in which it was submitted last.
	Pass int
	// NotBefore is when the carrier, which did not take it, wants to be asked again; zero = it did not say.
	NotBefore time.Time
	// Doubtful is set when the carrier refused it for now in a way that does not exclude that it took it (HTTP 500), from the
	// message's second submit on. Spared says so of the first, which counts in no limit.
	Doubtful, Spared bool
	// Copy is set while the newest submit is counted as a copy in the number's limits.
	Copy bool
	// Closed is set by the first final receipt. Later ones change nothing.
	Closed bool
	Extra  extra.Fields
}

func (a Attempt) accepted() bool {
	return a.Progress == AttemptAccepted || a.Progress == AttemptDelivered || a.Progress == AttemptRead
}

// reached reports whether the phone may have it, or get it from a submit that is under way.
func (a Attempt) reached() bool {
	return a.accepted() || a.Progress == AttemptSubmitting || a.Progress == AttemptUnknown || a.UnknownSubmits > 0 || a.Doubtful || a.Closed
}

// Message is one message on its way. It is a value: Apply returns a changed copy.
type Message struct {
	ID       id.Message
	Account  id.Account
	Mode     id.Mode
	OTP      id.OTP // zero for a message that carries no code
	Purpose  Purpose
	Plan     []Step
	Attempts []Attempt
	State    State
	// Over is set when no further step will be submitted; receipts are still taken.
	Over        bool
	Latest      int // index of the attempt that was submitted last
	Tries       int // passes over the plan before this one
	Turn        int // 1 + the step that waits for a place of its carrier; 0 = none does
	Reason      Reason
	CarrierCode string
	Hold        int64 // credits still held for this message
	Charged     int64 // credits captured for it
	Deadline    time.Time
	// HoldUnknown: a submit whose outcome is unknown is never repeated (on_unknown = "hold"). A code goes on to its next
	// step by the fallback timer, anything else becomes Unknown.
	HoldUnknown bool
	// Counted is the instant under which a code of a live key stands in its number's log of sends; zero = it is in none,
	// because nothing of it can have reached the phone.
	Counted time.Time
	// DueAt is when the dispatcher has to look at it; zero = never. Owner is the epoch of the node that works on it now, or
	// ParkedOwner.
	DueAt time.Time
	Owner int64

	CreatedAt   time.Time
	ScheduledAt time.Time
	SentAt      time.Time
	DeliveredAt time.Time
	ReadAt      time.Time
	FailedAt    time.Time

	// Country and Prefix are the number's, see phone.Area: statistics and caps must not have to unseal it.
	Country, Prefix string
	// Again is set when the message sends a code that was sent before: statistics count the code once.
	Again bool
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

// Shown returns the attempt that the message's channel and carrier are told from: the newest that a carrier took, else
// the newest; -1 when there is none.
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

// ShownStep is the step that the message's channel, carrier and segments are told from: that of Shown, or the first.
func (m Message) ShownStep() Step {
	if i := m.Shown(); i >= 0 {
		return m.StepOf(i)
	}
	return m.Plan[0]
}

// RefusedNumber reports whether every step was tried and each carrier refused the number itself.
func (m Message) RefusedNumber() bool {
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

// Waits reports whether anything is still to be done for the message, or credits are held for it.
func (m Message) Waits() bool { return !m.DueAt.IsZero() || m.Owner != 0 || m.Hold != 0 }

// Price is the most that the plan can cost: what has to be held before anything is sent.
func Price(plan []Step) int64 {
	var most int64
	for _, s := range plan {
		most = max(most, s.Price)
	}
	return most
}
