package admin

import (
	"cmp"
	"context"
	"slices"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// Accounts lists all accounts, oldest first.
func (a *Admin) Accounts(ctx context.Context) (all []account.Account, err error) {
	err = a.Store.EachAccount(ctx, func(row store.Account) error {
		all = append(all, row.Account)
		return nil
	})

	return all, err
}

// AccountsAfter lists at most limit accounts after the given one, oldest first; the zero id begins at the oldest.
func (a *Admin) AccountsAfter(ctx context.Context, after id.Account, limit int) (list []store.Account, err error) {
	err = a.Store.View(ctx, func(v store.Reader) (err error) {
		list, err = v.Accounts(after, limit)
		return err
	})
	return list, err
}

// keyPage is how many keys are read at a time.
const keyPage = 500

// ListKeys lists the keys of an account, or of all accounts with the zero id: by account, oldest first, without
// their MACs.
func (a *Admin) ListKeys(ctx context.Context, of id.Account) (all []account.Key, err error) {
	if of == (id.Account{}) {
		return a.allKeys(ctx)
	}

	err = a.Store.View(ctx, func(v store.Reader) error {
		return eachKey(v, of, func(k account.Key) { all = append(all, k) })
	})
	sortKeys(all)

	return all, err
}

// ListKeysBy lists the keys of the caller's account and mode, newest first, without their MACs.
func (a *Admin) ListKeysBy(ctx context.Context, c account.Caller) ([]account.Key, error) {
	all, err := a.ListKeys(ctx, c.Account)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(k account.Key) bool { return k.Mode != c.Mode })
	slices.Reverse(all)

	return all, nil
}

// KeyNames are the names of an account's keys, by their ids.
func (a *Admin) KeyNames(ctx context.Context, of id.Account) (map[string]string, error) {
	names := map[string]string{}
	err := a.Store.View(ctx, func(v store.Reader) error {
		return eachKey(v, of, func(k account.Key) { names[k.ID] = k.Name })
	})

	return names, err
}

// allKeys lists the keys of all accounts.
func (a *Admin) allKeys(ctx context.Context) (all []account.Key, err error) {
	for after := (*store.Key)(nil); ; {
		var page []store.Record
		err := a.Store.View(ctx, func(v store.Reader) (err error) {
			page, err = v.Scan(store.TableAPIKey, after, keyPage)
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			break
		}

		for _, r := range page {
			if row, ok := r.(store.APIKey); ok { // not so when the row is damaged
				all = append(all, row.API)
			}
		}
		last := page[len(page)-1].Key()
		after = &last
	}

	sortKeys(all)

	return all, nil
}

// sortKeys sorts keys by account, oldest first, and removes their MACs.
func sortKeys(all []account.Key) {
	slices.SortFunc(all, func(x, y account.Key) int {
		return cmp.Or(slices.Compare(x.Account[:], y.Account[:]), x.CreatedAt.Compare(y.CreatedAt),
			cmp.Compare(x.ID, y.ID))
	})
	for i := range all {
		all[i].MAC = nil
	}
}
