package dispatch

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/work"
)

// orphansEvery is how often this run looks for its orphans. A commit that succeeded although it was reported as failed
// leaves one.
const orphansEvery = 30 * time.Second

// ownedBatch is how many messages that this run owns are checked.
const ownedBatch = 8192

// reclaim takes up orphans of this run.
func (d *Dispatcher) reclaim(ctx context.Context) error {
	var owned []store.Due
	err := d.Config.Store.View(ctx, func(v store.Reader) (err error) {
		owned, err = d.duePage(ownedBatch, func(most int) ([]store.Due, error) {
			return v.OwnedMessages(d.Config.Epoch, most)
		})
		return err
	})
	if err != nil {
		return err
	}

	orphans := work.FindOrphans(&d.orphans, owned, func(due store.Due) store.Key { return due.Key }, d.inFlight.Has)
	if len(orphans) > 0 {
		d.Config.Log.Warn("reclaimed messages that no worker had", "count", len(orphans))
	}

	return d.crashAll(ctx, orphans)
}

// abandoned reports whether a message that has an owner is not being worked on.
func (d *Dispatcher) abandoned(m store.Message) bool {
	return d.Config.Nodes.Members().Gone(m.Owner) || m.Owner == d.Config.Epoch && !d.inFlight.Has(m.Key())
}
