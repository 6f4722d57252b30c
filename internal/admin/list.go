package admin

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

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

// searched is what one search for accounts reads: they have no index by name.
var searched = store.Searched{Batch: 500, Most: 10_000}

// FindAccounts lists at most limit accounts after the given one, oldest first; the zero id begins at the oldest. With a text
// only those with it in their name or id. next is where the search goes on, zero at the end. There can be fewer than limit
// although more follow, since a search reads only so many.
func (a *Admin) FindAccounts(
	ctx context.Context, text string, after id.Account, limit int,
) (list []store.Account, next id.Account, err error) {
	var wanted func(store.Account) bool
	if text != "" {
		wanted = func(one store.Account) bool { return contains(one.Name+" "+one.ID.String(), text) }
	}

	var more bool
	err = a.Store.View(ctx, func(v store.Reader) (err error) {
		list, next, more, err = store.Search(searched, after, limit, v.Accounts,
			func(one store.Account) id.Account { return one.ID }, wanted)
		return err
	})
	if !more {
		next = id.Account{}
	}

	return list, next, err
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

// KeyWorking is the filter for keys that are active or expiring.
const KeyWorking = "working"

// KeyFilter selects keys: by a status or KeyWorking, and by a text in the name, the prefix or the id. Empty is every key.
type KeyFilter struct{ Status, Search string }

func (f KeyFilter) wants(k account.Key, now time.Time) bool {
	wanted := f.Status == "" || f.Status == k.Status(now) || f.Status == KeyWorking && k.Active(now)
	return wanted && contains(k.Name+" "+k.Prefix()+" "+k.PublicID(), f.Search)
}

// contains reports whether a text has another one in it, in capitals or not.
func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// FindKeys lists the keys of the caller's account and mode that a filter selects, newest first.
func (a *Admin) FindKeys(ctx context.Context, c account.Caller, f KeyFilter) ([]account.Key, error) {
	all, err := a.ListKeysBy(ctx, c)
	now := a.Now()

	return slices.DeleteFunc(all, func(k account.Key) bool { return !f.wants(k, now) }), err
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
