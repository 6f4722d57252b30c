package admin

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	auditEvery = 10 * time.Minute
	// auditPage is how many accounts are looked at at a time.
	auditPage = 500
	// auditPart is how many entries are added up at a time: a reader that takes longer keeps the log of the database from
	// being cut.
	auditPart = 200_000
	// markAfter is how many entries make a new mark worth its write.
	markAfter = 200
)

// RunAudits adds up the ledger's new entries now and then until ctx ends, so that a start has few to add up.
func (a *Admin) RunAudits(ctx context.Context, log *slog.Logger) error {
	tick := time.NewTicker(auditEvery)
	defer tick.Stop()
	for {
		audit, err := a.Audit(ctx, 0)
		audit.Tell(log)
		if err != nil && ctx.Err() == nil {
			log.Warn("adding up the ledger failed; it is tried again", "error", err)
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
			if page, err = v.Accounts(after, auditPage); err != nil {
				return err
			}
			keys := make([]store.Key, len(page))
			for i, row := range page {
				keys[i] = store.LedgerCheckKey(row.ID)
			}
			marks, err = v.Load(keys...)

			return err
		})
		if err != nil || len(page) == 0 {
			return out, err
		}

		for _, row := range page {
			mark, _ := store.Get[store.LedgerCheck](marks, store.LedgerCheckKey(row.ID))
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
		var mark store.LedgerCheck
		var sum ledger.Balance
		var entries, last int64
		err := a.Store.View(ctx, func(v store.Reader) error {
			rows, err := v.Load(store.AccountKey(of), store.LedgerCheckKey(of))
			if err != nil {
				return err
			}

			row, _ = store.Get[store.Account](rows, store.AccountKey(of))
			mark, _ = store.Get[store.LedgerCheck](rows, store.LedgerCheckKey(of))
			sum, entries, last, err = v.LedgerPart(of, mark.Seq, auditPart)

			return err
		})
		if err != nil {
			return err
		}

		out.Entries += entries
		next := store.LedgerCheck{
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
func (a *Admin) mark(ctx context.Context, m store.LedgerCheck) error {
	return a.Store.Update(ctx, m.Account, []store.Key{m.Key()}, func(tx *store.Tx) error {
		tx.Put(m)
		return nil
	})
}
