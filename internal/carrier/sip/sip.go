// Package sip implements the carrier "sip": calls over a SIP trunk (RFC 3261) that say a code.
//
// Send returns when a person has answered, or when it is certain that none will. What follows is the talk: it sends the
// recordings and reports a receipt, Delivered when the code was said once to its end. A talk holds a line, but no place
// of dispatch (docs/adr/0043-calls.md).
package sip

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/sip/speech"
	"github.com/syssecure/syssecure/internal/message"
)

// quieten silences the library's own log, which it uses beside the one that it is given: for a warning whenever a trunk
// closes a connection, and for whole messages, which have numbers.
var quieten = sync.OnceFunc(func() { sip.SetDefaultLogger(slog.New(slog.DiscardHandler)) })

// Carrier calls phones. It is safe for concurrent use.
type Carrier struct {
	common  carrier.Common
	config  Config
	library *speech.Library
	log     *slog.Logger
	lines   *lines
	rate    atomic.Int64 // this node's share of the configured rate
	calls   atomic.Int64 // this node's share of max_calls
	agent   atomic.Pointer[agent]
	grace   time.Duration // how long a stop lets talks go on
}

func newCarrier(common carrier.Common, c Config, library *speech.Library, log *slog.Logger) *Carrier {
	quieten()
	if common.AnswerTimeout <= 0 {
		common.AnswerTimeout = Factory.AnswerTimeout
	}
	made := &Carrier{common: common, config: c, library: library, log: log, lines: newLines(c.MaxCalls), grace: talkGrace}
	made.rate.Store(int64(common.Rate))
	made.calls.Store(int64(c.MaxCalls))

	return made
}

var (
	_ carrier.Runner    = (*Carrier)(nil)
	_ carrier.SelfTimed = (*Carrier)(nil)
	_ carrier.Shared    = (*Carrier)(nil)
)

// Name is the configured name.
func (c *Carrier) Name() string { return c.common.Name }

// Channels implements carrier.Carrier.
func (c *Carrier) Channels() []message.Channel { return c.config.Channels() }

// Receipts reports whether a receipt follows each answered call.
func (c *Carrier) Receipts() bool { return c.common.Receipts }

// From implements carrier.Sender.
func (c *Carrier) From() string { return c.common.From }

// Limits implements carrier.Carrier. A call that rings is an unanswered submit.
func (c *Carrier) Limits() carrier.Limits {
	places := int(c.calls.Load())
	if c.common.MaxInFlight > 0 {
		places = min(places, c.common.MaxInFlight)
	}
	return carrier.Limits{InFlight: places, Rate: float64(c.rate.Load())}
}

// Share implements carrier.Shared: all nodes share the lines and the rate.
func (c *Carrier) Share(part func(total int) int) {
	calls := max(1, part(c.config.MaxCalls))
	c.rate.Store(int64(part(c.common.Rate)))
	c.calls.Store(int64(calls))
	c.lines.resize(calls)
}

// SendTimeout implements carrier.SelfTimed: Send waits for a line, for the trunk and for the person.
func (c *Carrier) SendTimeout(int) time.Duration {
	return 2*c.common.AnswerTimeout + c.config.RingTimeout + time.Second
}

// Send implements carrier.Carrier.
func (c *Carrier) Send(ctx context.Context, m carrier.Message) carrier.Result {
	reading := c.library.Voice(m.Locale).Reading(m.Code.Reveal())
	if reading == nil {
		return carrier.Result{Outcome: carrier.Rejected, Reason: message.CarrierRejected, CarrierCode: "no_digits"}
	}
	a := c.agent.Load()
	if a == nil {
		return carrier.Result{
			Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "connect",
			Cause: "local_addr is not open for SIP; the log says why",
		}
	}

	if ctx.Err() != nil { // else chance would choose between a fast trunk's answer and the end
		return carrier.Result{
			Outcome: carrier.Retry, Reason: message.CarrierTimeout, CarrierCode: "ended", Cause: "no time was left for a call",
		}
	}

	waiting, cancel := context.WithTimeout(ctx, c.common.AnswerTimeout)
	defer cancel()
	if !c.lines.take(waiting) {
		return carrier.Result{
			Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "lines", Throttled: true,
			RetryAfter: time.Second, Cause: "all lines of max_calls are busy",
		}
	}
	one, failure := a.newCall(m, reading)
	if failure != nil {
		c.lines.release()
		return *failure
	}

	return one.dial(ctx)
}

// Revoke implements carrier.Revoker: a call of this node that rings is called off, and one that is answered is hung up.
func (c *Carrier) Revoke(_ context.Context, id, ref string) error {
	a := c.agent.Load()
	if a == nil {
		return nil
	}

	a.mu.Lock()
	defer a.mu.Unlock()
	for _, one := range a.calls {
		if one.id == id || one.ref == ref {
			one.stop(errRevoked)
		}
	}

	return nil
}

const (
	shortestWait = time.Second
	longestWait  = time.Minute
)

// Run keeps the SIP socket open until ctx ends. Talks may then end within a few seconds; what remains is hung up.
func (c *Carrier) Run(ctx context.Context, sink carrier.Sink) error {
	for wait := shortestWait; ; wait = min(2*wait, longestWait) {
		a, err := c.open(sink)
		if err == nil {
			wait = shortestWait
			c.agent.Store(a)
			select {
			case <-ctx.Done():
			case err = <-a.broken:
			}
			c.agent.Store(nil)
			a.close()
		}
		if ctx.Err() != nil {
			return nil
		}

		c.log.Error("the SIP socket is not open; calls take other carriers meanwhile",
			"carrier", c.common.Name, "local_addr", c.config.LocalAddr, "error", err, "retry_in", wait)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}
