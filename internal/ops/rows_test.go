package ops_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/ops"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// The check of rows finds damage in tables of both databases that no other check reads, and reports its progress.
func TestCheckRows(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]func(t *testing.T) *config.Config{
		"sqlite":   func(t *testing.T) *config.Config { return apptest.Config(t) },
		"postgres": func(t *testing.T) *config.Config { return apptest.OnPostgres(t, pgtest.Start(t).URL()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config(t)
			b := apptest.Open(t, c)
			owner := newAccount(t, b)
			if got := checkRows(t, c, nil); got.Problem != "" {
				t.Fatalf("before: %+v", got)
			}

			codec := b.Backend.Codec()
			var rows []store.Record
			for n := range 2500 { // more than a page
				m := store.Message{Number: []byte("n"), Message: message.Message{
					Account: owner, ID: id.Message{
						1, byte(n >> 8),
						byte(n),
					}, Mode: id.Live, Type: message.TextMessage, CreatedAt: time.Unix(1, 0),
				}}
				row := codec.Encoder().Encode(store.TableMessage, m)
				if n%1000 == 7 {
					row[len(row)-1].B[0] ^= 1
				}
				rows = append(rows, codec.Loaded(store.TableMessage, row))
			}
			err := errors.Join(b.Store.Restore(t.Context(), rows, nil), b.Close())
			if err != nil {
				t.Fatal(err)
			}

			var found []ops.DamagedRow
			got := checkRows(t, c, &found)
			if !strings.HasPrefix(got.Problem, "3 of ") || len(found) != 3 {
				t.Fatalf("%+v, found %v; want 3 rows", got, found)
			}
			if one := found[0]; one.Table != "message" || one.Account != owner.String() ||
				one.Key != "010007000000…000000" ||
				one.Reason != "its MAC is wrong" {
				t.Errorf("found %+v", one)
			}
		})
	}
}

func checkRows(t *testing.T, c *config.Config, found *[]ops.DamagedRow) ops.Check {
	t.Helper()
	var last ops.Progress
	check := ops.CheckRows(t.Context(), c, func(p ops.Progress) { last = p }, func(r ops.DamagedRow) {
		if found == nil {
			t.Errorf("damaged: %+v", r)
			return
		}
		*found = append(*found, r)
	})
	if last.Table == "" || last.Unit != "rows" {
		t.Errorf("the last progress is %+v", last)
	}

	return check
}

// unsettled makes an installation with an account that is in the journal alone, as a kill leaves it.
func unsettled(t *testing.T) (*config.Config, id.Account) {
	t.Helper()
	from := apptest.Config(t)
	b := apptest.Open(t, from)
	owner := newAccount(t, b)
	to := apptest.Config(t)
	to.MasterKeyFile = from.MasterKeyFile
	if err := os.MkdirAll(to.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal"} {
		name := install.DatabaseFile + suffix
		content, err := os.ReadFile(filepath.Join(from.Data, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to.Data, name), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}

	return to, owner
}

// A command with the wrong master key leaves the journal as it is, so that the right one settles it.
func TestMasterKey_WrongLeavesJournal(t *testing.T) {
	t.Parallel()
	c, owner := unsettled(t)
	if n := framesOf(t, c); n == 0 {
		t.Fatal("the journal is empty, so this test tests nothing")
	}

	wrong := *c
	wrong.MasterKeyFile = filepath.Join(t.TempDir(), "master.key")
	if _, err := install.MasterKey(wrong.MasterKeyFile, false); err != nil {
		t.Fatal(err)
	}
	before := framesOf(t, c)
	if _, err := install.OpenExisting(t.Context(), &wrong); !errors.Is(err, install.ErrWrongMasterKey) {
		t.Fatalf("got %v", err)
	}
	if got := framesOf(t, c); got != before {
		t.Errorf("%d of %d frames are left", got, before)
	}

	b, err := install.OpenExisting(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Admin.Account(t.Context(), owner); err != nil {
		t.Error(err)
	}
	if err := b.Close(); err != nil || framesOf(t, c) != 0 {
		t.Errorf("%d frames after the right key (%v)", framesOf(t, c), err)
	}
}

// A server starts on a journal that cannot be read, says so in its log, and doctor says what to do.
func TestJournal_Damaged(t *testing.T) {
	t.Parallel()
	c, _ := unsettled(t)
	apptest.SQL(t, c.Data, "INSERT INTO journal (data) VALUES (x'FFFF')")
	var log strings.Builder
	b, err := install.OpenLogged(t.Context(), c, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil || !strings.Contains(log.String(), "level=ERROR") || !strings.Contains(log.String(),
		"syssecure doctor") {
		t.Errorf("the log says %q (%v)", log.String(), err)
	}

	checks, err := ops.Diagnose(t.Context(), c)
	said := ""
	for _, one := range checks {
		said += one.Problem
	}
	if err != nil || !strings.Contains(said, "the journal has entries that cannot be read (1)") {
		t.Errorf("doctor says %q (%v)", said, err)
	}
}

func framesOf(t *testing.T, c *config.Config) (n int) {
	t.Helper()
	conn, err := sqlite.OpenConn(install.DatabasePath(c), sqlite.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}

	defer conn.Close()
	n, err = sqlitex.ResultInt(conn.Prep("SELECT count(*) FROM journal"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
