package postgres

import (
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// Inbound reads by the index that leaves most out.
func (r *reader) Inbound(q store.ListQuery, p *store.Page) ([]store.Inbound, error) {
	from, below := q.Bounds()
	args := []any{q.Account[:], from[:], below[:], int64(p.Scan) + 1, int64(q.Mode)}
	and := " AND mode = $5"
	if q.Contact != (store.ContactID{}) {
		and, args[4] = " AND contact = $5", q.Contact[:]
	}
	q.State = 0 // inbound texts have none

	return listed[store.Inbound](r, store.TableInbound, "account = $1 AND id >= $2 AND id < $3"+and, q, p, args...)
}

func (r *reader) InboundBeyond(account id.Account, mode id.Mode, keep, limit int) ([]store.Key, error) {
	const sql = "SELECT account, id FROM inbound WHERE account = $1 AND mode = $2 ORDER BY id DESC LIMIT $3 OFFSET $4"
	return r.keys(store.TableInbound, sql, account[:], int64(mode), rowLimit(limit), int64(keep))
}
