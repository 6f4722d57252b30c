package pgtest

import (
	"fmt"
	"os"
	"testing"
	"time"
)

// Standby starts a synchronous standby of the cluster: every commit of the cluster waits for it.
func Standby(t testing.TB, primary *Cluster) *Cluster {
	t.Helper()
	c, err := prepare(primary.options)
	if err != nil {
		t.Fatalf("make the standby: %v", err)
	}
	t.Cleanup(func() { _ = c.alive.Close() })
	c.Follow(t, primary)

	return c
}

// Follow replaces the data of the cluster, which is down, and makes it a synchronous standby of another. So a primary
// that died returns after a failover: its data may have what the new primary never got.
func (c *Cluster) Follow(t testing.TB, primary *Cluster) {
	t.Helper()
	if err := os.RemoveAll(c.data()); err != nil {
		t.Fatalf("make the standby: %v", err)
	}

	err := c.run("pg_basebackup", "-D", c.data(), "-h", primary.dir, "-p", "5432", "-U", "postgres", "-R", "-X", "stream", "--checkpoint=fast")
	if err == nil {
		err = c.Up()
	}
	if err != nil {
		t.Fatalf("make the standby: %v", err)
	}

	// After the copy, so that the standby does not wait for another standby when it is promoted.
	primary.Exec(t, "ALTER SYSTEM SET synchronous_standby_names = '*'")
	primary.Exec(t, "SELECT pg_reload_conf()")
	Wait(t, "a synchronous standby", func() bool {
		return primary.Exec(t, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == "1"
	})
}

// Promote makes a standby the primary and returns when it accepts changes.
func (c *Cluster) Promote() error { return c.run("pg_ctl", "promote", "-w", "-D", c.data()) }

// URLOf names several clusters. Connections go to the one that accepts changes.
func URLOf(clusters ...*Cluster) string {
	hosts, ports := "", ""
	for i, c := range clusters {
		if i > 0 {
			hosts, ports = hosts+",", ports+","
		}
		hosts, ports = hosts+c.dir, ports+"5432"
	}

	return fmt.Sprintf("postgres://postgres@/postgres?host=%s&port=%s&target_session_attrs=read-write", hosts, ports)
}

// Wait polls a condition, for a minute at most.
func Wait(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come about", what)
		}
	}
}
