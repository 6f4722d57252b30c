package message

import (
	"fmt"
	"slices"
	"strings"
)

// Basis is why a carrier is at its place in a plan.
type Basis uint8

// The bases. The zero value is that of a plan that was stored without its reasons.
const (
	_ Basis = iota
	// ByOrder: the configuration names the carriers in this order.
	ByOrder
	// ByRate: of its route's carriers, codes sent over it are most likely to be verified; or it comes next. The likelihood
	// is drawn, so that carriers of which less is known get a part of the messages.
	ByRate
	// ByFloor: its turn had come, as each carrier gets a small part of the messages, whatever its codes achieved.
	ByFloor
	// ByTime and ByCost: it was as good as another, and its codes were verified sooner, or it costs less.
	ByTime
	ByCost
)

// Choice says why a step is in its plan, and at its place.
type Choice struct {
	Basis Basis
	// Route is the number of the [[route]] in the configuration, from 1; 0 = no route decided.
	Route uint32
	// Sent and Verified are how many codes were lately sent over the carrier, and verified, when the route asks for that.
	Sent, Verified uint32
}

// Rated reports whether the route puts its carriers in the order of what their codes achieve.
func (c Choice) Rated() bool { return c.Basis >= ByRate }

// String is for customers and operators; empty for a step without a reason.
func (c Choice) String() string {
	from := "no route"
	if c.Route > 0 {
		from = fmt.Sprintf("route %d", c.Route)
	}

	switch {
	case c.Basis == 0:
		return ""
	case !c.Rated():
		return from + ", order"
	case c.Sent == 0:
		from += ", verified_rate without codes yet"
	default:
		from += fmt.Sprintf(", verified_rate %.2f of %d codes", float64(c.Verified)/float64(c.Sent), c.Sent)
	}

	return from + map[Basis]string{ByFloor: ", floor", ByTime: ", faster", ByCost: ", cheaper"}[c.Basis]
}

// Chosen says why an attempt was made over its carrier; empty when that was not stored.
func (m Message) Chosen(attempt int) string {
	text, skipped := m.StepOf(attempt).Choice.String(), m.SkippedBefore(attempt)
	if text == "" || len(skipped) == 0 {
		return text
	}

	return text + ", without " + strings.Join(skipped, ", ")
}

// SkippedBefore are the carriers that an attempt passed over because they were down or paused.
func (m Message) SkippedBefore(attempt int) (carriers []string) {
	for i, s := range m.Plan[:min(len(m.Plan), maxSkipped)] {
		if m.Attempts[attempt].Skipped&(1<<i) != 0 {
			carriers = append(carriers, s.Carrier)
		}
	}
	return carriers
}

// maxSkipped is how many steps of a plan can be noted in Attempt.Skipped.
const maxSkipped = 64

// skipped has a bit for each step before the given one that could have been submitted if its carrier were not skipped.
func (r *run) skipped(step int) (bits uint64) {
	if len(r.down) == 0 {
		return 0
	}

	for s := r.from; s < min(step, maxSkipped); s++ {
		if r.remaining(s) && r.readyInPass(s, false) && slices.Contains(r.down, r.m.Plan[s].Carrier) {
			bits |= 1 << s
		}
	}

	return bits
}
