package dispatch

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/store"
)

// unreportedBatch is how many messages are read at a time.
const unreportedBatch = 256

// Unreported implements carrier.Sink: it finds what a carrier accepted by the rows of its ids.
func (d *Dispatcher) Unreported(
	ctx context.Context, name string, since time.Time, most int,
) (out []carrier.Unreported, err error) {
	var refs []store.Ref
	err = d.Config.Store.View(ctx, func(v store.Reader) error {
		refs, err = v.RecentRefs(name, since, most)
		return err
	})
	if err != nil {
		return nil, err
	}

	var entries []store.RefEntry
	for _, row := range refs {
		for _, e := range row.Entries {
			if !e.Orphan() && !e.CreatedAt.Before(since) {
				entries = append(entries, e)
			}
		}
	}
	for len(entries) > 0 && len(out) < most {
		n := min(len(entries), unreportedBatch)
		some, err := d.unreported(ctx, entries[:n])
		if err != nil {
			return nil, err
		}
		out, entries = append(out, some...), entries[n:]
	}

	return out[:min(len(out), most)], nil
}

// unreported are the messages of some ids that have no final receipt.
func (d *Dispatcher) unreported(ctx context.Context, entries []store.RefEntry) (out []carrier.Unreported, err error) {
	keys := make([]store.Key, 0, len(entries))
	for _, e := range entries {
		keys = append(keys, store.MessageKey(e.Account, e.Message))
	}
	rows, err := d.Config.Store.Find(ctx, keys...)
	if err != nil {
		return nil, err
	}

	for i, e := range entries {
		m, ok := store.Get[store.Message](rows, keys[i])
		if !ok || e.Attempt >= len(m.Attempts) || m.Attempts[e.Attempt].Closed {
			continue
		}
		at := m.Attempts[e.Attempt].At
		out = append(out, carrier.Unreported{
			ID: e.ID, Ref: RefOf(m, e.Attempt), At: at, Validity: m.Deadline.Sub(at),
		})
	}

	return out, nil
}
