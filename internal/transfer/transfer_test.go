package transfer_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/memory"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/internal/store/sqlite"
	"github.com/syssecure/syssecure/internal/store/storetest"
	"github.com/syssecure/syssecure/internal/transfer"
)

var at = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

var databases = map[string]func(t *testing.T) store.Backend{
	"memory": func(*testing.T) store.Backend { return memory.New(storetest.Codec) },
	"sqlite": func(t *testing.T) store.Backend {
		b, err := sqlite.Open(filepath.Join(t.TempDir(), "s.db"), storetest.Codec)
		if err != nil {
			t.Fatal(err)
		}
		return b
	},
	"postgres": func(t *testing.T) store.Backend {
		b, err := postgres.Open(t.Context(), pgtest.URL(t), storetest.Codec)
		if err != nil {
			t.Fatal(err)
		}
		return b
	},
}

func open(t *testing.T, name string) *store.Store {
	t.Helper()
	s := store.Open(databases[name](t))
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func text(n int, body byte) store.Message {
	return store.Message{Number: []byte{1}, Body: []byte{body}, Metadata: []byte(nil), Message: message.Message{
		Account: id.Account{1, 15: byte(n % 3)}, ID: id.Message{
			2, 13: byte(n >> 16), 14: byte(n >> 8),
			15: byte(n),
		}, Mode: id.Live, State: message.Sent, CreatedAt: at,
	}}
}

// rows are some of several tables, more than a page of messages.
func rows(n int) (out []store.Record) {
	out = append(out, store.Meta{Name: "index_key", Value: []byte{1}}, store.Ref{
		Carrier: "a", ID: "x\x00y",
		CreatedAt: at,
	},
		store.Account{Account: account.Account{ID: id.Account{1}, Name: "Ä", CreatedAt: at}},
		store.User{ID: id.User{1}, Name: "Ada"}, store.Login{ID: store.LoginID{1}, User: id.User{1}},
		store.Member{Account: id.Account{1}, User: id.User{1}}, store.Link{ID: store.LinkID{1}, EndsAt: at},
		store.Session{ID: store.SessionID{1}, User: id.User{1}, EndsAt: at}, store.Audit{ID: id.Audit{1}, At: at},
		store.RequestBatch{Account: id.Account{1}, Mode: id.Test, ID: id.Request{1}, To: at})
	for i := range n {
		out = append(out, text(i, 1))
	}
	return out
}

func put(t *testing.T, s *store.Store, records []store.Record, gone ...store.Key) {
	t.Helper()
	for some := range slices.Chunk(records, 1000) {
		if err := s.Restore(t.Context(), some, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Restore(t.Context(), nil, gone); err != nil {
		t.Fatal(err)
	}
}

func sums(t *testing.T, s *store.Store, o transfer.Options) []transfer.Sum {
	t.Helper()
	got, err := transfer.Sums(t.Context(), s.View, o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// A copy from each database to each other has the same sums; a second Sync writes nothing, or only what has changed.
func TestSync(t *testing.T) {
	t.Parallel()
	for from := range databases {
		for to := range databases {
			t.Run(from+" to "+to, func(t *testing.T) {
				t.Parallel()
				a, b := open(t, from), open(t, to)
				const n = 4321
				all := rows(n)
				put(t, a, all)
				sync := func(written, removed int) {
					t.Helper()
					read, changes, err := transfer.Sync(t.Context(), a.View, b, transfer.Options{})
					if err != nil || changes != (transfer.Changes{Written: int64(written), Removed: int64(removed)}) {
						t.Fatalf("%+v, %v; want %d written, %d removed", changes, err, written, removed)
					}
					if d := transfer.Differences(read, sums(t, b, transfer.Options{})); len(d) > 0 {
						t.Fatal(d)
					}
				}

				sync(len(all), 0)
				sync(0, 0)
				changed := text(2000, 2)
				put(t, a, []store.Record{changed, text(n, 1)}, text(0, 1).Key(), text(n-1, 1).Key())
				put(t, b, []store.Record{text(n+5, 1), text(7, 9)})
				sync(3, 3)
				put(t, a, nil, keys(all)...)
				put(t, a, nil, text(n, 1).Key())
				sync(0, len(all)-2+1)
			})
		}
	}
}

func keys(all []store.Record) (out []store.Key) {
	for _, r := range all {
		out = append(out, r.Key())
	}
	return out
}

// A difference in one byte of one row is found.
func TestSums_Differences(t *testing.T) {
	t.Parallel()
	base := rows(50)
	want := sums(t, filled(t, base), transfer.Options{})
	for name, other := range map[string][]store.Record{
		"a row more": rows(51), "a row less": rows(49), "another body": append(rows(50), text(3, 9)),
		"another account": append(rows(50), store.Account{Account: account.Account{
			ID: id.Account{1}, Name: "A",
			CreatedAt: at,
		}}),
		"empty for null": append(rows(50), store.Message{
			Number: []byte{1}, Body: []byte{1}, Metadata: []byte{},
			Message: text(4, 1).Message,
		}),
	} {
		if d := transfer.Differences(want, sums(t, filled(t, other), transfer.Options{})); len(d) != 1 {
			t.Errorf("%s: %v", name, d)
		}
	}

	skip := transfer.Options{Skip: []store.Key{text(9, 1).Key(), store.MetaKey("index_key")}}
	if d := transfer.Differences(want, sums(t, filled(t, base), skip)); len(d) != 2 {
		t.Errorf("differences of skipped rows: %v", d)
	}
}

func filled(t *testing.T, records []store.Record) *store.Store {
	t.Helper()
	s := open(t, "memory")
	put(t, s, records)
	return s
}

// Skipped rows are neither copied nor removed.
func TestSync_SkippedRows(t *testing.T) {
	t.Parallel()
	a, b := open(t, "memory"), open(t, "sqlite")
	put(t, a, append(rows(3), store.Meta{Name: "mine", Value: []byte{1}}))
	put(t, b, []store.Record{store.Meta{Name: "ours", Value: []byte{2}}})
	o := transfer.Options{Skip: []store.Key{store.MetaKey("mine"), store.MetaKey("ours")}}
	if _, _, err := transfer.Sync(t.Context(), a.View, b, o); err != nil {
		t.Fatal(err)
	}

	found, err := b.Find(t.Context(), o.Skip...)
	if err != nil || len(found) != 1 {
		t.Errorf("%v, %v", found, err)
	}
}

// A walk that is interrupted at any moment removes nothing that is in the source, and the next one completes the copy.
func TestSync_Interrupted(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for round := range 6 { // each kind of interruption, with each database
		a, b := open(t, "memory"), open(t, []string{"memory", "sqlite"}[round%2])
		all := rows(3500)
		put(t, a, all)
		put(t, b, all[:2000])
		left := r.IntN(20)
		broken := errors.New("broken")
		ctx, cancel := context.WithCancel(t.Context())
		from := func(ctx context.Context, fn func(store.Reader) error) error {
			if left--; left < 0 && round%3 == 0 {
				return broken
			}
			if left < 0 {
				cancel()
			}
			return a.View(ctx, fn)
		}

		_, _, err := transfer.Sync(ctx, from, b, transfer.Options{})
		cancel()
		if left < 0 && err == nil {
			t.Errorf("round %d: interrupted without an error", round)
		}

		found, err2 := b.Find(t.Context(), keys(all[:2000])...)
		if err2 != nil || len(found) != 2000 {
			t.Fatalf("round %d: %d of 2000 rows are left, %v", round, len(found), err2)
		}
		if _, _, err := transfer.Sync(t.Context(), a.View, b, transfer.Options{}); err != nil {
			t.Fatal(err)
		}
		if d := transfer.Differences(sums(t, a, transfer.Options{}), sums(t, b, transfer.Options{})); len(d) > 0 {
			t.Errorf("round %d: %v", round, d)
		}
	}
}

func TestProgress_UntilTheEnd(t *testing.T) {
	t.Parallel()
	var reported []transfer.Progress
	o := transfer.Options{Progress: func(p transfer.Progress) { reported = append(reported, p) }}
	if _, _, err := transfer.Sync(t.Context(), filled(t, rows(2500)).View, open(t, "memory"), o); err != nil {
		t.Fatal(err)
	}

	// Each table as it begins, long ones now and then, and the end.
	tables, all := len(store.Defs), int64(len(rows(2500)))
	for _, want := range []transfer.Progress{{"account", 0, all}, {"message", 1000, all}, {"message", 2000, all}} {
		if !slices.Contains(reported, want) {
			t.Errorf("reported %v, want %v among them", reported, want)
		}
	}
	if last := reported[len(reported)-1]; len(reported) != tables+3 || last != (transfer.Progress{
		Rows: all,
		Of:   all,
	}) {
		t.Errorf("reported %d times, at last %v; want %d times and all rows", len(reported), last, tables+3)
	}
}

// TestProgress_WithoutSkipped checks that the count at the end does not have skipped rows.
func TestProgress_WithoutSkipped(t *testing.T) {
	t.Parallel()
	var reported []transfer.Progress
	o := transfer.Options{
		Skip:     []store.Key{store.MetaKey("closed")},
		Progress: func(p transfer.Progress) { reported = append(reported, p) },
	}
	all := int64(len(rows(3)))
	from := filled(t, append(rows(3), store.Meta{Name: "closed", Value: []byte("x")}))
	if _, err := transfer.Sums(t.Context(), from.View, o); err != nil {
		t.Fatal(err)
	}
	if first, last := reported[0], reported[len(reported)-1]; first.Of != all+1 || last != (transfer.Progress{
		Rows: all,
		Of:   all,
	}) {
		t.Errorf("reported %v at first and %v at last", first, last)
	}
}
