package dispatch

import "context"

// ParseRef reads our reference.
var ParseRef = parseRef

// Adopt looks for messages that nobody works on.
func (d *Dispatcher) Adopt(ctx context.Context) error { return d.adopt(ctx) }

// EmitCreditsLow tells that credits fell below a threshold.
var EmitCreditsLow = (*Dispatcher).emitCreditsLow
