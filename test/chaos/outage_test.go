package chaos

import (
	"net/http"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/test/badlink"
)

// answersWithin bounds the wait for an answer; the server allows a minute.
const answersWithin = 60 * time.Second

// outage is a fault of a database.
type outage struct {
	name  string
	long  bool // only in make torture
	flaky bool // some requests get through
	harm  func(*testing.T, *outages)
	heal  func(*testing.T, *outages)
}

func linkFault(f badlink.Fault) func(*testing.T, *outages) {
	return func(t *testing.T, o *outages) { t.Helper(); check(t, o.link.Set(f)) }
}

func readOnly(setting string) func(*testing.T, *outages) {
	return func(t *testing.T, o *outages) {
		t.Helper()
		o.cluster.Exec(t, "ALTER SYSTEM SET default_transaction_read_only = "+setting)
		o.cluster.Exec(t, "SELECT pg_reload_conf()")
	}
}

var outageKinds = []outage{
	{name: "unreachable", harm: linkFault(badlink.Fault{Down: true})},
	{name: "read only", harm: readOnly("on"), heal: readOnly("off")},
	{
		name: "a standby", harm: func(_ *testing.T, o *outages) { o.link.Point("unix", o.standby.Socket()) },
		heal: func(_ *testing.T, o *outages) { o.link.Point("unix", o.cluster.Socket()) },
	},
	{name: "hangs", harm: linkFault(badlink.Fault{Stall: true})},
	{name: "garbage", harm: linkFault(badlink.Fault{Garbage: true})},
	{name: "connections reset", flaky: true, harm: linkFault(badlink.Fault{Reset: 6000})},
	{name: "answers cut", flaky: true, harm: linkFault(badlink.Fault{Limit: 6000})},
	{name: "slow", long: true, harm: linkFault(badlink.Fault{Delay: 20 * time.Second})},
	{name: "one byte a second", long: true, harm: linkFault(badlink.Fault{Rate: 1})},
}

// outages is a run whose database is behind a badlink.
type outages struct {
	*run
	cluster, standby *pgtest.Cluster
	link             *badlink.Link
	patient          *api
	slowestAnswer    time.Duration
	slowestBack      time.Duration
}

// TestDatabaseOutages_LoseNothing: while a database is unreachable, hangs, is read only or has a bad link, requests get
// 503 with Retry-After, and the server is healthy but not ready. Nothing is lost, and the server works again without a
// restart. SYSSECURE_LONG adds slow faults.
func TestDatabaseOutages_LoseNothing(t *testing.T) {
	o := &outages{cluster: pgtest.StartWith(t, pgtest.Options{Durable: true})}
	o.standby = pgtest.Standby(t, o.cluster)
	var err error
	o.link, err = badlink.New("unix", o.cluster.Socket(), 1)
	check(t, err)
	t.Cleanup(o.link.Close)
	o.run = startRun(t, "outages",
		siteOptions{database: "postgres://postgres@" + o.link.Addr() + "/postgres?sslmode=disable"})
	o.patient = o.site.api(o.site.key, 0)
	o.patient.http.Timeout = answersWithin
	defer o.patient.close()
	o.crowd.api.http.Timeout = answersWithin
	done := 0

	for _, kind := range outageKinds {
		if kind.long && !long() {
			continue
		}
		if kind.heal == nil {
			kind.heal = linkFault(badlink.Fault{})
		}
		o.try(t, kind)
		done++
	}
	o.end(t, "outages=%d slowest_refusal=%v slowest_back=%v", done, o.slowestAnswer.Round(time.Millisecond),
		o.slowestBack.Round(time.Millisecond))
}

func (o *outages) try(t *testing.T, kind outage) {
	t.Helper()
	o.advance(t)
	kind.harm(t, o)
	if kind.flaky {
		<-time.After(2 * time.Second)
	} else {
		o.checkOutage(t, kind.name)
	}

	kind.heal(t, o)
	healed := time.Now()
	until(t, quietWithin, "ready after the database was "+kind.name,
		func() bool { return o.status(t, "/readyz").status == http.StatusOK })
	o.advance(t)
	back := time.Since(healed)
	o.slowestBack = max(o.slowestBack, back)
	t.Logf("%s: back after %v", kind.name, back.Round(time.Millisecond))
}

// advance waits for as many acknowledged sends as there are clients.
func (o *outages) advance(t *testing.T) {
	t.Helper()
	acked := o.crowd.sends.Load() + crashClients
	until(t, quietWithin, "sends", func() bool { return o.crowd.sends.Load() > acked })
}

// checkOutage makes the requests of an operator, a balancer and a customer during an outage.
func (o *outages) checkOutage(t *testing.T, name string) {
	t.Helper()
	until(t, quietWithin, "not ready while the database is "+name, func() bool {
		r := o.status(t, "/readyz")
		return r.status == http.StatusServiceUnavailable && r.header.Get("Retry-After") != ""
	})

	begun := time.Now()
	r, err := o.patient.call(t.Context(), http.MethodPost, "/v2/otp/send", "", sendBody(mobile(9_000_000)))
	if err != nil || r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" {
		t.Errorf("%s: a send got %d %s %v, Retry-After %q, want 503 with one",
			name, r.status, r.body, err, r.header.Get("Retry-After"))
	}

	refused := time.Since(begun)
	o.slowestAnswer = max(o.slowestAnswer, refused)
	if r := o.status(t, "/healthz"); r.status != http.StatusOK {
		t.Errorf("%s: /healthz answers %d, so the process would be restarted for nothing", name, r.status)
	}
	if r := o.status(t, "/readyz"); r.status != http.StatusServiceUnavailable {
		t.Errorf("%s: /readyz answers %d after a send was refused", name, r.status)
	}
	t.Logf("%s: refused after %v", name, refused.Round(time.Millisecond))
}

func (o *outages) status(t *testing.T, path string) reply {
	t.Helper()
	r, err := o.patient.call(t.Context(), http.MethodGet, path, "", "")
	check(t, err)
	return r
}
