package postgres

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
)

// OTPs reads live rows by the primary key and skips those of the sandbox, within the page's bound: an index of live
// rows would have to be written with each code.
func (r *reader) OTPs(q store.ListQuery, p *store.Page) ([]store.OTP, error) {
	from, below := q.Bounds()
	where := "account = $1 AND id >= $2 AND id < $3"
	if q.Mode == id.Test {
		where += " AND mode = 2"
	}
	return listed[store.OTP](r, store.TableOTP, where, q, p, q.Account[:], from[:], below[:], int64(p.Scan)+1)
}

// Messages reads by the index that excludes most rows. Each condition is that of a partial index.
func (r *reader) Messages(q store.ListQuery, p *store.Page) ([]store.Message, error) {
	from, below := q.Bounds()
	args := []any{q.Account[:], from[:], below[:], int64(p.Scan) + 1, int64(q.Mode)}
	and := " AND mode = $5"
	switch {
	case q.Contact != store.ContactID{}:
		and, args[4] = " AND contact = $5", q.Contact[:]
	case slices.Contains(store.Rare, message.State(q.State)):
		and, args = " AND mode = $5 AND state = $6 AND state IN (1, 5, 6, 7, 8)", append(args, int64(q.State))
	}

	return listed[store.Message](r, store.TableMessage, "account = $1 AND id >= $2 AND id < $3 AND purpose = 1"+and, q,
		p, args...)
}

var errEnough = errors.New("the page is full")

// listed reads a page. The columns that decide whether a row is wanted are read before the row is decoded.
func listed[R store.Record](
	r *reader, t store.Table, where string, q store.ListQuery, p *store.Page, args ...any,
) (out []R, err error) {
	look := func(values [][]byte) error {
		var row [16]byte
		var contact store.ContactID
		copy(row[:], values[1])
		copy(contact[:], values[3])
		keep, more := p.Visit(row, q.Wants(id.Mode(number(values[2])), contact, uint8(number(values[4]))))
		if !more {
			return errEnough
		}
		if !keep {
			return nil
		}

		r.work.row = readRow(t, values, r.work.row[:0])
		if rec, ok := r.work.codec.Listed(t, r.work.row); ok {
			out = append(out, rec.(R))
		}

		return nil
	}

	sql := "SELECT " + columnList(store.Defs[t], "") + " FROM " + t.String() + " WHERE " + where
	for _, sql := range r.work.parts.known.Load().inOrder(t, sql, "$4", true, allDays) {
		switch err = r.query(sql, look, args...); {
		case errors.Is(err, errEnough):
			return out, nil
		case err != nil:
			return out, err
		}
	}

	return out, nil
}

func (r *reader) Templates(account id.Account, mode id.Mode, before id.Template, limit int) ([]store.Template, error) {
	below := store.Below(before)
	return records[store.Template](r, store.TableTemplate,
		"WHERE account = $1 AND mode = $3 AND id < $2 AND deleted_at IS NULL ORDER BY id DESC LIMIT $4",
		account[:], below[:], int64(mode), rowLimit(limit))
}

func (r *reader) Tallies(account id.Account, mode id.Mode, from, to stats.Day, limit int) ([]store.Tally, error) {
	bound := func(d stats.Day) []byte { return binary.BigEndian.AppendUint32([]byte{byte(mode)}, uint32(d)) }
	return records[store.Tally](r, store.TableTally, "WHERE account = $1 AND id >= $2 AND id < $3 ORDER BY id LIMIT $4",
		account[:], bound(from), bound(to+1), rowLimit(limit))
}

func (r *reader) TallyDays(
	account id.Account, mode id.Mode, prefixes bool, from, to stats.Day, limit int,
) ([]store.TallyDay, error) {
	bound := func(d stats.Day) []byte {
		return []byte(store.TallyDay{Mode: mode, Prefixes: prefixes, Day: d}.Key().ID)
	}
	return records[store.TallyDay](r, store.TableTallyDay, "WHERE account = $1 AND id >= $2 AND id <= $3 ORDER BY id LIMIT $4",
		account[:], bound(from), bound(to), rowLimit(limit))
}

func (r *reader) OldTallies(before stats.Day, limit int) ([]store.Key, error) {
	return r.dayKeys(store.TableTally, before, limit)
}

func (r *reader) OldTallyDays(before stats.Day, limit int) ([]store.Key, error) {
	return r.dayKeys(store.TableTallyDay, before, limit)
}

// dayKeys lists rows of before a day, oldest first.
func (r *reader) dayKeys(t store.Table, before stats.Day, limit int) ([]store.Key, error) {
	return r.keys(t, "SELECT account, id FROM "+t.String()+" WHERE day < $1 ORDER BY day, account, id LIMIT $2",
		int64(before), rowLimit(limit))
}
