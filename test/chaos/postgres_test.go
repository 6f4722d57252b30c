package chaos

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// harm lets the crowd work for a random time, harms its database, and returns how long it took until sends succeeded
// again.
func (r *run) harm(t *testing.T, harm func() error) time.Duration {
	t.Helper()
	<-time.After(earliestKill + time.Duration(r.random.Int64N(int64(latestKill-earliestKill))))
	if !poll(quietWithin, func() bool { return r.crowd.inFlight.Load() >= minInFlight }) {
		t.Errorf("only %d sends are in flight", r.crowd.inFlight.Load())
	}

	check(t, harm())
	done := time.Now()
	// Sends up to the number of clients may have been committed before.
	acked := r.crowd.sends.Load() + crashClients
	until(t, quietWithin, "sends after the database is back", func() bool { return r.crowd.sends.Load() > acked })

	return time.Since(done)
}

// TestPostgres_RestartsLoseNothing: when PostgreSQL is killed and restarted under load, nothing that was acknowledged
// is lost, and the server needs no restart. SYSSECURE_RESTARTS sets how often.
func TestPostgres_RestartsLoseNothing(t *testing.T) {
	restarts := number(t, "SYSSECURE_RESTARTS", 5)
	cluster := pgtest.StartWith(t, pgtest.Options{Durable: true})
	r := startRun(t, "postgres-restarts", siteOptions{database: cluster.URL()})
	var slowest time.Duration

	for range restarts {
		slowest = max(slowest, r.harm(t, func() error {
			if err := cluster.Kill(); err != nil {
				return err
			}
			return cluster.Up()
		}))
	}
	r.end(t, "restarts=%d slowest_back=%v", restarts, slowest.Round(time.Millisecond))
}

// TestPostgres_FailoverLosesNothing: when the primary dies and its synchronous standby takes over, the server finds it
// by the second host in its URL, and nothing that was acknowledged is lost. SYSSECURE_FAILOVERS sets how often the two
// swap.
func TestPostgres_FailoverLosesNothing(t *testing.T) {
	failovers := number(t, "SYSSECURE_FAILOVERS", 1)
	primary := pgtest.StartWith(t, pgtest.Options{Durable: true})
	standby := pgtest.Standby(t, primary)
	r := startRun(t, "failover", siteOptions{database: pgtest.URLOf(primary, standby)})
	var slowest time.Duration

	for i := range failovers {
		if i > 0 {
			standby.Follow(t, primary)
		}
		slowest = max(slowest, r.harm(t, func() error {
			if err := primary.Kill(); err != nil {
				return err
			}
			return standby.Promote()
		}))
		primary, standby = standby, primary
	}
	r.end(t, "failovers=%d slowest_back=%v", failovers, slowest.Round(time.Millisecond))
}
