// Package optout implements opt-outs: what a keyword from a phone (STOP, START, HELP) does to its account, and the list
// of numbers that opted out, which customers read and edit. Which words these are is decided by package keyword.
//
// It stores and sends; it decides nothing that keyword could decide.
package optout

import "github.com/syssecure/syssecure/internal/dispatch"

// Handler is safe for concurrent use.
type Handler struct{ dispatch *dispatch.Dispatcher }

// New makes a Handler.
func New(d *dispatch.Dispatcher) *Handler { return &Handler{d} }
