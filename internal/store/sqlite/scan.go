package sqlite

import (
	"strconv"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/syssecure/syssecure/internal/store"
)

func (r reader) Scan(t store.Table, after *store.Key, limit int) (out []store.Record, err error) {
	d := store.Defs[t]
	var keys, marks []string
	var args []any
	for i, c := range d.Columns[:d.Keys] {
		keys, marks = append(keys, c.Name), append(marks, "?"+strconv.Itoa(i+1))
	}

	order := strings.Join(keys, ", ")
	where := ""
	if after != nil {
		where = "WHERE (" + order + ") > (" + strings.Join(marks, ", ") + ") "
		for i, v := range store.KeyRow(*after, nil) {
			args = append(args, argument(d.Columns[i], v))
		}
	}

	sql := "SELECT " + columnList(d) + " FROM " + d.Name + " " + where + "ORDER BY " + order + " LIMIT " + strconv.Itoa(limit)
	err = r.query(sql, func(s *sqlite.Stmt) error {
		r.read(t, s)
		out = append(out, r.codec.Loaded(t, r.row))
		return nil
	}, args...)

	return out, err
}

// argument converts a value to the type that its column is compared by.
func argument(c store.Column, v store.Value) any {
	switch c.Type {
	case store.Int:
		return v.N
	case store.Text:
		return v.S
	default:
		return v.B
	}
}

func (r reader) Size(t store.Table) (n int64, err error) {
	err = r.query("SELECT count(*) FROM "+t.String(), func(s *sqlite.Stmt) error {
		n = s.ColumnInt64(0)
		return nil
	})
	return n, err
}

func (r reader) ParkedTexts(from time.Time, limit int) (out []store.Due, err error) {
	err = r.query(`SELECT account, id, due_at, owner, contact FROM message INDEXED BY message_text_work
		WHERE owner = -1 AND carrier = '' AND due_at IS NOT NULL AND purpose <> 0 AND due_at >= ?1 ORDER BY due_at, account, id LIMIT ?2`,
		func(s *sqlite.Stmt) error {
			d := store.Due{
				Key: store.Key{Table: store.TableMessage, ID: s.ColumnText(1)},
				At:  time.UnixMicro(s.ColumnInt64(2)).UTC(), Owner: s.ColumnInt64(3),
			}
			s.ColumnBytes(0, d.Key.Account[:])
			s.ColumnBytes(4, d.Contact[:])
			out = append(out, d)
			return nil
		}, from.UnixMicro(), rowLimit(limit))

	return out, err
}

func (r reader) ParkedDeliveries(from time.Time, limit int) ([]store.Due, error) {
	return r.deliveries(`SELECT account, target, event, due_at, owner FROM delivery INDEXED BY delivery_work
		WHERE owner = -1 AND due_at IS NOT NULL AND due_at >= ?1 ORDER BY account, target, due_at, event LIMIT ?2`,
		from.UnixMicro(), rowLimit(limit))
}
