package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/syssecure/syssecure/internal/store"
)

const (
	// ahead is how many coming days have partitions, so that a server that was down for a weekend finds them.
	ahead = 3
	// dropDelay is how long a past day is unused before it is dropped, so that every node, which lists days once a
	// minute, has stopped naming it.
	dropDelay = 10 * time.Minute
)

// beginChangeSQL begins a change of partitions. The row's lock keeps other nodes out. A transaction that waits for the lock of
// a table holds up all others, so the timeout is short: there is another try in a minute.
const beginChangeSQL = `BEGIN; SET LOCAL lock_timeout = '2s'; SELECT version FROM schema_version FOR UPDATE`

// onOwnConn runs fn on a separate connection, so that no group waits for it.
func (b *Backend) onOwnConn(ctx context.Context, fn func(*pgconn.PgConn) error) error {
	c := b.conn()
	if err := c.connect(ctx); err != nil {
		return err
	}
	defer c.drop()
	return fn(c.pg)
}

// RotatesDays implements store.Backend.
func (b *Backend) RotatesDays() bool { return true }

// RotateDays implements store.Backend.
func (b *Backend) RotateDays(ctx context.Context, now time.Time, keep store.Retention) error {
	return b.onOwnConn(ctx, func(pg *pgconn.PgConn) error {
		var errs []error
		strays := b.misplacedDue(now)
		for t := range partitioned {
			errs = append(errs, rotate(ctx, pg, t, now, keepOf(t, keep), strays))
		}
		return errors.Join(append(errs, b.refreshDays(ctx, pg, now, keep))...)
	})
}

// Prepare makes the partitions of all days that are kept, before rows of another database are copied. Otherwise these
// would be in DEFAULT, and be moved under a lock later.
func (b *Backend) Prepare(ctx context.Context, now time.Time, keep store.Retention) error {
	return b.onOwnConn(ctx, func(pg *pgconn.PgConn) error {
		for t := range partitioned {
			first := dayOf(now) - maxPastDays
			if kept := keepOf(t, keep); kept > 0 {
				first = max(first, dayOf(now.Add(-kept)))
			}
			if err := inChangeTx(ctx, pg, func() error { return makeDays(ctx, pg, t, first, dayOf(now)+ahead) }); err != nil {
				return err
			}
		}

		return b.refreshDays(ctx, pg, now, keep)
	})
}

func makeDays(ctx context.Context, pg *pgconn.PgConn, t store.Table, first, last day) error {
	for d := first; d <= last; d++ {
		if err := makeDay(ctx, pg, t, d); err != nil {
			return err
		}
	}
	return nil
}

// misplacedEvery is how often all of DEFAULT is read.
const misplacedEvery = time.Hour

// misplacedDue reports whether it is time to read DEFAULT.
func (b *Backend) misplacedDue(now time.Time) bool {
	last := b.strays.Load()
	if since := now.Sub(time.UnixMilli(last)); since >= 0 && since < misplacedEvery {
		return false
	}
	return b.strays.CompareAndSwap(last, now.UnixMilli())
}

func keepOf(t store.Table, keep store.Retention) time.Duration {
	if t == store.TableOTP || t == store.TableMessage {
		return keep.Messages
	}
	return keep.Events
}

// rotate makes a table's missing partitions, and drops past ones.
func rotate(
	ctx context.Context, pg *pgconn.PgConn, t store.Table, now time.Time, keep time.Duration, lookForStrays bool,
) error {
	there, err := daysOf(ctx, pg, t)
	if err != nil || there == nil {
		return err // a table without partitions
	}

	var wanted []day
	if lookForStrays {
		if wanted, err = misplacedDays(ctx, pg, t, dayOf(now)); err != nil {
			return err
		}
	}

	for d := range day(ahead + 1) {
		wanted = append(wanted, dayOf(now)+d)
	}

	slices.Sort(wanted)
	now = now.Add(-dropDelay)
	var errs []error
	for _, d := range slices.Compact(wanted) {
		if !slices.Contains(there, d) && !expired(d, now, keep) {
			errs = append(errs, inChangeTx(ctx, pg, func() error { return makeDay(ctx, pg, t, d) }))
		}
	}

	for _, d := range there {
		if expired(d, now, keep) {
			errs = append(errs, inChangeTx(ctx, pg, func() error { return dropDay(ctx, pg, t, d) }))
		}
	}

	return errors.Join(errs...)
}

// expired reports whether a day is too old to be kept.
func expired(d day, now time.Time, keep time.Duration) bool {
	return keep > 0 && !d.end().After(now.Add(-keep))
}

// inChangeTx runs a change of partitions in a transaction, while no other node does. A lock timeout is not an error.
func inChangeTx(ctx context.Context, pg *pgconn.PgConn, change func() error) error {
	_, err := pg.Exec(ctx, beginChangeSQL).ReadAll()
	if err == nil {
		err = change()
	}

	if err == nil {
		_, err = pg.Exec(ctx, "COMMIT").ReadAll()
		return err
	}

	_, undo := pg.Exec(ctx, "ROLLBACK").ReadAll()
	var refused *pgconn.PgError
	if undo == nil && errors.As(err, &refused) && (refused.Code == "55P03" || refused.Code == "40P01") {
		return nil
	}

	return errors.Join(err, undo)
}

// makeDaySQL takes table, partition, column, fill factor, and the bounds. A query with an older snapshot misses the
// rows that are moved, once.
const makeDaySQL = `LOCK TABLE %[1]s_default IN ACCESS EXCLUSIVE MODE;
	CREATE TABLE %[2]s (LIKE %[1]s INCLUDING DEFAULTS INCLUDING CONSTRAINTS) WITH (fillfactor = %[4]d);
	WITH moved AS (DELETE FROM %[1]s_default WHERE %[3]s >= %[5]s AND %[3]s < %[6]s RETURNING *) INSERT INTO %[2]s SELECT * FROM moved;
	ALTER TABLE %[1]s ATTACH PARTITION %[2]s FOR VALUES FROM (%[5]s) TO (%[6]s)`

// makeDay makes a partition, with the day's rows of DEFAULT.
func makeDay(ctx context.Context, pg *pgconn.PgConn, t store.Table, d day) error {
	there, err := one(ctx, pg, "SELECT to_regclass('"+d.of(t)+"') IS NOT NULL")
	if err != nil || there == "t" {
		return err
	}

	p := partitioned[t]
	if _, err := pg.Exec(ctx, fmt.Sprintf(makeDaySQL, t, d.of(t), p.column, p.fill, d.begin(), (d+1).begin())).ReadAll(); err != nil {
		return fmt.Errorf("make %s: %w", d.of(t), err)
	}

	return nil
}

// dropDay drops a partition unless something in it waits. It locks the table before it checks that.
func dropDay(ctx context.Context, pg *pgconn.PgConn, t store.Table, d day) error {
	waits := d.waits(t)
	if t == store.TableDelivery {
		waits = "false" // it is removed with its event, without which it cannot be sent
	}

	there, err := one(ctx, pg, "SELECT to_regclass('"+d.of(t)+"') IS NOT NULL")
	if err != nil || there != "t" {
		return err
	}

	busy, err := one(ctx, pg, "LOCK TABLE ONLY "+t.String()+", "+d.of(t)+" IN ACCESS EXCLUSIVE MODE; SELECT "+waits)
	if err != nil || busy == "t" {
		return err
	}
	if _, err := pg.Exec(ctx, "DROP TABLE "+d.of(t)).ReadAll(); err != nil {
		return fmt.Errorf("drop %s: %w", d.of(t), err)
	}

	return nil
}

// daysOf lists a table's partitions; nil when it is a plain table.
func daysOf(ctx context.Context, pg *pgconn.PgConn, t store.Table) ([]day, error) {
	results, err := pg.Exec(ctx, `SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
		WHERE inhparent = to_regclass('`+t.String()+`') ORDER BY relname`).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("list partitions: %w", err)
	}

	var list []day
	for _, row := range results[0].Rows {
		if list == nil {
			list = []day{}
		}
		if d, ok := parseDay(t, string(row[0])); ok {
			list = append(list, d)
		}
	}

	return list, nil
}

// maxPastDays bounds for how many past days partitions are created when the default partition has rows of them, for
// example after RotateDays did not run for a long time.
const maxPastDays = 400

// misplacedDays returns the days near today of which DEFAULT has rows. It reads all of DEFAULT, which has few rows.
func misplacedDays(ctx context.Context, pg *pgconn.PgConn, t store.Table, today day) ([]day, error) {
	return dayList(ctx, pg, fmt.Sprintf(`SELECT DISTINCT ('x' || encode(substring(%[1]s FOR 6), 'hex'))::bit(48)::bigint / 86400000
		FROM %[2]s_default WHERE %[1]s >= %[3]s AND %[1]s < %[4]s`, partitioned[t].column, t, (today-maxPastDays).begin(), (today+ahead+1).begin()))
}

// dayList reads a column of days.
func dayList(ctx context.Context, pg *pgconn.PgConn, sql string) (list []day, err error) {
	results, err := pg.Exec(ctx, sql).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("list days: %w", err)
	}

	for _, row := range results[0].Rows {
		n, err := strconv.Atoi(string(row[0]))
		if err != nil {
			return nil, err
		}
		list = append(list, day(n))
	}

	return list, nil
}

// refreshDays lists the days, and which of them have work.
func (b *Backend) refreshDays(ctx context.Context, pg *pgconn.PgConn, now time.Time, keep store.Retention) error {
	days, floor, today := map[store.Table][]day{}, map[store.Table]day{}, dayOf(now)
	for t := range partitioned {
		there, err := daysOf(ctx, pg, t)
		if err != nil {
			return err
		}

		floor[t] = today - 1
		busy, err := busyDays(ctx, pg, t, there, today-1)
		if err != nil {
			return err
		}

		for _, d := range there {
			works := slices.Contains(busy, d)
			if works {
				floor[t] = min(floor[t], d)
			}
			if works || !expired(d, now, keepOf(t, keep)) {
				days[t] = append(days[t], d)
			}
		}
	}
	b.parts.set(days, floor)

	return nil
}

// busyDays are the days before one in which work waits.
func busyDays(ctx context.Context, pg *pgconn.PgConn, t store.Table, days []day, before day) ([]day, error) {
	var asks []string
	for _, d := range days {
		if d < before {
			asks = append(asks, fmt.Sprintf("SELECT %d WHERE %s", d, d.waits(t)))
		}
	}
	if len(asks) == 0 {
		return nil, nil
	}

	return dayList(ctx, pg, strings.Join(asks, " UNION ALL "))
}
