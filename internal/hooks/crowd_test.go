package hooks_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// One endpoint that hangs and one that fails change nothing for the other 98.
func TestHooks_TwoBadEndpointsAmongAHundred(t *testing.T) {
	t.Parallel()
	p99 := func(bad bool) (worst time.Duration, arrived int) {
		synctest.Test(t, func(t *testing.T) { worst, arrived = crowd(t, bad) })
		return worst, arrived
	}

	well, all := p99(false)
	ill, most := p99(true)
	if well <= 0 || float64(ill) > 1.1*float64(well) {
		t.Errorf("the others' p99 is %v, and %v with two bad ones", well, ill)
	}
	if all-most > 0 {
		t.Errorf("the others got %d deliveries, and %d with two bad ones", all, most)
	}
}

// crowd sends to 100 endpoints that take 20 ms for each delivery, and returns the p99 of all but the first two.
func crowd(t *testing.T, bad bool) (p99 time.Duration, arrived int) {
	w := newWorld(t, testworld.Options{Now: time.Now})
	ctx, stop := context.WithCancel(context.Background())
	go func() { _ = w.Hooks.Run(ctx) }()
	defer func() {
		stop()
		time.Sleep(time.Minute)
	}()

	w.Receiver.Answers(func(_ context.Context, g testworld.Received) egress.Response {
		switch {
		case bad && g.URL == "https://0-0.example":
			time.Sleep(15 * time.Second)
			return egress.Response{Error: egress.TimedOut, Timeout: true}
		case bad && g.URL == "https://0-1.example":
			return egress.Response{Status: 500}
		}
		time.Sleep(20 * time.Millisecond)
		return egress.Response{Status: 200}
	})

	var callers []account.Caller
	for a := range 5 {
		n, err := w.Admin.CreateAccount(t.Context(), fmt.Sprint("A", a), 0)
		if err != nil {
			t.Fatal(err)
		}

		callers = append(callers, testworld.CallerOf(n.Account, id.Live))
		for e := range 20 {
			endpointAt(t, w, callers[a], fmt.Sprintf("https://%d-%d.example", a, e), webhook.MessageSent)
		}
	}

	happened := map[string]time.Time{}
	for n := range testworld.Size(100, 500) {
		for _, c := range callers {
			s, _, err := w.SendOTP(t.Context(), c, testworld.To(testworld.Number(n)), nil)
			if err != nil {
				t.Fatal(err)
			}
			happened[s.Message.ID.String()] = time.Now()
		}
		time.Sleep(10 * time.Millisecond)
	}

	time.Sleep(10 * time.Second)
	var waits []time.Duration
	for _, g := range w.Receiver.Got() {
		if g.URL != "https://0-0.example" && g.URL != "https://0-1.example" {
			waits = append(waits, 20*time.Millisecond+g.At.Sub(happened[body(t, g)["message_id"].(string)]))
		}
	}
	slices.Sort(waits)

	return waits[len(waits)*99/100], len(waits)
}

// A delivery by itself is stored without a pause, and many share their transactions.
func TestOutcomes_StoredTogether(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w world, run func(*hooks.Hooks)) {
		run(w.Hooks)
		w.Receiver.Answers(func(_ context.Context, _ testworld.Received) egress.Response {
			time.Sleep(time.Millisecond)
			return egress.Response{Status: 200}
		})

		e := endpoint(t, w, w.Live)
		for _, n := range []int{1, 500} {
			fill(t, w, e.ID, n)
			before, begun := w.Dispatcher.Config.Store.Updates(), time.Now()
			w.Hooks.Wake(store.TargetRef{Account: w.Account, Target: webhook.Target(e.ID)}, begun)
			w.Hooks.Settle()
			if took := time.Since(begun); n == 1 && took != time.Millisecond {
				t.Errorf("the end of one delivery was stored %v after its beginning", took)
			}
			if updates := w.Dispatcher.Config.Store.Updates() - before; updates > int64(n)/10+1 {
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
	err := w.Dispatcher.Config.Store.Update(t.Context(), w.Account, nil, func(tx *store.Tx) error {
		for k := range n {
			at := w.Dispatcher.Config.Now()
			event := webhook.EventID(at, []byte{byte(n)}, k, webhook.MessageSent)
			tx.Insert(store.Event{
				Account: w.Account, Mode: id.Live, ID: event, Type: webhook.MessageSent, CreatedAt: at,
				Payload: outbox.Seal(w.Dispatcher.Config.Keys, store.EventKey(w.Account, id.Live, event), []byte(`{}`)),
			})

			tx.Insert(store.Delivery{Delivery: webhook.Delivery{
				Account: w.Account, Target: webhook.Target(e), Event: event,
				Mode: id.Live, State: webhook.Waiting, DueAt: at, CreatedAt: at,
			}})
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
