package message

import (
	"slices"
	"time"
)

// SentVia is when an account last sent to a number via a carrier. By it an inbound message finds its account.
type SentVia struct {
	Carrier string
	At      time.Time
}

// maxSentVia is how many carriers are remembered for a number.
const maxSentVia = 8

// NoteSentVia returns the list with a send via the carrier added, newest last.
func NoteSentVia(list []SentVia, carrier string, now time.Time) []SentVia {
	out := make([]SentVia, 0, len(list)+1)
	for _, s := range list {
		if s.Carrier != carrier {
			out = append(out, s)
		}
	}

	return append(out[max(0, len(out)-maxSentVia+1):], SentVia{Carrier: carrier, At: now})
}

// LastSentVia is when the carrier was last used; the zero time when it is not in the list.
func LastSentVia(list []SentVia, carrier string) time.Time {
	if i := slices.IndexFunc(list, func(s SentVia) bool { return s.Carrier == carrier }); i >= 0 {
		return list[i].At
	}
	return time.Time{}
}

// FirstCarrier is the carrier that a new message goes over first.
func (m Message) FirstCarrier() string {
	if len(m.Attempts) > 0 {
		return m.StepOf(0).Carrier
	}
	return m.Plan[0].Carrier
}
