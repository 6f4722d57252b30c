// Package app wires everything together and owns every lifetime: what is opened here is closed here, in one order.
//
// It decides nothing. Its one hard idea is that a command of the command line and a running server stand on the same
// Base: folder, master key, database; only serve takes the lock and an epoch.
package app

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

// DatabaseFile is the name of the embedded database in the data folder.
const DatabaseFile = "syssecure.db"

// Base is an open installation.
type Base struct {
	Config  *config.Config
	Store   *store.Store
	Backend Database
	Keys    *secret.Keyring
	Index   secret.IndexKey
	Admin   *admin.Admin
	Now     func() time.Time
	// Fresh is set when this call made the installation.
	Fresh bool
}

// Open opens the installation, and makes what is missing: the folder (0700), the master key (0600), the schema. A database
// that is closed (see ClosedError) is refused.
func Open(ctx context.Context, c *config.Config) (*Base, error) {
	return openLogged(ctx, c, slog.Default())
}

// openLogged is Open; damaged rows are logged.
func openLogged(ctx context.Context, c *config.Config, log *slog.Logger) (*Base, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}

	backend, there, err := openDatabase(ctx, c, log)
	if err != nil {
		return nil, err
	}

	return openBase(ctx, c, backend, there)
}

// OpenExisting is Open of an installation that is there. Where there is none it makes nothing, and returns a
// NoInstallationError.
func OpenExisting(ctx context.Context, c *config.Config) (*Base, error) {
	backend, there, err := openExisting(ctx, c)
	if err != nil {
		return nil, err
	}

	return openBase(ctx, c, backend, there)
}

// openBase makes a Base of an open database, or closes it.
func openBase(ctx context.Context, c *config.Config, backend Database, there used) (*Base, error) {
	if there.closed != nil {
		_ = backend.Close() // why it is closed is what counts
		return nil, there.closed
	}

	return newBase(ctx, c, backend, there)
}

// newBase unlocks an open database, or closes it.
func newBase(ctx context.Context, c *config.Config, backend Database, there used) (*Base, error) {
	b := &Base{Config: c, Backend: backend, Store: store.Open(backend), Now: time.Now}
	if err := b.unlock(ctx, there.sealed()); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// unlock reads the keys; sealed tells whether the database has data that needs the old ones.
func (b *Base) unlock(ctx context.Context, sealed bool) (err error) {
	if err = b.readKeys(sealed); err != nil {
		return err
	}
	if b.Index, err = indexKey(ctx, b.Store, b.Keys); err != nil {
		return err
	}
	b.Fresh = !sealed
	b.Admin = &admin.Admin{Store: b.Store, Keys: b.Keys, Index: b.Index, Now: b.Now}
	return nil
}

// readKeys reads the master key, and unlocks the database's rows with it.
func (b *Base) readKeys(sealed bool) error {
	path := b.Config.MasterKeyFile
	master, err := masterKey(path, sealed)
	if err != nil {
		return err
	}
	if b.Keys, err = secret.NewKeyring(master); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	b.Backend.Codec().Unlock(b.Keys)
	return nil
}

// Close closes the database.
func (b *Base) Close() error { return b.Store.Close() }

const metaIndexKey = "index_key"

// ErrWrongMasterKey says that the key file belongs to another database.
var ErrWrongMasterKey = errors.New("the master key is not the one that this database was made with: put the right key file in its place")

// indexKey opens the database's index key, or makes it in a new database.
func indexKey(ctx context.Context, s *store.Store, keys *secret.Keyring) (index secret.IndexKey, err error) {
	fresh := secret.NewIndexKey()
	wrapped := keys.Wrap(fresh)
	k := store.MetaKey(metaIndexKey)
	err = s.Update(ctx, id.Account{}, []store.Key{k}, func(tx *store.Tx) error {
		row, ok := store.Get[store.Meta](tx, k)
		if !ok {
			index = fresh
			tx.Put(store.Meta{Name: metaIndexKey, Value: wrapped})
			return nil
		}
		if index, err = keys.Unwrap(row.Value); errors.Is(err, secret.ErrWrongKey) {
			return ErrWrongMasterKey
		}
		return err
	})
	return index, err
}

const metaEpoch = "epoch"

// nextEpoch counts the starts of serve: rows in work carry the epoch of who works on them.
func nextEpoch(ctx context.Context, s *store.Store) (epoch int64, err error) {
	return addEpochs(ctx, s, 1)
}

func addEpochs(ctx context.Context, s *store.Store, n int64) (epoch int64, err error) {
	k := store.MetaKey(metaEpoch)
	err = s.Update(ctx, id.Account{}, []store.Key{k}, func(tx *store.Tx) error {
		epoch = n
		if row, ok := store.Get[store.Meta](tx, k); ok && len(row.Value) == 8 {
			epoch = int64(binary.BigEndian.Uint64(row.Value)) + n
		}
		tx.Put(store.Meta{Name: metaEpoch, Value: binary.BigEndian.AppendUint64(nil, uint64(epoch))})
		return nil
	})
	return epoch, err
}
