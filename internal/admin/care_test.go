package admin_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// change alters rows behind the ledger's back.
func change(t *testing.T, w *testworld.World, fn func(tx *store.Tx), keys ...store.Key) {
	t.Helper()
	err := w.Dispatcher.Config.Store.Update(t.Context(), w.Account, keys, func(tx *store.Tx) error { fn(tx); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

func markOf(t *testing.T, w *testworld.World) (m store.LedgerMark) {
	t.Helper()
	k := store.LedgerMarkKey(w.Account)
	err := w.Dispatcher.Config.Store.View(t.Context(), func(v store.Reader) error {
		rows, err := v.Load(k)
		m, _ = store.Get[store.LedgerMark](rows, k)
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

// audited runs the check and holds its findings to a number.
func audited(t *testing.T, w *testworld.World, most int64, wrong int) (found string, entries int64) {
	t.Helper()
	r, err := w.Admin.Audit(t.Context(), most)
	if err != nil || len(r.Wrong) != wrong || r.Left != 0 {
		t.Fatalf("%+v, %v; want %d findings", r, err, wrong)
	}
	var log bytes.Buffer
	r.Tell(slog.New(slog.NewTextHandler(&log, nil)))
	if (log.Len() > 0) != (wrong > 0) {
		t.Errorf("logged %q", log.String())
	}
	return strings.Join(r.Wrong, "\n"), r.Entries
}

func TestAuditAddsUpWhatIsNew(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, w *testworld.World) {
		grants(t, w, 250)
		if _, n := audited(t, w, 1_000_000, 0); n != 251 || markOf(t, w).Seq != 0 {
			t.Errorf("a start added up %d entries and marked %d", n, markOf(t, w).Seq)
		}
		if _, n := audited(t, w, 0, 0); n != 251 {
			t.Errorf("%d entries", n)
		}
		if m := markOf(t, w); m.Seq != 251 || m.Sum != w.Balance(t) || m.At.IsZero() {
			t.Errorf("mark %+v", m)
		}
		if _, n := audited(t, w, 0, 0); n != 0 {
			t.Errorf("%d entries were added up although none is new", n)
		}
		grants(t, w, 3)
		if _, n := audited(t, w, 0, 0); n != 3 || markOf(t, w).Seq != 251 {
			t.Errorf("%d entries, mark %d: a mark for every few entries", n, markOf(t, w).Seq)
		}
	})
}

func TestAuditFinds(t *testing.T) {
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
				for range 2 { // it is found again, until it is mended
					if found, _ := audited(t, w, 0, 1); !strings.Contains(found, w.Account.String()) {
						t.Errorf("found %q", found)
					}
				}
				audited(t, w, 1_000_000, 1)
			})
		})
	}
}

func TestAStartAddsUpNoMoreThanItsShare(t *testing.T) {
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

// add counts n sends on a day.
func add(t *testing.T, w *testworld.World, mode id.Mode, day stats.Day, country string, n int64) {
	t.Helper()
	change(t, w, func(tx *store.Tx) {
		tx.Add(&store.Tally{Account: w.Account, Mode: mode, Day: day, Line: stats.Line{
			Cell:   stats.Cell{Kind: stats.OTPs, Channel: message.SMS, Country: country, Prefix: "+3247", Carrier: "smsc"},
			Counts: stats.Counts{Sent: n},
		}})
	})
}

func report(t *testing.T, w *testworld.World, q stats.Query) map[string]int64 {
	t.Helper()
	r, err := w.Admin.Report(t.Context(), w.Live, q)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int64{"": r.Total.Sent}
	for _, s := range r.Lines() {
		out[s.Day.String()+s.Country] = s.Sent
	}
	return out
}

// TestTidyKeepsEverySum compares reports before and after days are put together, with what comes late, and at the end of
// the time that statistics are kept.
func TestTidyKeepsEverySum(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, w *testworld.World) {
		today := stats.DayOf(w.Clock.Now())
		var want int64
		for i := range 40 {
			add(t, w, id.Live, today-stats.Day(i), []string{"BE", "FR"}[i%2], int64(i+1))
			want += int64(i + 1)
		}
		add(t, w, id.Test, today-20, "BE", 1000)
		q := stats.Query{By: stats.ByDay | stats.ByCountry, From: today - 60, To: today}
		byPrefix := q
		byPrefix.By |= stats.ByPrefix
		before := report(t, w, q)
		if before[""] != want || len(before) != 41 {
			t.Fatalf("%d in %d lines", before[""], len(before))
		}
		fine := func() (n int) {
			err := w.Dispatcher.Config.Store.View(t.Context(), func(v store.Reader) error {
				list, err := v.Tallies(w.Account, id.Live, 0, today, 1000)
				n = len(list)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for round := range 3 {
			if err := w.Admin.Tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := fine(); got != 2 {
				t.Errorf("%d days are not put together, want today and yesterday", got)
			}
			for _, q := range []stats.Query{q, byPrefix} {
				if got := report(t, w, q); !same(got, before) {
					t.Errorf("round %d: %v, want %v", round, got, before)
				}
			}
			add(t, w, id.Live, today-10, "BE", 5) // a late receipt
			before[""] += 5
			before[(today-10).String()+"BE"] += 5
			if got := report(t, w, q); !same(got, before) {
				t.Errorf("after a late event: %v, want %v", got, before)
			}
		}
		w.Clock.Add(400 * 24 * time.Hour)
		for range 2 {
			if err := w.Admin.Tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := report(t, w, q)[""]; got != 1 {
			t.Errorf("%d are left after 400 days, want those of the last day", got)
		}
	})
}

func same(a, b map[string]int64) bool { return fmt.Sprint(a) == fmt.Sprint(b) }
