package sqlite_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	sqlitestore "github.com/syssecure/syssecure/internal/store/sqlite"
)

// What another process writes is seen by the next update, also when the journal settled in between.
func TestOtherProcess_SeenAfterSettling(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	s := store.Open(open(t, path))
	t.Cleanup(func() { _ = s.Close() })
	put(t, s, value(1))
	if !has(t, s, value(1).Key()) {
		t.Fatal("not stored")
	}

	exec(t, raw(t, path), "UPDATE meta SET value = x'09' WHERE name = 'n1'")
	put(t, s, value(2))
	has(t, s, value(2).Key()) // settles

	var got store.Meta
	err := s.Update(t.Context(), id.Account{}, []store.Key{value(1).Key()}, func(tx *store.Tx) error {
		got, _ = store.Get[store.Meta](tx, value(1).Key())
		return nil
	})
	if err != nil || !bytes.Equal(got.Value, []byte{9}) {
		t.Errorf("read %v (%v), want what the other process wrote", got.Value, err)
	}
}

// Without the master key, the rows of the journal settle unchanged.
func TestLockedCodec_SettlesRowsAsTheyAre(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	s := store.Open(open(t, path))
	t.Cleanup(func() { _ = s.Close() })
	want := []store.Record{
		store.Account{Account: account.Account{ID: id.Account{1}, Name: "Acme", CreatedAt: at}},
		store.Contact{Account: id.Account{1}, ID: store.ContactID{2}, Number: []byte{3}},
	}

	for _, r := range want {
		put(t, s, r)
	}

	locked, err := sqlitestore.Open(path, store.NewCodec(nil))
	if err != nil {
		t.Fatal(err)
	}

	err = locked.View(t.Context(), func(r store.Reader) error {
		rows, err := r.Scan(store.TableAccount, nil, 9)
		if len(rows) != 1 || store.Damage(rows[0]) == nil {
			t.Errorf("a locked codec reads %v", rows)
		}
		return err
	})
	if err := errors.Join(err, locked.Close()); err != nil {
		t.Fatal(err)
	}

	for _, r := range want {
		rows, err := s.Find(t.Context(), r.Key())
		if err != nil || !reflect.DeepEqual(rows[r.Key()], r) {
			t.Errorf("afterwards %v (%v), want %v", rows[r.Key()], err, r)
		}
	}
}
