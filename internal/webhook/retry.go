package webhook

import (
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
)

// delays are the waits between an attempt and the next.
var delays = []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// Attempts is how often a delivery is tried at most.
const Attempts = 11

// minSpan is how long a delivery is tried at least, so that it outlives an outage of 47 hours: the last wait is
// stretched, within its jitter, when the jitter made those before it short.
const minSpan = 47*time.Hour + 5*time.Minute

// Wait is how long to wait after so many attempts, spent after the first; jitter is in [0, 1). The wait of a
// Retry-After counts between the delay of the table and the larger of an hour and twice that delay.
func Wait(done int, jitter float64, spent, retryAfter time.Duration) (time.Duration, bool) {
	if done < 1 || done >= Attempts {
		return 0, false
	}
	base := delays[done-1]
	wait := time.Duration(float64(base) * (0.8 + 0.4*min(max(jitter, 0), 1)))
	if done == Attempts-1 {
		wait = max(wait, min(minSpan-spent, base+base/5))
	}

	return max(wait, min(retryAfter, max(2*base, time.Hour))), true
}

// State is where a delivery stands.
type State uint8

// The states; all but Waiting are final until a redelivery begins another round.
const (
	Waiting State = iota + 1
	Delivered
	Failed
)

var stateNames = [...]string{"", "waiting", "delivered", "failed"}

// String returns the published name.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return ""
}

// ParseState reads a published name; the empty text is no state.
func ParseState(name string) (State, bool) {
	i := slices.Index(stateNames[:], name)
	return State(max(i, 0)), i >= 0
}

// Target is where a delivery goes: an endpoint's id, or a hash of a callback's origin. Rows that wait are found by it,
// so that the rows of one target never delay those of another.
type Target [16]byte

// Delivery is one event on its way to one target. It is a value.
type Delivery struct {
	Account id.Account
	Target  Target
	Event   id.Event
	Mode    id.Mode
	URL     string // of a callback; an endpoint's is read when it is used
	State   State
	Round   int // attempts of this round, see NewRound
	RoundAt time.Time
	Total   int // attempts over all rounds
	Tries   []Try
	// DueAt is when the next attempt is due; zero when one is under way or none follows. Owner is the epoch of the node
	// that works on it.
	DueAt     time.Time
	Owner     int64
	CreatedAt time.Time
	Extra     extra.Fields
}

// Try is one attempt.
type Try struct {
	At     time.Time
	Took   time.Duration
	Status int    // of HTTP, 0 when there was no answer
	Error  string // why there was none: one of a closed list of error codes
	Answer []byte // the start of a refusal's body, sealed
	Extra  extra.Fields
}

// keptTries bounds a row: redeliveries may go on for 30 days.
const keptTries = 24

// Response is how an attempt ended.
type Response struct {
	Status     int
	Error      string
	RetryAfter time.Duration
	Timeout    bool
}

// OK reports whether the endpoint accepted the event. A redirect is a failure: it leads to a URL that the customer did
// not name.
func (r Response) OK() bool { return r.Status >= 200 && r.Status <= 299 }

// Gone reports whether the endpoint asks for no further events.
func (r Response) Gone() bool { return r.Status == 410 }

// retryAfter is the wait that the endpoint asks for. Only 429 and 503 may.
func (r Response) retryAfter() time.Duration {
	if r.Status == 429 || r.Status == 503 {
		return r.RetryAfter
	}
	return 0
}

// Done notes an attempt that began at t.At and ended now.
func (d Delivery) Done(t Try, r Response, now time.Time, jitter float64) Delivery {
	d.Owner, d.DueAt = 0, time.Time{}
	if d.Round == 0 {
		d.RoundAt = t.At
	}

	d.Round++
	d.Total++
	d.Tries = append(append(make([]Try, 0, len(d.Tries)+1), d.Tries[max(0, len(d.Tries)+1-keptTries):]...), t)
	wait, more := Wait(d.Round, jitter, now.Sub(d.RoundAt), r.retryAfter())
	switch {
	case r.OK():
		d.State = Delivered
	case r.Gone() || !more:
		d.State = Failed
	default:
		d.State, d.DueAt = Waiting, now.Add(wait)
	}

	return d
}

// ParkedOwner is the Owner of a delivery of a restored copy, which waits until the operator releases it: it may have
// been made since the copy. No node has an epoch below zero.
const ParkedOwner = -1

// Parked reports whether the delivery waits until the operator releases it.
func (d Delivery) Parked() bool { return d.Owner == ParkedOwner }

// Park stops a delivery that waits, or was under way, until it is unparked.
func (d Delivery) Park(now time.Time) Delivery {
	if d.State != Waiting {
		d.Owner, d.DueAt = 0, time.Time{}
		return d
	}
	if d.DueAt.IsZero() {
		d.DueAt = now
	}
	d.Owner = ParkedOwner

	return d
}

// Unpark lets it wait for its time, or makes it fail. One that failed can be redelivered.
func (d Delivery) Unpark(send bool) Delivery {
	if !d.Parked() {
		return d
	}
	d.Owner = 0
	if !send {
		d.State, d.DueAt = Failed, time.Time{}
	}

	return d
}

// NewRound begins another round, in whatever state the delivery is.
func (d Delivery) NewRound(now time.Time) Delivery {
	d.State, d.Round, d.RoundAt, d.DueAt, d.Owner = Waiting, 0, time.Time{}, now, 0
	return d
}
