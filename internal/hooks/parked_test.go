package hooks_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// What a restore parked is posted neither at a start nor later. A release by the operator, in another process, is found
// within a minute; a redelivery is posted without delay.
func TestDelivery_Parked(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w world, run func(*hooks.Hooks)) {
		e := endpoint(t, w, w.Live, webhook.MessageSent)
		for n := range 2 {
			send(t, w, n)
		}

		synctest.Wait()
		var keys []store.Key
		for _, d := range deliveries(t, w, w.Live, e) {
			keys = append(keys, store.DeliveryKey(d.Account, d.Target, d.Event))
			change(t, w, keys[len(keys)-1], func(row store.Delivery) store.Delivery {
				row.State = webhook.Waiting // as a copy that was made a moment ago has it
				row.Delivery = row.Park(time.Now())
				return row
			})
		}

		before := len(w.Receiver.Got())
		next := w.Restart(t, nil)
		run(next.Hooks)
		time.Sleep(time.Hour)
		if n := len(w.Receiver.Got()) - before; n != 0 || len(keys) != 2 {
			t.Fatalf("%d of %d parked deliveries were posted", n, len(keys))
		}
		if _, _, err := next.Hooks.Redeliver(t.Context(), w.Live, e.ID, deliveries(t, w, w.Live, e)[0].Event, nil); err != nil {
			t.Fatal(err)
		}

		time.Sleep(time.Second)
		if n := len(w.Receiver.Got()) - before; n != 1 {
			t.Errorf("%d posts after a customer asked for one", n)
		}

		change(t, world{World: next}, keys[1], func(row store.Delivery) store.Delivery {
			row.Delivery = row.Unpark(true)
			return row
		})

		time.Sleep(time.Minute)
		if got := w.Receiver.Got(); len(got)-before != 2 || got[before].Header[webhook.HeaderEventID] == got[before+1].Header[webhook.HeaderEventID] {
			t.Errorf("%d posts after the operator's word", len(got)-before)
		}
	})
}
