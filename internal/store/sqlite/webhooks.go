package sqlite

import (
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

func (r reader) Endpoints(account id.Account, after id.Webhook, limit int) ([]store.Endpoint, error) {
	return records[store.Endpoint](r, store.TableEndpoint, "WHERE (account, id) > (?1, ?2) ORDER BY account, id LIMIT ?3",
		account[:], after[:], rowLimit(limit))
}

func (r reader) Events(
	account id.Account, mode id.Mode, after, before id.Event, newestFirst bool, limit int,
) ([]store.Event, error) {
	end := store.Below(before)
	order := "ORDER BY id LIMIT ?5"
	if newestFirst {
		order = "ORDER BY id DESC LIMIT ?5"
	}
	return records[store.Event](r, store.TableEvent, "WHERE account = ?1 AND mode = ?2 AND id > ?3 AND id < ?4 "+order,
		account[:], int64(mode), after[:], end[:], rowLimit(limit))
}

func (r reader) Deliveries(
	account id.Account, target webhook.Target, before id.Event, limit int,
) ([]store.Delivery, error) {
	end := store.Below(before)
	return records[store.Delivery](r, store.TableDelivery, "WHERE account = ?1 AND target = ?2 AND event < ?3 ORDER BY event DESC LIMIT ?4",
		account[:], target[:], end[:], rowLimit(limit))
}

// WaitingTargets steps from target to target: each query finds the first row after the last target, and skips the rest.
// One query for both columns would read every row of the account: SQLite seeks only by the first column of a pair.
func (r reader) WaitingTargets(after store.TargetRef, limit int) (out []store.WaitingTarget, err error) {
	const from = `SELECT account, target, due_at FROM delivery INDEXED BY delivery_work WHERE owner = 0 AND due_at IS NOT NULL `
	const sameAccount = from + `AND account = ?1 AND target > ?2 ORDER BY target, due_at LIMIT 1`
	const nextAccount = from + `AND account > ?1 ORDER BY account, target, due_at LIMIT 1`
	found := true
	note := func(s *sqlite.Stmt) error {
		found = true
		s.ColumnBytes(0, after.Account[:])
		s.ColumnBytes(1, after.Target[:])
		out = append(out, store.WaitingTarget{TargetRef: after, At: time.UnixMicro(s.ColumnInt64(2)).UTC()})
		return nil
	}

	for found && len(out) < limit {
		found = false
		if err := r.query(sameAccount, note, after.Account[:], after.Target[:]); err != nil {
			return out, err
		}
		if found {
			continue
		}
		if err := r.query(nextAccount, note, after.Account[:]); err != nil {
			return out, err
		}
	}

	return out, nil
}

// DueDeliveries reads only the event of a row that is left out.
func (r reader) DueDeliveries(t store.TargetRef, without map[id.Event]struct{}, limit int) ([]store.Delivery, error) {
	return store.FullPage(limit, func(most int) (out []store.Delivery, rows int, err error) {
		err = r.query(dueSQL, func(s *sqlite.Stmt) error {
			var e id.Event
			s.ColumnBytes(eventColumn, e[:])
			if _, left := without[e]; left || len(out) == limit {
				return nil
			}

			r.read(store.TableDelivery, s)
			rows++
			if rec, ok := r.codec.Listed(store.TableDelivery, r.row); ok {
				out = append(out, rec.(store.Delivery))
			}

			return nil
		}, t.Account[:], t.Target[:], rowLimit(most+len(without)))

		return out, rows, err
	})
}

var dueSQL = "SELECT " + columnList(store.Defs[store.TableDelivery]) + ` FROM delivery INDEXED BY delivery_work WHERE owner = 0
	AND account = ?1 AND target = ?2 AND due_at IS NOT NULL ORDER BY due_at LIMIT ?3`

// eventColumn is the column of the event in a delivery's row.
const eventColumn = 2

func (r reader) LeftDeliveries(nodes cluster.Members, limit int) ([]store.Due, error) {
	return r.deliveries("SELECT account, target, event, due_at, owner FROM delivery INDEXED BY delivery_work WHERE "+store.SQLOwnerGone(nodes)+
		" AND due_at IS NOT NULL ORDER BY owner, account, target LIMIT ?1", rowLimit(limit))
}

func (r reader) deliveries(sql string, args ...any) (out []store.Due, err error) {
	err = r.query(sql, func(s *sqlite.Stmt) error {
		var a id.Account
		var t webhook.Target
		var e id.Event
		s.ColumnBytes(0, a[:])
		s.ColumnBytes(1, t[:])
		s.ColumnBytes(2, e[:])
		d := store.Due{
			Key: store.DeliveryKey(a, t, e), At: time.UnixMicro(s.ColumnInt64(3)).UTC(),
			Owner: s.ColumnInt64(4),
		}
		if d.Owner != 0 && s.ColumnInt64(3) == 0 {
			d.At = time.Time{} // a row in work is not due
		}
		out = append(out, d)

		return nil
	}, args...)

	return out, err
}
