package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/sqlite"
	"github.com/syssecure/syssecure/internal/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Open {
		path := filepath.Join(t.TempDir(), "data", "syssecure.db")
		return func(t *testing.T) store.Backend { return open(t, path) }
	})
}

var at = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func open(t testing.TB, path string) *sqlite.Backend {
	t.Helper()
	b, err := sqlite.Open(path, storetest.Codec)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return b
}

func TestTamper(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "syssecure.db")
	storetest.RunTamper(t, func(t *testing.T) store.Backend { return open(t, path) }, direct(path))
}

func TestTamper_Lists(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "syssecure.db")
	storetest.TamperedLists(t, func(t *testing.T) store.Backend { return open(t, path) }, direct(path))
}

// direct is the path of a database.
type direct string

func (d direct) Exec(t *testing.T, sql string) {
	t.Helper()
	c := raw(t, string(d))
	exec(t, c, sql)
}

func (direct) Literal(b []byte) string { return fmt.Sprintf("x'%x'", b) }
