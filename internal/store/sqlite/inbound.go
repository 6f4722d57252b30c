package sqlite

import (
	"zombiezen.com/go/sqlite"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// Inbound reads by the index that excludes most rows.
func (r reader) Inbound(q store.ListQuery, p *store.Page) ([]store.Inbound, error) {
	from, below := q.Bounds()
	args := []any{q.Account[:], from[:], below[:], int64(p.Scan) + 1, int64(q.Mode)}
	index, and := "inbound_list", " AND mode = ?5"
	if q.Contact != (store.ContactID{}) {
		index, and, args[4] = "inbound_from", " AND contact = ?5", q.Contact[:]
	}
	where := "INDEXED BY " + index + " WHERE account = ?1 AND id >= ?2 AND id < ?3" + and + " ORDER BY id DESC LIMIT ?4"
	q.State = 0 // inbound texts have none

	return listed[store.Inbound](r, store.TableInbound, where, q, p, args...)
}

func (r reader) InboundBeyond(account id.Account, mode id.Mode, keep, limit int) (out []store.Key, err error) {
	const sql = "SELECT id FROM inbound INDEXED BY inbound_list WHERE account = ?1 AND mode = ?2 ORDER BY id DESC LIMIT ?3 OFFSET ?4"
	err = r.query(sql, func(s *sqlite.Stmt) error {
		var row id.Inbound
		s.ColumnBytes(0, row[:])
		out = append(out, store.Inbound{Account: account, ID: row}.Key())
		return nil
	}, account[:], int64(mode), rowLimit(limit), int64(keep))

	return out, err
}
