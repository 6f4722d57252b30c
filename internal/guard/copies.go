package guard

import (
	"slices"
	"time"
)

// Number decides whether another code may be sent to a number: sends are the times of earlier codes and copies those of
// submits that repeated one, both oldest first. Copies count in the rates; the gaps are between sends.
func Number(sends, copies []time.Time, gaps []time.Duration, rates []Rate, now time.Time) (Refusal, bool) {
	worst, _ := Sends(sends, gaps, nil, now)
	if r, refused := NumberSpent(sends, copies, rates, now); refused && r.After > worst.After {
		worst = r
	}
	return worst, worst.After > 0
}

// NumberSpent reports whether one of a number's rates leaves no room for another send or copy.
func NumberSpent(sends, copies []time.Time, rates []Rate, now time.Time) (Refusal, bool) {
	log := sends
	if len(copies) > 0 {
		log = slices.SortedFunc(slices.Values(slices.Concat(sends, copies)), time.Time.Compare)
	}
	r, refused := Spent(log, rates, now)
	r.Name = SendsPerNumber
	return r, refused
}

// Forget returns the log without one entry of the time, for a send that does not count after all.
func Forget(log []time.Time, at time.Time) []time.Time {
	i := slices.IndexFunc(log, at.Equal)
	if i < 0 {
		return log
	}
	return slices.Concat(log[:i], log[i+1:])
}
