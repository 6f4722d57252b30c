// Package engine is the verbs of the API: send, verify, resend, cancel. It is the only place, with admin, that orders
// effects of requests: load, ask a rule, store, then give the message to dispatch.
//
// It decides nothing that a rule could decide, and knows neither HTTP nor SQL nor carriers. Its one hard idea is that a
// verb is one transaction with the first attempt begun in it: whatever happens afterwards, dispatch finds the row.
package engine

import (
	"time"

	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/guard"
)

// Limits are what a number and a key may have. Empty lists are no limit.
type Limits struct {
	SendsPerNumber []guard.Rate
	SendGaps       []time.Duration
	// Keyed are limits of OTPs by client_ip and by what the operator names.
	Keyed []guard.Keyed
}

// Config is what an engine is made from.
type Config struct {
	dispatch.Config
	Limits Limits
}

// Engine is safe for concurrent use. Run, of the dispatcher, starts its loops; the verbs work without.
type Engine struct {
	*dispatch.Dispatcher
	Limits Limits
}

// New makes an engine.
func New(c Config) *Engine {
	return &Engine{Dispatcher: dispatch.New(c.Config), Limits: c.Limits}
}
