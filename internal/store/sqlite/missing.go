package sqlite

import (
	"context"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/syssecure/syssecure/internal/store"
)

// Missing lists the tables and indexes of the schema that the database lacks.
func (b *Backend) Missing(ctx context.Context) (parts []store.Part, err error) {
	err = b.View(ctx, func(r store.Reader) (err error) {
		parts, err = missing(r.(reader).Conn)
		return err
	})
	return parts, err
}

func missing(c *sqlite.Conn) ([]store.Part, error) {
	there := map[string]bool{}
	err := sqlitex.ExecuteTransient(c, "SELECT name FROM sqlite_schema", &sqlitex.ExecOptions{
		ResultFunc: func(s *sqlite.Stmt) error {
			there[s.ColumnText(0)] = true
			return nil
		},
	})
	if err != nil {
		return nil, err
	}

	return store.MissingParts(migrations, there)
}
