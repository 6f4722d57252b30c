package sqlite

import (
	"slices"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// classSQL is a statement for a class of work. %class% is the beginning of the names of its indexes, and %is% its
// condition.
func classSQL(sql string, texts bool) string {
	class, is := "message_work", "purpose = 0"
	if texts {
		class, is = "message_text_work", "purpose <> 0"
	}

	return strings.NewReplacer("%class%", class, "%is%", is).Replace(sql)
}

// The statements of both classes, made once, since prepared statements are found by their text.
var (
	dueWorkSQL = bothClasses(`SELECT account, id, due_at, contact FROM message INDEXED BY %class%
		WHERE owner = 0 AND carrier = ?1 AND due_at IS NOT NULL AND %is% AND due_at <= ?2 ORDER BY due_at, rowid LIMIT ?3`)
	dueOfAccountSQL = bothClasses(`SELECT account, id, due_at, contact FROM message INDEXED BY %class%_turns
		WHERE owner = 0 AND carrier = ?1 AND carrier <> '' AND account = ?4 AND due_at IS NOT NULL AND %is% AND due_at <= ?2
		ORDER BY due_at, rowid LIMIT ?3`)
	nextAccountSQL = bothClasses(`SELECT account, due_at FROM message INDEXED BY %class%_turns
		WHERE owner = 0 AND carrier = ?1 AND carrier <> '' AND account > ?2 AND due_at IS NOT NULL AND %is% ORDER BY account, due_at LIMIT 1`)
	nextCarrierSQL = bothClasses(`SELECT carrier FROM message INDEXED BY %class%
		WHERE owner = 0 AND carrier > ?1 AND due_at IS NOT NULL AND %is% ORDER BY carrier LIMIT 1`)
	waitingSQL = bothClasses(`SELECT account, id, due_at, contact FROM message INDEXED BY %class%
		WHERE owner = 0 AND due_at IS NOT NULL AND %is% LIMIT ?1`)
)

func bothClasses(sql string) map[bool]string {
	return map[bool]string{false: classSQL(sql, false), true: classSQL(sql, true)}
}

// DueWork lists equal times in the order of their rows: to sort a hundred thousand of one second for each batch of them
// would take longer than to send them.
func (r reader) DueWork(q store.WorkQuery) ([]store.Due, error) {
	if q.Account.IsZero() {
		return r.work(dueWorkSQL[q.Texts], q.Texts, q.Carrier, q.Before.UnixMicro(), int64(q.Limit))
	}
	return r.work(dueOfAccountSQL[q.Texts], q.Texts, q.Carrier, q.Before.UnixMicro(), int64(q.Limit), q.Account[:])
}

// work reads rows of (account, id, time, contact) as keys of messages.
func (r reader) work(sql string, texts bool, args ...any) (out []store.Due, err error) {
	err = r.query(sql, func(s *sqlite.Stmt) error {
		d := store.Due{
			Key: store.Key{Table: store.TableMessage, ID: s.ColumnText(1)},
			At:  time.UnixMicro(s.ColumnInt64(2)).UTC(),
		}

		s.ColumnBytes(0, d.Key.Account[:])
		if texts {
			s.ColumnBytes(3, d.Contact[:])
		}
		out = append(out, d)

		return nil
	}, args...)

	return out, err
}

func (r reader) WorkAccounts(q store.WorkQuery, after id.Account) (out []id.Account, err error) {
	for len(out) < q.Limit {
		found, due := false, false
		err := r.query(nextAccountSQL[q.Texts], func(s *sqlite.Stmt) error {
			// An invalid account id, which something else wrote, must not end in an endless loop.
			var next id.Account
			s.ColumnBytes(0, next[:])
			found = slices.Compare(next[:], after[:]) > 0
			after, due = next, s.ColumnInt64(1) <= q.Before.UnixMicro()
			return nil
		}, q.Carrier, after[:])
		if err != nil || !found {
			return out, err
		}

		if due {
			out = append(out, after)
		}
	}

	return out, nil
}

func (r reader) WorkCarriers() (out []string, err error) {
	var names []string
	for _, texts := range []bool{false, true} {
		name := ""
		for found := true; found; {
			found = false
			err := r.query(nextCarrierSQL[texts], func(s *sqlite.Stmt) error {
				// Blobs sort after every text: a column that something else wrote is read once.
				next := s.ColumnText(0)
				if found = next > name; found {
					names = append(names, next)
				}
				name = next
				return nil
			}, name)
			if err != nil {
				return nil, err
			}
		}
	}

	return store.SortedNames(names), nil
}

func (r reader) DueInSandbox(account id.Account, before time.Time, limit int) ([]store.Due, error) {
	return r.work(`SELECT account, id, due_at, contact FROM message INDEXED BY message_sandbox
		WHERE account = ?3 AND mode = 2 AND owner = 0 AND due_at IS NOT NULL AND due_at <= ?1 ORDER BY due_at, id LIMIT ?2`,
		false, before.UnixMicro(), rowLimit(limit), account[:])
}

func (r reader) WaitingMessages(limit int) (out []store.Due, err error) {
	for _, texts := range []bool{false, true} {
		some, err := r.work(waitingSQL[texts], texts, rowLimit(limit-len(out)))
		if out = append(out, some...); err != nil || len(out) == limit {
			return out, err
		}
	}
	return out, nil
}
