package route

import (
	"math"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/message"
)

const (
	// Lately is for how long a code counts after it was made.
	Lately = 24 * time.Hour
	// fine is for how long codes are counted by the minute. Older ones are counted in coarser parts.
	fine   = 2 * time.Hour
	coarse = 10 * time.Minute
	// settled is how old a minute must be to count: of newer codes, many are still to be verified.
	settled = time.Minute
	// changed is how unlikely it must be that older and newer codes come from a carrier that has not changed: twice the
	// logarithm of the ratio of the likelihoods. Without a change it is exceeded about once in a million comparisons (it is
	// distributed as chi-squared with one degree of freedom).
	changed = 22
)

// Way is a carrier on a channel to a country.
type Way struct {
	Channel message.Channel
	Country string // ISO 3166-1; empty for numbers of none
	Carrier string
}

// Conversion is what codes achieved: how many were sent, how many of these were verified, and the sum of the times that
// took.
type Conversion struct {
	Sent, Verified int
	Took           time.Duration
}

// Plus is the sum of both.
func (c Conversion) Plus(o Conversion) Conversion {
	return Conversion{c.Sent + o.Sent, c.Verified + o.Verified, c.Took + o.Took}
}

func (c Conversion) minus(o Conversion) Conversion {
	return Conversion{c.Sent - o.Sent, c.Verified - o.Verified, c.Took - o.Took}
}

// Mean is the mean time to verify; it has no meaning without verified codes.
func (c Conversion) Mean() time.Duration { return c.Took / time.Duration(max(1, c.Verified)) }

// likelihood is the logarithm of the likelihood of the conversion, if each code is verified with the same likelihood.
func (c Conversion) likelihood() float64 {
	good := min(c.Verified, c.Sent)
	bad := c.Sent - good
	if good == 0 || bad == 0 {
		return 0
	}

	sent := float64(c.Sent)
	return float64(good)*math.Log(float64(good)/sent) + float64(bad)*math.Log(float64(bad)/sent)
}

// Period is a time in which codes were made.
type Period struct {
	Begins time.Time // in UTC
	Length time.Duration
}

// Minutes and Tens are how many periods of a minute, and of ten, can count at any time.
const (
	Minutes = int((fine + coarse) / time.Minute)
	Tens    = int(Lately/coarse) + 1
)

// Slot numbers the periods of the same length that can count at a time: no two of them have the same.
func (p Period) Slot() int {
	n := Minutes
	if p.Length == coarse {
		n = Tens
	}
	return int(p.Begins.Unix()/int64(p.Length/time.Second)) % n
}

// Periods lists the periods that are not over at now, newest first and minutes first. The newest minutes are still to come
// to their end.
func Periods(now time.Time) (list []Period) {
	for _, length := range []time.Duration{time.Minute, coarse} {
		p := Period{now.UTC().Truncate(length), length}
		for ; !p.Over(now); p.Begins = p.Begins.Add(-length) {
			list = append(list, p)
		}
	}

	return list
}

// periodsOf are the periods of a time: its minute, and its ten minutes.
func periodsOf(t time.Time) [2]Period {
	t = t.UTC()
	return [...]Period{{t.Truncate(time.Minute), time.Minute}, {t.Truncate(coarse), coarse}}
}

func (p Period) ends() time.Time { return p.Begins.Add(p.Length) }

// byMinute is since when codes are counted by the minute at now.
func byMinute(now time.Time) time.Time { return now.Add(-fine).Truncate(coarse) }

// Counts reports whether the codes of a period count at now. Each time of the last day is in one period that counts.
func (p Period) Counts(now time.Time) bool {
	if p.Length == coarse {
		return p.Begins.Before(byMinute(now)) && !p.Over(now)
	}
	return !p.ends().After(now.Add(-settled)) && !p.Over(now)
}

// Over reports whether the codes of a period do not count at now, and never will again.
func (p Period) Over(now time.Time) bool {
	if p.Length == coarse {
		return !p.ends().After(now.Add(-Lately))
	}
	return p.Begins.Before(byMinute(now))
}

// History is what the codes of each way achieved in each period.
type History map[Period]map[Way]Conversion

// Add counts a conversion of codes that were made at a time.
func (h History) Add(made time.Time, w Way, c Conversion) {
	for _, p := range periodsOf(made) {
		h.AddTo(p, w, c)
	}
}

// AddTo counts a conversion of codes that were made in a period.
func (h History) AddTo(p Period, w Way, c Conversion) {
	if h[p] == nil {
		h[p] = map[Way]Conversion{}
	}
	h[p][w] = h[p][w].Plus(c)
}

// Lately sums up the periods that count at now. Of a way that has changed, it counts the periods since then: so a carrier
// that fails or recovers is noticed after few codes, and one that does not change is known well. It removes what does not
// count any more.
func (h History) Lately(now time.Time) map[Way]Conversion {
	ways := map[Way][]dated{}
	for p, conversions := range h {
		if p.Over(now) {
			delete(h, p)
			continue
		}
		if !p.Counts(now) {
			continue
		}
		for w, c := range conversions {
			ways[w] = append(ways[w], dated{p.Begins, c})
		}
	}

	sums := make(map[Way]Conversion, len(ways))
	for w, list := range ways {
		slices.SortFunc(list, func(a, b dated) int { return a.at.Compare(b.at) })
		sums[w] = sumSinceChange(list)
	}

	return sums
}

// dated is a conversion of a period.
type dated struct {
	at time.Time
	Conversion
}

// sumSinceChange adds up conversions, oldest first, since the newest clear change.
func sumSinceChange(list []dated) (sum Conversion) {
	for at := change(list); at > 0; at = change(list) {
		list = list[at:]
	}
	for _, d := range list {
		sum = sum.Plus(d.Conversion)
	}

	return sum
}

// change is the index of the first conversion after the clearest change; 0 when there is no clear one. It compares what
// follows with what came right before, over different lengths, because a carrier that failed and has recovered is the same
// as it was long before.
func change(list []dated) (at int) {
	sums := make([]Conversion, len(list)+1)
	for i, d := range list {
		sums[i+1] = sums[i].Plus(d.Conversion)
	}

	most := float64(changed)
	for i := 1; i < len(list); i++ {
		newer := sums[len(list)].minus(sums[i])
		own := newer.likelihood()
		for length := 1; length < 2*i; length *= 2 {
			older := sums[i].minus(sums[max(0, i-length)])
			if g := 2 * (own + older.likelihood() - older.Plus(newer).likelihood()); g > most {
				most, at = g, i
			}
		}
	}

	return at
}
