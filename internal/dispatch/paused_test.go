package dispatch_test

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// setPaused pauses or resumes a carrier, as the command does, and lets the node read it.
func setPaused(t *testing.T, w *testworld.World, name string, paused bool) {
	t.Helper()
	_, err := carrierwatch.SetPaused(t.Context(), w.Dispatcher.Config.Store, name, paused, time.Now())
	if err == nil {
		err = w.Dispatcher.Watch.ReadPauses(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestPause: while a carrier is paused, messages go to the next of the route, and wait when there is none.
func TestPause(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		paused []string
		fails  bool // second does
		first  int  // submits over each
		second int
		after  int // over first, once it is resumed
	}{
		"none":                {first: 3, after: 3},
		"the first":           {paused: []string{"first"}, second: 3},
		"the second":          {paused: []string{"second"}, first: 3, after: 3},
		"both":                {paused: []string{"first", "second"}, after: 3},
		"one that also fails": {paused: []string{"first"}, fails: true, second: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, b store.Backend) {
				first, second := testworld.NewCarrier("first", message.SMS), testworld.NewCarrier("second", message.SMS)
				w := testworld.New(t, testworld.Options{Backend: b, Carriers: []carrier.Carrier{first, second}})
				if c.fails {
					down(w, "second")
				}
				for _, p := range c.paused {
					setPaused(t, w, p, true)
				}
				for i := range 3 {
					send(t, w, testworld.To(testworld.Number(i)))
				}
				w.Sweep(t)
				w.Sweep(t)
				if a, b := len(first.Sent()), len(second.Sent()); a != c.first || b != c.second {
					t.Errorf("%d and %d submits, want %d and %d", a, b, c.first, c.second)
				}

				for _, p := range slices.Backward(c.paused) {
					setPaused(t, w, p, false)
				}
				w.Sweep(t)
				if n := len(first.Sent()); n != c.after {
					t.Errorf("resumed, %d submits over the first, want %d", n, c.after)
				}
			})
		})
	}
}

// down makes a carrier fail so often that messages skip it.
func down(w *testworld.World, name string) {
	for range 5 {
		w.Dispatcher.Watch.Note(name, w.Dispatcher.Watch.Begin(name), carrier.Result{Outcome: carrier.Retry})
	}
}

// TestPause_Waiting: what waits in the queue of a carrier goes to the next one when it is paused.
func TestPause_Waiting(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		first, second := testworld.NewCarrier("first", message.SMS), testworld.NewCarrier("second", message.SMS)
		first.Limited(carrier.Limits{InFlight: 1})
		w := testworld.New(t, testworld.Options{Carriers: []carrier.Carrier{first, second}, Now: time.Now})
		answers := make(chan carrier.Result)
		first.Script(testworld.Held(answers), testworld.Accepts)
		var sending sync.WaitGroup
		for i := range 3 {
			sending.Go(func() { send(t, w, testworld.To(testworld.Number(i))) })
		}
		synctest.Wait()

		setPaused(t, w, "first", true)
		for range 2 { // one moves them, one queues them
			if _, err := w.Dispatcher.Sweep(t.Context()); err != nil {
				t.Error(err)
			}
			synctest.Wait()
		}
		answers <- carrier.Result{Outcome: carrier.Accepted}
		sending.Wait()
		if a, b := len(first.Sent()), len(second.Sent()); a != 1 || b != 2 {
			t.Errorf("%d and %d submits, want 1 and 2", a, b)
		}
	})
}

// TestPause_Restart: a pause is kept over a restart.
func TestPause_Restart(t *testing.T) {
	t.Parallel()
	first, second := testworld.NewCarrier("first", message.SMS), testworld.NewCarrier("second", message.SMS)
	w := testworld.New(t, testworld.Options{Carriers: []carrier.Carrier{first, second}})
	setPaused(t, w, "first", true)
	next := w.Restart(t, nil)
	if err := next.Dispatcher.Watch.ReadPauses(t.Context()); err != nil {
		t.Fatal(err)
	}
	send(t, next, testworld.To(testworld.PhoneA))
	if a, b := len(first.Sent()), len(second.Sent()); a != 0 || b != 1 {
		t.Errorf("%d and %d submits", a, b)
	}
}
