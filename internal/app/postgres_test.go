package app_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/internal/testworld"
)

func get(t *testing.T, a *app.App, path string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+a.Addr().String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}

	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	_ = resp.Body.Close()

	return resp
}

// The database goes away and comes back: the server keeps running, says that it is not ready, answers 503, and
// recovers.
func TestPostgres_ComesBack(t *testing.T) {
	t.Parallel()
	cluster := pgtest.Start(t)
	c := apptest.OnPostgres(t, cluster.URL())
	a, err := app.New(t.Context(), c, testworld.Discard)
	if err != nil {
		t.Fatal(err)
	}

	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	ready := func() int { return get(t, a, "/readyz").StatusCode }
	if got := ready(); got != 200 {
		t.Fatalf("ready: %d", got)
	}
	if _, err := a.Base.Admin.CreateAccount(t.Context(), "Acme", 10); err != nil {
		t.Fatal(err)
	}

	for range 2 {
		if err := cluster.Kill(); err != nil {
			t.Fatal(err)
		}
		if got := ready(); got != 503 {
			t.Errorf("ready without a database: %d", got)
		}
		if got := get(t, a, "/healthz").StatusCode; got != 200 {
			t.Errorf("alive without a database: %d", got)
		}

		_, err := a.Base.Admin.CreateAccount(t.Context(), "Acme", 10)
		unavailable(t, err)
		if err := cluster.Up(); err != nil {
			t.Fatal(err)
		}
		if got := ready(); got != 200 {
			t.Errorf("ready again: %d", got)
		}
		if _, err := a.Base.Admin.CreateAccount(t.Context(), "Acme", 10); err != nil {
			t.Errorf("after the database came back: %v", err)
		}
	}

	// Read only, as after a failover to a standby that was not promoted.
	cluster.Exec(t, "ALTER SYSTEM SET default_transaction_read_only = on; ")
	cluster.Exec(t, "SELECT pg_reload_conf()")
	waitFor(t, func() bool { return cluster.Exec(t, "SHOW default_transaction_read_only") == "on" })
	_, err = a.Base.Admin.CreateAccount(t.Context(), "Acme", 10)
	unavailable(t, err)
	if got := ready(); got != 503 {
		t.Errorf("ready with a database that is read only: %d", got)
	}

	cluster.Exec(t, "ALTER SYSTEM RESET default_transaction_read_only")
	cluster.Exec(t, "SELECT pg_reload_conf()")
	waitFor(t, func() bool { return cluster.Exec(t, "SHOW default_transaction_read_only") == "off" })
	waitFor(t, func() bool { return ready() == 200 })
	if _, err := a.Base.Admin.CreateAccount(t.Context(), "Acme", 10); err != nil {
		t.Errorf("after the database accepts changes again: %v", err)
	}

	stop()
	if err := <-done; err != nil {
		t.Errorf("run: %v", err)
	}
}

func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatal("waited too long")
		}
	}
}

// sealed makes a database with a new key.
func sealed(t *testing.T) *config.Config {
	t.Helper()
	c := apptest.OnPostgres(t, pgtest.URL(t))
	if err := apptest.Open(t, c).Close(); err != nil {
		t.Fatal(err)
	}
	return c
}

// Each error of a start says what to do.
func TestPostgres_Rejected(t *testing.T) {
	t.Parallel()
	t.Run("newer", func(t *testing.T) {
		t.Parallel()
		c := sealed(t)
		if _, err := pgtest.Ask(c.Database.Reveal(), "UPDATE schema_version SET version = 99"); err != nil {
			t.Fatal(err)
		}
		if _, err := install.Open(t.Context(), c); !errors.Is(err, postgres.ErrNewer) {
			t.Errorf("got %v", err)
		}
	})

	t.Run("key of another database", func(t *testing.T) {
		t.Parallel()
		c, other := sealed(t), sealed(t)
		c.MasterKeyFile = other.MasterKeyFile
		if _, err := install.Open(t.Context(), c); !errors.Is(err, install.ErrWrongMasterKey) {
			t.Errorf("got %v", err)
		}
	})

	t.Run("no key", func(t *testing.T) {
		t.Parallel()
		c := sealed(t)
		if err := os.Remove(c.MasterKeyFile); err != nil {
			t.Fatal(err)
		}

		_, err := install.Open(t.Context(), c)
		if err == nil || !strings.Contains(err.Error(), "put the key back") {
			t.Errorf("got %v", err)
		}
		if _, err := os.Stat(c.MasterKeyFile); err == nil {
			t.Error("a key was made that cannot open the database")
		}
	})

	t.Run("no server", func(t *testing.T) {
		t.Parallel()
		_, err := install.Open(t.Context(), apptest.OnPostgres(t, "postgres://u:hush-hush@127.0.0.1:1/db"))
		if err == nil || !strings.Contains(err.Error(), "PostgreSQL") || strings.Contains(err.Error(), "hush") {
			t.Errorf("got %v", err)
		}
	})
}

func unavailable(t *testing.T, err error) {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Status != 503 || f.RetryAfter <= 0 {
		t.Errorf("got %v, want a 503 with a time to retry after", err)
	}
}
