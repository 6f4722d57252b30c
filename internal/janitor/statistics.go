package janitor

import (
	"context"

	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
)

// keepDays is how long statistics are kept: long enough to compare a month with that of the year before.
const keepDays = 400

// MergeStatistics merges the statistics of each day before yesterday into two rows, and removes those that are too old.
// Later events of such a day are counted in separate rows until the next round.
func (j *Janitor) MergeStatistics(ctx context.Context) error {
	today := stats.DayOf(j.Now())
	for tallies, days := (store.Pass[store.Key]{}), (store.Pass[store.Key]{}); ; {
		old, err := j.page(ctx, &tallies, batch, func(v store.Reader, most int) ([]store.Key, error) {
			return v.OldTallies(today-1, most)
		})
		if err != nil {
			return err
		}

		gone, err := j.page(ctx, &days, batch, func(v store.Reader, most int) ([]store.Key, error) {
			return v.OldTallyDays(today-keepDays, most)
		})
		if err != nil {
			return err
		}

		for rest := old; len(rest) > 0; {
			n := sameDay(rest)
			if err := j.mergeDay(ctx, rest[:n]); err != nil {
				return err
			}
			rest = rest[n:]
		}

		for _, k := range gone {
			if err := j.remove(ctx, k.Account, []store.Key{k}, nil); err != nil {
				return err
			}
		}

		if len(old) < batch && len(gone) < batch {
			return nil
		}
	}
}

// sameDay counts the first keys that have the same account, mode and day.
func sameDay(keys []store.Key) int {
	first := store.DayOfTally(keys[0], true).Key()
	for i, k := range keys {
		if store.DayOfTally(k, true).Key() != first {
			return i
		}
	}
	return len(keys)
}

// mergeDay moves tallies of one day into the day's two rows.
func (j *Janitor) mergeDay(ctx context.Context, tallies []store.Key) error {
	days := []store.TallyDay{store.DayOfTally(tallies[0], true), store.DayOfTally(tallies[0], false)}
	keys := append([]store.Key{days[0].Key(), days[1].Key()}, tallies...)

	return j.Store.Update(ctx, days[0].Account, keys, func(tx *store.Tx) error {
		var lines []stats.Line
		for _, k := range tallies {
			if t, ok := store.GetSound[store.Tally](tx, k); ok {
				lines = append(lines, t.Lines()...)
				tx.Delete(k)
			}
		}

		for _, day := range days {
			row, ok := store.GetSound[store.TallyDay](tx, day.Key())
			if !ok {
				row = day
			}
			tx.Put(row.Merge(lines))
		}

		return nil
	})
}
