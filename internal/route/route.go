// Package route decides over which carriers a message is sent: the plan of steps, and the circuit breaker by which
// messages skip a carrier.
//
// It is pure. A plan is fixed when a message is made and stored with it, so a changed configuration never changes what
// an earlier message may cost.
package route

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

// Carrier is the part of a configured carrier that planning depends on.
type Carrier struct {
	Name     string
	Channels []message.Channel
	Receipts bool
	// Charset decides which texts are sent as UCS-2, and so how many segments they have.
	Charset message.Charset
}

// Strategy is how a rule puts its carriers in order.
type Strategy uint8

// The strategies.
const (
	// InOrder: as the rule names them.
	InOrder Strategy = iota
	// VerifiedRate: by what their codes achieve, see Draw.
	VerifiedRate
)

var strategies = []string{"order", "verified_rate"}

// Strategies lists the names of the strategies in the configuration.
func Strategies() []string { return slices.Clone(strategies) }

// ParseStrategy reads a name of the configuration.
func ParseStrategy(s string) (Strategy, error) {
	i := slices.Index(strategies, s)
	if i < 0 {
		return 0, fmt.Errorf("must be %s, is %q", strings.Join(strategies, " or "), s)
	}
	return Strategy(i), nil
}

// String returns the name in the configuration.
func (s Strategy) String() string { return strategies[s] }

// Rule lists the carriers for numbers with a prefix, best first. An empty prefix is every number.
type Rule struct {
	Channel  message.Channel
	Prefix   string
	Carriers []string
	Strategy Strategy
}

// Price is what one unit (segment, message, call) costs on a channel to numbers with a prefix.
type Price struct {
	Channel message.Channel
	Prefix  string
	Credits int64
}

// Cost is what one unit costs the operator on a channel to numbers with a prefix, over one carrier or over every one.
type Cost struct {
	Channel message.Channel
	Prefix  string
	Carrier string // empty = every carrier
	Credits int64
}

// Unit is what a price and a cost of a channel count.
func Unit(ch message.Channel) string {
	switch ch {
	case message.SMS:
		return "segment"
	case message.Voice:
		return "call"
	default:
		return "message"
	}
}

// Table is everything that planning depends on. It is made from the configuration and never changed.
type Table struct {
	Carriers []Carrier
	Rules    []Rule
	Prices   []Price
	Costs    []Cost
}

// DefaultWait is how long to wait for a receipt before the next channel. For a call it is the time to answer it.
var DefaultWait = map[message.Channel]time.Duration{
	message.Telegram: 15 * time.Second,
	message.WhatsApp: 20 * time.Second,
	message.SMS:      45 * time.Second,
	message.Voice:    60 * time.Second,
}

// Request is what a plan is made for.
type Request struct {
	To       phone.Number
	Channels []message.Channel
	// Text is the text of an SMS, for the number of segments in each carrier's charset. The zero value has one.
	Text secret.String
	// Smart allows an SMS to be sent as message.SmartText makes the text, over the carriers where that saves segments.
	Smart bool
	// Wait replaces the default waits when it is not zero.
	Wait time.Duration
	// Country is that of the number, ISO 3166-1. Only rules with VerifiedRate ask for it.
	Country string
	// Code is set for a message with a code: each carrier of a rule with VerifiedRate has its turn then.
	Code bool
	// Draw decides for rules with VerifiedRate; nil leaves their carriers in order.
	Draw *Draw
	// Like is an earlier plan for the same request: rules with VerifiedRate keep its order. nil = there is none.
	Like []message.Step
}

// Plan makes the steps: each channel in order, and within a channel each carrier of the first matching rule. It returns
// the first channel that no carrier serves for this number, if there is one.
func (t Table) Plan(r Request) (plan []message.Step, unserved message.Channel) {
	for _, ch := range r.Channels {
		names, rule := t.carriers(ch, r.To)
		if len(names) == 0 {
			return nil, ch
		}

		wait := r.Wait
		if wait == 0 {
			wait = DefaultWait[ch]
		}

		first, price := len(plan), t.Price(ch, r.To)
		choice := message.Choice{Basis: message.ByOrder, Route: uint32(rule + 1)}
		for _, name := range names {
			c := t.carrier(name)
			step := message.Step{
				Channel: ch, Carrier: name, Price: price, Cost: t.Cost(ch, name, r.To), Wait: wait, Receipts: c.Receipts,
				Choice: choice,
			}
			if ch == message.SMS {
				step.Encoding, step.Segments, step.Smart = c.segments(r)
				step.Price, step.Cost = step.Price*int64(step.Segments), step.Cost.Times(step.Segments)
			}
			plan = append(plan, step)
		}

		if rule >= 0 && t.Rules[rule].Strategy == VerifiedRate {
			t.arrange(plan[first:], rule, r)
		}
	}

	return plan, 0
}

// segments says how the request's text is sent as an SMS over the carrier.
func (c Carrier) segments(r Request) (encoding message.Encoding, segments int, smart bool) {
	if r.Smart {
		return c.Charset.Smart(r.Text.Reveal())
	}
	encoding, segments = c.Charset.Segments(r.Text.Reveal())

	return encoding, segments, false
}

// arrange orders the steps of a rule with VerifiedRate.
func (t Table) arrange(steps []message.Step, rule int, r Request) {
	switch {
	case len(r.Like) > 0:
		likeBefore(steps, r.Like)
	case r.Draw != nil:
		r.Draw.arrange(steps, t.Rules[rule], rule, r.Country)
	}
}

// likeBefore orders steps as an earlier plan has them, with its reasons.
func likeBefore(steps, before []message.Step) {
	at := func(s message.Step) int {
		return slices.IndexFunc(before, func(b message.Step) bool {
			return b.Channel == s.Channel && b.Carrier == s.Carrier
		})
	}
	for i, s := range steps {
		if n := at(s); n >= 0 {
			steps[i].Choice = before[n].Choice
		}
	}

	slices.SortStableFunc(steps, func(a, b message.Step) int { return at(a) - at(b) })
}

// Rated reports whether any rule has the strategy VerifiedRate.
func (t Table) Rated() bool {
	return slices.ContainsFunc(t.Rules, func(r Rule) bool { return r.Strategy == VerifiedRate })
}

// carriers lists the carriers for a channel and number, best first, and the rule that names them; -1 = there is no rule
// for the channel.
func (t Table) carriers(ch message.Channel, to phone.Number) (names []string, rule int) {
	serves := func(name string) bool {
		i := slices.IndexFunc(t.Carriers, func(c Carrier) bool { return c.Name == name })
		return i >= 0 && slices.Contains(t.Carriers[i].Channels, ch)
	}

	ruled := false
	for i, r := range t.Rules {
		if r.Channel != ch {
			continue
		}
		ruled = true
		if !strings.HasPrefix(string(to), r.Prefix) {
			continue
		}

		for _, name := range r.Carriers {
			if serves(name) {
				names = append(names, name)
			}
		}

		return names, i
	}

	if ruled {
		return nil, -1
	}

	for _, c := range t.Carriers {
		if slices.Contains(c.Channels, ch) {
			names = append(names, c.Name)
		}
	}

	return names, -1
}

// carrier is the carrier of a name, or the zero value.
func (t Table) carrier(name string) Carrier {
	i := slices.IndexFunc(t.Carriers, func(c Carrier) bool { return c.Name == name })
	if i < 0 {
		return Carrier{}
	}
	return t.Carriers[i]
}

// Price is what one unit costs on the channel to the number, by the longest matching prefix; 0 when none matches.
func (t Table) Price(ch message.Channel, to phone.Number) int64 {
	best, price := -1, int64(0)
	for _, p := range t.Prices {
		if p.Channel == ch && len(p.Prefix) > best && strings.HasPrefix(string(to), p.Prefix) {
			best, price = len(p.Prefix), p.Credits
		}
	}

	return price
}

// Cost is what one unit over a carrier on the channel to the number costs the operator. Costs of the carrier come before
// those of every carrier, and of these the longest matching prefix counts.
func (t Table) Cost(ch message.Channel, carrier string, to phone.Number) (cost message.Cost) {
	for _, name := range []string{carrier, ""} {
		longest := -1
		for _, c := range t.Costs {
			matches := c.Channel == ch && c.Carrier == name && strings.HasPrefix(string(to), c.Prefix)
			if matches && len(c.Prefix) > longest {
				longest, cost = len(c.Prefix), message.Cost{Credits: c.Credits, Known: true}
			}
		}
		if cost.Known {
			break
		}
	}

	return cost
}
