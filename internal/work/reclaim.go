package work

import (
	"context"
	"log/slog"
	"time"
)

// Orphans finds work that is owned and not in flight, at the second look: at the first it may be on its way from its
// commit to what carries it out. The zero value has not looked yet. It has one user at a time.
type Orphans[K comparable] struct{ seen map[K]bool }

// FindOrphans returns the rows that are not in flight now, nor were at the last look. owned is what there is.
func FindOrphans[T any, K comparable](o *Orphans[K], owned []T, key func(T) K, inFlight func(K) bool) (orphans []T) {
	seen := map[K]bool{}
	for _, row := range owned {
		switch k := key(row); {
		case inFlight(k):
		case o.seen[k]:
			orphans = append(orphans, row)
		default:
			seen[k] = true
		}
	}
	o.seen = seen

	return orphans
}

const (
	// takeOverTries is how often a start tries: for long enough that a database comes back, and not so long that a row
	// that cannot be worked on keeps all others waiting. Callers of TakeOver try again later.
	takeOverTries = 50
	// takeOverEvery is the pause between two tries.
	takeOverEvery = 200 * time.Millisecond
)

// TakeOver calls recover, which takes up what was left undone, until it succeeds or ctx ends: a database that goes away
// while a server starts is no reason to end, it comes back.
func TakeOver(ctx context.Context, log *slog.Logger, recover func(context.Context) error) {
	tick := time.NewTicker(takeOverEvery)
	defer tick.Stop()

	for range takeOverTries {
		err := recover(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}

		log.Warn("taking over what was left undone failed; it is tried again", "error", err)

		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}
