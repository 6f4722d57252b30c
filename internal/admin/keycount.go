package admin

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// keyTries is how often a key is tried to be added while others are added at the same time.
	keyTries = 20
	// keepEnded is how many revoked and expired keys of an account and mode are kept; surplus bounds how many older ones
	// a new key removes. So making and revoking keys in a loop does not fill the disk.
	keepEnded  = 1000
	maxSurplus = 50
)

// keyCount is what an account has of keys in a mode, read before an update that adds one.
type keyCount struct {
	// changes is the number of the last addition: an update that finds another one has to count again. A counter of
	// active keys would not do, because keys expire without an update.
	changes int64
	keys    []account.Key
}

func (a *Admin) countKeys(ctx context.Context, of id.Account, mode id.Mode) (out keyCount, err error) {
	err = a.Store.View(ctx, func(v store.Reader) error {
		rows, err := v.Load(store.CountsKey(of, mode))
		if err != nil {
			return err
		}
		out.changes = store.CountsOf(rows, of, mode).KeyChanges

		return eachKey(v, of, func(k account.Key) {
			if k.Mode == mode {
				out.keys = append(out.keys, k)
			}
		})
	})

	return out, err
}

// eachKey reads the keys of an account, in both modes.
func eachKey(v store.Reader, of id.Account, fn func(account.Key)) error {
	for after := ""; ; {
		page, err := v.Keys(of, after, keyPage)
		if err != nil {
			return err
		}
		for _, row := range page {
			fn(row.API)
			after = row.API.ID
		}
		if len(page) < keyPage {
			return nil
		}
	}
}

// surplus names the keys that ended longest ago, when there are more than are kept.
func (n keyCount) surplus(now time.Time) (out []store.Key) {
	ended := slices.DeleteFunc(slices.Clone(n.keys), func(k account.Key) bool { return k.Active(now) })
	slices.SortFunc(ended, func(x, y account.Key) int {
		return cmp.Or(x.EndedAt().Compare(y.EndedAt()), cmp.Compare(x.ID, y.ID))
	})
	for _, k := range ended[:min(max(0, len(ended)-keepEnded), maxSurplus)] {
		out = append(out, store.APIKeyKey(k.ID))
	}

	return out
}

// check refuses one key more than the bounds allow. Keys that were replaced, and end by themselves, have a bound of
// their own: an account that is full can still rotate.
func (n keyCount) check(changed []account.Key, now time.Time) error {
	lasting, ending := 0, 0
	count := func(k account.Key) {
		switch {
		case !k.Active(now):
		case k.ExpiresAt.IsZero():
			lasting++
		default:
			ending++
		}
	}
	for _, k := range n.keys {
		if !slices.ContainsFunc(changed, func(c account.Key) bool { return c.ID == k.ID }) {
			count(k)
		}
	}
	for _, k := range changed {
		count(k)
	}

	switch {
	case lasting > bound.Keys:
		return fault.Full(bound.LimitKeys, bound.Keys,
			"an account may have %d active keys in each mode; revoke one that is not used any more", bound.Keys)
	case ending > bound.Keys:
		return fault.Full(bound.LimitKeys, bound.Keys,
			"%d replaced keys still work; revoke one of them, or wait until one expires", bound.Keys)
	}

	return nil
}

// addKey runs a change that adds a key, and may change the keys that others names, if the bounds allow it.
func (a *Admin) addKey(ctx context.Context, key account.Key, once Once, others []store.Key,
	change func(*store.Tx) (any, error),
) (err error) {
	for range keyTries {
		var n keyCount
		if n, err = a.countKeys(ctx, key.Account, key.Mode); err != nil {
			return err
		}
		if err = a.tryAddKey(ctx, key, n, once, others, change); !errors.Is(err, errKeysChanged) {
			return err
		}
	}

	return fault.Unavailable(err)
}

func (a *Admin) tryAddKey(ctx context.Context, key account.Key, n keyCount, once Once, others []store.Key,
	change func(*store.Tx) (any, error),
) error {
	row, owner := store.APIKeyKey(key.ID), store.AccountKey(key.Account)
	gone := slices.DeleteFunc(n.surplus(key.CreatedAt), func(k store.Key) bool { return slices.Contains(others, k) })
	named := slices.Concat([]store.Key{row, owner, store.CountsKey(key.Account, key.Mode)}, others, gone)

	return once(ctx, named, func(tx *store.Tx) (any, error) {
		if !store.Exists(tx, owner) {
			return nil, noAccount(key.Account)
		}
		if store.Exists(tx, row) {
			return nil, errors.New("a key with the same random id already exists; try again")
		}
		counts := store.CountsOf(tx, key.Account, key.Mode)
		if counts.KeyChanges != n.changes {
			return nil, errKeysChanged
		}

		out, err := change(tx)
		if err != nil {
			return nil, err
		}

		changed := []account.Key{key}
		for _, k := range others {
			if other, ok := store.Get[store.APIKey](tx, k); ok {
				changed = append(changed, other.API)
			}
		}
		if err := n.check(changed, key.CreatedAt); err != nil {
			return nil, err
		}

		counts.KeyChanges++
		tx.Put(counts)
		for _, k := range gone {
			tx.Delete(k)
		}

		return out, nil
	})
}
