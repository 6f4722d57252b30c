package keyword

import (
	"slices"
	"time"
)

// Acknowledged is when a phone was last answered that its keyword was understood.
type Acknowledged struct {
	Kind Kind
	At   time.Time
}

// Decision is what a keyword from a phone changes.
type Decision struct {
	OptOut, OptIn bool
	// Reply: the phone may be answered. Acknowledged is what to remember when it is.
	Reply        bool
	Acknowledged []Acknowledged
}

// replyInterval is how often a phone is answered about the same kind of keyword. With one reply a day for each of three
// kinds, two machines that answer each other come to rest, whatever they say.
const replyInterval = 24 * time.Hour

// Decide says what a keyword changes for a phone that has opted out or not. Stop and start of what is so already change
// nothing; start without an opt-out is not even answered, because "yes" is one of its keywords.
func Decide(kind Kind, optedOut bool, acknowledged []Acknowledged, now time.Time) Decision {
	out := Decision{OptOut: kind == Stop && !optedOut, OptIn: kind == Start && optedOut, Acknowledged: acknowledged}
	if kind == None || kind == Start && !optedOut {
		return out
	}

	same := func(a Acknowledged) bool { return a.Kind == kind }
	if i := slices.IndexFunc(acknowledged, same); i >= 0 {
		// An instant of the future is from a clock that was ahead: it must not silence the phone's answers for longer.
		if age := now.Sub(acknowledged[i].At); age >= 0 && age < replyInterval {
			return out
		}
	}

	out.Reply = true
	out.Acknowledged = append(slices.DeleteFunc(slices.Clone(acknowledged), same), Acknowledged{kind, now})

	return out
}
