// Package route decides over which carriers a message is sent: the plan of steps, and the circuit breaker by which
// messages skip a carrier.
//
// It is pure. A plan is fixed when a message is made and stored with it, so a changed configuration never changes what
// an earlier message may cost.
package route

import (
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

// Rule lists the carriers for numbers with a prefix, best first. An empty prefix is every number.
type Rule struct {
	Channel  message.Channel
	Prefix   string
	Carriers []string
}

// Price is what one unit (segment, message, call) costs on a channel to numbers with a prefix.
type Price struct {
	Channel message.Channel
	Prefix  string
	Credits int64
}

// Table is everything that planning depends on. It is made from the configuration and never changed.
type Table struct {
	Carriers []Carrier
	Rules    []Rule
	Prices   []Price
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
	// Wait replaces the default waits when it is not zero.
	Wait time.Duration
}

// Plan makes the steps: each channel in order, and within a channel each carrier of the first matching rule. It returns
// the first channel that no carrier serves for this number, if there is one.
func (t Table) Plan(r Request) (plan []message.Step, unserved message.Channel) {
	for _, ch := range r.Channels {
		names := t.carriers(ch, r.To)
		if len(names) == 0 {
			return nil, ch
		}

		wait := r.Wait
		if wait == 0 {
			wait = DefaultWait[ch]
		}

		price := t.Price(ch, r.To)
		for _, name := range names {
			c := t.carrier(name)
			step := message.Step{Channel: ch, Carrier: name, Price: price, Wait: wait, Receipts: c.Receipts}
			if ch == message.SMS {
				step.Encoding, step.Segments = c.Charset.Segments(r.Text.Reveal())
				step.Price *= int64(step.Segments)
			}
			plan = append(plan, step)
		}
	}

	return plan, 0
}

// carriers lists the carriers for a channel and number, best first.
func (t Table) carriers(ch message.Channel, to phone.Number) []string {
	serves := func(name string) bool {
		i := slices.IndexFunc(t.Carriers, func(c Carrier) bool { return c.Name == name })
		return i >= 0 && slices.Contains(t.Carriers[i].Channels, ch)
	}

	var names []string
	ruled := false
	for _, r := range t.Rules {
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

		return names
	}

	if ruled {
		return nil
	}

	for _, c := range t.Carriers {
		if slices.Contains(c.Channels, ch) {
			names = append(names, c.Name)
		}
	}

	return names
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
