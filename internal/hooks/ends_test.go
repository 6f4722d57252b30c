package hooks_test

import (
	"context"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/engine/enginetest"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// TestEndsAreStoredTogether: a delivery by itself is stored at once, and one of many costs no transaction of its own.
func TestEndsAreStoredTogether(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w world, run func(*hooks.Hooks)) {
		run(w.Hooks)
		w.Receiver.Answers(func(_ context.Context, _ enginetest.Got) egress.Response {
			time.Sleep(time.Millisecond)
			return egress.Response{Status: 200}
		})
		e := endpoint(t, w, w.Live)
		for _, n := range []int{1, 500} {
			fill(t, w, e.ID, n)
			before, begun := w.Store.Updates(), time.Now()
			w.Hooks.Wake(store.TargetRef{Account: w.Account, Target: webhook.Target(e.ID)}, begun)
			w.Hooks.Settle()
			if took := time.Since(begun); n == 1 && took != time.Millisecond {
				t.Errorf("the end of one delivery was stored %v after its beginning", took)
			}
			if updates := w.Store.Updates() - before; updates > int64(n)/10+1 {
				t.Errorf("%d updates for %d deliveries", updates, n)
			}
		}
		states := map[webhook.State]int{}
		for _, d := range deliveries(t, w, w.Live, e) {
			states[d.State]++
		}
		if len(states) != 1 || states[webhook.Delivered] == 0 {
			t.Errorf("they ended as %v", states)
		}
	})
}

// fill writes deliveries that wait.
func fill(t *testing.T, w world, e id.Webhook, n int) {
	t.Helper()
	err := w.Store.Update(t.Context(), w.Account, nil, func(tx *store.Tx) error {
		for k := range n {
			at := w.Now()
			event := webhook.EventID(at, []byte{byte(n)}, k, webhook.MessageSent)
			tx.Insert(store.Event{Account: w.Account, Mode: id.Live, ID: event, Type: webhook.MessageSent, CreatedAt: at,
				Payload: dispatch.SealPayload(w.Keys, event, []byte(`{}`))})
			tx.Insert(store.Delivery{Delivery: webhook.Delivery{Account: w.Account, Target: webhook.Target(e), Event: event,
				Mode: id.Live, State: webhook.Waiting, DueAt: at, CreatedAt: at}})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
