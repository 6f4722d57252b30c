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
	checking = "checking the rows"
	rowsPage = 1000
)

// CheckRows reads every row of a database and tells of each that is damaged, as soon as it is found. It works beside a server.
func CheckRows(ctx context.Context, c *config.Config, tell Tell, found func(DamagedRow)) (check Check) {
	check.Name = "every row is as SysSecure wrote it"
	rows, damaged, err := checkRows(ctx, c, tell, found)
	check.Note = fmt.Sprintf("%d rows", rows)
	switch {
	case err != nil:
		check.Problem = checkFailed(err)
	case damaged > 0:
		check.Problem = fmt.Sprintf("%d of %d rows are damaged. What needs such a row is refused. Find out who else writes to the database, "+
			"and restore a backup", damaged, rows)
	}

	return check
}

func checkRows(ctx context.Context, c *config.Config, tell Tell, found func(DamagedRow)) (rows, damaged int64, err error) {
	b, err := install.OpenExisting(ctx, c)
	if err != nil {
		return 0, 0, err
	}

	defer func() { err = errors.Join(err, b.Close()) }()

	for t := range store.Defs {
		table := store.Table(t)
		step := Step{Phase: checking, Table: table.String(), Unit: "rows"}
		err = b.Store.View(ctx, func(v store.Reader) (err error) {
			step.Of, err = v.Size(table)
			return err
		})
		if err != nil {
			return rows, damaged, err
		}

		tell.step(step)
		err = b.Store.EachPage(ctx, table, rowsPage, func(page []store.Record) error {
			for _, row := range page {
				if bad := store.Damage(row); bad != nil {
					damaged++
					found(damagedRow(bad))
				}
			}

			rows += int64(len(page))
			step.Done += int64(len(page))
			tell.step(step)

			return nil
		})
		if err != nil {
			return rows, damaged, err
		}
	}

	return rows, damaged, nil
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

// shortened leaves out the middle of a long text.
func shortened(s string) string {
	const begin, end = 12, 6
	if len(s) <= begin+end {
		return s
	}
	return s[:begin] + "…" + s[len(s)-end:]
}

// unreadJournal says what to do about entries of the journal that cannot be read.
func unreadJournal(ctx context.Context, b *install.Base) string {
	n, err := b.UnreadJournal(ctx)
	if err != nil {
		return checkFailed(err)
	}
	if n == 0 {
		return ""
	}

	return fmt.Sprintf("the journal has entries that cannot be read (%d), and what was written last before a stop may be missing: see \"A damaged "+
		"journal\" in docs/operator.md. Keep a copy of the database, compare or restore a backup, and then remove the entries: "+
		"sqlite3 %s 'DELETE FROM journal WHERE seq < 0'", n, install.DatabasePath(b.Config))
}
