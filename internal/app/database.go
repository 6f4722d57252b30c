package app

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/store/sqlite"
)

// Database is what an installation stores in.
type Database interface {
	store.Backend
	// Check returns what is wrong with the database, nothing when all is well.
	Check(ctx context.Context) (problems []string, err error)
}

// openDatabase opens what the configuration names and brings its schema up to date. used tells whether there is data in it
// that was sealed with a master key.
func openDatabase(ctx context.Context, c *config.Config) (d Database, used bool, err error) {
	if url := c.Database.Reveal(); url != "" {
		d, err = postgres.Open(ctx, url)
	} else {
		d, err = sqlite.Open(filepath.Join(c.Data, DatabaseFile))
	}
	if err != nil {
		return nil, false, err
	}
	if used, err = sealed(ctx, d); err != nil {
		return nil, false, errors.Join(err, d.Close())
	}
	return d, used, nil
}

// sealed tells whether the database has an index key, which only its own master key opens.
func sealed(ctx context.Context, b store.Backend) (found bool, err error) {
	err = b.View(ctx, func(r store.Reader) error {
		rows, err := r.Load(store.MetaKey(metaIndexKey))
		found = len(rows) > 0
		return err
	})
	return found, err
}

// remote tells whether the data is in PostgreSQL.
func (b *Base) remote() bool { return !b.Config.Database.Empty() }

// Where says where the data is, without a password.
func (b *Base) Where() string {
	if b.remote() {
		return "PostgreSQL"
	}
	return b.Config.Data
}

// errBackup is why backup does not copy a PostgreSQL database.
var errBackup = errors.New("the data is in PostgreSQL: back it up with PostgreSQL's own tools (pg_dump, pg_basebackup), and keep " +
	"a copy of the master key in another place")

// Backup copies the embedded database to a new file.
func (b *Base) Backup(ctx context.Context, file string) error {
	s, ok := b.Backend.(*sqlite.Backend)
	if !ok {
		return errBackup
	}
	return s.Backup(ctx, file)
}
