package keyword

import (
	"slices"
	"time"
)

// Acknowledged is when a keyword was last confirmed to the phone.
type Acknowledged struct {
	Kind Kind
	At   time.Time
}

// Decision is what a keyword from a phone changes.
type Decision struct {
	OptOut, OptIn bool
	// Reply: the keyword may be confirmed. Acknowledged is what to store then.
	Reply        bool
	Acknowledged []Acknowledged
}

// replyInterval is the time between two replies to the same kind of keyword. With one reply a day for each of three
// kinds, two machines cannot answer each other for ever.
const replyInterval = 24 * time.Hour

// Decide decides what a keyword changes for a phone that has opted out or not. A second stop or start changes nothing,
// and start without an opt-out has no reply, because "yes" is one of its keywords.
func Decide(kind Kind, optedOut bool, acknowledged []Acknowledged, now time.Time) Decision {
	out := Decision{OptOut: kind == Stop && !optedOut, OptIn: kind == Start && optedOut, Acknowledged: acknowledged}
	if kind == None || kind == Start && !optedOut {
		return out
	}

	same := func(a Acknowledged) bool { return a.Kind == kind }
	if i := slices.IndexFunc(acknowledged, same); i >= 0 {
		// A time in the future is from a clock that was ahead. It must not suppress replies for longer.
		if age := now.Sub(acknowledged[i].At); age >= 0 && age < replyInterval {
			return out
		}
	}

	out.Reply = true
	out.Acknowledged = append(slices.DeleteFunc(slices.Clone(acknowledged), same), Acknowledged{kind, now})

	return out
}
