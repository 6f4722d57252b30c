package webhook

import (
	"time"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
)

// waits stand between an attempt and the next.
var waits = []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// Attempts is how often a delivery is tried at most.
const Attempts = 11

// outlived is the outage that every delivery outlives: the last wait is stretched, within its jitter, so that dice that
// fell short before it do not end a delivery early.
const outlived = 47*time.Hour + 5*time.Minute

// Wait is how long to wait after the attempt that was the done-th, spent after the first; luck is in [0, 1). A wait that
// the endpoint asked for counts between the table's own and the larger of an hour and twice as much.
func Wait(done int, luck float64, spent, asked time.Duration) (time.Duration, bool) {
	if done < 1 || done >= Attempts {
		return 0, false
	}
	base := waits[done-1]
	wait := time.Duration(float64(base) * (0.8 + 0.4*min(max(luck, 0), 1)))
	if done == Attempts-1 {
		wait = max(wait, min(outlived-spent, base+base/5))
	}

	return max(wait, min(asked, max(2*base, time.Hour))), true
}

// State is where a delivery stands.
type State uint8

// The states; all but Waiting are final until somebody asks for another round.
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

// Target is where a delivery goes: an endpoint's id, or a hash of a callback's origin. Rows that wait are found by it,
// so that no target ever reads past another's.
type Target [16]byte

// Delivery is one event on its way to one target. It is a value.
type Delivery struct {
	Account id.Account
	Target  Target
	Event   id.Event
	Mode    id.Mode
	URL     string // of a callback; an endpoint's is read when it is used
	State   State
	Round   int // attempts of this round, see Again
	RoundAt time.Time
	Total   int // attempts over all rounds
	Tries   []Try
	// DueAt is when it is to be tried; zero when it is in work or over. Owner is the epoch of the node that works on it.
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
	Error  string // why there was none, from a closed list
	Answer []byte // the start of a refusal's body, sealed
	Extra  extra.Fields
}

// keptTries bounds a row: redeliveries may go on for 30 days.
const keptTries = 24

// Answer is how an attempt ended.
type Answer struct {
	Status  int
	Error   string
	Asked   time.Duration // by Retry-After
	Timeout bool
}

// OK reports whether the endpoint took the event. A redirect is no success: whoever answers there is somebody else.
func (a Answer) OK() bool { return a.Status >= 200 && a.Status <= 299 }

// Gone reports whether the endpoint wants no more.
func (a Answer) Gone() bool { return a.Status == 410 }

// asked is the wait that counts: 429 and 503 alone may ask for one.
func (a Answer) asked() time.Duration {
	if a.Status == 429 || a.Status == 503 {
		return a.Asked
	}
	return 0
}

// Done notes an attempt that began at t.At and ended now.
func (d Delivery) Done(t Try, a Answer, now time.Time, luck float64) Delivery {
	d.Owner, d.DueAt = 0, time.Time{}
	if d.Round == 0 {
		d.RoundAt = t.At
	}

	d.Round++
	d.Total++
	d.Tries = append(append(make([]Try, 0, len(d.Tries)+1), d.Tries[max(0, len(d.Tries)+1-keptTries):]...), t)
	wait, more := Wait(d.Round, luck, now.Sub(d.RoundAt), a.asked())
	switch {
	case a.OK():
		d.State = Delivered
	case a.Gone() || !more:
		d.State = Failed
	default:
		d.State, d.DueAt = Waiting, now.Add(wait)
	}

	return d
}

// ParkedOwner is the Owner of a delivery of a restored copy, which waits for the operator's word: it may have been made
// since. No node has an epoch below zero.
const ParkedOwner = -1

// Parked reports whether the delivery waits for the operator's word.
func (d Delivery) Parked() bool { return d.Owner == ParkedOwner }

// Park keeps a delivery that waits, or was under way, from going on by itself.
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

// Unpark lets it wait for its time, or gives it up: then it stands among those that failed, and can be asked for again.
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

// Again begins another round, whatever became of the one before.
func (d Delivery) Again(now time.Time) Delivery {
	d.State, d.Round, d.RoundAt, d.DueAt, d.Owner = Waiting, 0, time.Time{}, now, 0
	return d
}
