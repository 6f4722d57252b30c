package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/syssecure/syssecure/internal/store"
)

const partsSQL = "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"

// Missing lists the tables and indexes of the schema that the database lacks.
func (b *Backend) Missing(ctx context.Context) ([]store.Part, error) {
	there := map[string]bool{}
	err := b.View(ctx, func(r store.Reader) error {
		return r.(*reader).query(partsSQL, func(values [][]byte) error {
			there[string(values[0])] = true
			return nil
		})
	})
	if err != nil {
		return nil, err
	}

	return store.MissingParts(migrations, there)
}

// recreate creates the indexes that are missing. A complete schema is not written.
func recreate(ctx context.Context, pg *pgconn.PgConn) error {
	results, err := pg.Exec(ctx, partsSQL).ReadAll()
	if err != nil {
		return fmt.Errorf("list the indexes: %w", err)
	}

	there := map[string]bool{}
	for _, row := range results[0].Rows {
		there[string(row[0])] = true
	}
	missing, err := store.MissingParts(migrations, there)
	sql := store.Recreate(missing)
	if err != nil || sql == "" {
		return err
	}
	if _, err := pg.Exec(ctx, lockSQL+";\n"+sql+"COMMIT").ReadAll(); err != nil {
		_, undo := pg.Exec(ctx, "ROLLBACK").ReadAll()
		return errors.Join(fmt.Errorf("create the missing indexes: %w", err), undo)
	}

	return nil
}
