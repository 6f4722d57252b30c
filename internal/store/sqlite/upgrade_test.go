package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	db "github.com/syssecure/syssecure/internal/store/sqlite"
	"github.com/syssecure/syssecure/internal/store/storetest"
)

// A database that the first version made gets the tables that came later, and its rows stay.
func TestMigrate_FirstVersion(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "old.db")
	oldest(t, path)
	key := store.APIKey{API: account.Key{
		ID: "abcd", Account: id.Account{1}, Mode: id.Live, MAC: []byte{1}, CreatedAt: at,
	}}
	row := storetest.Codec.Encoder().Encode(store.TableAPIKey, key)
	c := raw(t, path)
	err := sqlitex.Execute(c, "INSERT INTO api_key VALUES (?1, ?2, ?3, ?4)", &sqlitex.ExecOptions{
		Args: []any{row[0].Text(), row[1].B, row[2].B, row[3].B},
	})
	if err != nil {
		t.Fatal(err)
	}

	for range 2 { // the second finds nothing to do
		b, err := db.OpenExisting(path, storetest.Codec)
		if err != nil {
			t.Fatal(err)
		}
		if missing, err := b.Missing(t.Context()); err != nil || len(missing) > 0 {
			t.Errorf("%v is missing after the upgrade (%v)", missing, err)
		}

		storetest.Upgraded(t, b, key)
	}
}

// oldest makes a database as the first version did.
func oldest(t *testing.T, path string) {
	t.Helper()
	sql, err := os.ReadFile("migrations/0001_begin.sql")
	if err != nil {
		t.Fatal(err)
	}
	c, err := sqlite.OpenConn(path)
	if err != nil {
		t.Fatal(err)
	}

	defer c.Close()
	if err := sqlitex.ExecuteScript(c, string(sql)+"\nPRAGMA user_version = 1;", nil); err != nil {
		t.Fatal(err)
	}
}
