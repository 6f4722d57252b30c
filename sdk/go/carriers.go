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
