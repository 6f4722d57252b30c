// Package guard implements limits against attackers: sends to a number, guesses at a number's codes, requests of a key.
//
// It is pure: the caller stores the logs and passes the time. Limits that protect money and accounts are exact: they
// count times in a row of the database, not in memory, so they hold over restarts and for all nodes. A Refusal is a
// value and not an error, because the caller has to store the log also when it refuses.
package guard

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/clock"
)

// Rate is "at most N in any window of Per". The zero value is no limit.
type Rate struct {
	N   int
	Per time.Duration
}

// ParseRate reads "5/10m": a number of at least 1 and a duration of at least 1 ms. The empty string is no limit.
func ParseRate(s string) (Rate, error) {
	if s == "" {
		return Rate{}, nil
	}
	count, per, found := strings.Cut(s, "/")
	n, err := strconv.ParseUint(count, 10, 31)
	d, bad := time.ParseDuration(per)
	if !found || err != nil || bad != nil || n == 0 || d < time.Millisecond {
		return Rate{}, fmt.Errorf("must be a rate such as \"5/10m\", is %q", s)
	}

	return Rate{int(n), d}, nil
}

// String writes the rate as the configuration does: "5/10m", or "" for no limit.
func (r Rate) String() string {
	if r == (Rate{}) {
		return ""
	}
	per := r.Per.String()
	if s, whole := strings.CutSuffix(per, "m0s"); whole {
		per = s + "m"
	}
	if s, whole := strings.CutSuffix(per, "h0m"); whole {
		per = s + "h"
	}

	return strconv.Itoa(r.N) + "/" + per
}

// MaxLog is how many times a log keeps, and so the largest N that is exact.
const MaxLog = 25

// Refusal is the limit that was reached, and the wait until it allows the next one.
type Refusal struct {
	Limit string        // as written in the configuration
	Name  string        // the limit's name in the configuration
	After time.Duration // > 0
}

// Names of the limits, as in the configuration.
const (
	SendsPerNumber = "sends_per_number"
	SendGaps       = "send_gaps"
	RequestsPerKey = "requests_per_key"
	GuessBudget    = "guesses_per_number"
)

// GuessRates is the budget of failed guesses for a number over all its OTPs: a new OTP does not reset it.
var GuessRates = []Rate{{15, time.Hour}, {25, 24 * time.Hour}}

// gapWindow is how far back sends count for the growing gaps: without a send for so long, the first gap applies again.
const gapWindow = 10 * time.Minute

// CorrectTimes prepares a log for comparison with now: by is how much the clock was set since it was written. Times in the
// future, written by a clock that was ahead in another run or on another node, become now, so that none of them refuses
// for longer than its window; and the log is sorted. A changed log has to be stored, also when the request is refused:
// otherwise such a time would become now each time.
func CorrectTimes(log []time.Time, by time.Duration, now time.Time) (out []time.Time, changed bool) {
	out = make([]time.Time, len(log))
	for i, at := range log {
		if out[i] = at.Add(by); out[i].After(now.Add(clock.Skew)) {
			out[i] = now
		}
	}

	slices.SortStableFunc(out, time.Time.Compare)

	return out, !slices.EqualFunc(out, log, time.Time.Equal)
}

// notAfter is at, or now when at is later: the clocks of nodes differ a little.
func notAfter(at, now time.Time) time.Time {
	if at.After(now) {
		return now
	}
	return at
}

// Sends decides whether another send to the number is allowed. log holds the times of earlier sends, oldest first.
func Sends(log []time.Time, gaps []time.Duration, rates []Rate, now time.Time) (Refusal, bool) {
	worst := Refusal{}
	if len(gaps) > 0 && len(log) > 0 {
		recent := count(log, now, gapWindow)
		gap := gaps[min(max(recent, 1), len(gaps))-1]
		if wait := notAfter(log[len(log)-1], now).Add(gap).Sub(now); wait > 0 {
			worst = Refusal{Limit: gap.String(), Name: SendGaps, After: wait}
		}
	}

	if r, refused := Spent(log, rates, now); refused && r.After > worst.After {
		r.Name = SendsPerNumber
		worst = r
	}

	return worst, worst.After > 0
}

// Spent reports whether the log uses up one of the rates; the Refusal is that with the longest wait.
func Spent(log []time.Time, rates []Rate, now time.Time) (Refusal, bool) {
	worst := Refusal{}
	for _, r := range rates {
		if r.N == 0 || count(log, now, r.Per) < r.N {
			continue
		}
		free := notAfter(log[len(log)-r.N], now).Add(r.Per)
		if wait := free.Sub(now); wait > worst.After {
			worst = Refusal{Limit: r.String(), After: wait}
		}
	}

	return worst, worst.After > 0
}

// count is how many times of the log are in the window that ends now.
func count(log []time.Time, now time.Time, window time.Duration) int {
	n := 0
	for i := len(log) - 1; i >= 0 && log[i].Add(window).After(now); i-- {
		n++
	}
	return n
}

// Note returns the log with now added, without times that no rate counts any more.
func Note(log []time.Time, now time.Time) []time.Time {
	first := max(0, len(log)-MaxLog+1)
	for first < len(log) && !log[first].Add(24*time.Hour).After(now) {
		first++
	}
	out := append(append(make([]time.Time, 0, len(log)-first+1), log[first:]...), now)
	slices.SortStableFunc(out, time.Time.Compare) // another node's clock may be ahead
	return out
}

// Spend is the generic cell rate algorithm: tat is the theoretical arrival time of the next request, the zero time at
// first. It allows bursts of r.N, and r.N per r.Per in the long run.
func Spend(tat time.Time, r Rate, now time.Time) (time.Time, Refusal, bool) {
	if r.N == 0 {
		return tat, Refusal{}, false
	}
	each := r.Per / time.Duration(r.N)
	if tat.Before(now) {
		tat = now
	}
	if latest := now.Add(r.Per); tat.After(latest) {
		tat = latest // a clock that was ahead, or a rate that was higher, must not refuse for longer than the window
	}

	next := tat.Add(each)
	if wait := next.Sub(now) - r.Per; wait > 0 {
		return tat, Refusal{Limit: r.String(), Name: RequestsPerKey, After: wait}, true
	}

	return next, Refusal{}, false
}
