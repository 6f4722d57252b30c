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

// Answer is a carrier's answer to a submit.
type Answer func(ctx context.Context, m carrier.Message) carrier.Result

// Carrier is a carrier within the test's process, for tests that cannot use sockets: a synctest bubble cannot wait for
// them, and a test of order has to hold answers back.
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

// NewCarrier makes a carrier that accepts everything. It is said to send receipts, which the test has to do.
func NewCarrier(name string, channels ...message.Channel) *Carrier {
	return &Carrier{name: name, channels: channels, limits: carrier.Limits{InFlight: 1000}}
}

// Limited sets its places and rate.
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

// Named sets its sender.
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

// Accepts accepts the message with the carrier's next id.
func Accepts(context.Context, carrier.Message) carrier.Result {
	return carrier.Result{Outcome: carrier.Accepted}
}

// AcceptsAs accepts the message with the given ids, one for each part.
func AcceptsAs(ids ...string) Answer {
	return func(context.Context, carrier.Message) carrier.Result {
		return carrier.Result{Outcome: carrier.Accepted, IDs: ids}
	}
}

// Rejects rejects the message.
func Rejects(reason message.Reason) Answer {
	return func(context.Context, carrier.Message) carrier.Result {
		return carrier.Result{Outcome: carrier.Rejected, Reason: reason, CarrierCode: "E21"}
	}
}

// AnswersWith gives one answer.
func AnswersWith(r carrier.Result) Answer {
	return func(context.Context, carrier.Message) carrier.Result { return r }
}

// Throttles asks to try again later.
func Throttles(after time.Duration) Answer {
	return func(context.Context, carrier.Message) carrier.Result {
		return carrier.Result{
			Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "429", RetryAfter: after,
		}
	}
}

// Hangs never answers.
func Hangs(ctx context.Context, _ carrier.Message) carrier.Result {
	<-ctx.Done()
	return carrier.Result{Outcome: carrier.Unknown, Reason: message.CarrierTimeout}
}

// Held waits for an answer from the test's channel.
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
