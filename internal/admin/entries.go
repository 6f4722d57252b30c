package admin

import (
	"context"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/store"
)

// Entry is an entry of an account's ledger, with the credits that it left.
type Entry struct {
	ledger.Entry
	Balance int64
}

// EntryPosition is where a page of entries begins: below an entry, with the credits before it. The zero value begins at
// the newest.
type EntryPosition struct{ Below, Credits int64 }

// How many entries are read for one page, and at a time. A kind may be rare.
const (
	scanEntries = 1000
	readEntries = 200
)

// Entries lists entries of the caller's ledger, newest first; of one kind, unless it is 0. next is where the next page
// begins, zero after the last; a page may be short without being the last. The sandbox has no ledger.
func (a *Admin) Entries(ctx context.Context, c account.Caller, kind ledger.Kind, at EntryPosition, limit int,
) (out []Entry, next EntryPosition, err error) {
	if c.Mode == id.Test {
		return nil, next, nil
	}

	err = a.Store.View(ctx, func(v store.Reader) error {
		if at == (EntryPosition{}) {
			rows, err := v.Load(store.AccountKey(c.Account))
			if err != nil {
				return err
			}
			row, _ := store.Get[store.Account](rows, store.AccountKey(c.Account))
			at = EntryPosition{row.Entries + 1, row.Balance.Credits}
		}

		for read := 0; read < scanEntries; read += readEntries {
			list, err := v.Entries(c.Account, at.Below, readEntries)
			if err != nil {
				return err
			}
			for _, e := range list {
				if len(out) == limit {
					next = at
					return nil
				}
				if kind == 0 || e.Kind == kind {
					out = append(out, Entry{e.Entry, at.Credits})
				}
				at = EntryPosition{e.Seq, at.Credits - e.Credits}
			}
			if len(list) < readEntries {
				return nil
			}
		}
		next = at

		return nil
	})

	return out, next, err
}
