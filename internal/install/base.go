// Package install opens an installation: its folder, master key and database, and locks them.
//
// Commands and the server use the same Base; only the server locks the folder and has an epoch. Files that must not be
// lost get their name when they are complete and on disk. A database that is half filled, or was moved elsewhere, is
// blocked for all but the command that completes or reverses this.
package install

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
	// Fresh is true when this call created the installation.
	Fresh bool
}

// Open opens the installation, and creates what is missing: the folder (0700), the master key (0600), the schema. For a
// blocked database it returns a BlockedError.
func Open(ctx context.Context, c *config.Config) (*Base, error) {
	return OpenLogged(ctx, c, slog.Default())
}

// OpenLogged is Open with a log for damaged rows.
func OpenLogged(ctx context.Context, c *config.Config, log *slog.Logger) (*Base, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}

	backend, there, err := OpenDatabase(ctx, c, log)
	if err != nil {
		return nil, err
	}

	b, err := openBase(ctx, c, backend, there)
	if err != nil {
		return nil, err
	}
	if n, err := b.UnreadableFrames(ctx); err != nil {
		return nil, errors.Join(err, b.Close())
	} else if n > 0 {
		log.Error("the journal has entries that cannot be read, so their changes are missing: run syssecure doctor",
			"entries", n)
	}

	return b, nil
}

// OpenExisting is Open of an existing installation. It creates nothing: without an installation it returns a
// NoInstallationError.
func OpenExisting(ctx context.Context, c *config.Config) (*Base, error) {
	backend, there, err := OpenExistingDatabase(ctx, c)
	if err != nil {
		return nil, err
	}

	return openBase(ctx, c, backend, there)
}

// openBase makes a Base of an open database. When it fails, it closes the database.
func openBase(ctx context.Context, c *config.Config, backend Database, there Contents) (*Base, error) {
	if there.Blocked != nil {
		_ = backend.Close() // the other error is the one to report
		return nil, there.Blocked
	}
	if there.lostIndexKey() {
		return nil, errors.Join(ErrLostIndexKey, backend.Close())
	}

	return Unlock(ctx, c, backend, there)
}

// Unlock is openBase also for a blocked database (see BlockedError).
func Unlock(ctx context.Context, c *config.Config, backend Database, there Contents) (*Base, error) {
	b := &Base{Config: c, Backend: backend, Store: store.Open(backend), Now: time.Now}
	if err := b.unlock(ctx, there); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// unlock reads the keys. A database with data needs its own keys, and is not changed when they are others.
func (b *Base) unlock(ctx context.Context, there Contents) (err error) {
	if err = b.readKeys(there); err != nil {
		return err
	}
	if b.Index, err = indexKey(ctx, b.Store, b.Keys); err != nil {
		return err
	}
	b.Fresh = !there.Sealed()
	b.Admin = &admin.Admin{Store: b.Store, Keys: b.Keys, Index: b.Index, Now: b.Now}

	return nil
}

// ReadKeys reads the master key, and unlocks with it the rows of a database that has no index key yet. sealed says that
// the data to come needs an existing master key.
func (b *Base) ReadKeys(sealed bool) (err error) {
	if b.Keys, err = readKeyring(b.Config.MasterKeyFile, sealed); err == nil {
		b.Backend.Codec().Unlock(b.Keys)
	}
	return err
}

// readKeys reads the master key, and unlocks the rows of the database when it is the right key.
func (b *Base) readKeys(there Contents) (err error) {
	if b.Keys, err = readKeyring(b.Config.MasterKeyFile, there.Sealed()); err != nil {
		return err
	}
	if there.Sealed() {
		if _, err := unwrap(b.Keys, there.Index); err != nil {
			return err
		}
	}
	b.Backend.Codec().Unlock(b.Keys)

	return nil
}

func readKeyring(path string, sealed bool) (*secret.Keyring, error) {
	master, err := MasterKey(path, sealed)
	if err != nil {
		return nil, err
	}

	keys, err := secret.NewKeyring(master)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}

	return keys, nil
}

// unwrap decrypts the index key.
func unwrap(keys *secret.Keyring, wrapped []byte) (index secret.IndexKey, err error) {
	if index, err = keys.Unwrap(wrapped); errors.Is(err, secret.ErrWrongKey) {
		err = ErrWrongMasterKey
	}
	return index, err
}

// Close closes the database.
func (b *Base) Close() error { return b.Store.Close() }

// MetaIndexKey is the row with the wrapped index key.
const MetaIndexKey = "index_key"

// ErrWrongMasterKey says that the key file belongs to another database.
var ErrWrongMasterKey = errors.New("this database was created with a different master key: put the right key in the key file")

// indexKey decrypts the database's index key, or stores a new one in a new database.
func indexKey(ctx context.Context, s *store.Store, keys *secret.Keyring) (index secret.IndexKey, err error) {
	fresh := secret.NewIndexKey()
	wrapped := keys.Wrap(fresh)
	k := store.MetaKey(MetaIndexKey)
	err = s.Update(ctx, id.Account{}, []store.Key{k}, func(tx *store.Tx) error {
		row, ok := store.Get[store.Meta](tx, k)
		if !ok {
			index = fresh
			tx.Put(store.Meta{Name: MetaIndexKey, Value: wrapped})
			return nil
		}
		index, err = unwrap(keys, row.Value)

		return err
	})

	return index, err
}

const metaEpoch = "epoch"

// NextEpoch returns the epoch of a new run of serve. Claimed rows have the epoch as their owner.
func NextEpoch(ctx context.Context, s *store.Store) (epoch int64, err error) {
	return AddEpochs(ctx, s, 1)
}

// AddEpochs adds n epochs, and returns the newest.
func AddEpochs(ctx context.Context, s *store.Store, n int64) (epoch int64, err error) {
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
