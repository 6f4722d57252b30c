// Package carrierwatch knows how carriers do: which are passed by for now, and which the operator is told of.
//
// It hears the result of every submit, and keeps the state of carriers that fail in the database, where doctor and other
// nodes find it. What counts as a failure is decided by the rules of route.
package carrierwatch

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/store"
)

// Config is what a Watch is made from.
type Config struct {
	Store *store.Store
	// Carriers are the names of those that are configured.
	Carriers []string
	Epoch    int64 // of this node
	Nodes    *cluster.Membership
	Now      func() time.Time
	Log      *slog.Logger
}

// Watch is safe for concurrent use.
type Watch struct {
	Config

	mu       sync.Mutex
	breakers map[string]route.Breaker
	by       map[string]*failure
}

// failure is what this node saw of a carrier's failures.
type failure struct {
	route.Failing
	written   int64     // Count as it stands in the database; 0 = nothing stands there
	writtenAt time.Time // the newest write
}

const (
	roundEvery = time.Second
	// A node writes a carrier's state when it begins and ends, and every writeCount the count, but never within writeLeast.
	writeLeast = 3 * time.Second
	writeCount = 10 * time.Second
)

// New makes a watch of carriers of which nothing is known.
func New(c Config) *Watch {
	w := &Watch{Config: c, breakers: map[string]route.Breaker{}, by: map[string]*failure{}}
	for _, name := range c.Carriers {
		w.by[name] = &failure{}
	}
	return w
}

// Note adds the result of a submit.
func (w *Watch) Note(name string, r carrier.Result) {
	now := w.Now()
	// Never a rejection: one account with bad numbers must not close a carrier for all.
	failed := r.Outcome == carrier.Unknown || r.Outcome == carrier.Retry
	cause := causeOf(r)

	w.mu.Lock()
	defer w.mu.Unlock()
	w.breakers[name] = w.breakers[name].Note(failed, now)
	f := w.by[name]
	switch {
	case f == nil:
	case !failed:
		f.Failing = f.Worked(now)
	case r.Throttled:
		f.Failing = f.Failing.Throttled(r.CarrierCode, cause, now)
	default:
		f.Failing = f.Failed(r.CarrierCode, cause, now)
	}
}

// causeOf is what the operator is told of a result. Every failure has a cause, or a code that says more.
func causeOf(r carrier.Result) string {
	switch {
	case r.Cause != "":
		return r.Cause
	case r.Outcome == carrier.Unknown && r.Reason == message.CarrierTimeout:
		return "no answer in time"
	case r.Outcome == carrier.Unknown:
		return "no readable answer"
	case r.Outcome == carrier.Retry && r.CarrierCode == "" && r.Throttled:
		return "it takes no more for now"
	case r.Outcome == carrier.Retry && r.CarrierCode == "":
		return "not connected"
	}

	return ""
}

// Down lists the carriers that a message should pass by, since they failed lately.
func (w *Watch) Down(now time.Time) (names []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for name, b := range w.breakers {
		if b.Down(now) {
			names = append(names, name)
		}
	}

	return names
}

// Run tells the operator of carriers that fail, and keeps their state in the database, until ctx ends.
func (w *Watch) Run(ctx context.Context) error {
	tick := time.NewTicker(roundEvery)
	defer tick.Stop()
	nodes := w.Nodes.Members()
	w.adopt(ctx)
	for {
		select {
		case <-ctx.Done():
			w.leave()
			return nil
		case <-tick.C:
		}

		if now := w.Nodes.Members(); !now.Equal(nodes) {
			nodes = now
			w.adopt(ctx)
		}
		w.Round(ctx)
	}
}

// Round is what Run does from time to time.
func (w *Watch) Round(ctx context.Context) {
	for _, name := range w.Carriers {
		w.tell(ctx, name)
	}
}

// leave stores at the end which carriers have recovered a moment ago.
func (w *Watch) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), writeLeast)
	defer cancel()
	for _, name := range w.Carriers {
		w.mu.Lock()
		f := w.by[name]
		recovered := f.written != 0 && f.Recovered()
		w.mu.Unlock()
		if recovered {
			_ = w.write(ctx, name, route.Failing{}) // which logs it
		}
	}
}

func (w *Watch) tell(ctx context.Context, name string) {
	now := w.Now()
	w.mu.Lock()
	f := w.by[name]
	before := f.Failing
	var tell route.Report
	f.Failing, tell = f.Next(now)
	write := f.Count != f.written && now.Sub(f.writtenAt) >= writeLeast &&
		(f.written == 0 || f.Count == 0 || now.Sub(f.writtenAt) >= writeCount)
	after := f.Failing
	w.mu.Unlock()

	switch tell {
	case route.ReportNone:
	case route.ReportBegins:
		w.Log.Warn("a carrier fails", attrs(name, after)...)
	case route.ReportContinues:
		w.Log.Warn("a carrier still fails", attrs(name, after)...)
	case route.ReportRecovered:
		w.Log.Info("a carrier works again", "carrier", name, "failed", before.Count, "since", before.Since.UTC().Format(time.RFC3339))
	}
	if !write {
		return
	}

	err := w.write(ctx, name, after)
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.writtenAt = now; err == nil {
		f.written = after.Count
	}
}

func attrs(name string, f route.Failing) []any {
	return []any{
		slog.String("carrier", name), slog.Int64("failed", f.Count), slog.String("since", f.Since.UTC().Format(time.RFC3339)),
		slog.String("code", f.Code), slog.String("cause", f.Cause),
	}
}
