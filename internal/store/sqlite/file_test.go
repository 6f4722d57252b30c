package sqlite_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	sqlitestore "github.com/syssecure/syssecure/internal/store/sqlite"
	"github.com/syssecure/syssecure/internal/store/storetest"
)

// raw opens the file while the store is open, as another process would.
func raw(t *testing.T, path string) *sqlite.Conn {
	t.Helper()
	c, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})

	return c
}

func exec(t *testing.T, c *sqlite.Conn, sql string) {
	t.Helper()
	if err := sqlitex.ExecuteTransient(c, sql, nil); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func put(t *testing.T, s *store.Store, r store.Record) {
	t.Helper()
	err := s.Update(context.Background(), id.Account{}, nil, func(tx *store.Tx) error { tx.Insert(r); return nil })
	if err != nil {
		t.Fatalf("put: %v", err)
	}
}

func has(t *testing.T, s *store.Store, k store.Key) (found bool) {
	t.Helper()
	err := s.View(context.Background(), func(r store.Reader) error {
		rows, err := r.Load(k)
		_, found = rows[k]
		return err
	})
	if err != nil {
		t.Fatalf("view: %v", err)
	}

	return found
}

func value(n int) store.Meta { return store.Meta{Name: fmt.Sprint("n", n), Value: []byte{byte(n)}} }

// The migrations make the tables that store.Defs describes: names, types, keys and constraints, and the columns in the
// same order, by which a journal that an older version left is carried out (see replay).
func TestSchema_AsDescribed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}

	c := raw(t, path)
	types := map[store.Type]string{store.Int: "INTEGER", store.Text: "TEXT", store.Blob: "BLOB"}
	tables := map[string]bool{"journal": true} // no record's: rows on their way to the others
	for _, d := range store.Defs {
		tables[d.Name] = true
		compareColumns(t, c, d, types)
		compareChecks(t, c, d)
	}

	err := sqlitex.ExecuteTransient(c, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", &sqlitex.ExecOptions{
		ResultFunc: func(s *sqlite.Stmt) error {
			if !tables[s.ColumnText(0)] {
				t.Errorf("table %s is not described", s.ColumnText(0))
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func compareColumns(t *testing.T, c *sqlite.Conn, d store.Def, types map[store.Type]string) {
	want := map[string]string{}
	for i, col := range d.Columns {
		key := 0
		if i < d.Keys {
			key = i + 1
		}
		want[col.Name] = fmt.Sprint(types[col.Type], " null=", col.Nullable, " key=", key)
	}

	place := 0
	err := sqlitex.Execute(c, "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?) ORDER BY cid",
		&sqlitex.ExecOptions{
			Args: []any{d.Name},
			ResultFunc: func(s *sqlite.Stmt) error {
				if place < len(d.Columns) && d.Columns[place].Name != s.ColumnText(0) {
					t.Errorf("column %d of %s is %s, described as %s: a column that is added comes last",
						place, d.Name, s.ColumnText(0), d.Columns[place].Name)
				}
				place++
				// A key of one column may lack NOT NULL: the record's id is never null.
				null := s.ColumnInt(2) == 0 && s.ColumnInt(3) == 0
				name, got := s.ColumnText(0), fmt.Sprint(s.ColumnText(1), " null=", null, " key=", s.ColumnInt(3))
				if want[name] != got {
					t.Errorf("%s.%s is %s, described as %q", d.Name, name, got, want[name])
				}
				delete(want, name)

				return nil
			},
		})
	if err != nil {
		t.Fatal(err)
	}
	for name := range want {
		t.Errorf("%s.%s is described but not there", d.Name, name)
	}
}

func compareChecks(t *testing.T, c *sqlite.Conn, d store.Def) {
	sql, err := sqlitex.ResultText(c.Prep("SELECT sql FROM sqlite_schema WHERE name = '" + d.Name + "'"))
	if err != nil {
		t.Fatal(err)
	}

	for _, col := range d.Columns {
		if check := fmt.Sprintf("CHECK (%s >= 0)", col.Name); strings.Contains(sql, check) != col.NonNegative {
			t.Errorf("%s.%s: never negative is %v, and the table says otherwise", d.Name, col.Name, col.NonNegative)
		}
	}
}

func TestOpen_NewerSchema(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}

	exec(t, raw(t, path), "PRAGMA user_version = 1000")
	if _, err := sqlitestore.Open(path, storetest.Codec); !errors.Is(err, sqlitestore.ErrNewer) {
		t.Fatalf("got %v", err)
	}
}

func TestFiles_Private(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	s := store.Open(open(t, filepath.Join(dir, "s.db")))
	put(t, s, value(1))
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		files++

		return err
	})
	if err != nil || files < 3 { // folder, database, log
		t.Fatalf("%d files: %v", files, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// A command writes while a server runs.
func TestUpdate_WaitsForOtherProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	s := store.Open(open(t, path))
	defer s.Close()
	c := raw(t, path)
	exec(t, c, "BEGIN IMMEDIATE")
	exec(t, c, "INSERT INTO meta (name, value) VALUES ('other', x'01')")
	done := make(chan error, 1)
	go func() {
		k := value(1).Key()
		done <- s.Update(context.Background(), id.Account{}, []store.Key{k, store.MetaKey("other")},
			func(tx *store.Tx) error {
				if _, found := store.Get[store.Meta](tx, store.MetaKey("other")); !found {
					t.Error("the update does not see what the other process committed")
				}
				tx.Put(value(1))
				return nil
			})
	}()
	if has(t, s, store.MetaKey("other")) {
		t.Error("a view sees what is not committed")
	}

	select {
	case err := <-done:
		t.Fatalf("did not wait for the other process: %v", err)
	default:
	}

	exec(t, c, "COMMIT")
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if !has(t, s, value(1).Key()) || !has(t, s, store.MetaKey("other")) {
		t.Fatal("a row is lost")
	}
}

// A copy of the files of a running store is what a kill leaves behind.
func TestKill_KeepsAcknowledgedUpdates(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := store.Open(open(t, filepath.Join(dir, "s.db")))
	defer s.Close()
	for n := range 60 {
		put(t, s, value(n))
		if n%20 != 0 {
			continue
		}

		after := filepath.Join(t.TempDir(), "s.db")
		for _, suffix := range []string{"", "-wal"} {
			b, err := os.ReadFile(filepath.Join(dir, "s.db"+suffix))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(after+suffix, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}

		b := open(t, after)
		if problems, err := b.Check(context.Background()); err != nil || len(problems) > 0 {
			t.Fatalf("%v %v", problems, err)
		}

		again := store.Open(b)
		for i := range n + 1 {
			if !has(t, again, value(i).Key()) {
				t.Fatalf("row %d of %d is lost", i, n+1)
			}
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCheck_Damage(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	b := open(t, path)
	s := store.Open(b)
	for n := range 300 {
		put(t, s, store.Inbox{Account: id.Account{1}, ID: id.Message{byte(n >> 8), byte(n)}, Number: make([]byte, 99), Body: make([]byte, 99), At: at, SandboxAt: at})
	}
	if problems, err := b.Check(context.Background()); err != nil || len(problems) > 0 {
		t.Fatalf("an undamaged file: %v %v", problems, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}

	copy(file[len(file)-4096:], bytes.Repeat([]byte{0xA5}, 4096)) // a page that was lost on the disk
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}

	b = open(t, path)
	defer b.Close()
	if problems, err := b.Check(context.Background()); err == nil && len(problems) == 0 {
		t.Fatal("the damage was not found")
	}
}

// What is sealed before it is stored cannot be read in the files, nor in what a removed row leaves behind.
func TestFiles_NoPlainText(t *testing.T) {
	t.Parallel()
	const canary = "+15005550006-canary"
	ring, err := secret.NewKeyring(secret.NewMasterKey())
	if err != nil {
		t.Fatal(err)
	}

	dir := t.TempDir()
	s := store.Open(open(t, filepath.Join(dir, "s.db")))
	sealed := func(column string) []byte {
		return ring.Seal([]byte(canary), secret.Location{Table: "inbox", Column: column})
	}

	put(t, s, store.Inbox{Account: id.Account{1}, ID: id.Message{1}, Number: sealed("number"), Body: sealed("body"), At: at, SandboxAt: at})
	search := func(when string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}

		for _, e := range entries {
			b, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(b, []byte(canary)) || bytes.Contains(b, []byte("15005550006")) {
				t.Errorf("%s: %s contains the plain text", when, e.Name())
			}
		}
	}

	search("open")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	search("closed")
}
