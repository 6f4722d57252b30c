package dispatch

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/store"
)

// orphansEvery is how often messages are looked for that this run owns and nobody works on: a commit that was reported
// as failed and was carried out all the same leaves one.
const orphansEvery = 30 * time.Second

// ownedBatch is how many messages that this run owns are looked at.
const ownedBatch = 8192

// SecondLook finds work that is owned and that nobody has in hand, at the second look: at the first it may be on its way
// from its commit to whoever carries it out. It has one user at a time.
type SecondLook struct{ seen map[store.Key]bool }

// Orphans returns the rows that nobody has in hand now, nor had at the last look. owned is what there is.
func (l *SecondLook) Orphans(owned []store.Due, inHand func(store.Key) bool) (orphans []store.Due) {
	seen := map[store.Key]bool{}
	for _, due := range owned {
		switch {
		case inHand(due.Key):
		case l.seen[due.Key]:
			orphans = append(orphans, due)
		default:
			seen[due.Key] = true
		}
	}
	l.seen = seen
	return orphans
}

// adopt takes up messages that this run owns and nobody works on.
func (d *Dispatcher) adopt(ctx context.Context) error {
	var owned []store.Due
	err := d.Config.Store.View(ctx, func(v store.Reader) (err error) {
		owned, err = v.OwnedMessages(d.Config.Epoch, ownedBatch)
		return err
	})
	if err != nil {
		return err
	}
	orphans := d.looked.Orphans(owned, d.inFlight.Has)
	if len(orphans) > 0 {
		d.Config.Log.Warn("took up messages that nobody worked on", "count", len(orphans))
	}
	return d.crashAll(ctx, orphans)
}

// abandoned reports whether nobody works on a message that is owned.
func (d *Dispatcher) abandoned(m store.Message) bool {
	return d.Config.Nodes.Members().Gone(m.Owner) || m.Owner == d.Config.Epoch && !d.inFlight.Has(m.Key())
}
