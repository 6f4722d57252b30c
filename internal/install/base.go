// Package install opens an installation: its folder, master key and database, and what keeps others away from them.
//
// A command of the command line and a running server stand on the same Base; only a server takes the folder's lock and an
// epoch. Files that must not be lost get their name once they are whole and on disk, and a database that is half filled or
// was moved away is closed to everything but the command that goes on.
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
	// Fresh is set when this call made the installation.
	Fresh bool
}

// Open opens the installation, and makes what is missing: the folder (0700), the master key (0600), the schema. A database
// that is closed (see ClosedError) is refused.
func Open(ctx context.Context, c *config.Config) (*Base, error) {
	return OpenLogged(ctx, c, slog.Default())
}

// OpenLogged is Open; damaged rows are logged.
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
	if n, err := b.UnreadJournal(ctx); err != nil {
		return nil, errors.Join(err, b.Close())
	} else if n > 0 {
		log.Error("the journal has entries that cannot be read, and what they say is missing: run syssecure doctor, which says what to do",
			"entries", n)
	}

	return b, nil
}

// OpenExisting is Open of an installation that is there. Where there is none it makes nothing, and returns a
// NoInstallationError.
func OpenExisting(ctx context.Context, c *config.Config) (*Base, error) {
	backend, there, err := OpenExistingDatabase(ctx, c)
	if err != nil {
		return nil, err
	}

	return openBase(ctx, c, backend, there)
}

// openBase makes a Base of an open database, or closes it.
func openBase(ctx context.Context, c *config.Config, backend Database, there Contents) (*Base, error) {
	if there.Closed != nil {
		_ = backend.Close() // why it is closed is what counts
		return nil, there.Closed
	}

	return Unlock(ctx, c, backend, there)
}

// Unlock makes a Base of a database that may be closed to others (see ClosedError). When it cannot, it closes it.
func Unlock(ctx context.Context, c *config.Config, backend Database, there Contents) (*Base, error) {
	b := &Base{Config: c, Backend: backend, Store: store.Open(backend), Now: time.Now}
	if err := b.unlock(ctx, there); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// unlock reads the keys. A database that has data needs the old ones, and is left as it is when they are others.
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

// ReadKeys reads the master key, and unlocks the rows of a database with it that has no index key yet; sealed tells whether
// it gets data that needs the old one.
func (b *Base) ReadKeys(sealed bool) (err error) {
	if b.Keys, err = readKeyring(b.Config.MasterKeyFile, sealed); err == nil {
		b.Backend.Codec().Unlock(b.Keys)
	}
	return err
}

// readKeys reads the master key, and unlocks the database's rows with it if it is theirs.
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

// unwrap opens the database's index key.
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
var ErrWrongMasterKey = errors.New("the master key is not the one that this database was made with: put the right key file in its place")

// indexKey opens the database's index key, or makes it in a new database.
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

// NextEpoch counts the starts of serve: rows in work carry the epoch of who works on them.
func NextEpoch(ctx context.Context, s *store.Store) (epoch int64, err error) {
	return AddEpochs(ctx, s, 1)
}

// AddEpochs counts n starts at once, and gives the newest epoch.
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
