package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/syssecure/syssecure/internal/store"
)

// Open opens or creates the database at path and brings its schema up to date. A schema that is newer than this program
// is refused.
func Open(path string, codec *store.Codec) (*Backend, error) {
	if err := private(path); err != nil {
		return nil, err
	}

	return openFile(path, codec, true)
}

// OpenExisting is Open of a database that has a schema. Without one it creates nothing and returns store.ErrEmpty.
func OpenExisting(path string, codec *store.Codec) (*Backend, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && info.Size() == 0:
		return nil, store.ErrEmpty
	case err != nil:
		return nil, fmt.Errorf("open the database: %w", err)
	}

	return openFile(path, codec, false)
}

// openFile opens an existing file. Without a schema, fresh creates one.
func openFile(path string, codec *store.Codec, fresh bool) (*Backend, error) {
	w, err := open(path, codec, true)
	if err != nil {
		return nil, err
	}
	if err := migrate(w.Conn, fresh); err != nil {
		return nil, errors.Join(err, w.Close())
	}

	b := &Backend{path: path, writer: w, idle: make(chan *conn, readers), closed: make(chan struct{})}
	if err := w.prepare(); err != nil {
		return nil, errors.Join(err, w.Close())
	}

	w.version = unknown
	for range readers {
		r, err := open(path, codec, false)
		if err == nil {
			err = r.prepare()
		}
		if err != nil {
			return nil, errors.Join(err, b.Close())
		}
		b.idle <- r
		b.readers++
	}

	return b, nil
}

// private makes the file readable only by its owner, before SQLite creates it with the rights of the umask.
func private(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}

	return f.Close()
}

// Each connection has a cache of pages, in KiB. Caches of twice the size saved no measurable CPU, since the system caches the
// file too, and took the server close to its 120 MB.
const (
	writerCache = 8000
	readerCache = 1000
)

func open(path string, codec *store.Codec, write bool) (*conn, error) {
	flags, cache := sqlite.OpenReadOnly|sqlite.OpenWAL, readerCache
	if write {
		flags, cache = sqlite.OpenReadWrite|sqlite.OpenCreate|sqlite.OpenWAL, writerCache
	}

	c, err := sqlite.OpenConn(path, flags)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}

	c.SetBusyTimeout(busy)
	pragmas := []string{
		"synchronous=FULL", fmt.Sprintf("cache_size=-%d", cache), "temp_store=MEMORY", "wal_autocheckpoint=4000",
	}
	for _, p := range pragmas {
		if err := sqlitex.ExecuteTransient(c, "PRAGMA "+p, nil); err != nil {
			return nil, errors.Join(fmt.Errorf("set %s: %w", p, err), c.Close())
		}
	}

	return &conn{Conn: c, generation: generation, codec: codec, encoder: codec.Encoder()}, nil
}
