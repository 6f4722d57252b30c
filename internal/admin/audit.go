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
	// auditPage is how many accounts are read at a time.
	auditPage = 500
	// auditPart is how many entries are added up at a time: a long read keeps the database from truncating its log.
	auditPart = 200_000
	// checkAfter is how many new entries are worth storing a check.
	checkAfter = 200
)

// RunAudits adds up the ledger's new entries regularly until ctx ends, so that the next start has few to add up.
func (a *Admin) RunAudits(ctx context.Context, log *slog.Logger) error {
	tick := time.NewTicker(auditEvery)
	defer tick.Stop()
	for {
		audit, err := a.Audit(ctx, 0)
		audit.Log(log)
		if err != nil && ctx.Err() == nil {
			log.Warn("the audit of the ledger failed; it runs again in ten minutes", "error", err)
		}

		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Audit is the result of adding up the ledger.
type Audit struct {
	Entries    int64    // that were added up
	Mismatches []string // a sentence for each account whose entries do not add up to its balance
	Left       int      // accounts that were not finished because of the limit
}

// Log logs the mismatches. The server runs on: a login that fails costs more than a miscounted credit.
func (r Audit) Log(log *slog.Logger) {
	for _, w := range r.Mismatches {
		log.Error("the ledger does not add up; run syssecure doctor, and restore a backup if the file was damaged",
			"account", w)
	}
}

// Audit compares balances with the sums of their entries. It begins at each account's last check; doctor adds up
// everything. It ends after about most entries; 0 = no limit.
func (a *Admin) Audit(ctx context.Context, most int64) (out Audit, err error) {
	for after := (id.Account{}); ; {
		var page []store.Account
		var checks store.Rows
		err := a.Store.View(ctx, func(v store.Reader) (err error) {
			if page, err = v.Accounts(after, auditPage); err != nil {
				return err
			}
			keys := make([]store.Key, len(page))
			for i, row := range page {
				keys[i] = store.LedgerCheckKey(row.ID)
			}
			checks, err = v.Load(keys...)

			return err
		})
		if err != nil || len(page) == 0 {
			return out, err
		}

		for _, row := range page {
			check, _ := store.Get[store.LedgerCheck](checks, store.LedgerCheckKey(row.ID))
			if check.Seq == row.Entries && check.Sum == row.Balance {
				continue
			}
			if err := a.audit(ctx, row.ID, most, &out); err != nil {
				return out, err
			}
		}
		after = page[len(page)-1].ID
	}
}

// audit checks one account, part by part, each in its own read transaction.
func (a *Admin) audit(ctx context.Context, of id.Account, most int64, out *Audit) error {
	for most == 0 || out.Entries < most {
		var row store.Account
		var check store.LedgerCheck
		var sum ledger.Balance
		var entries, last int64
		err := a.Store.View(ctx, func(v store.Reader) error {
			rows, err := v.Load(store.AccountKey(of), store.LedgerCheckKey(of))
			if err != nil {
				return err
			}

			row, _ = store.Get[store.Account](rows, store.AccountKey(of))
			check, _ = store.Get[store.LedgerCheck](rows, store.LedgerCheckKey(of))
			sum, entries, last, err = v.LedgerPart(of, check.Seq, auditPart)

			return err
		})
		if err != nil {
			return err
		}

		out.Entries += entries
		next := store.LedgerCheck{
			Account: of, Seq: last, At: a.Now(),
			Sum: ledger.Balance{Credits: check.Sum.Credits + sum.Credits, Held: check.Sum.Held + sum.Held},
		}

		done := entries < auditPart
		if entries != last-check.Seq || last > row.Entries || done && (last != row.Entries || next.Sum != row.Balance) {
			out.Mismatches = append(out.Mismatches,
				fmt.Sprintf("%s has a balance of %s, but its entries up to number %d add up to %s", of,
					row.Balance.Describe(row.Entries), last, next.Sum.Describe(check.Seq+entries)))
			return nil
		}
		// A start stores a check only where more entries follow: one for each account would cost more than it saves.
		if !done || most == 0 && entries >= checkAfter {
			if err := a.storeCheck(ctx, next); err != nil {
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

// storeCheck stores how far an account's entries were added up. Entries never change, so a check stays true.
func (a *Admin) storeCheck(ctx context.Context, c store.LedgerCheck) error {
	return a.Store.Update(ctx, c.Account, []store.Key{c.Key()}, func(tx *store.Tx) error {
		tx.Put(c)
		return nil
	})
}
