package postgres_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/internal/store/storetest"
)

// A database that the first version made gets the tables that came later, and its rows stay.
func TestMigrate_FirstVersion(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	sql, err := os.ReadFile("migrations/0001_begin.sql")
	if err != nil {
		t.Fatal(err)
	}

	ask(t, url, string(sql)+`
		CREATE TABLE schema_version (version BIGINT NOT NULL);
		INSERT INTO schema_version VALUES (1)`)
	key := store.APIKey{API: account.Key{
		ID: "abcd", Account: id.Account{1}, Mode: id.Live, MAC: []byte{1}, CreatedAt: at,
	}}
	row := storetest.Codec.Encoder().Encode(store.TableAPIKey, key)
	const insert = `INSERT INTO api_key VALUES ('abcd', '\x%x', '\x%x', '\x%x')`
	ask(t, url, fmt.Sprintf(insert, row[1].B, row[2].B, row[3].B))

	for range 2 { // the second finds nothing to do
		b, err := postgres.OpenExisting(t.Context(), url, storetest.Codec)
		if err != nil {
			t.Fatal(err)
		}
		if missing, err := b.Missing(t.Context()); err != nil || len(missing) > 0 {
			t.Errorf("%v is missing after the upgrade (%v)", missing, err)
		}

		storetest.Upgraded(t, b, key)
	}
}
