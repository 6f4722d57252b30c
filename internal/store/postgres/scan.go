package postgres

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/store"
)

func (r *reader) Scan(t store.Table, after *store.Key, limit int) (out []store.Record, err error) {
	d := store.Defs[t]
	var keys, marks []string
	var args []any
	for i, c := range d.Columns[:d.Keys] {
		keys, marks = append(keys, c.Name), append(marks, "$"+strconv.Itoa(i+1))
	}

	order := strings.Join(keys, ", ")
	where := ""
	if after != nil {
		where = "WHERE (" + order + ") > (" + strings.Join(marks, ", ") + ") "
		for i, v := range store.KeyRow(*after, nil) {
			if d.Columns[i].Type == store.Int {
				args = append(args, v.N)
			} else {
				args = append(args, append([]byte(v.S), v.B...))
			}
		}
	}

	args = append(args, rowLimit(limit))
	sql := "SELECT " + columnList(d, "") + " FROM " + t.String() + " " + where
	err = r.query(r.work.parts.known.Load().overAll(t, sql, order, "$"+strconv.Itoa(len(args))),
		func(values [][]byte) error {
			r.work.row = readRow(t, values, r.work.row[:0])
			out = append(out, r.work.codec.Loaded(t, r.work.row))
			return nil
		}, args...)

	return out, err
}

// Size is what the last vacuum counted, else an estimate by the pages of the table and its days.
func (r *reader) Size(t store.Table) (n int64, err error) {
	err = r.query(`SELECT coalesce(sum(CASE WHEN reltuples > 0 THEN reltuples ELSE pg_relation_size(oid) / 256 END), 0)::bigint
		FROM pg_class WHERE relkind = 'r' AND (oid = to_regclass(convert_from($1, 'UTF8'))
			OR oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass(convert_from($1, 'UTF8'))))`,
		func(values [][]byte) error { n = number(values[0]); return nil }, []byte(t.String()))
	return n, err
}

func (r *reader) ParkedTexts(from time.Time, limit int) ([]store.Due, error) {
	return r.due(store.TableMessage, r.work.parts.known.Load().overAll(store.TableMessage, `SELECT account, id, due_at, owner, contact FROM message WHERE
		owner = -1 AND carrier = '' AND due_at IS NOT NULL AND purpose <> 0 AND due_at >= $1`, "due_at, account, id", "$2"),
		from.UnixMicro(), rowLimit(limit))
}

func (r *reader) ParkedDeliveries(from time.Time, limit int) ([]store.Due, error) {
	return r.deliveries(r.work.parts.known.Load().overAll(store.TableDelivery, `SELECT account, target, event, due_at, owner FROM delivery WHERE
		owner = -1 AND due_at IS NOT NULL AND due_at >= $1`, "account, target, due_at, event", "$2"),
		from.UnixMicro(), rowLimit(limit))
}

// Snapshot is a View for a copy, which may be idle for long while the copy is written. So the server's timeout for idle
// transactions is off; a Snapshot has no locks that others wait for.
func (b *Backend) Snapshot(ctx context.Context, fn func(store.Reader) error) error {
	return b.View(ctx, func(r store.Reader) error {
		if err := r.(*reader).ask(step{sql: "SET LOCAL idle_in_transaction_session_timeout = 0"}); err != nil {
			return err
		}
		return fn(r)
	})
}
