package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewer is returned for a database that a newer version of this program wrote.
var ErrNewer = errors.New("the database was written by a newer version of SysSecure: " +
	"start that version, or restore a backup made before the upgrade")

// migrate brings the schema up to date in one transaction; the table schema_version counts the migrations that were
// run. A schema that is up to date is not written, so that a standby can be read, and a role may lack the rights to
// change it. A database without a schema gets one when fresh is set; else the error is store.ErrEmpty.
func migrate(ctx context.Context, pg *pgconn.PgConn, fresh bool) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}

	slices.Sort(names)
	version, err := schemaVersion(ctx, pg)
	if err != nil || version == len(names) && !fresh {
		return err
	}
	if version == len(names) {
		return recreate(ctx, pg)
	}
	if version > len(names) {
		return fmt.Errorf("schema %d, this version knows %d: %w", version, len(names), ErrNewer)
	}
	if version == 0 && !fresh {
		return store.ErrEmpty
	}

	err = runMigrations(ctx, pg, names)
	if err != nil && pg.TxStatus() != 'I' {
		_, undo := pg.Exec(ctx, "ROLLBACK").ReadAll()
		return errors.Join(err, undo)
	}

	return err
}

// lockSQL keeps other nodes that start at the same time from migrating too. The timeouts of groups do not apply: a
// large table may take long.
const lockSQL = `BEGIN; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0;
	SELECT pg_advisory_xact_lock(hashtext('syssecure'), hashtext(current_schema()));
	CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)`

func runMigrations(ctx context.Context, pg *pgconn.PgConn, names []string) error {
	if _, err := pg.Exec(ctx, lockSQL).ReadAll(); err != nil {
		return fmt.Errorf("begin the migration: %w", err)
	}
	version, err := schemaVersion(ctx, pg) // another node may have migrated before
	if err != nil {
		return err
	}
	if version > len(names) {
		return fmt.Errorf("schema %d, this version knows %d: %w", version, len(names), ErrNewer)
	}

	for _, name := range names[version:] {
		sql, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := pg.Exec(ctx, string(sql)).ReadAll(); err != nil {
			return fmt.Errorf("migration %s: %w", name, err)
		}
		failpoint.Hit(failpoint.Migrated)
	}

	end := "DELETE FROM schema_version; INSERT INTO schema_version VALUES (" + strconv.Itoa(len(names)) + "); COMMIT"
	if _, err := pg.Exec(ctx, end).ReadAll(); err != nil {
		return fmt.Errorf("end the migration: %w", err)
	}

	return nil
}

// schemaVersion is 0 for an empty database.
func schemaVersion(ctx context.Context, pg *pgconn.PgConn) (version int, err error) {
	there, err := one(ctx, pg, "SELECT to_regclass('schema_version') IS NOT NULL")
	if err != nil || there != "t" {
		return 0, err
	}

	text, err := one(ctx, pg, "SELECT coalesce(max(version), 0) FROM schema_version")
	if err != nil {
		return 0, err
	}

	return strconv.Atoi(text)
}

// one returns the single value of the last statement, as text.
func one(ctx context.Context, pg *pgconn.PgConn, sql string) (string, error) {
	results, err := pg.Exec(ctx, sql).ReadAll()
	if err != nil {
		return "", fmt.Errorf("ask %q: %w", sql, err)
	}
	if len(results) == 0 || len(results[len(results)-1].Rows) == 0 {
		return "", nil
	}

	return string(results[len(results)-1].Rows[0][0]), nil
}
