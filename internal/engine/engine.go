// Package engine is the verbs of the API: send, verify, resend, cancel. It is the only place, with admin, that orders
// effects of requests: load, ask a rule, store, then give the message to dispatch.
//
// It decides nothing that a rule could decide, and knows neither HTTP nor SQL nor carriers. Its one hard idea is that a
// verb is one transaction with the first attempt begun in it: whatever happens afterwards, dispatch finds the row.
package engine

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/inbound"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/optout"
	"github.com/syssecure/syssecure/internal/route"
)

// Limits are what a number and a key may have. Empty lists are no limit.
type Limits struct {
	SendsPerNumber []guard.Rate
	SendGaps       []time.Duration
	// Keyed are limits of OTPs by client_ip and by what the operator names.
	Keyed []guard.Keyed
	// Scheduled is how many messages of an account and mode may wait for their time; 0 = no limit.
	Scheduled int
}

// Config is what an engine is made from.
type Config struct {
	dispatch.Config
	Limits Limits
	// CheckURL says what is wrong with an address that events are posted to, as far as can be told before it is dialled.
	// The error is the rest of a sentence that begins with the field's name.
	CheckURL func(string) error
}

// Engine is safe for concurrent use. Run, of the dispatcher, starts its loops; the verbs work without.
type Engine struct {
	*dispatch.Dispatcher
	Limits   Limits
	CheckURL func(string) error
	// OptOuts is the list of numbers that opted out.
	OptOuts *optout.Handler
	// Phones takes what phones write.
	Phones *inbound.Handler
	// nowhere plans messages to test numbers.
	nowhere route.Table
}

// New makes an engine.
func New(c Config) *Engine {
	c.Config.SendsPerNumber = c.Limits.SendsPerNumber
	d := dispatch.New(c.Config)
	o := optout.New(d)
	nowhere := route.Carrier{Name: message.TestNumberCarrier, Channels: message.Channels, Receipts: true}

	return &Engine{
		Dispatcher: d, Limits: c.Limits, CheckURL: c.CheckURL, OptOuts: o, Phones: inbound.New(d, o),
		nowhere: route.Table{Carriers: []route.Carrier{nowhere}},
	}
}

// Sink is where carriers report to. What it was given is stored when its functions return no error.
func (e *Engine) Sink() carrier.Sink {
	return carrier.Sink{Receipt: e.Receipt, Inbound: e.Inbound, Answer: e.Answer}
}

// Inbound takes a message from a phone, see inbound.Handler.
func (e *Engine) Inbound(ctx context.Context, in carrier.Inbound) (matched bool, err error) {
	return e.Phones.Take(ctx, in)
}
