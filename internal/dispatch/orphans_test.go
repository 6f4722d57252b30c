package dispatch_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/testworld"
)

// TestMessagesThatNobodyWorksOnAreTakenUp: the commit was reported as failed and was carried out all the same.
func TestMessagesThatNobodyWorksOnAreTakenUp(t *testing.T) {
	t.Parallel()
	b := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
	w := newTrio(t, testworld.Options{Backend: b})
	b.Lost.Store(1)
	if _, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(phoneA), nil); err == nil {
		t.Fatal("the send was answered although its commit failed")
	}
	if got := w.Balance(t); got.Held != 8 {
		t.Fatalf("balance %+v: the transaction was not carried out, so this test tests nothing", got)
	}

	for look, want := range []int{0, 1, 1, 1} {
		if err := w.Dispatcher.Reclaim(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.Settle()
		if got := len(w.SMS.Sent()); got != want {
			t.Errorf("look %d: %d texts, want %d", look+1, got, want)
		}
	}
	if got := w.Balance(t); got.Credits != 992 || got.Held != 0 {
		t.Errorf("balance %+v", got)
	}
}

// TestMessagesInWorkAreLeftAlone: a carrier that takes its time is not asked twice.
func TestMessagesInWorkAreLeftAlone(t *testing.T) {
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
