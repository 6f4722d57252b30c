package admin_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// change changes rows without the ledger.
func change(t *testing.T, w *testworld.World, fn func(tx *store.Tx), keys ...store.Key) {
	t.Helper()
	err := w.Dispatcher.Config.Store.Update(t.Context(), w.Account, keys,
		func(tx *store.Tx) error { fn(tx); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

func checkOf(t *testing.T, w *testworld.World) (m store.LedgerCheck) {
	t.Helper()
	k := store.LedgerCheckKey(w.Account)
	err := w.Dispatcher.Config.Store.View(t.Context(), func(v store.Reader) error {
		rows, err := v.Load(k)
		m, _ = store.Get[store.LedgerCheck](rows, k)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	return m
}

func grants(t *testing.T, w *testworld.World, n int) {
	t.Helper()
	for range n {
		if _, err := w.Admin.Credit(t.Context(), w.Account, 3); err != nil {
			t.Fatal(err)
		}
	}
}

// audited runs an audit and expects a number of mismatches.
func audited(t *testing.T, w *testworld.World, most int64, wrong int) (found string, entries int64) {
	t.Helper()
	r, err := w.Admin.Audit(t.Context(), most)
	if err != nil || len(r.Mismatches) != wrong || r.Left != 0 {
		t.Fatalf("%+v, %v; want %d findings", r, err, wrong)
	}

	var log bytes.Buffer
	r.Log(slog.New(slog.NewTextHandler(&log, nil)))
	if (log.Len() > 0) != (wrong > 0) {
		t.Errorf("logged %q", log.String())
	}

	return strings.Join(r.Mismatches, "\n"), r.Entries
}

func TestAudit_NewEntries(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, w *testworld.World) {
		grants(t, w, 250)
		if _, n := audited(t, w, 1_000_000, 0); n != 251 || checkOf(t, w).Seq != 0 {
			t.Errorf("a start added up %d entries and stored a check of %d", n, checkOf(t, w).Seq)
		}
		if _, n := audited(t, w, 0, 0); n != 251 {
			t.Errorf("%d entries", n)
		}
		if m := checkOf(t, w); m.Seq != 251 || m.Sum != w.Balance(t) || m.At.IsZero() {
			t.Errorf("check %+v", m)
		}
		if _, n := audited(t, w, 0, 0); n != 0 {
			t.Errorf("%d entries were added up although none is new", n)
		}

		grants(t, w, 3)
		if _, n := audited(t, w, 0, 0); n != 3 || checkOf(t, w).Seq != 251 {
			t.Errorf("%d entries, check %d: a check is stored for few entries", n, checkOf(t, w).Seq)
		}
	})
}

func TestAudit_Mismatches(t *testing.T) {
	t.Parallel()
	entry := func(w *testworld.World, seq int64) store.Entry {
		e := store.Entry{}
		e.Account, e.Seq = w.Account, seq
		return e
	}

	for name, harm := range map[string]func(t *testing.T, w *testworld.World){
		"credits from nowhere": func(t *testing.T, w *testworld.World) {
			row, err := w.Admin.Account(t.Context(), w.Account)
			if err != nil {
				t.Fatal(err)
			}
			row.Balance.Credits++
			change(t, w, func(tx *store.Tx) { tx.Put(row) }, row.Key())
		},
		"credits from nowhere, with an entry": func(t *testing.T, w *testworld.World) {
			row, err := w.Admin.Account(t.Context(), w.Account)
			if err != nil {
				t.Fatal(err)
			}

			row.Entries++
			row.Balance.Held++
			e := entry(w, row.Entries)
			e.Credits, e.At = 1, w.Clock.Now()
			change(t, w, func(tx *store.Tx) { tx.Put(row); tx.Put(e) }, row.Key(), e.Key())
		},
		"the last entry is lost": func(t *testing.T, w *testworld.World) {
			k := entry(w, 264).Key()
			change(t, w, func(tx *store.Tx) { tx.Delete(k) }, k)
		},
		"an entry within is lost, and changes no sum": func(t *testing.T, w *testworld.World) {
			grants(t, w, 1)
			e := entry(w, 260)
			gone, kept := e.Key(), entry(w, 261)
			kept.Credits, kept.At = 6, w.Clock.Now()
			change(t, w, func(tx *store.Tx) { tx.Delete(gone); tx.Put(kept) }, gone, kept.Key())
		},
		"an entry too many": func(t *testing.T, w *testworld.World) {
			e := entry(w, 265)
			e.At = w.Clock.Now()
			change(t, w, func(tx *store.Tx) { tx.Put(e) }, e.Key())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, w *testworld.World) {
				grants(t, w, 253)
				audited(t, w, 0, 0)
				grants(t, w, 10)
				harm(t, w)
				for range 2 { // it is found again until it is corrected
					if found, _ := audited(t, w, 0, 1); !strings.Contains(found, w.Account.String()) {
						t.Errorf("found %q", found)
					}
				}
				audited(t, w, 1_000_000, 1)
			})
		})
	}
}

func TestAudit_Limit(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{Credits: 5})
	for n := range 3 {
		if _, err := w.Admin.CreateAccount(t.Context(), fmt.Sprint("Customer ", n), 1); err != nil {
			t.Fatal(err)
		}
	}

	r, err := w.Admin.Audit(t.Context(), 2)
	if err != nil || r.Left != 2 || r.Entries != 2 {
		t.Errorf("%+v, %v", r, err)
	}
}
