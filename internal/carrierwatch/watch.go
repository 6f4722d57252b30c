// Package carrierwatch watches which carriers fail: messages avoid these for a while, and the log reports them.
//
// It gets the result of every submit, and keeps the state of carriers that fail in the database, where doctor and other
// nodes find it. The rules of route decide what counts as a failure.
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
	// Carriers are the names of the configured carriers.
	Carriers []string
	Epoch    int64 // of this node
	Nodes    *cluster.Membership
	Now      func() time.Time
	Log      *slog.Logger
	// Load reads what a carrier has to do on this node; nil = nothing.
	Load func(name string) Load
	// Paused is called when the carriers that are paused change; nil = nobody has to know.
	Paused func(names []string)
}

// Watch is safe for concurrent use.
type Watch struct {
	Config

	mu       sync.Mutex
	breakers map[string]route.Breaker
	failures map[string]*failure // by carrier
	pauses   pauses
	live     live
}

// failure is what this node saw of a carrier's failures.
type failure struct {
	route.Failing
	stored   int64     // Count as in the database; 0 = it has no row
	storedAt time.Time // the last write
}

const (
	roundEvery = time.Second
	// A node writes a carrier's state when a failure begins and ends, and its count every countEvery; but it never
	// writes twice within minPause.
	minPause   = 3 * time.Second
	countEvery = 10 * time.Second
)

// New makes a watch in which all carriers work.
func New(c Config) *Watch {
	if c.Load == nil {
		c.Load = func(string) Load { return Load{} }
	}
	if c.Paused == nil {
		c.Paused = func([]string) {}
	}

	w := &Watch{
		Config: c, breakers: map[string]route.Breaker{}, failures: map[string]*failure{},
		live: live{carriers: map[string]*liveCarrier{}},
	}
	for _, name := range c.Carriers {
		w.failures[name] = &failure{}
		w.live.carriers[name] = &liveCarrier{}
	}

	return w
}

// Begin notes that a submit begins, and returns its time.
func (w *Watch) Begin(name string) time.Time {
	now := w.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if b, ok := w.breakers[name]; ok {
		w.breakers[name] = b.Begin(now)
	}

	return now
}

// Note adds the result of a submit that began at a time.
func (w *Watch) Note(name string, began time.Time, r carrier.Result) {
	now := w.Now()
	// A rejection does not count: one account with bad numbers must not close a carrier for all. Nor does a carrier that
	// gets too many submits fail: it takes as many as it can.
	retry := r.Outcome == carrier.Retry
	failed := r.Outcome == carrier.Unknown || retry && !r.Throttled
	cause := causeOf(r)

	w.mu.Lock()
	defer w.mu.Unlock()
	w.breakers[name] = w.breakers[name].Note(failed, began, now)

	f := w.failures[name]
	switch {
	case f == nil:
	case failed:
		f.Failing = f.Failed(r.CarrierCode, cause, now)
	case retry:
		f.Failing = f.Failing.Throttled(r.CarrierCode, cause, now)
	default:
		f.Failing = f.Worked(now)
	}
}

// causeOf is the cause of a result for the operator. Every failure has a cause, or a code that says more.
func causeOf(r carrier.Result) string {
	switch {
	case r.Cause != "":
		return r.Cause
	case r.Outcome == carrier.Unknown && r.Reason == message.CarrierTimeout:
		return "no answer in time"
	case r.Outcome == carrier.Unknown:
		return "no readable answer"
	case r.Outcome == carrier.Retry && r.CarrierCode == "" && r.Throttled:
		return "it accepts no more messages for now"
	case r.Outcome == carrier.Retry && r.CarrierCode == "":
		return "not connected"
	}

	return ""
}

// Down lists the carriers that messages should avoid, because they failed lately.
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

// Skipped lists the carriers that are down or paused.
func (w *Watch) Skipped(now time.Time) []string {
	names := w.Down(now)
	w.mu.Lock()
	defer w.mu.Unlock()
	for name := range w.pauses.names {
		names = append(names, name)
	}

	return names
}

// Run logs which carriers fail, keeps their state in the database, and follows which ones the operator pauses, until ctx
// ends.
func (w *Watch) Run(ctx context.Context) error {
	var loops sync.WaitGroup
	defer loops.Wait()
	loops.Go(func() { w.followPauses(ctx) })

	tick := time.NewTicker(roundEvery)
	defer tick.Stop()

	nodes := w.Nodes.Members()
	w.takeOver(ctx)
	for {
		select {
		case <-ctx.Done():
			w.storeRecoveries()
			w.leave()
			return nil
		case <-tick.C:
		}

		if now := w.Nodes.Members(); !now.Equal(nodes) {
			nodes = now
			w.takeOver(ctx)
		}
		w.Round(ctx)
	}
}

// Round logs and stores the state of every carrier where that is due. Run calls it every second.
func (w *Watch) Round(ctx context.Context) {
	for _, name := range w.Carriers {
		w.report(ctx, name)
	}
	w.publish(ctx)
}

// storeRecoveries stores, when the node stops, which carriers have just recovered.
func (w *Watch) storeRecoveries() {
	ctx, cancel := context.WithTimeout(context.Background(), minPause)
	defer cancel()
	for _, name := range w.Carriers {
		w.mu.Lock()
		f := w.failures[name]
		recovered := f.stored != 0 && f.Recovered()
		w.mu.Unlock()

		if recovered {
			_ = w.write(ctx, name, route.Failing{}) // which logs it
		}
	}
}

func (w *Watch) report(ctx context.Context, name string) {
	now := w.Now()

	w.mu.Lock()
	f := w.failures[name]
	before := f.Failing
	var report route.Report
	f.Failing, report = f.Next(now)
	write := f.Count != f.stored && now.Sub(f.storedAt) >= minPause &&
		(f.stored == 0 || f.Count == 0 || now.Sub(f.storedAt) >= countEvery)
	after := f.Failing
	w.mu.Unlock()

	switch report {
	case route.ReportNone:
	case route.ReportBegins:
		w.Log.Warn("a carrier fails", attrs(name, after)...)
	case route.ReportContinues:
		w.Log.Warn("a carrier still fails", attrs(name, after)...)
	case route.ReportRecovered:
		w.Log.Info("a carrier works again", "carrier", name, "failed", before.Count,
			"since", before.Since.UTC().Format(time.RFC3339))
	}

	if !write {
		return
	}

	err := w.write(ctx, name, after)
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.storedAt = now; err == nil {
		f.stored = after.Count
	}
}

func attrs(name string, f route.Failing) []any {
	return []any{
		slog.String("carrier", name), slog.Int64("failed", f.Count),
		slog.String("since", f.Since.UTC().Format(time.RFC3339)),
		slog.String("code", f.Code), slog.String("cause", f.Cause),
	}
}
