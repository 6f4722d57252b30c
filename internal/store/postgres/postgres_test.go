package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/internal/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Open {
		url := pgtest.URL(t)
		return func(t *testing.T) store.Backend { return open(t, url) }
	})
}

// The same with partitions for some days of the suite: its rows are in these and in DEFAULT.
func TestStore_ByDay(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Open {
		url := pgtest.URL(t)
		b := open(t, url)
		if err := b.RotateDays(t.Context(), time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), store.Retention{}); err != nil {
			t.Fatal(err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}

		return func(t *testing.T) store.Backend { return open(t, url) }
	})
}

func open(t testing.TB, url string) *postgres.Backend {
	t.Helper()
	b, err := postgres.Open(t.Context(), url, storetest.Codec)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return b
}

func TestTamper(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	storetest.RunTamper(t, func(t *testing.T) store.Backend { return open(t, url) }, direct(url))
}

func TestTamper_Lists(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	storetest.TamperedLists(t, func(t *testing.T) store.Backend { return open(t, url) }, direct(url))
}

// direct is the URL of a database.
type direct string

func (d direct) Exec(t *testing.T, sql string) {
	t.Helper()
	ask(t, string(d), sql)
}

func (direct) Literal(b []byte) string { return fmt.Sprintf("'\\x%x'::bytea", b) }
