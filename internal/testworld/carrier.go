package testworld

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
)

// Answer is what a carrier says to a submit.
type Answer func(ctx context.Context, m carrier.Message) carrier.Result

// Carrier is a carrier within the test's process, for what sockets cannot show: a synctest bubble cannot wait for them,
// and a test of order has to hold an answer back for as long as it likes.
type Carrier struct {
	name     string
	channels []message.Channel
	silent   bool
	from     string
	limits   carrier.Limits

	mu     sync.Mutex
	script []Answer
	sent   []carrier.Message
}

// NewCarrier makes a carrier that accepts everything and sends no receipts of its own, but is said to.
func NewCarrier(name string, channels ...message.Channel) *Carrier {
	return &Carrier{name: name, channels: channels, limits: carrier.Limits{InFlight: 1000}}
}

// Limited gives it places and a rate.
func (c *Carrier) Limited(l carrier.Limits) *Carrier {
	c.limits = l
	return c
}

// Limits implements carrier.Carrier.
func (c *Carrier) Limits() carrier.Limits { return c.limits }

// WithoutReceipts makes it a carrier that never reports delivery.
func (c *Carrier) WithoutReceipts() *Carrier {
	c.silent = true
	return c
}

// Named gives it a sender of its own.
func (c *Carrier) Named(from string) { c.from = from }

// From implements carrier.Sender.
func (c *Carrier) From() string { return c.from }

// Script sets the answers of the next submits, one each; the last one stays.
func (c *Carrier) Script(answers ...Answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.script = slices.Clone(answers)
}

// Sent lists the submits in order.
func (c *Carrier) Sent() []carrier.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.sent)
}

// Name implements carrier.Carrier.
func (c *Carrier) Name() string { return c.name }

// Channels implements carrier.Carrier.
func (c *Carrier) Channels() []message.Channel { return c.channels }

// Receipts implements carrier.Carrier.
func (c *Carrier) Receipts() bool { return !c.silent }

// Send implements carrier.Carrier.
func (c *Carrier) Send(ctx context.Context, m carrier.Message) carrier.Result {
	c.mu.Lock()
	c.sent = append(c.sent, m)
	own := carrier.Result{Outcome: carrier.Accepted, IDs: []string{fmt.Sprintf("%s-%d", c.name, len(c.sent))}}
	var answer Answer
	if len(c.script) > 0 {
		answer = c.script[0]
	}
	if len(c.script) > 1 {
		c.script = c.script[1:]
	}

	c.mu.Unlock()
	if answer == nil {
		return own
	}

	r := answer(ctx, m)
	if r.Outcome == carrier.Accepted && r.IDs == nil {
		r.IDs = own.IDs
	}

	return r
}

// Accepts takes the message under the carrier's next id.
func Accepts(context.Context, carrier.Message) carrier.Result {
	return carrier.Result{Outcome: carrier.Accepted}
}

// AcceptsAs takes the message under the given ids, one for each part.
func AcceptsAs(ids ...string) Answer {
	return func(context.Context, carrier.Message) carrier.Result {
		return carrier.Result{Outcome: carrier.Accepted, IDs: ids}
	}
}

// Rejects refuses for good.
func Rejects(reason message.Reason) Answer {
	return func(context.Context, carrier.Message) carrier.Result {
		return carrier.Result{Outcome: carrier.Rejected, Reason: reason, CarrierCode: "E21"}
	}
}

// AnswersWith gives one answer.
func AnswersWith(r carrier.Result) Answer {
	return func(context.Context, carrier.Message) carrier.Result { return r }
}

// Throttles asks to come again later.
func Throttles(after time.Duration) Answer {
	return func(context.Context, carrier.Message) carrier.Result {
		return carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "429", RetryAfter: after}
	}
}

// Hangs never answers.
func Hangs(ctx context.Context, _ carrier.Message) carrier.Result {
	<-ctx.Done()
	return carrier.Result{Outcome: carrier.Unknown, Reason: message.CarrierTimeout}
}

// Held answers with what the test puts into the channel, once it does.
func Held(answers <-chan carrier.Result) Answer {
	return func(ctx context.Context, m carrier.Message) carrier.Result {
		select {
		case r := <-answers:
			return r
		case <-ctx.Done():
			return Hangs(ctx, m)
		}
	}
}
