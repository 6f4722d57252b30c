package dispatch

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/work"
)

// orphansEvery is how often messages are looked for that this run owns and nobody works on: a commit that was reported
// as failed and was carried out all the same leaves one.
const orphansEvery = 30 * time.Second

// ownedBatch is how many messages that this run owns are looked at.
const ownedBatch = 8192

// reclaim takes up messages that this run owns and nobody works on.
func (d *Dispatcher) reclaim(ctx context.Context) error {
	var owned []store.Due
	err := d.Config.Store.View(ctx, func(v store.Reader) (err error) {
		owned, err = d.duePage(ownedBatch, func(most int) ([]store.Due, error) { return v.OwnedMessages(d.Config.Epoch, most) })
		return err
	})
	if err != nil {
		return err
	}

	orphans := work.FindOrphans(&d.orphans, owned, func(due store.Due) store.Key { return due.Key }, d.inFlight.Has)
	if len(orphans) > 0 {
		d.Config.Log.Warn("took up messages that nobody worked on", "count", len(orphans))
	}

	return d.crashAll(ctx, orphans)
}

// abandoned reports whether nobody works on a message that is owned.
func (d *Dispatcher) abandoned(m store.Message) bool {
	return d.Config.Nodes.Members().Gone(m.Owner) || m.Owner == d.Config.Epoch && !d.inFlight.Has(m.Key())
}
