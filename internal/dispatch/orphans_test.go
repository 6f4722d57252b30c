package dispatch_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/testworld"
)

// A message is reclaimed whose commit succeeded although it was reported as failed.
func TestReclaim_LostCommit(t *testing.T) {
	t.Parallel()
	b := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
	w := newTrio(t, testworld.Options{Backend: b})
	b.Lost.Store(1)
	if _, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(phoneA), nil); err == nil {
		t.Fatal("the send succeeded although its commit failed")
	}
	if got := w.Balance(t); got.Held != 8 {
		t.Fatalf("balance %+v: nothing was committed, so this test tests nothing", got)
	}

	for round, want := range []int{0, 1, 1, 1} {
		if err := w.Dispatcher.Reclaim(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.Settle()
		if got := len(w.SMS.Sent()); got != want {
			t.Errorf("round %d: %d texts, want %d", round+1, got, want)
		}
	}
	if got := w.Balance(t); got.Credits != 992 || got.Held != 0 {
		t.Errorf("balance %+v", got)
	}
}

// A message in flight is not reclaimed while its carrier is slow.
func TestReclaim_InFlight(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := newTrio(t, testworld.Options{Now: time.Now})
		answers := make(chan carrier.Result)
		w.SMS.Script(testworld.Held(answers), testworld.Accepts)
		go func() { _, _, _ = w.SendOTP(context.Background(), w.Live, testworld.To(phoneA), nil) }()
		synctest.Wait()
		for range 3 {
			if err := w.Dispatcher.Reclaim(t.Context()); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}

		answers <- carrier.Result{Outcome: carrier.Accepted, IDs: []string{"1"}}
		w.Settle()
		if got := len(w.SMS.Sent()); got != 1 {
			t.Errorf("%d texts, want 1", got)
		}
	})
}
