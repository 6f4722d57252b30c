package syssecure

import (
	"context"
	"iter"
	"time"
)

// CarriersService shows what the carriers of the server do. It is for keys with the scope operator.
type CarriersService struct{ core *core }

// Carrier is a connection over which the server sends messages.
type Carrier struct {
	Meta `json:"-"`

	// Name is the carrier's name in the server's configuration.
	Name string `json:"name"`
	// Kind is how it is reached, such as smpp, http or twilio.
	Kind string `json:"kind"`
	// Channels are the channels that it serves.
	Channels []Channel `json:"channels"`
	// State is ok, failing, open while attempts pass it by, paused or stopped.
	State string `json:"state"`
	// PausedSince is when an operator paused it.
	PausedSince time.Time `json:"paused_since,omitzero"`
	// FailingSince is when it began to fail.
	FailingSince time.Time `json:"failing_since,omitzero"`
	// LastError is what it answered last when it failed.
	LastError string `json:"last_error,omitempty" log:"number"`
	// SessionsBound is how many of its sessions are connected; nil for kinds without sessions.
	SessionsBound *int `json:"sessions_bound"`
	// Sessions is how many sessions it should have; nil for kinds without sessions.
	Sessions *int `json:"sessions"`
	// InFlight is the number of messages that it has not answered yet.
	InFlight int `json:"in_flight"`
	// Queued is the number of messages that wait for it.
	Queued int `json:"queued"`
	// Rate is the most messages that it may be given in a second; 0 for no limit.
	Rate int `json:"rate"`
	// RateUsed is how many messages it is given in a second now.
	RateUsed int `json:"rate_used"`
	// Nodes is how many nodes of the server report it.
	Nodes int `json:"nodes"`
}

// List returns the carriers, on one page. Errors that matter: [ErrAuthentication] when the key lacks the scope.
func (s *CarriersService) List(ctx context.Context, options ...RequestOption) (*Page[Carrier], error) {
	return list[Carrier](ctx, s.core, operation{method: "GET", path: "/carriers"}, options)
}

// All iterates over the carriers.
func (s *CarriersService) All(ctx context.Context, options ...RequestOption) iter.Seq2[*Carrier, error] {
	return all[Carrier](ctx, s.core, operation{method: "GET", path: "/carriers"}, options)
}

// CarrierTest is what a carrier's test found.
type CarrierTest struct {
	Meta `json:"-"`

	// Carrier is the carrier's name.
	Carrier string `json:"carrier"`
	// OK says whether everything works.
	OK bool `json:"ok"`
	// Checks are the steps, in their order.
	Checks []*CarrierCheck `json:"checks"`
	// TookMS says how long it took, in milliseconds.
	TookMS int64 `json:"took_ms"`
}

// CarrierCheck is one step of a carrier's test.
type CarrierCheck struct {
	// Name is what was tested.
	Name string `json:"name"`
	// OK says whether it works.
	OK bool `json:"ok"`
	// Note is what was seen.
	Note string `json:"note,omitempty" log:"number"`
}

// Pause lets no message go to a carrier until it is resumed. Errors that matter: [ErrNotFound] when there is no such
// carrier.
func (s *CarriersService) Pause(ctx context.Context, carrier string, options ...RequestOption) (*Carrier, error) {
	op := operation{method: "POST", path: "/carriers/{carrier}/pause", ids: []string{carrier}}
	return call[Carrier](ctx, s.core, op, options)
}

// Resume lets messages go to a carrier again. Errors that matter: [ErrNotFound] when there is no such carrier.
func (s *CarriersService) Resume(ctx context.Context, carrier string, options ...RequestOption) (*Carrier, error) {
	op := operation{method: "POST", path: "/carriers/{carrier}/resume", ids: []string{carrier}}
	return call[Carrier](ctx, s.core, op, options)
}

// CarrierTestParams are the parameters of [CarriersService.Test].
type CarrierTestParams struct {
	// To is a number to which a test message is sent, in E.164 format.
	To string `api:"to" log:"number"`
}

// Test tests the connection to a carrier, and sends a message if you give a number. Errors that matter:
// [ErrRateLimited] when it was tested a moment ago.
func (s *CarriersService) Test(
	ctx context.Context, carrier string, params CarrierTestParams, options ...RequestOption,
) (*CarrierTest, error) {
	op := operation{method: "POST", path: "/carriers/{carrier}/test", ids: []string{carrier}, body: params}
	return call[CarrierTest](ctx, s.core, op, options)
}
