// Package carrier is the contract between dispatch and what takes messages to phones: an SMS centre, an HTTP gateway, a
// messenger. Implementations live in the packages below it; carriertest is the suite that each of them passes.
//
// A carrier knows nothing of accounts, credits or fallback, and never touches the store. It must distinguish "rejected"
// from "unknown": once the bytes of a submit may have been sent, only the other side knows the outcome, and reporting a
// failure then would send a second code.
package carrier

import (
	"context"
	"net/http"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

// Outcome is how a submit ended.
type Outcome uint8

// The four outcomes.
const (
	// Unknown: the carrier may or may not have accepted the submit (time-out, lost link, unreadable answer). It is the
	// zero value, because claiming anything else by mistake costs a second message or a lost one.
	Unknown Outcome = iota
	// Accepted: the carrier accepted the message and gave ids for its receipts.
	Accepted
	// Rejected: the carrier rejected it for good; Result.Reason says why.
	Rejected
	// Retry: the carrier did not accept it now (throttled, busy, not connected, wrong credentials). Either nothing was
	// sent, or the carrier said so. The next step is tried immediately, and this one again while there is time.
	Retry
)

func (o Outcome) String() string {
	return [...]string{"unknown", "accepted", "rejected", "retry"}[o]
}

// Message is one submit.
type Message struct {
	// Ref is our reference. It is the same for every copy of one step of one message, so that a carrier that knows
	// idempotency can recognise the copy.
	Ref     string
	Channel message.Channel
	To      phone.Number
	// From is the sender; empty means the carrier's configured one.
	From string
	// Body is the text as the phone shows it.
	Body secret.String
	// Code is the one-time password for channels that want it apart from the text; empty for other messages.
	Code secret.String
	// Locale is the BCP 47 tag of Body, for channels that keep templates.
	Locale string
	// Template is the text that the carrier holds and sends instead of Body, where it may send nothing else; zero =
	// none.
	Template Template
	// Step is the index of this step in the message's plan; 0 is the first choice.
	Step int
	// Validity is how long the message is worth delivering; 0 leaves it to the carrier.
	Validity time.Duration
}

// Template names a text that was approved beforehand, as WhatsApp demands, with what fills it in.
type Template struct {
	Name, Language string
	Variables      []Variable // in the order of our text, each once
}

// Variable is a placeholder's value, as plain text: it holds no line break and forms no link.
type Variable struct {
	Name  string // "code", "app", "minutes", "metadata.order"
	Value secret.String
}

// Result is the answer to a submit.
type Result struct {
	Outcome Outcome
	// IDs are the carrier's ids, one for each part, when Accepted. Empty when the carrier gives none.
	IDs []string
	// Reason is from the closed list, when Rejected, Retry or Unknown.
	Reason message.Reason
	// CarrierCode is the carrier's own code ("0x0000000b", "HTTP 400", "21610"), at most 64 characters, never a text
	// that could hold the message.
	CarrierCode string
	// RetryAfter is the wait that the carrier asked for; 0 when it did not say.
	RetryAfter time.Duration
	// MaybeAccepted is set with a Retry that may have been accepted all the same (HTTP 500): trying again may make a
	// copy.
	MaybeAccepted bool
	// Throttled is set with a Retry of a carrier that works and gets too many submits.
	Throttled bool
	// Receipts and Inbound are what a carrier inside this process reports before it answers, as nothing calls it back.
	// They
	// are stored before the answer; when that fails the answer counts as a Retry.
	Receipts []Receipt
	Inbound  []Inbound
	// Cause says what went wrong, when Retry or Unknown, in a sentence for the log and for doctor. It has at most 256
	// characters and nothing of the message.
	Cause string
}

// Carrier sends messages. Send must respect ctx's deadline, must be safe for concurrent use, and returns when the
// carrier has answered or ctx is done. It never panics on what the other side says.
type Carrier interface {
	Name() string
	Channels() []message.Channel
	// Receipts reports whether delivery receipts are to be expected. Without them, accepted ends the plan.
	Receipts() bool
	// Limits is what the carrier takes from this process now.
	Limits() Limits
	Send(ctx context.Context, m Message) Result
}

// Limits are how many submits a carrier takes at a time and per second. The caller of Send must keep to them; what is
// above them waits in a queue in which codes come first and accounts take turns.
type Limits struct {
	// InFlight is how many submits may be unanswered at a time, at least 1.
	InFlight int
	// Rate is how many segments of text messages, or messages or calls on other channels, it takes per second; 0 is no
	// limit.
	Rate float64
}

// Encoder is a carrier whose SMS may travel in another charset than GSM 7 bit, so that other texts need UCS-2.
type Encoder interface {
	Charset() message.Charset
}

// SelfTimed is a carrier that bounds Send itself: it says how long a message of so many parts may take. For others the
// dispatcher sets the limit.
type SelfTimed interface {
	SendTimeout(parts int) time.Duration
}

// Sender is a carrier with a configured sender for messages that name none.
type Sender interface {
	From() string
}

// Status is what a receipt says.
type Status uint8

// What a receipt can say. Buffered is an intermediate notice and changes nothing.
const (
	Buffered Status = iota
	Delivered
	Read
	Failed
)

// Receipt is a delivery report. It names the message by the carrier's ID, or by our Ref.
type Receipt struct {
	Carrier string
	ID      string
	// OtherIDs may be the message's id as well. They are tried after ID, in this order.
	OtherIDs []string
	// Converted are ID and OtherIDs written in another base. They count only when no message has one of those.
	Converted []string
	Ref       string
	Status    Status
	// Unknown is the provider's word for a status that no table has. It changes nothing, and is logged.
	Unknown     string
	Reason      message.Reason // when Failed
	CarrierCode string         // the carrier's own code
	// User is the id by which the provider names the person who got the message, see phone.ParseUser.
	User phone.Number
	// Unsure is set when it may be a text from a phone that reads like a receipt. It counts only when a message already
	// has its id.
	Unsure bool
}

// Inbound is a message from a phone.
type Inbound struct {
	Carrier string
	// From is the sender as the carrier wrote it; a number that it calls international has a "+". A person without a
	// visible
	// number is written as phone.ParseUser reads it.
	From string
	// Country is the region (ISO 3166-1 alpha-2) whose national form From may have; empty: none.
	Country string
	// National: the carrier calls From a national number (SMPP source_addr_ton 2).
	National bool
	To       string
	Body     secret.String
	// Ref is our reference of the message that it answers, when the carrier gives it.
	Ref string
	// ID is the carrier's id of this message, when it gives one: a repeat under the same id is stored once.
	ID string
}

// Answer is a submit's answer that came after Send had given up and reported Unknown.
type Answer struct {
	Carrier string
	Ref     string // of the submit, as in Message.Ref
	Result  Result
}

// Sink stores what carriers report. A carrier acknowledges a receipt or an inbound message only after the function
// returned no error; after an error it answers so that the other side sends it again. matched is false for what belongs
// to nothing, such as a receipt for an unknown id: it is acknowledged, too.
type Sink struct {
	Receipt func(context.Context, Receipt) (matched bool, err error)
	Inbound func(context.Context, Inbound) (matched bool, err error)
	// Answer settles the attempt that a late answer belongs to, so that no copy follows. An error means that it was not
	// stored; the carrier may drop the answer then, because the other side does not repeat it.
	Answer func(context.Context, Answer) error
	// Unreported lists what the carrier of a name accepted since a time and has no final receipt, at most so many,
	// oldest
	// first. It is for carriers that ask for receipts, and lose with the process what they had to ask about.
	Unreported func(ctx context.Context, name string, since time.Time, most int) ([]Unreported, error)
}

// Unreported is a message that a carrier accepted, without a final receipt.
type Unreported struct {
	ID, Ref string
	At      time.Time // of the submit
	// Validity is that of the submit, as in Message.Validity.
	Validity time.Duration
}

// Revoker is a carrier that can take back a message which it accepted and the phone did not get yet.
type Revoker interface {
	// Revoke asks it to take back a message. While the submit waits for its answer, id is empty; ref is as in
	// Message.Ref. The
	// error says in a sentence why it did not, and has nothing of the message.
	Revoke(ctx context.Context, id, ref string) error
}

// Runner is a carrier that keeps connections open, or asks for receipts. Run returns nil when ctx is canceled, after it
// has
// unbound.
type Runner interface {
	Run(ctx context.Context, sink Sink) error
}

// Shared is a carrier whose contract holds for all nodes together: its rate, and its connections when they are counted.
type Shared interface {
	// Share sets this node's part: part gives it for any total. It may be called at any time, and repeatedly.
	Share(part func(total int) int)
}

// CallbackHandler is a carrier whose other side calls us: POST /carriers/{name}/{callback}. It authenticates the
// request before it reads the body, and writes the answer, except for errors: it returns these, and the server writes
// them in the API's format.
type CallbackHandler interface {
	ServeCallback(w http.ResponseWriter, r *http.Request, callback string, sink Sink) *fault.Fault
}
