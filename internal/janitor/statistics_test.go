package janitor_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// add counts n sends on a day.
func add(t *testing.T, w *testworld.World, mode id.Mode, day stats.Day, country string, n int64) {
	t.Helper()
	err := w.Dispatcher.Config.Store.Update(t.Context(), w.Account, nil, func(tx *store.Tx) error {
		tx.Add(&store.Tally{Account: w.Account, Mode: mode, Day: day, Split: stats.Split{Line: stats.Line{
			Cell:   stats.Cell{Kind: stats.OTPs, Channel: message.SMS, Country: country, Prefix: "+3247", Carrier: "smsc"},
			Counts: stats.Counts{Sent: n},
		}}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
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

// Reports are the same before and after days are merged, also with late events, until the statistics are too old.
func TestMergeStatistics_Reports(t *testing.T) {
	t.Parallel()
	testworld.OnEach(t, func(t *testing.T, b store.Backend) {
		w := testworld.New(t, testworld.Options{Backend: b})
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
			w.Do(t, w.Janitor.MergeStatistics)
			if got := fine(); got != 2 {
				t.Errorf("%d days are not merged, want today and yesterday", got)
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
			w.Do(t, w.Janitor.MergeStatistics)
		}
		if got := report(t, w, q)[""]; got != 1 {
			t.Errorf("%d sends after 400 days, want those of the last day", got)
		}
	})
}

func same(a, b map[string]int64) bool { return fmt.Sprint(a) == fmt.Sprint(b) }
