package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/storetest"
)

// Transient statements would use the connection's lookaside memory, which running statements need.
func TestConn_StatementsArePersistent(t *testing.T) {
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
