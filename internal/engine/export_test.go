package engine

import (
	"context"
	"testing"
)

// Sweep carries out what is due now, as one round of Run does, and waits for the submits that it began.
func (e *Engine) Sweep(t testing.TB) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = e.sweep(t.Context()); err != nil {
			t.Fatalf("sweep: %v", err)
		}
		e.Settle()
	}
}

// SweepOnce is Sweep for one round, whatever it says.
func (e *Engine) SweepOnce(t testing.TB) error {
	t.Helper()
	_, err := e.sweep(t.Context())
	e.Settle()
	return err
}

// Settle waits for the submits under way.
func (e *Engine) Settle() { e.tasks.Wait() }

// Recover takes over what earlier epochs left.
func (e *Engine) Recover(ctx context.Context) error { return e.recover(ctx) }

// RefOf is our reference of an attempt.
var RefOf = refOf

// ParseRef reads our reference.
var ParseRef = parseRef

// Clean runs the janitor.
func (e *Engine) Clean(ctx context.Context) { e.janitor(ctx) }

// Adopt looks for messages that nobody works on.
func (e *Engine) Adopt(ctx context.Context) error { return e.adopt(ctx) }

// EmitCreditsLow tells that credits fell below a threshold.
var EmitCreditsLow = (*Engine).emitCreditsLow
