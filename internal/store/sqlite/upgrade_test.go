package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// TestADatabaseOfTheFirstSchema is opened: its messages carry codes, and those that were due are found by the new index.
func TestADatabaseOfTheFirstSchema(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "old.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil { // SQLite takes an empty file for a new database
		t.Fatal(err)
	}
	c := raw(t, path)
	begin, err := os.ReadFile("migrations/0001_begin.sql")
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlitex.ExecuteScript(c, string(begin), nil); err != nil {
		t.Fatal(err)
	}
	m := store.Message{Number: []byte{1}, Message: message.Message{Account: acme, ID: id.Message{7}, Mode: id.Live, State: message.Pending, DueAt: at, CreatedAt: at}}
	row := store.Encode(m)
	args := []any{row[0].B, row[1].B, row[2].N, row[3].B, row[4].N, row[5].N, row[6].N, row[7].B}
	err = sqlitex.Execute(c, "INSERT INTO message (account, id, mode, contact, state, due_at, owner, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", &sqlitex.ExecOptions{Args: args})
	if err := errors.Join(err, sqlitex.Execute(c, "PRAGMA user_version = 1", nil)); err != nil {
		t.Fatal(err)
	}
	s := store.Open(open(t, path))
	t.Cleanup(func() { _ = s.Close() })
	err = s.View(t.Context(), func(r store.Reader) error {
		due, err := r.DueMessages(at.Add(time.Second), id.Account{}, 10)
		texts, err2 := r.DueTexts(at.Add(time.Second), 10)
		rows, err3 := r.Load(m.Key())
		got, found := store.Get[store.Message](rows, m.Key())
		if len(due) != 1 || due[0].Key != m.Key() || len(texts) != 0 || !found || got.Purpose != message.ForCode || !got.DueAt.Equal(at) {
			t.Errorf("due %v, texts %v, row %+v", due, texts, got)
		}
		return errors.Join(err, err2, err3)
	})
	if err != nil {
		t.Fatal(err)
	}
}
