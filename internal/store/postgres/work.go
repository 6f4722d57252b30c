package postgres

import (
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// isClass is the condition of a class of work, as its indexes have it.
func isClass(texts bool) string {
	if texts {
		return "purpose <> 0"
	}
	return "purpose = 0"
}

// contactOf is the column that DueWork reads for a class.
func contactOf(texts bool) string {
	if texts {
		return "contact"
	}
	return "NULL"
}

// DueWork lists equal times in the order of the index: to sort a hundred thousand of one second for each batch of them
// would take longer than to send them.
func (r *reader) DueWork(q store.WorkQuery) ([]store.Due, error) {
	sql := "SELECT account, id, due_at, owner, " + contactOf(q.Texts) + " AS contact FROM message WHERE owner = 0 AND carrier = $3 AND " +
		"due_at IS NOT NULL AND " + isClass(q.Texts) + " AND due_at <= $1"
	args := []any{q.Before.UnixMicro(), int64(q.Limit), []byte(q.Carrier)}
	if !q.Account.IsZero() {
		sql, args = sql+" AND carrier <> '' AND account = $4", append(args, q.Account[:])
	}

	return r.due(store.TableMessage, r.overDays(store.TableMessage, sql, "due_at"), args...)
}

// workAccountsSQL steps from account to account: each query finds the first row after the last account, and skips the
// rest of that account.
func (k *knowledge) workAccountsSQL(texts bool) string {
	first := func(account string) string {
		return k.overDays(store.TableMessage, "SELECT account, due_at FROM message WHERE owner = 0 AND carrier = $1 AND carrier <> '' AND "+
			"due_at IS NOT NULL AND "+isClass(texts)+" AND account > "+account, "account, due_at", "1")
	}

	return "WITH RECURSIVE waiting AS ((" + first("$2") + ") UNION ALL SELECT next.account, next.due_at FROM waiting, LATERAL (" +
		first("waiting.account") + ") AS next) SELECT account FROM waiting WHERE due_at <= $3 LIMIT $4"
}

func (r *reader) WorkAccounts(q store.WorkQuery, after id.Account) (out []id.Account, err error) {
	err = r.query(r.work.parts.known.Load().workAccountsSQL(q.Texts), func(values [][]byte) error {
		out = append(out, id.Account(values[0]))
		return nil
	}, []byte(q.Carrier), after[:], q.Before.UnixMicro(), int64(q.Limit))
	return out, err
}

// workCarriersSQL steps from carrier to carrier.
func (k *knowledge) workCarriersSQL(texts bool) string {
	first := func(carrier string) string {
		return k.overDays(store.TableMessage, "SELECT carrier FROM message WHERE owner = 0 AND carrier > "+carrier+
			" AND due_at IS NOT NULL AND "+isClass(texts), "carrier", "1")
	}

	return "WITH RECURSIVE waiting AS ((" + first("$1") + ") UNION ALL SELECT next.carrier FROM waiting, LATERAL (" +
		first("waiting.carrier") + ") AS next) SELECT carrier FROM waiting"
}

func (r *reader) WorkCarriers() (out []string, err error) {
	var names []string
	for _, texts := range []bool{false, true} {
		err := r.query(r.work.parts.known.Load().workCarriersSQL(texts), func(values [][]byte) error {
			names = append(names, string(values[0]))
			return nil
		}, []byte{})
		if err != nil {
			return nil, err
		}
	}

	return store.SortedNames(names), nil
}

func (r *reader) DueInSandbox(account id.Account, before time.Time, limit int) ([]store.Due, error) {
	return r.due(store.TableMessage, r.overDays(store.TableMessage, `SELECT account, id, due_at, owner, NULL FROM message WHERE
		account = $3 AND mode = 2 AND owner = 0 AND due_at IS NOT NULL AND due_at <= $1`, "due_at, id"),
		before.UnixMicro(), rowLimit(limit), account[:])
}

func (r *reader) WaitingMessages(limit int) (out []store.Due, err error) {
	for _, texts := range []bool{false, true} {
		some, err := r.due(store.TableMessage, r.work.parts.known.Load().overAll(store.TableMessage,
			"SELECT account, id, due_at, owner, NULL FROM message WHERE owner = 0 AND due_at IS NOT NULL AND "+isClass(texts),
			"due_at", "$1"), rowLimit(limit-len(out)))
		if out = append(out, some...); err != nil || len(out) == limit {
			return out, err
		}
	}

	return out, nil
}
