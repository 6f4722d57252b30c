package ops_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ops"
	"github.com/syssecure/syssecure/internal/store"
)

// firstVersion undoes the migrations after the first in an embedded database.
const firstVersion = `DROP INDEX api_key_account; DROP TABLE person; DROP TABLE login; DROP TABLE member;
	DROP TABLE session; DROP TABLE link; DROP TABLE audit; DROP TABLE request; PRAGMA user_version = 1`

// A backup that the first version made is restored with the tables of this one.
func TestRestore_FirstVersion(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	from := s.config("sqlite", "")
	backup := holding(t, from, "Acme")
	change(t, backup, firstVersion)
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			to := s.config(kind, from.MasterKeyFile)
			if _, err := (ops.Restore{Config: to, File: backup}).Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := names(t, to); len(got) != 1 || got[0] != "Acme" {
				t.Errorf("accounts %v", got)
			}

			b := apptest.Open(t, to)
			defer b.Close()
			if missing, err := b.Backend.Missing(t.Context()); err != nil || len(missing) > 0 {
				t.Errorf("%v is missing (%v)", missing, err)
			}
		})
	}
}

// A backup has users, members and both logs; of its sessions and links, a restore leaves none.
func TestRestore_People(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, kinds := range [][2]string{{"sqlite", "postgres"}, {"postgres", "sqlite"}} {
		t.Run(kinds[0]+" to "+kinds[1], func(t *testing.T) {
			from := s.config(kinds[0], "")
			b := apptest.Open(t, from)
			owner, now := newAccount(t, b), b.Now()
			user := store.User{ID: id.NewUser(now), Name: "Ada", Login: store.LoginID{1}, Accounts: []id.Account{owner}}
			kept := []store.Record{
				user,
				store.Login{ID: user.Login, User: user.ID},
				store.Member{Account: owner, User: user.ID, Role: "owner"},
				store.Audit{ID: id.NewAudit(now), At: now},
				store.Audit{Account: owner, ID: id.NewAudit(now), At: now},
				store.RequestBatch{Account: owner, Mode: id.Live, ID: id.NewRequest(now), To: now},
			}
			gone := []store.Record{
				store.Session{ID: store.SessionID{1}, User: user.ID, EndsAt: now.Add(time.Hour)},
				store.Link{ID: store.LinkID{1}, Account: owner, EndsAt: now.Add(time.Hour)},
			}

			backup := filepath.Join(t.TempDir(), "backup.db")
			err := b.Store.Restore(t.Context(), append(gone, kept...), nil)
			if err := errors.Join(err, ops.Backup(t.Context(), b, backup, nil), b.Close()); err != nil {
				t.Fatal(err)
			}

			to := s.config(kinds[1], from.MasterKeyFile)
			done, err := ops.Restore{Config: to, File: backup}.Run(t.Context())
			if err != nil || done.Sessions != 2 {
				t.Fatalf("%d sessions and links are removed (%v), want 2", done.Sessions, err)
			}

			b = apptest.Open(t, to)
			defer b.Close()
			has(t, b.Store, true, kept...)
			has(t, b.Store, false, gone...)
		})
	}
}

func has(t *testing.T, s *store.Store, want bool, records ...store.Record) {
	t.Helper()
	for _, r := range records {
		rows, err := s.Find(t.Context(), r.Key())
		if _, found := rows[r.Key()]; err != nil || found != want {
			t.Errorf("a row of table %s is there: %v, want %v (%v)", r.Key().Table, found, want, err)
		}
	}
}
