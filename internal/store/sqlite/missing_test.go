package sqlite_test

import (
	"path/filepath"
	"testing"

	db "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/syssecure/syssecure/internal/store/sqlite"
	"github.com/syssecure/syssecure/internal/store/storetest"
)

// Every table and index that the migrations create is missed when it is gone.
func TestMissing_KnowsEveryPart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	b, err := sqlite.Open(path, storetest.Codec)
	if err != nil {
		t.Fatal(err)
	}

	defer b.Close()
	c, err := db.OpenConn(path, db.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}

	defer c.Close()
	const count = "SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"
	parts, err := sqlitex.ResultInt(c.Prep(count))
	if err != nil {
		t.Fatal(err)
	}

	err = sqlitex.ExecuteScript(c, "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema; PRAGMA writable_schema = OFF", nil)
	if err != nil {
		t.Fatal(err)
	}
	missing, err := b.Missing(t.Context())
	if err != nil || len(missing) != parts || parts < 40 {
		t.Errorf("%d of %d parts are missed (%v)", len(missing), parts, err)
	}
}
