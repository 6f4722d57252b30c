package carrierwatch_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/testworld"
)

// TestWatch_Live: a node writes a changed state at once and changed numbers every five seconds, and else nothing.
func TestWatch_Live(t *testing.T) {
	t.Parallel()
	world, _ := watched(t, nil)
	s, now := world.Dispatcher.Config.Store, time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC)
	load := carrierwatch.Load{Rate: 10, Bound: 1, Sessions: 2, Problem: "the bind was rejected"}
	w := carrierwatch.New(carrierwatch.Config{
		Store: s, Carriers: []string{"a"}, Epoch: 7, Nodes: cluster.Alone(7), Log: testworld.Discard,
		Now: func() time.Time { return now }, Load: func(string) carrierwatch.Load { return load },
	})

	rounds := func(n int) (live carrierwatch.Live, writes int64) {
		t.Helper()
		before := s.Updates()
		for range n {
			now = now.Add(time.Second)
			w.Round(t.Context())
		}
		writes = s.Updates() - before
		states, err := carrierwatch.States(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}

		return states[7].Carriers["a"], writes
	}

	for _, c := range []struct {
		name   string
		change func()
		rounds int
		writes int64
		want   func(carrierwatch.Live) bool
	}{
		{"at the start", func() {}, 1, 1, func(l carrierwatch.Live) bool {
			return l.Status == carrierwatch.OK && l.Bound == 1 && l.Problem == "the bind was rejected" && l.Rate == 10
		}},
		{"nothing changes", func() {}, 60, 0, func(l carrierwatch.Live) bool { return l.Status == carrierwatch.OK }},
		{"it sends", func() { load.Spent, load.InFlight = 50, 3 }, 5, 1, func(l carrierwatch.Live) bool {
			return l.RateUsed == 10 && l.InFlight == 3
		}},
		{"no session is bound", func() { load.Bound = 0 }, 1, 1, func(l carrierwatch.Live) bool {
			return l.Status == carrierwatch.Failing && l.FailingSince.Equal(now)
		}},
		{"all are", func() { load.Bound = 2 }, 1, 1, func(l carrierwatch.Live) bool {
			return l.Status == carrierwatch.OK && l.Problem == "" && l.FailingSince.IsZero()
		}},
		{"it fails", func() { failing(w, 5) }, 1, 2, func(l carrierwatch.Live) bool { // and that of its failure
			return l.Status == carrierwatch.Open && l.LastCode == "HTTP 401" && l.LastError == "check the token" &&
				l.OpenUntil.After(now)
		}},
	} {
		c.change()
		if live, writes := rounds(c.rounds); writes != c.writes || !c.want(live) {
			t.Errorf("%s: %d writes, %+v", c.name, writes, live)
		}
	}
}

func failing(w *carrierwatch.Watch, submits int) {
	for range submits {
		w.Note("a", w.Begin("a"), carrier.Result{
			Outcome: carrier.Retry, CarrierCode: "HTTP 401", Cause: "check the token",
		})
	}
}

// TestWatch_LiveOfOthers: an entry of a node that is gone is removed by the next write, one of another node that lives
// stays.
func TestWatch_LiveOfOthers(t *testing.T) {
	t.Parallel()
	world, _ := watched(t, nil)
	s := world.Dispatcher.Config.Store
	watch := func(epoch int64) *carrierwatch.Watch {
		return carrierwatch.New(carrierwatch.Config{
			Store: s, Carriers: []string{"a"}, Epoch: epoch, Nodes: cluster.Alone(epoch), Log: testworld.Discard,
			Now: time.Now,
		})
	}

	for _, epoch := range []int64{9, 8} { // to 8, 9 is a node that it does not know yet
		watch(epoch).Round(t.Context())
	}
	if states, err := carrierwatch.States(t.Context(), s); err != nil || len(states) != 2 {
		t.Errorf("%+v, %v", states, err)
	}
	watch(10).Round(t.Context()) // alone, so 8 and 9 are gone
	if states, err := carrierwatch.States(t.Context(), s); err != nil || len(states) != 1 {
		t.Errorf("%+v, %v", states, err)
	}
}
