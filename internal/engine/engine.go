// Package engine is the verbs of the API: send, verify, resend, cancel. It is the only place, with admin, that orders
// effects of requests: load, ask a rule, store, then give the message to dispatch.
//
// It decides nothing that a rule could decide, and knows neither HTTP nor SQL nor carriers. Its one hard idea is that a
// verb is one transaction with the first attempt begun in it: whatever happens afterwards, dispatch finds the row.
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
	Dispatcher *dispatch.Dispatcher
	Limits     Limits
	// CheckURL says what is wrong with an address that events are posted to, as far as can be told before it is dialled.
	// The error is the rest of a sentence that begins with the field's name.
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
	// nowhere plans messages to test numbers.
	nowhere route.Table
}

// New makes an engine.
func New(c Config) *Engine {
	d := c.Dispatcher
	nowhere := route.Carrier{Name: message.TestNumberCarrier, Channels: message.Channels, Receipts: true}

	return &Engine{
		dispatch: d, query: d.Query, store: d.Config.Store, keys: d.Config.Keys,
		log: d.Config.Log, limits: c.Limits, checkURL: c.CheckURL, nowhere: route.Table{Carriers: []route.Carrier{nowhere}},
	}
}
