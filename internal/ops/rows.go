package ops

import (
	"context"
	"errors"
	"fmt"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/store"
)

// DamagedRow is a row that something other than SysSecure wrote.
type DamagedRow struct {
	Table string `json:"table"`
	// Key is the row's key without its account, shortened: enough to find the row, and no name or number.
	Key     string `json:"row"`
	Account string `json:"account,omitempty"` // empty when the table's rows have none
	Reason  string `json:"reason"`
}

const (
	phaseRows = "checking"
	rowsPage  = 1000
)

// CheckRows reads every row of a database, also while a server runs, and calls found for each damaged one.
func CheckRows(
	ctx context.Context, c *config.Config, progress ProgressFunc, found func(DamagedRow),
) (check Check) {
	check.Name = "damaged rows"
	rows, damaged, err := checkRows(ctx, c, progress, found)
	check.Note = fmt.Sprintf("%d rows", rows)
	switch {
	case err != nil:
		check.Problem = checkFailed(err)
	case damaged > 0:
		check.Problem = fmt.Sprintf("%d of %d rows are damaged, and requests that need them fail. Find out what else "+
			"writes to the database, and restore a backup", damaged, rows)
	}

	return check
}

func checkRows(
	ctx context.Context, c *config.Config, progress ProgressFunc, found func(DamagedRow),
) (rows, damaged int64, err error) {
	b, err := install.OpenExisting(ctx, c)
	if err != nil {
		return 0, 0, err
	}

	defer func() { err = errors.Join(err, b.Close()) }()

	return eachDamaged(ctx, b.Store, progress, found)
}

// eachDamaged reads every row, and calls found for each damaged one.
func eachDamaged(
	ctx context.Context, s *store.Store, progress ProgressFunc, found func(DamagedRow),
) (rows, damaged int64, err error) {
	for t := range store.Defs {
		table := store.Table(t)
		now := Progress{Phase: phaseRows, Table: table.String(), Unit: "rows"}
		err = s.View(ctx, func(v store.Reader) (err error) {
			now.Of, err = v.Size(table)
			return err
		})
		if err != nil {
			return rows, damaged, err
		}

		progress.report(now)
		err = s.EachPage(ctx, table, rowsPage, func(page []store.Record) error {
			for _, row := range page {
				if bad := store.Damage(row); bad != nil {
					damaged++
					found(damagedRow(bad))
				}
			}

			rows += int64(len(page))
			now.Done += int64(len(page))
			progress.report(now)

			return nil
		})
		if err != nil {
			return rows, damaged, err
		}
	}

	return rows, damaged, nil
}

// mayRestore counts the damaged rows of a copy, and refuses it for them unless they are to be skipped.
func mayRestore(ctx context.Context, s *store.Store, skip bool, progress ProgressFunc) (damaged int64, err error) {
	rows, damaged, err := eachDamaged(ctx, s, progress, func(DamagedRow) {})
	if err == nil && damaged > 0 && !skip {
		err = fmt.Errorf("%d of %d rows are damaged: use another backup, or give --skip-damaged, which leaves these "+
			"rows as they are and restores all others; then syssecure doctor --rows lists the damaged ones", damaged, rows)
	}

	return damaged, err
}

func damagedRow(bad *store.DamagedError) DamagedRow {
	out := DamagedRow{Table: bad.Key.Table.String(), Reason: bad.Reason}
	k := bad.Key
	if !k.Account.IsZero() {
		out.Account = k.Account.String()
		k.Account = id.Account{}
	}
	out.Key = shortened(k.Text())

	return out
}

// shortened omits the middle of a long text.
func shortened(s string) string {
	const begin, end = 12, 6
	if len(s) <= begin+end {
		return s
	}
	return s[:begin] + "…" + s[len(s)-end:]
}

// unreadableFrames says what to do about entries of the journal that cannot be read.
func unreadableFrames(ctx context.Context, b *install.Base) string {
	n, err := b.UnreadableFrames(ctx)
	if err != nil {
		return checkFailed(err)
	}
	if n == 0 {
		return ""
	}

	return fmt.Sprintf("the journal has entries that cannot be read (%d), and the last changes before a stop may be "+
		"missing: see \"A damaged journal\" in docs/operator.md. Keep a copy of the database, compare or restore a "+
		"backup, and then remove the entries: sqlite3 %s 'DELETE FROM journal WHERE seq < "+
		"0'", n, install.DatabasePath(b.Config))
}
