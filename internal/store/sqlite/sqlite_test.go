package sqlite_test

import (
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
	b, err := sqlite.Open(path)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return b
}
