// Package optout implements opt-outs: it carries out keywords from phones (STOP, START, HELP), and keeps the list of
// numbers that opted out, which customers read and edit.
//
// It stores and sends. Package keyword decides which words are keywords, and what they change.
package optout

import "github.com/syssecure/syssecure/internal/dispatch"

// Handler is safe for concurrent use.
type Handler struct{ dispatch *dispatch.Dispatcher }

// New makes a Handler.
func New(d *dispatch.Dispatcher) *Handler { return &Handler{d} }
