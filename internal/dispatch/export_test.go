package dispatch

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/node"
	"github.com/syssecure/syssecure/internal/store"
)

// DueOf is what a sweep of the node finds of codes and texts.
func DueOf(ctx context.Context, s *store.Store, nodes node.Set, now time.Time) (codes, texts []store.Due, err error) {
	w := dueWork{room: sweepBatch, nodes: nodes}
	err = s.View(ctx, func(v store.Reader) error { return w.read(v, now) })
	return w.messages, w.texts, err
}

// Adopt looks for messages that nobody works on.
func (d *Dispatcher) Adopt(ctx context.Context) error { return d.adopt(ctx) }

// EmitCreditsLow tells that credits fell below a threshold.
var EmitCreditsLow = (*Dispatcher).emitCreditsLow
