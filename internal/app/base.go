// Package app wires everything together and owns every lifetime: what is opened here is closed here, in one order.
//
// It decides nothing. Its one hard idea is that a command of the command line and a running server stand on the same
// Base: folder, master key, database; only serve takes the lock and an epoch.
package app

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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
	// Fresh is set when this call made the master key.
	Fresh bool
}

// Open opens the installation, and makes what is missing: the folder (0700), the master key (0600), the schema. A database
// that is closed (see ClosedError) is refused.
func Open(ctx context.Context, c *config.Config) (*Base, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	backend, there, err := openDatabase(ctx, c)
	if err != nil {
		return nil, err
	}
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
func (b *Base) unlock(ctx context.Context, sealed bool) error {
	path := b.Config.MasterKeyFile
	master, fresh, err := masterKey(path, sealed)
	if err != nil {
		return err
	}
	if b.Keys, err = secret.NewKeyring(master); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if b.Index, err = indexKey(ctx, b.Store, b.Keys); err != nil {
		return err
	}
	b.Fresh = fresh
	b.Admin = &admin.Admin{Store: b.Store, Keys: b.Keys, Index: b.Index, Now: b.Now}
	return nil
}

// Close closes the database.
func (b *Base) Close() error { return b.Store.Close() }

// masterKey reads the key, or makes one when there is neither a key nor a database that would need the old one.
func masterKey(path string, used bool) (key []byte, fresh bool, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if used {
			return nil, false, fmt.Errorf("the master key %s is missing, and the database cannot be read without it: put the key back from your backup", path)
		}
		key, err = newMasterKey(path)
		if errors.Is(err, fs.ErrExist) {
			return masterKey(path, used) // another process was first
		}
		return key, true, err
	}
	if err != nil {
		return nil, false, fmt.Errorf("read the master key: %w", err)
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
		return nil, false, fmt.Errorf("the master key %s can be read by others (mode %04o): run chmod 600 %[1]s", path, info.Mode().Perm())
	}
	key, err = base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != secret.KeySize {
		return nil, false, fmt.Errorf("%s holds no master key: it must be %d bytes in base64", path, secret.KeySize)
	}
	return key, false, nil
}

// newMasterKey writes a fresh key under another name and links it to its own: the key is there whole or not at all, and
// never replaces another.
func newMasterKey(path string) ([]byte, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the master key: %w", err)
	}
	key := secret.NewMasterKey()
	f, err := os.CreateTemp(filepath.Dir(path), ".master-*")
	if err != nil {
		return nil, fmt.Errorf("make the master key: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("write the master key: %w", err)
	}
	if err := os.Link(f.Name(), path); err != nil {
		return nil, fmt.Errorf("write the master key: %w", err)
	}
	// Before anything is sealed with it: a power loss may take away a name that its folder was not synced with.
	if err := flush(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("write the master key: %w", err)
	}
	return key, nil
}

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
