package carrierwatch

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/store"
)

// pausesEvery is how often a node reads which carriers are paused. What another process writes may be missing from a read
// for half a second, and a pause has to hold after one.
const pausesEvery = 300 * time.Millisecond

// pauses are the carriers that the operator has paused, with the time.
type pauses struct {
	names map[string]time.Time
	read  bool
}

// pausesKey is the row of the carriers that are paused.
var pausesKey = store.MetaKey("carriers-paused")

func pausesIn(rows store.Getter) map[string]time.Time {
	names := map[string]time.Time{}
	if row, ok := store.Get[store.Meta](rows, pausesKey); ok && json.Unmarshal(row.Value, &names) != nil {
		names = map[string]time.Time{}
	}
	return names
}

// Pauses reads which carriers are paused, and since when.
func Pauses(ctx context.Context, s *store.Store) (map[string]time.Time, error) {
	rows, err := s.Find(ctx, pausesKey)
	if err != nil {
		return nil, err
	}
	return pausesIn(rows), nil
}

// SetPaused pauses a carrier on all nodes, or resumes it. changed is false when it was so already.
func SetPaused(ctx context.Context, s *store.Store, name string, paused bool, now time.Time) (changed bool, err error) {
	action := audit.CarrierResumed
	if paused {
		action = audit.CarrierPaused
	}
	note := audit.Note(ctx, now, id.Account{}, 0, action, name)
	err = s.Update(ctx, id.Account{}, []store.Key{pausesKey}, func(tx *store.Tx) error {
		names := pausesIn(tx)
		if _, was := names[name]; was == paused {
			changed = false
			return nil
		}

		changed = true
		if delete(names, name); paused {
			names[name] = now.UTC().Truncate(time.Second)
		}
		value, err := json.Marshal(names)
		if err != nil {
			return err
		}
		tx.Put(store.Meta{Name: pausesKey.ID, Value: value})
		tx.Insert(note)

		return nil
	})

	return changed, err
}

// followPauses reads which carriers are paused until ctx ends.
func (w *Watch) followPauses(ctx context.Context) {
	tick := time.NewTicker(pausesEvery)
	defer tick.Stop()
	for failed := false; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}

		err := w.ReadPauses(ctx)
		if err != nil && !failed && ctx.Err() == nil {
			w.Log.Warn("which carriers are paused could not be read; it is tried again", "error", err)
		}
		failed = err != nil
	}
}

// ReadPauses reads which carriers are paused, and logs each change. A server calls it before it serves.
func (w *Watch) ReadPauses(ctx context.Context) error {
	names, err := Pauses(ctx, w.Store)
	if err != nil {
		return err
	}
	maps.DeleteFunc(names, func(name string, _ time.Time) bool { return !slices.Contains(w.Carriers, name) })

	w.mu.Lock()
	before, first := w.pauses.names, !w.pauses.read
	w.pauses = pauses{names: names, read: true}
	w.mu.Unlock()
	if maps.EqualFunc(before, names, time.Time.Equal) {
		return nil
	}

	for _, name := range slices.Sorted(maps.Keys(names)) {
		switch _, was := before[name]; {
		case was:
		case first:
			w.Log.Warn("a carrier is paused since before this start; syssecure carrier resume ends it", "carrier", name,
				"since", names[name].Format(time.RFC3339))
		default:
			w.Log.Info("a carrier was paused", "carrier", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, still := names[name]; !still {
			w.Log.Info("a carrier was resumed", "carrier", name)
		}
	}
	w.Paused(slices.Sorted(maps.Keys(names)))

	return nil
}

// IsPaused reports whether the operator has paused a carrier.
func (w *Watch) IsPaused(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, paused := w.pauses.names[name]

	return paused
}

// Avoid lists the carriers that a message with this plan should avoid now: those that are paused or down.
func (w *Watch) Avoid(plan []message.Step, now time.Time) []string {
	down := w.Down(now)

	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.pauses.names) == 0 {
		return down
	}

	return route.Avoid(plan, slices.Collect(maps.Keys(w.pauses.names)), down)
}
