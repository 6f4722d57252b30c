// Package engine implements the requests of the API: send, verify, resend, cancel. Each loads rows, applies the rules,
// stores the result and then gives the message to dispatch.
//
// It leaves decisions to the packages of rules, and is independent of HTTP, SQL and carriers. A request is one
// transaction, in which the first attempt begins: if the node crashes afterwards, dispatch finds the row.
package engine

import (
	"log/slog"
	"time"

	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

// Limits are the limits of sends. Empty lists are no limit.
type Limits struct {
	SendsPerNumber []guard.Rate
	SendGaps       []time.Duration
	// Keyed are limits of OTPs by client_ip and by other values that the operator names.
	Keyed []guard.Keyed
	// Scheduled is how many messages of an account and mode may wait for their time; 0 = no limit.
	Scheduled int
}

// Limits are the limits in force.
func (e *Engine) Limits() Limits { return e.limits }

// Config configures an Engine.
type Config struct {
	Dispatcher *dispatch.Dispatcher
	Limits     Limits
	// CheckURL checks a URL for events, as far as possible before it is dialled. The error completes a sentence that
	// begins with the field's name.
	CheckURL func(string) error
}

// Engine is safe for concurrent use.
type Engine struct {
	dispatch *dispatch.Dispatcher
	query    *query.Query
	store    *store.Store
	keys     *secret.Keyring
	log      *slog.Logger
	limits   Limits
	checkURL func(string) error
	// testNumberRoutes plans messages to test numbers, which are sent to no carrier.
	testNumberRoutes route.Table
	carrierTests     carrierTests
}

// New makes an engine.
func New(c Config) *Engine {
	d := c.Dispatcher
	testNumbers := route.Carrier{Name: message.TestNumberCarrier, Channels: message.Channels, Receipts: true}

	return &Engine{
		dispatch: d, query: d.Query, store: d.Config.Store, keys: d.Config.Keys,
		log: d.Config.Log, limits: c.Limits, checkURL: c.CheckURL,
		testNumberRoutes: route.Table{Carriers: []route.Carrier{testNumbers}},
	}
}
