package sqlite

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewer is returned for a database that a newer version of this program wrote.
var ErrNewer = errors.New("the database was written by a newer version of SysSecure: " +
	"start that version, or restore a backup made before the upgrade")

// migrate brings the schema up to date in one transaction; user_version counts the migrations that were run. A database
// without a schema gets one when fresh is set; else the error is store.ErrEmpty.
func migrate(c *sqlite.Conn, fresh bool) (err error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}

	slices.Sort(names)
	end, err := sqlitex.ImmediateTransaction(c)
	if err != nil {
		return fmt.Errorf("begin the migration: %w", err)
	}

	defer end(&err)
	version, err := sqlitex.ResultInt(c.Prep("PRAGMA user_version"))
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if version > len(names) {
		return fmt.Errorf("schema %d, this version knows %d: %w", version, len(names), ErrNewer)
	}
	if version == len(names) {
		return recreate(c, fresh) // a write would look like a change of data to other processes
	}
	if version == 0 && !fresh {
		return store.ErrEmpty
	}
	// Rows that an older version has not settled have the columns of its tables.
	if version > 0 {
		if err := settleOld(c); err != nil {
			return err
		}
	}

	for _, name := range names[version:] {
		if err := apply(c, name); err != nil {
			return fmt.Errorf("migration %s: %w", name, err)
		}
		failpoint.Hit(failpoint.Migrated)
	}

	return sqlitex.ExecuteTransient(c, fmt.Sprintf("PRAGMA user_version = %d", len(names)), nil)
}

// recreate creates the indexes that are missing, when the schema may be changed.
func recreate(c *sqlite.Conn, may bool) error {
	if !may {
		return nil
	}
	gone, err := missing(c)
	if err != nil {
		return fmt.Errorf("list the indexes: %w", err)
	}
	if err := runScript(c, store.Recreate(gone)); err != nil {
		return fmt.Errorf("create the missing indexes: %w", err)
	}

	return nil
}

func settleOld(c *sqlite.Conn) error {
	has, err := sqlitex.ResultBool(c.Prep("SELECT count(*) FROM sqlite_schema WHERE name = 'journal'"))
	if err != nil || !has {
		return err
	}
	return settleWithoutSchema(c)
}

func apply(c *sqlite.Conn, name string) error {
	sql, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}

	return runScript(c, string(sql))
}

// runScript runs statements one after another.
func runScript(c *sqlite.Conn, rest string) error {
	for strings.TrimSpace(rest) != "" {
		stmt, trailing, err := c.PrepareTransient(rest)
		if err != nil {
			return err
		}
		if stmt == nil {
			return nil
		}

		_, err = stmt.Step()
		if err := errors.Join(err, stmt.Finalize()); err != nil {
			return err
		}
		rest = rest[len(rest)-trailing:]
	}

	return nil
}
