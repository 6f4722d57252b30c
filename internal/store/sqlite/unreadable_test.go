package sqlite

import (
	"maps"
	"path/filepath"
	"testing"
	"time"

	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/storetest"
)

// A frame that cannot be read does not keep others from settling, nor the database from opening. It is kept until it is
// removed by hand.
func TestJournal_DamagedFrame(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]string{
		"cut off":              "data = substr(data, 1, length(data) - 1)",
		"empty values":         "data = zeroblob(length(data))",
		"of an unknown table":  "data = x'04' || CAST('atem' AS BLOB) || substr(data, 6)",
		"of fewer columns":     "data = substr(data, 1, 6) || x'01' || substr(data, 8, 12)",
		"null in a key column": "data = substr(data, 1, 7) || x'0000'",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "s.db")
			b := opened(t, path)
			defer b.Close()
			b.armed = true // no timer helps
			for n := range 5 {
				change(t, b, map[int][]byte{n: {byte(n)}})
			}
			exec(t, b, "UPDATE journal SET "+damage+" WHERE seq = 3")

			after := copied(t, path)
			model := map[int][]byte{0: {0}, 1: {1}, 3: {3}, 4: {4}}
			for n := 10; n < 14; n++ {
				expect(t, after, model, 20)
				change(t, after, map[int][]byte{n: {byte(n)}})
				maps.Copy(model, map[int][]byte{n: {byte(n)}})
			}

			if err := after.Close(); err != nil {
				t.Fatal(err)
			}
			after = opened(t, after.path)
			defer after.Close()
			expect(t, after, model, 20)
			if n, err := after.UnreadableFrames(t.Context()); err != nil || n != 1 || after.frames(t) != 1 {
				t.Errorf("%d of %d frames are kept (%v), want 1", n, after.frames(t), err)
			}

			exec(t, after, "DELETE FROM journal WHERE seq < 0")
			if n, err := after.UnreadableFrames(t.Context()); err != nil || n != 0 {
				t.Errorf("%d frames after they were removed (%v)", n, err)
			}
		})
	}
}

// What precedes the damage in a frame settles: it was acknowledged.
func TestJournal_BeforeTheDamage(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	b := opened(t, path)
	defer b.Close()
	b.armed = true // no timer helps
	values := map[int][]byte{1: []byte("one"), 2: []byte("two"), 3: []byte("three")}
	change(t, b, values)
	exec(t, b, "UPDATE journal SET data = substr(data, 1, length(data) - 1)")
	after := copied(t, path)
	defer after.Close()
	found := 0
	err := after.View(t.Context(), func(r store.Reader) error {
		rows, err := r.Load(meta(1, nil).Key(), meta(2, nil).Key(), meta(3, nil).Key())
		found = len(rows)
		return err
	})
	if err != nil || found != 2 {
		t.Errorf("%d rows settled (%v), want 2 of 3", found, err)
	}
}

// Before the master key is known nothing settles, but rows that wait can be read.
func TestJournal_Locked(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	b := opened(t, path)
	defer b.Close()
	b.armed = true // no timer helps
	change(t, b, map[int][]byte{1: {1}})
	account := store.Account{}
	account.ID, account.CreatedAt = id.Account{1}, time.Unix(1, 0)
	if err := b.Group(t.Context(), func(batch store.Batch) error { return batch.Write([]store.Record{account}, nil) }); err != nil {
		t.Fatal(err)
	}

	codec := store.NewCodec(nil)
	again, err := Open(copyOf(t, path), codec)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	expect(t, again, map[int][]byte{1: {1}}, 3)
	if n := again.frames(t); n != 2 {
		t.Errorf("%d frames while the codec is locked, want 2", n)
	}

	codec.Unlock(storetest.Keys)
	rows, err := again.Find(t.Context(), []store.Key{account.Key()})
	if got, ok := store.Get[store.Account](rows, account.Key()); err != nil || !ok || got.ID != account.ID {
		t.Errorf("unlocked: %v, %v", got, err)
	}
	if n := again.frames(t); n != 0 {
		t.Errorf("%d frames after a read", n)
	}
}

func exec(t *testing.T, b *Backend, sql string) {
	t.Helper()
	if err := sqlitex.ExecuteTransient(b.writer.Conn, sql, nil); err != nil {
		t.Fatal(err)
	}
}
