package dispatch

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/queue"
	"github.com/syssecure/syssecure/internal/store"
)

// DueOf is what a sweep of the node finds of codes and texts that wait for the carrier.
func (d *Dispatcher) DueOf(
	ctx context.Context, nodes cluster.Members, now time.Time,
) (codes, texts []store.Due, err error) {
	s := &sweep{d: d, now: now, nodes: nodes}
	err = d.Config.Store.View(ctx, s.read)
	for _, f := range s.jobs {
		if f.class == queue.Codes {
			codes = append(codes, f.due)
		} else {
			texts = append(texts, f.due)
		}
	}

	return codes, texts, err
}

// Reclaim takes up orphans of this run.
func (d *Dispatcher) Reclaim(ctx context.Context) error { return d.reclaim(ctx) }

// EnqueueCreditsLow enqueues the event that credits fell below a threshold.
var EnqueueCreditsLow = (*Dispatcher).enqueueCreditsLow

// MaxRevoking is how many OTPs are being revoked at a time.
const MaxRevoking = maxRevoking
