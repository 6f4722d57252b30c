package hooks_test

import (
	"context"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Many damaged deliveries of a run that is gone neither hide a sound one nor keep the hooks from starting.
func TestTakeOver_DamagedDeliveries(t *testing.T) {
	t.Parallel()
	testworld.OnEach(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, testworld.Options{Backend: b})
		at := w.Clock.Now()
		left := func(target byte, n int) store.Delivery {
			return store.Delivery{Delivery: webhook.Delivery{
				Account: w.Account, Target: webhook.Target{target}, Event: id.EventAt(at, [10]byte{byte(n >> 8), byte(n)}), Mode: id.Live, State: webhook.Waiting, Owner: w.Dispatcher.Config.Epoch, CreatedAt: at,
			}}
		}

		var damaged []store.Record
		for n := range 600 {
			damaged = append(damaged, left(1, n))
		}
		testworld.Damage(t, w.World, damaged...)
		sound := left(2, 0)
		w.Do(t, func(ctx context.Context) error {
			return w.Dispatcher.Config.Store.Restore(ctx, []store.Record{sound}, nil)
		})

		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if err := hooks.TakeOver(w.Rerun(t).Hooks, ctx); err != nil || ctx.Err() != nil {
			t.Fatalf("%v, %v", err, ctx.Err())
		}
		rows, err := w.Dispatcher.Config.Store.Find(t.Context(), sound.Key())
		if got, ok := store.Get[store.Delivery](rows, sound.Key()); err != nil || !ok || got.Owner != 0 {
			t.Errorf("the sound delivery is %+v (%v)", got, err)
		}
	})
}
