package route

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/message"
)

// Draw is what a choice among the carriers of a route with the strategy verified_rate depends on.
type Draw struct {
	// Lately is what the codes of each way achieved lately.
	Lately map[Way]Conversion
	// Down are carriers that messages skip: they come after the others.
	Down []string
	// Turns decides whose turn has come; nil = nobody's, as for texts, of which nothing is learned.
	Turns Turns
	// Random is where the random numbers begin.
	Random uint64
}

const (
	// floor is the part of the messages that each carrier gets at least: one of so many. When a route has many carriers,
	// half of the messages are shared out in this way.
	floor = 20
	// Carriers are tied when their drawn likelihoods differ by at most tiedShare. One verifies sooner than another when its
	// mean time is shorter by more than a tenth, and both have at least knownTimes times.
	tiedShare  = 0.01
	knownTimes = 20
)

// Turns counts how many messages each carrier of a route has waited for, since it came first, by country.
type Turns map[turn][]int

type turn struct {
	rule    int    //nolint:unused // compared
	country string //nolint:unused // compared
}

// of are the counts of a route's n carriers. At first each has waited for another time, as it is later: then no two have
// their turn at once.
func (t Turns) of(rule int, country string, n int) []int {
	waits := t[turn{rule: rule, country: country}]
	for i := len(waits); i < n; i++ {
		waits = append(waits, i)
	}
	return waits
}

// Took counts a plan, in which the first carriers of the rated routes had their turn.
func (t Turns) Took(table Table, plan []message.Step, country string) {
	var done message.Channel
	for _, s := range plan {
		rule := int(s.Choice.Route) - 1
		if s.Channel == done || !s.Choice.Rated() || rule >= len(table.Rules) {
			continue
		}
		done = s.Channel

		names := table.Rules[rule].Carriers
		waits := t.of(rule, country, len(names))
		for i, name := range names {
			if waits[i]++; name == s.Carrier {
				waits[i] = 0
			}
		}
		t[turn{rule: rule, country: country}] = waits
	}
}

// candidate is a carrier that a route chooses from.
type candidate struct {
	Conversion
	step   message.Step
	waited int
	down   bool
	drawn  float64 // the likelihood that a code sent over it is verified
}

// arrange orders the steps of a rated route: the carrier whose turn has come, then the others by what their codes
// achieve.
func (d *Draw) arrange(steps []message.Step, rule Rule, number int, country string) {
	r := random(d.Random)
	waits := d.Turns.of(number, country, len(rule.Carriers))
	list := make([]candidate, len(steps))
	for i, s := range steps {
		c := candidate{step: s, Conversion: d.Lately[Way{s.Channel, country, s.Carrier}]}
		c.Sent = max(0, c.Sent)
		c.Verified = max(0, min(c.Verified, c.Sent))
		c.down = slices.Contains(d.Down, s.Carrier)
		c.drawn = r.beta(c.Verified, c.Sent-c.Verified)
		if d.Turns != nil {
			c.waited = waits[slices.Index(rule.Carriers, s.Carrier)]
		}
		c.step.Choice = message.Choice{
			Route: s.Choice.Route, Sent: uint32(min(c.Sent, math.MaxUint32)), Verified: uint32(min(c.Verified, math.MaxUint32)),
		}
		list[i] = c
	}

	rest := list
	if i := whoseTurn(list); i >= 0 {
		list[i].step.Choice.Basis = message.ByFloor
		move(list, i)
		rest = list[1:]
	}
	for ; len(rest) > 0; rest = rest[1:] {
		i, why := best(rest)
		rest[i].step.Choice.Basis = why
		move(rest, i)
	}

	for i, c := range list {
		steps[i] = c.step
	}
}

// move moves an element to the front.
func move(list []candidate, i int) {
	first := list[i]
	copy(list[1:i+1], list[:i])
	list[0] = first
}

// whoseTurn is the carrier whose turn has come; -1 when it is nobody's. As one carrier comes first each time, no two can
// have waited equally long, and no turn is delayed, except after carriers were down.
func whoseTurn(list []candidate) int {
	up := 0
	for _, c := range list {
		if !c.down {
			up++
		}
	}

	longest := -1
	for i, c := range list {
		due := !c.down && c.waited >= max(floor, 2*up)-1
		if due && (longest < 0 || c.waited > list[longest].waited) {
			longest = i
		}
	}

	return longest
}

// best is the carrier with the highest drawn likelihood. Of those that are tied, it is the one whose codes are verified
// soonest, and of these the cheapest. Carriers that are down come last.
func best(list []candidate) (at int, why message.Basis) {
	highest := slices.MaxFunc(list, func(a, b candidate) int {
		return cmp.Or(isUp(a)-isUp(b), cmp.Compare(a.drawn, b.drawn))
	})

	var tied []int
	for i, c := range list {
		if c.down == highest.down && c.drawn >= highest.drawn-tiedShare {
			tied = append(tied, i)
		}
	}

	byTime := sooner(list, tied)
	byCost := cheaper(list, byTime)
	at = slices.MaxFunc(byCost, func(a, b int) int { return cmp.Compare(list[a].drawn, list[b].drawn) })
	switch {
	case len(byCost) < len(byTime):
		why = message.ByCost
	case len(byTime) < len(tied):
		why = message.ByTime
	default:
		why = message.ByRate
	}

	return at, why
}

func isUp(c candidate) int {
	if c.down {
		return 0
	}
	return 1
}

// sooner are the tied carriers without those whose codes are verified later than another's.
func sooner(list []candidate, tied []int) (out []int) {
	shortest := time.Duration(-1)
	for _, i := range tied {
		if c := list[i]; c.Verified >= knownTimes && (shortest < 0 || c.Mean() < shortest) {
			shortest = c.Mean()
		}
	}

	for _, i := range tied {
		if c := list[i]; c.Verified < knownTimes || c.Mean() <= shortest+shortest/10 {
			out = append(out, i)
		}
	}

	return out
}

// cheaper are the tied carriers that cost the operator least or, unless the cost of each is known, those with the lowest
// price.
func cheaper(list []candidate, tied []int) (out []int) {
	of := func(i int) int64 { return list[i].step.Cost.Credits }
	if slices.ContainsFunc(tied, func(i int) bool { return !list[i].step.Cost.Known }) {
		of = func(i int) int64 { return list[i].step.Price }
	}

	lowest := of(slices.MinFunc(tied, func(a, b int) int { return cmp.Compare(of(a), of(b)) }))
	for _, i := range tied {
		if of(i) == lowest {
			out = append(out, i)
		}
	}

	return out
}
