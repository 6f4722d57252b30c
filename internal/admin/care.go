package admin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	careEvery = 10 * time.Minute
	carePage  = 500
	// keepDays is how long statistics are kept: a year can be compared with the one before.
	keepDays = 400
	// auditPart is how many entries are added up at a time: a reader that takes longer keeps the log of the database from
	// being cut.
	auditPart = 200_000
	// markAfter is how many entries make a new mark worth its write.
	markAfter = 200
)

// Care looks after what no request waits for until ctx ends: it adds up the ledger's new entries, so that a start has few
// to add up, and puts the statistics of days that are over together.
func (a *Admin) Care(ctx context.Context, log *slog.Logger) error {
	tick := time.NewTicker(careEvery)
	defer tick.Stop()
	for {
		audit, err := a.Audit(ctx, 0)
		audit.Tell(log)
		if err := errors.Join(err, a.Tidy(ctx)); err != nil && ctx.Err() == nil {
			log.Warn("looking after the ledger and the statistics failed; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Audit is what a check of the ledger found.
type Audit struct {
	Entries int64    // added up
	Wrong   []string // a sentence for each account whose entries do not add up to its balance
	Left    int      // accounts with more entries than the check was to add up
}

// Tell logs what is wrong. It stops nobody: a login that is refused costs more than a credit that is miscounted.
func (r Audit) Tell(log *slog.Logger) {
	for _, w := range r.Wrong {
		log.Error("the ledger does not add up; run syssecure doctor, and restore a backup if the file was damaged", "account", w)
	}
}

// Audit compares balances with the sums of their entries, beginning at each account's mark: what was added up before and
// moved into the mark is left to doctor, which adds up everything. It ends after about most entries; 0 is no end.
func (a *Admin) Audit(ctx context.Context, most int64) (out Audit, err error) {
	for after := (id.Account{}); ; {
		var page []store.Account
		var marks store.Rows
		err := a.Store.View(ctx, func(v store.Reader) (err error) {
			if page, err = v.Accounts(after, carePage); err != nil {
				return err
			}
			keys := make([]store.Key, len(page))
			for i, row := range page {
				keys[i] = store.LedgerMarkKey(row.ID)
			}
			marks, err = v.Load(keys...)
			return err
		})
		if err != nil || len(page) == 0 {
			return out, err
		}
		for _, row := range page {
			mark, _ := store.Get[store.LedgerMark](marks, store.LedgerMarkKey(row.ID))
			if mark.Seq == row.Entries && mark.Sum == row.Balance {
				continue
			}
			if err := a.audit(ctx, row.ID, most, &out); err != nil {
				return out, err
			}
		}
		after = page[len(page)-1].ID
	}
}

// audit checks one account, part by part, each part in a state of the database of its own.
func (a *Admin) audit(ctx context.Context, of id.Account, most int64, out *Audit) error {
	for most == 0 || out.Entries < most {
		var row store.Account
		var mark store.LedgerMark
		var sum ledger.Balance
		var entries, last int64
		err := a.Store.View(ctx, func(v store.Reader) error {
			rows, err := v.Load(store.AccountKey(of), store.LedgerMarkKey(of))
			if err != nil {
				return err
			}
			row, _ = store.Get[store.Account](rows, store.AccountKey(of))
			mark, _ = store.Get[store.LedgerMark](rows, store.LedgerMarkKey(of))
			sum, entries, last, err = v.LedgerPart(of, mark.Seq, auditPart)
			return err
		})
		if err != nil {
			return err
		}
		out.Entries += entries
		next := store.LedgerMark{
			Account: of, Seq: last, At: a.Now(),
			Sum: ledger.Balance{Credits: mark.Sum.Credits + sum.Credits, Held: mark.Sum.Held + sum.Held},
		}
		done := entries < auditPart
		if entries != last-mark.Seq || last > row.Entries || done && (last != row.Entries || next.Sum != row.Balance) {
			out.Wrong = append(out.Wrong, fmt.Sprintf("%s has %+v in %d entries, but up to entry %d its entries say %+v",
				of, row.Balance, row.Entries, last, next.Sum))
			return nil
		}
		// A start writes only the marks that it goes on from: one for each account would cost more than it spares.
		if !done || most == 0 && entries >= markAfter {
			if err := a.mark(ctx, next); err != nil {
				return err
			}
		}
		if done {
			return nil
		}
	}
	out.Left++
	return nil
}

// mark stores how far an account's entries were added up. Entries are never changed, so the mark is true whatever came
// since.
func (a *Admin) mark(ctx context.Context, m store.LedgerMark) error {
	return a.Store.Update(ctx, m.Account, []store.Key{m.Key()}, func(tx *store.Tx) error {
		tx.Put(m)
		return nil
	})
}

// Tidy puts the statistics of each day before yesterday into one row, and removes those that are too old. Events that
// come later are counted in rows of their own until the next time.
func (a *Admin) Tidy(ctx context.Context) error {
	today := stats.DayOf(a.Now())
	for {
		var old, gone []store.Key
		err := a.Store.View(ctx, func(v store.Reader) (err error) {
			if old, err = v.OldTallies(today-1, carePage); err != nil {
				return err
			}
			gone, err = v.OldTallyDays(today-keepDays, carePage)
			return err
		})
		if err != nil {
			return err
		}
		for rest := old; len(rest) > 0; {
			n := sameDay(rest)
			if err := a.putAway(ctx, rest[:n]); err != nil {
				return err
			}
			rest = rest[n:]
		}
		for _, k := range gone {
			err := a.Store.Update(ctx, k.Account, []store.Key{k}, func(tx *store.Tx) error { tx.Delete(k); return nil })
			if err != nil {
				return err
			}
		}
		if len(old) < carePage && len(gone) < carePage {
			return nil
		}
	}
}

// sameDay counts the keys in front that are of the same account, mode and day.
func sameDay(keys []store.Key) int {
	first := store.DayOfTally(keys[0], true).Key()
	for i, k := range keys {
		if store.DayOfTally(k, true).Key() != first {
			return i
		}
	}
	return len(keys)
}

// putAway moves tallies of one day into the day's two rows.
func (a *Admin) putAway(ctx context.Context, tallies []store.Key) error {
	days := []store.TallyDay{store.DayOfTally(tallies[0], true), store.DayOfTally(tallies[0], false)}
	keys := append([]store.Key{days[0].Key(), days[1].Key()}, tallies...)
	return a.Store.Update(ctx, days[0].Account, keys, func(tx *store.Tx) error {
		var lines []stats.Line
		for _, k := range tallies {
			if t, ok := store.Get[store.Tally](tx, k); ok {
				lines = append(lines, t.Line)
				tx.Delete(k)
			}
		}
		for _, day := range days {
			row, ok := store.Get[store.TallyDay](tx, day.Key())
			if !ok {
				row = day
			}
			tx.Put(row.Merge(lines))
		}
		return nil
	})
}
