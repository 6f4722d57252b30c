package install

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// MetaBlocked is the row that blocks a database: one that is half filled, or whose data was moved elsewhere. It belongs
// to the database and is never copied. Databases have it under this name.
const MetaBlocked = "closed"

// Reasons for which a database is blocked.
const (
	BlockedMoving    = "moving"    // a move into it is not complete
	BlockedMoved     = "moved"     // its data was moved away
	BlockedRestoring = "restoring" // a restore into it is not complete
)

// BlockedError says why no server may start on a database, and what to do.
type BlockedError struct {
	Why   string
	Other string // where the data was moved to, or comes from; empty for restore --apply, which works in place
	At    time.Time
}

func (c *BlockedError) Error() string {
	switch c.Why {
	case BlockedMoved:
		return fmt.Sprintf("the data that is here was moved to %s at %s, and this copy is out of date: set database "+
			"in the configuration to where the data is now. To go back to this copy all the same, and lose what happened "+
			"since, run syssecure restore --apply", c.Other, c.At.UTC().Format(time.RFC3339))
	case BlockedMoving:
		return fmt.Sprintf("a move of %s into this database is not complete: run the same syssecure move again",
			c.Other)
	}
	if c.Other == "" {
		return "syssecure restore --apply did not complete on this database: run it again"
	}

	return fmt.Sprintf("a restore of %s into this database is not complete: run the same syssecure restore again",
		c.Other)
}

// blockedBy reads why the database is blocked; nil when it is not.
func blockedBy(rows store.Rows) *BlockedError {
	row, ok := store.Get[store.Meta](rows, store.MetaKey(MetaBlocked))
	if !ok {
		return nil
	}
	c := &BlockedError{Why: BlockedRestoring}
	_ = json.Unmarshal(row.Value, c) // a row of a later version also blocks the database
	return c
}

// Block keeps servers from starting on a database, and writes other rows that belong to the database alone.
func Block(ctx context.Context, s *store.Store, c BlockedError, with ...store.Meta) error {
	value, err := json.Marshal(c)
	if err != nil {
		return err
	}

	with = append(with, store.Meta{Name: MetaBlocked, Value: value})
	keys := make([]store.Key, len(with))
	for i, row := range with {
		keys[i] = row.Key()
	}

	return s.Update(ctx, id.Account{}, keys, func(tx *store.Tx) error {
		for _, row := range with {
			tx.Put(row)
		}
		return nil
	})
}

// Unblock reverses Block.
func Unblock(ctx context.Context, s *store.Store) error {
	k := store.MetaKey(MetaBlocked)
	return s.Update(ctx, id.Account{}, []store.Key{k}, func(tx *store.Tx) error { tx.Delete(k); return nil })
}

// Contents says what a database contains.
type Contents struct {
	Index    []byte // the wrapped index key; nil = nothing was ever sealed here
	Accounts bool
	Blocked  *BlockedError // nil when a server may start on it
}

// Sealed reports whether the database has data that only its own master key decrypts.
func (u Contents) Sealed() bool { return u.Index != nil }

// ErrLostIndexKey says that somebody removed the index key. With a new one, no stored number would be found again: its
// opt-out, its limits and its failed guesses would be forgotten, and any master key would fit.
var ErrLostIndexKey = errors.New("this database has accounts, but its index key (the row index_key of the table meta) is " +
	"gone, so opt-outs and limits of numbers cannot be found: put the row back from a backup, or restore the backup with " +
	"syssecure restore --force")

// lostIndexKey reports whether the index key was removed. Commands that copy rows block the database first, and write its
// index key last.
func (u Contents) lostIndexKey() bool { return u.Index == nil && u.Accounts && u.Blocked == nil }

// Inspect reads what a database contains.
func Inspect(ctx context.Context, b store.Backend) (u Contents, err error) {
	err = b.View(ctx, func(r store.Reader) error {
		rows, err := r.Load(store.MetaKey(MetaIndexKey), store.MetaKey(MetaBlocked))
		if err != nil {
			return err
		}
		if row, ok := store.Get[store.Meta](rows, store.MetaKey(MetaIndexKey)); ok {
			u.Index = row.Value
		}

		u.Blocked = blockedBy(rows)
		accounts, err := r.Scan(store.TableAccount, nil, 1)
		u.Accounts = len(accounts) > 0

		return err
	})

	return u, err
}

// Where is the location of a configuration's data, without a password.
func Where(c *config.Config) string {
	if c.Database.Empty() {
		return filepath.Join(c.Data, DatabaseFile)
	}
	u, err := url.Parse(c.Database.Reveal())
	if err != nil || u.Scheme == "" {
		return "PostgreSQL"
	}

	// Unix sockets, and several servers, are in the parameters.
	named := url.Values{}
	for _, key := range []string{"host", "port", "search_path"} {
		if v := u.Query().Get(key); v != "" {
			named.Set(key, v)
		}
	}

	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawQuery: named.Encode()}).String()
}
