package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/syssecure/syssecure/internal/store"
)

// oldest is the oldest version that the tests run on.
const oldest = 15

// checkSQL finds what an operator should fix: one text for each problem.
const checkSQL = `
	SELECT 'PostgreSQL ' || current_setting('server_version') || ' is older than %d: upgrade it'
		WHERE current_setting('server_version_num')::int < %[1]d * 10000
	UNION ALL SELECT name || ' is off: after a power failure acknowledged sends are lost, switch it on'
		FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'
	UNION ALL SELECT 'index ' || indexrelid::regclass || ' is not valid: run REINDEX INDEX ' || indexrelid::regclass
		FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
		WHERE NOT indisvalid AND relnamespace = current_schema()::regnamespace
	UNION ALL SELECT 'the server is a standby and takes no changes: name the primary in database' WHERE pg_is_in_recovery()`

// settledDays is how far back doctor looks for rows that should have a partition.
const settledDays = 30

// daysSQL finds what is wrong with a table's days.
func daysSQL(t store.Table, today day) string {
	return fmt.Sprintf(`
	SELECT 'table %[1]s has no partition %[2]s for today: serve makes it within a minute of its start; when it runs, its log says why not'
		WHERE to_regclass('%[2]s') IS NULL
	UNION ALL SELECT 'table %[1]s_default holds rows of days that should have partitions: serve moves them within an hour; when it runs, its log says why not'
		WHERE EXISTS (SELECT FROM %[1]s_default WHERE %[3]s >= %[4]s AND %[3]s < %[5]s)`,
		t, today.of(t), partitioned[t].column, (today - settledDays).begin(), (today + 1).begin())
}

// Check looks for what is wrong with the database; it returns nothing when all is well.
func (b *Backend) Check(ctx context.Context) (problems []string, err error) {
	note := func(values [][]byte) error { //nolint:unparam // query wants a function that may fail
		problems = append(problems, string(values[0]))
		return nil
	}

	err = b.View(ctx, func(r store.Reader) error {
		in := r.(*reader)
		for _, d := range store.Defs {
			for _, c := range d.Columns {
				err := in.query(`SELECT 'column '::bytea || $1 || '.'::bytea || $2 || ' is missing: was the schema changed by hand?'::bytea
					WHERE NOT EXISTS (SELECT FROM information_schema.columns WHERE table_schema = current_schema()
						AND table_name = convert_from($1, 'UTF8') AND column_name = convert_from($2, 'UTF8'))`,
					note, []byte(d.Name), []byte(c.Name))
				if err != nil {
					return err
				}
			}
		}
		if err := in.query(fmt.Sprintf(checkSQL, oldest), note); err != nil {
			return err
		}

		for t := range partitioned {
			if err := in.query(daysSQL(t, dayOf(time.Now())), note); err != nil {
				return err
			}
		}

		return nil
	})

	return problems, err
}
