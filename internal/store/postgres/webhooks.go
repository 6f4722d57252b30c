package postgres

import (
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

func (r *reader) Endpoints(account id.Account, after id.Webhook, limit int) ([]store.Endpoint, error) {
	return records[store.Endpoint](r, store.TableEndpoint, "WHERE (account, id) > ($1, $2) ORDER BY account, id LIMIT $3",
		account[:], after[:], rowLimit(limit))
}

func (r *reader) Events(
	account id.Account, mode id.Mode, after, before id.Event, newestFirst bool, limit int,
) ([]store.Event, error) {
	end := store.Below(before)
	return inOrder[store.Event](r, store.TableEvent, "account = $1 AND mode = $2 AND id > $3 AND id < $4", newestFirst,
		span{dayOfID(string(after[:])), dayOfID(string(end[:]))}, limit, account[:], int64(mode), after[:], end[:])
}

func (r *reader) Deliveries(
	account id.Account, target webhook.Target, before id.Event, limit int,
) ([]store.Delivery, error) {
	end := store.Below(before)
	return inOrder[store.Delivery](r, store.TableDelivery, "account = $1 AND target = $2 AND event < $3", true,
		allDays, limit, account[:], target[:], end[:])
}

// waitingSQL steps from target to target: each query finds the first row after the last target, and skips the rest.
func (k *knowledge) waitingSQL() string {
	first := func(account, target string) string {
		return k.overDays(store.TableDelivery, "SELECT account, target, due_at FROM delivery WHERE owner = 0 AND due_at IS NOT NULL AND (account, target) > ("+
			account+", "+target+")", "account, target, due_at", "1")
	}
	return "WITH RECURSIVE waiting AS ((" + first("$1", "$2") +
		") UNION ALL SELECT next.account, next.target, next.due_at FROM waiting, LATERAL (" +
		first("waiting.account", "waiting.target") + ") AS next) SELECT account, target, due_at FROM waiting LIMIT $3"
}

func (r *reader) WaitingTargets(after store.TargetRef, limit int) (out []store.WaitingTarget, err error) {
	err = r.query(r.work.parts.known.Load().waitingSQL(), func(values [][]byte) error {
		w := store.WaitingTarget{At: time.UnixMicro(number(values[2])).UTC()}
		copy(w.Account[:], values[0])
		copy(w.Target[:], values[1])
		out = append(out, w)
		return nil
	}, after.Account[:], after.Target[:], rowLimit(limit))

	return out, err
}

func (r *reader) DueDeliveries(
	t store.TargetRef, without map[id.Event]struct{}, limit int,
) (out []store.Delivery, err error) {
	columns := columnList(store.Defs[store.TableDelivery], "")
	sql := r.work.parts.known.Load().overDays(store.TableDelivery, "SELECT "+columns+" FROM delivery WHERE owner = 0 AND account = $1 AND target = $2 AND due_at IS NOT NULL", "due_at", "$3")
	out, err = recordsOf[store.Delivery](r, store.TableDelivery, sql, t.Account[:], t.Target[:], rowLimit(limit+len(without)))
	out = slices.DeleteFunc(out, func(d store.Delivery) bool {
		_, left := without[d.Event]
		return left
	})

	return out[:min(len(out), limit)], err
}

func (r *reader) LeftDeliveries(nodes cluster.Members, limit int) ([]store.Due, error) {
	return r.deliveries(r.work.parts.known.Load().overDays(store.TableDelivery,
		"SELECT account, target, event, due_at, owner FROM delivery WHERE "+store.SQLOwnerGone(nodes)+
			" AND due_at IS NOT NULL", "owner, account, target", "$1"), rowLimit(limit))
}

func (r *reader) deliveries(sql string, args ...any) (out []store.Due, err error) {
	err = r.query(sql, func(values [][]byte) error {
		d := store.Due{
			Key:   store.Key{Table: store.TableDelivery, ID: string(values[1]) + string(values[2])},
			Owner: number(values[4]),
		}
		copy(d.Key.Account[:], values[0])
		if at := number(values[3]); at != 0 || d.Owner == 0 { // a row in work is not due
			d.At = time.UnixMicro(at).UTC()
		}
		out = append(out, d)
		return nil
	}, args...)

	return out, err
}
