package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/storetest"
)

// TestStatementsStay: the statements of every table are those that the connection keeps. Transient ones would take the
// small memory of the connection from the statements that run.
func TestStatementsStay(t *testing.T) {
	t.Parallel()
	b, err := Open(filepath.Join(t.TempDir(), "a.db"), storetest.Codec)
	if err != nil {
		t.Fatal(err)
	}

	defer b.Close()
	for n, d := range store.Defs {
		s, err := b.writer.Prepare(selectSQL(d))
		if err != nil || s != b.writer.get[n] {
			t.Errorf("%s: another statement than the one that stays: %v", d.Name, err)
		}
	}
}
