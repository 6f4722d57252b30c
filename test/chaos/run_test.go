package chaos

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// database is a database for the tests.
type database struct {
	name    string
	crashes int // in the short crash loop
	url     func(t *testing.T) string
}

var databases = []database{
	{name: "sqlite", crashes: 60, url: func(*testing.T) string { return "" }},
	{
		name: "postgres", crashes: 15,
		url: func(t *testing.T) string { return pgtest.StartWith(t, pgtest.Options{Durable: true}).URL() },
	},
}

// seeded returns the random source of a test and its seed, which it logs.
func seeded(t *testing.T) (uint64, *rand.Rand) {
	t.Helper()
	seed := uint64(number(t, "SYSSECURE_SEED", int(time.Now().UnixNano()&0xFFFFFFFF)+1))
	t.Logf("seed %d", seed)
	return seed, rand.New(rand.NewPCG(seed, 1))
}

// run is a server with a crowd of clients, and with a carrier and a journal that outlive it.
type run struct {
	name    string
	seed    uint64
	random  *rand.Rand
	site    *site
	carrier *sim
	crowd   *crowd
	running *server
}

// startRun starts the server and its crowd.
func startRun(t *testing.T, name string, o siteOptions) *run {
	t.Helper()
	r := newRun(t, name, o)
	r.running = r.site.start(t)
	r.crowd.gate.open()
	r.crowd.start(t)
	return r
}

// newRun makes a run without starting the server. Its clients wait at the gate.
func newRun(t *testing.T, name string, o siteOptions) *run {
	t.Helper()
	r := &run{name: name}
	r.seed, r.random = seeded(t)
	folder := evidence(t)
	r.carrier = startSim(t, r.seed)
	r.carrier.slowest = slowestSim
	if o.carrier == "" {
		o.carrier = r.carrier.url
	}

	o.credits = crashCredits
	r.site = newSite(t, folder, o)
	r.carrier.reports = "http://" + r.site.listen + "/carriers/sim/receipts"
	r.carrier.journal = openJournal(t, filepath.Join(folder, "journal"))
	r.crowd = &crowd{
		api: r.site.api(r.site.key, 0), carrier: r.carrier, journal: r.carrier.journal,
		stop: make(chan struct{}),
	}
	r.crowd.gate.shut()

	return r
}

// quiet waits until every request has been answered and every message has ended.
func (r *run) quiet(t *testing.T) {
	t.Helper()
	close(r.crowd.stop)
	r.crowd.clients.Wait()
	until(t, quietWithin, "quiet: nothing held, no submit open", func() bool {
		return r.crowd.api.balance(t).Held == 0 && r.carrier.idle()
	})
}

// end waits until it is quiet, judges the result, and prints the summary.
func (r *run) end(t *testing.T, figures string, args ...any) outcome {
	t.Helper()
	r.quiet(t)
	return r.judge(t, figures, args...)
}

func (r *run) judge(t *testing.T, figures string, args ...any) outcome {
	t.Helper()
	o := judge(t, r.site, r.crowd, r.running)
	printSummary(r.name, r.seed, fmt.Sprintf(figures, args...), o)
	return o
}

// printSummary prints the line that is kept of a torture run.
func printSummary(name string, seed uint64, figures ...any) {
	fmt.Printf("torture %s: seed=%d %s", name, seed, fmt.Sprintln(figures...))
}
