package sqlite

import (
	"errors"
	"slices"

	"zombiezen.com/go/sqlite"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// OTPs reads live rows by the primary key and skips those of the sandbox, within the page's bound: an index of live
// rows would have to be written with each code.
func (r reader) OTPs(q store.ListQuery, p *store.Page) ([]store.OTP, error) {
	from, below := q.Bounds()
	where := "WHERE account = ?1 AND id >= ?2 AND id < ?3"
	if q.Mode == id.Test {
		where = "INDEXED BY otp_test " + where + " AND mode = 2"
	}
	return listed[store.OTP](r, store.TableOTP, where+" ORDER BY id DESC LIMIT ?4", q, p, q.Account[:], from[:],
		below[:], int64(p.Scan)+1)
}

// Messages reads by the index that excludes most rows.
func (r reader) Messages(q store.ListQuery, p *store.Page) ([]store.Message, error) {
	from, below := q.Bounds()
	args := []any{q.Account[:], from[:], below[:], int64(p.Scan) + 1, int64(q.Mode)}
	index, and := "message_list", " AND mode = ?5"
	switch {
	case q.Contact != store.ContactID{}:
		index, and, args[4] = "message_to", " AND contact = ?5", q.Contact[:]
	case slices.Contains(store.Rare, message.State(q.State)):
		index, and, args = "message_rare", " AND mode = ?5 AND state = ?6 AND state IN (1, 5, 6, 7, 8)", append(args, int64(q.State))
	}
	where := "INDEXED BY " + index + " WHERE account = ?1 AND id >= ?2 AND id < ?3 AND purpose = 1" + and + " ORDER BY id DESC LIMIT ?4"

	return listed[store.Message](r, store.TableMessage, where, q, p, args...)
}

var errEnough = errors.New("the page is full")

// listed reads a page. The columns that decide whether a row is wanted are read before the row is decoded.
func listed[R store.Record](
	r reader, t store.Table, where string, q store.ListQuery, p *store.Page, args ...any,
) (out []R, err error) {
	err = r.query("SELECT "+columnList(store.Defs[t])+" FROM "+t.String()+" "+where, func(s *sqlite.Stmt) error {
		var row [16]byte
		var contact store.ContactID
		s.ColumnBytes(1, row[:])
		s.ColumnBytes(3, contact[:])
		keep, more := p.Visit(row, q.Wants(id.Mode(s.ColumnInt64(2)), contact, uint8(s.ColumnInt64(4))))
		if !more {
			return errEnough
		}
		if !keep {
			return nil
		}

		r.read(t, s)
		if rec, ok := r.codec.Listed(t, r.row); ok {
			out = append(out, rec.(R))
		}

		return nil
	}, args...)
	if errors.Is(err, errEnough) {
		err = nil
	}

	return out, err
}
