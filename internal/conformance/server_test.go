package conformance_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/syssecure/syssecure/api"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/conformance"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/httpapi"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
)

// scenarios loads the scenarios of api/.
func scenarios(t testing.TB) []conformance.Scenario {
	t.Helper()
	all, err := conformance.Load(api.Scenarios)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// serve starts a server with one account and returns a runner with a test key.
func serve(t *testing.T, o testworld.Options) *conformance.Runner {
	t.Helper()
	clock := testworld.NewClock()
	o.Now = func() time.Time {
		// ids differ in their time, and times are as precise as real ones
		clock.Add(time.Millisecond + time.Nanosecond)
		return clock.Now()
	}

	w := testworld.New(t, o)
	_, key, err := w.Admin.CreateKey(t.Context(), w.Account, id.Test, nil)
	if err != nil {
		t.Fatal(err)
	}

	// The test's clock hardly moves, so the rate must be enough for all scenarios.
	gate := &admin.Authenticator{Admin: w.Admin, Rate: guard.Rate{N: 1_000_000, Per: 1_000_000_000}}
	s := httptest.NewServer(httpapi.New(httpapi.Config{
		Engine: w.Engine, Answers: w.Answers, OptOuts: w.OptOuts, Query: w.Dispatcher.Query, Sink: w.Sink(),
		Numbers: w.Dispatcher.Config.Numbers, Keys: w.Dispatcher.Config.Keys, Admin: w.Admin, Hooks: w.Hooks,
		Gate: gate, Log: slog.New(slog.DiscardHandler),
		Ready: func(context.Context) error { return nil },
	}))

	t.Cleanup(s.Close)
	r, err := conformance.New(s.URL, key.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	r.Pace = 0

	return r
}

// TestServer_Conforms runs on every store, and twice: a run must not disturb the next one.
func TestServer_Conforms(t *testing.T) {
	t.Parallel()
	for name, fresh := range testworld.Backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := serve(t, testworld.Options{Backend: fresh(t)})
			for range 2 {
				for _, s := range scenarios(t) {
					if err := r.Run(t.Context(), s); err != nil {
						t.Errorf("%s: %s: %v", s.File, s.Name, err)
					}
				}
			}
		})
	}
}
