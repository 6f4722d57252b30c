package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/storetest"
)

// change puts rows into the database in one group; a nil value removes the row.
func change(t *testing.T, b *Backend, values map[int][]byte) {
	t.Helper()
	if err := b.Group(context.Background(), func(batch store.Batch) error { return batch.Write(rowsOf(values)) }); err != nil {
		t.Fatalf("group: %v", err)
	}
}

func rowsOf(values map[int][]byte) (records []store.Record, gone []store.Key) {
	for n, v := range values {
		if v == nil {
			gone = append(gone, meta(n, nil).Key())
		} else {
			records = append(records, meta(n, v))
		}
	}

	return records, gone
}

func meta(n int, v []byte) store.Meta { return store.Meta{Name: fmt.Sprintf("row %06d", n), Value: v} }

// expect compares the rows below n with the model, in a view and in a group.
func expect(t *testing.T, b *Backend, model map[int][]byte, n int) {
	t.Helper()
	keys := make([]store.Key, n)
	for i := range n {
		keys[i] = meta(i, nil).Key()
	}

	compare := func(where string, rows store.Rows) {
		for i := range n {
			got, found := store.Get[store.Meta](rows, keys[i])
			if want, ok := model[i]; found != ok || found && !bytes.Equal(got.Value, want) {
				t.Fatalf("%s: row %d is %x (%v), want %x (%v)", where, i, got.Value, found, want, ok)
			}
		}
	}

	err := b.Group(context.Background(), func(batch store.Batch) error {
		rows, err := batch.Load(keys)
		compare("group", rows)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.View(context.Background(), func(r store.Reader) error {
		rows, err := r.Load(keys...)
		compare("view", rows)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// copied opens a copy of the files as they are on the disk: what a kill leaves behind.
func copied(t *testing.T, path string) *Backend {
	t.Helper()
	return opened(t, copyOf(t, path))
}

func copyOf(t *testing.T, path string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy.db")
	for _, suffix := range []string{"", "-wal"} {
		file, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to+suffix, file, 0o600); err != nil {
			t.Fatal(err)
		}
	}

	return to
}

// few is a generation of tests.
const few = 200

func opened(t *testing.T, path string) *Backend {
	t.Helper()
	b, err := Open(path, storetest.Codec)
	if err != nil {
		t.Fatal(err)
	}
	b.writer.generation = few
	return b
}

func (b *Backend) frames(t *testing.T) int {
	t.Helper()
	b.mu.Lock() // the timer may settle meanwhile
	defer b.mu.Unlock()
	n, err := sqlitex.ResultInt(b.writer.Prep("SELECT count(*) FROM journal"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Rows change while generations settle, with kills, failing groups, views and another process in between. The database
// must always equal the model.
func TestJournal_KeepsCommittedRows(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	const rows, groups = 3 * few, 300
	path := filepath.Join(t.TempDir(), "s.db")
	b, model := opened(t, path), map[int][]byte{}
	for g := range groups {
		values := map[int][]byte{}
		for range r.IntN(120) + 1 {
			n := r.IntN(rows)
			if values[n] = nil; r.IntN(4) > 0 {
				values[n] = fmt.Append(nil, g, n)
			}
		}

		writer := b
		switch r.IntN(40) {
		case 0:
			dead := copied(t, path)
			expect(t, dead, model, rows)
			if err := errors.Join(dead.Close(), b.Close()); err != nil {
				t.Fatal(err)
			}
			b = opened(t, path)
			writer = b
		case 1:
			expect(t, b, model, rows)
		case 2:
			broken := errors.New("broken")
			err := b.Group(context.Background(), func(batch store.Batch) error {
				return errors.Join(batch.Write(rowsOf(values)), broken)
			})
			if !errors.Is(err, broken) {
				t.Fatal(err)
			}
			continue
		case 3:
			writer = opened(t, path) // as a command during a server's run
		}

		change(t, writer, values)
		maps.Copy(model, values)
		maps.DeleteFunc(model, func(_ int, v []byte) bool { return v == nil })
		if writer != b {
			if err := writer.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}

	expect(t, b, model, rows)
	if n := b.frames(t); n != 0 {
		t.Errorf("%d frames are left after a view", n)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// Under load the rows settle by themselves: the journal does not grow with what was written.
func TestJournal_GenerationsSettle(t *testing.T) {
	t.Parallel()
	b := opened(t, filepath.Join(t.TempDir(), "s.db"))
	b.armed = true // no timer helps
	most := 0
	for g := range 40 * few / 64 {
		values := map[int][]byte{}
		for i := range 64 {
			values[g*64+i] = []byte{1}
		}
		change(t, b, values)
		most = max(most, len(b.writer.journal.pending))
	}
	if most > 3*few {
		t.Errorf("%d rows waited, want at most %d", most, 3*few)
	}
	if turns := b.writer.journal.generations; turns < 10 {
		t.Errorf("%d generations settled of 40 written", turns)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// An idle server settles its rows. A busy one does not, and checks again later.
func TestJournal_SettlesWhenIdle(t *testing.T) {
	t.Parallel()
	b := opened(t, filepath.Join(t.TempDir(), "s.db"))
	b.armed = true // the timer is this test
	change(t, b, map[int][]byte{1: {1}})
	b.rest(b.writer.journal.generations - 1)
	b.timer.Stop() // a slow machine must not reach its time
	if b.frames(t) != 1 || !b.armed {
		t.Error("a busy server settled, or does not check again")
	}

	b.rest(b.writer.journal.generations)
	if b.frames(t) != 0 || b.armed || b.waiting.Load() != 0 {
		t.Error("the row still waits")
	}

	expect(t, b, map[int][]byte{1: {1}}, 2)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// A Peek may miss the latest rows when many wait, but not when few do.
func TestPeek(t *testing.T) {
	t.Parallel()
	b := opened(t, filepath.Join(t.TempDir(), "s.db"))
	defer b.Close()
	b.armed = true // no timer helps
	see := func(n int) (found, whole bool) {
		k := meta(n, nil).Key()
		whole, err := b.Peek(context.Background(), func(r store.Reader) error {
			rows, err := r.Load(k)
			_, found = rows[k]
			return err
		})
		if err != nil {
			t.Fatal(err)
		}

		return found, whole
	}

	change(t, b, map[int][]byte{1: {1}})
	if found, whole := see(1); !found || !whole {
		t.Error("a peek misses a row although few rows wait")
	}

	many := map[int][]byte{}
	for n := range peekBelow {
		many[n] = []byte{2}
	}

	change(t, b, many)
	if found, whole := see(5); found || whole {
		t.Error("a peek settles many rows: sweeps would hold up sends")
	}

	expect(t, b, many, peekBelow)
	if found, whole := see(5); !found || !whole {
		t.Error("a peek misses a settled row")
	}
}

// A row that violates a constraint fails in its group, not when it settles.
func TestJournal_RefusesInvalidRow(t *testing.T) {
	t.Parallel()
	b := opened(t, filepath.Join(t.TempDir(), "s.db"))
	defer b.Close()
	bad := store.Account{}
	bad.ID, bad.Balance.Credits, bad.CreatedAt = id.Account{1}, -1, time.Unix(1, 0)
	err := b.Group(context.Background(), func(batch store.Batch) error { return batch.Write([]store.Record{bad}, nil) })
	if !errors.Is(err, store.ErrRefused) {
		t.Fatalf("got %v", err)
	}
	if n := b.frames(t); n != 0 {
		t.Errorf("%d frames", n)
	}
}

// An upgrade finds rows in the shape of the older version's tables.
func TestReplay_TablesByName(t *testing.T) {
	t.Parallel()
	c, err := sqlite.OpenConn(filepath.Join(t.TempDir(), "s.db"))
	if err != nil {
		t.Fatal(err)
	}

	defer c.Close()
	frame := appendRow(nil, store.TableMeta, storetest.Codec.Encoder().Encode(store.TableMeta, meta(1, []byte("one"))))
	frame = appendRow(frame, store.TableMeta, storetest.Codec.Encoder().Encode(store.TableMeta, meta(2, []byte("two"))))
	frame = appendGone(frame, meta(1, nil).Key(), store.KeyRow(meta(1, nil).Key(), nil))
	for _, sql := range []string{
		"CREATE TABLE journal (seq INTEGER PRIMARY KEY, data BLOB NOT NULL)",
		"CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
	} {
		if err := sqlitex.ExecuteTransient(c, sql, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := sqlitex.Execute(c, "INSERT INTO journal (data) VALUES (?1)", &sqlitex.ExecOptions{Args: []any{frame}}); err != nil {
		t.Fatal(err)
	}
	if err := settleOld(c); err != nil {
		t.Fatal(err)
	}

	got, err := sqlitex.ResultText(c.Prep("SELECT group_concat(name || '=' || CAST(value AS TEXT)) || (SELECT count(*) FROM journal) FROM meta"))
	if err != nil || got != "row 000002=two0" {
		t.Fatalf("%q %v", got, err)
	}
	if err := sqlitex.Execute(c, "INSERT INTO journal (data) VALUES (?1)", &sqlitex.ExecOptions{Args: []any{frame[:len(frame)-1]}}); err != nil {
		t.Fatal(err)
	}
	if err := settleOld(c); err != nil {
		t.Fatalf("a damaged frame: %v", err)
	}

	got, err = sqlitex.ResultText(c.Prep("SELECT (SELECT count(*) FROM meta) || ' ' || group_concat(seq) FROM journal"))
	if err != nil || got != "2 -1" {
		t.Fatalf("after a damaged frame: %q %v", got, err)
	}
}

// FuzzCutRow reads damaged frames.
func FuzzCutRow(f *testing.F) {
	good := appendRow(nil, store.TableMeta, storetest.Codec.Encoder().Encode(store.TableMeta, meta(1, []byte("one"))))
	f.Add(good)
	f.Add(appendGone(good, meta(1, nil).Key(), store.KeyRow(meta(1, nil).Key(), nil)))
	f.Add([]byte{4, 'm', 'e', 't', 'a', 0, 1, valueBlob, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1})
	f.Fuzz(func(t *testing.T, frame []byte) {
		for len(frame) > 0 {
			r, rest, err := cutRow(frame)
			if err != nil {
				return
			}

			_, _, _ = r.change(storetest.Codec) // must not panic
			if len(rest) >= len(frame) {
				t.Fatal("no progress")
			}

			size := 0
			for _, c := range r.values {
				size += len(c.b)
			}
			if size > len(frame) {
				t.Fatalf("%d bytes of values in %d", size, len(frame))
			}
			frame = rest
		}
	})
}
