package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/store"
)

// reader implements store.Reader in a transaction that sees one state. The first query begins it.
type reader struct {
	*conn
	ctx  context.Context
	open bool
}

func (r *reader) ask(steps ...step) error {
	if r.open {
		return r.run(r.ctx, steps)
	}
	r.open = true
	return r.first(r.ctx, append([]step{{sql: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}}, steps...))
}

// end ends the transaction. Errors do not matter: what was read is valid.
func (r *reader) end() {
	if r.open && r.alive() && r.run(context.WithoutCancel(r.ctx), []step{{sql: "COMMIT"}}) != nil {
		r.drop()
	}
}

func (r *reader) Load(keys ...store.Key) (store.Rows, error) {
	rows := make(store.Rows, len(keys))
	steps := r.work.loads(keys, rows, false)
	if len(steps) == 0 {
		return rows, nil
	}
	if err := r.ask(steps...); err != nil {
		return nil, err
	}

	return rows.Sound(), nil
}

// query runs sql with the arguments (int64 or []byte) and calls fn for each row.
func (r *reader) query(sql string, fn func(values [][]byte) error, args ...any) error {
	s := step{sql: sql, row: fn}
	for _, a := range args {
		switch v := a.(type) {
		case rowLimit:
			s.types, s.args = append(s.types, oidInt8), append(s.args, binary.BigEndian.AppendUint64(nil, uint64(v)))
		case int64:
			s.types, s.args = append(s.types, oidInt8), append(s.args, binary.BigEndian.AppendUint64(nil, uint64(v)))
		case []byte:
			s.types, s.args = append(s.types, oidBytea), append(s.args, v)
		}
	}
	if err := r.ask(s); err != nil {
		return fmt.Errorf("read: %w", err)
	}

	return nil
}

// keyOf reads a key of (account, id), or of (account, id, mode) of the request log.
func keyOf(t store.Table, values [][]byte) store.Key {
	k := store.Key{Table: t, ID: string(values[1])}
	if t == store.TableRequest {
		k.ID = string([]byte{byte(number(values[2]))}) + k.ID
	}
	copy(k.Account[:], values[0])
	return k
}

// due reads rows of (account, id, time, owner, contact).
func (r *reader) due(t store.Table, sql string, args ...any) (out []store.Due, err error) {
	err = r.query(sql, func(values [][]byte) error {
		d := store.Due{Key: keyOf(t, values), Owner: number(values[3])}
		if at := number(values[2]); at != 0 {
			d.At = time.UnixMicro(at).UTC()
		}
		copy(d.Contact[:], values[4])
		out = append(out, d)
		return nil
	}, args...)

	return out, err
}

// records reads complete rows.
func records[R store.Record](r *reader, t store.Table, sql string, args ...any) (out []R, err error) {
	return recordsOf[R](r, t, "SELECT "+columnList(store.Defs[t], "")+" FROM "+t.String()+" "+sql, args...)
}

// recordsOf reads rows. When some of a limited list are damaged, it reads more, so that the page is full.
func recordsOf[R store.Record](r *reader, t store.Table, sql string, args ...any) (out []R, err error) {
	at := slices.IndexFunc(args, func(a any) bool { _, is := a.(rowLimit); return is })
	if at < 0 {
		out, _, err = recordsOnce[R](r, t, sql, args...)
		return out, err
	}

	args = slices.Clone(args)

	return store.FullPage(int(args[at].(rowLimit)), func(most int) ([]R, int, error) {
		args[at] = rowLimit(most)
		return recordsOnce[R](r, t, sql, args...)
	})
}

// rowLimit is how many rows a statement returns at most.
type rowLimit int64

// recordsOnce returns the undamaged rows, and how many it read.
func recordsOnce[R store.Record](r *reader, t store.Table, sql string, args ...any) (out []R, rows int, err error) {
	err = r.query(sql, func(values [][]byte) error {
		r.work.row = readRow(t, values, r.work.row[:0])
		rows++
		if rec, ok := r.work.codec.Listed(t, r.work.row); ok {
			out = append(out, rec.(R))
		}
		return nil
	}, args...)

	return out, rows, err
}

// inOrder reads rows of a table that is kept by day, by id; limit is the last argument.
func inOrder[R store.Record](
	r *reader, t store.Table, where string, newestFirst bool, in span, limit int, args ...any,
) (out []R, err error) {
	sql := "SELECT " + columnList(store.Defs[t], "") + " FROM " + t.String() + " WHERE " + where
	for _, sql := range r.work.parts.known.Load().inOrder(t, sql, "$"+strconv.Itoa(len(args)+1), newestFirst, in) {
		some, err := recordsOf[R](r, t, sql, append(args[:len(args):len(args)], rowLimit(limit-len(out)))...)
		if out = append(out, some...); err != nil || len(out) == limit {
			return out, err
		}
	}

	return out, nil
}

// keys reads rows of (account, id).
func (r *reader) keys(t store.Table, sql string, args ...any) (out []store.Key, err error) {
	err = r.query(sql, func(values [][]byte) error {
		if t == store.TableRef {
			out = append(out, store.RefKey(string(values[0]), string(values[1])))
		} else {
			out = append(out, keyOf(t, values))
		}
		return nil
	}, args...)

	return out, err
}

// overDays is a sweep's statement, see knowledge.overDays.
func (r *reader) overDays(t store.Table, sql, order string) string {
	return r.work.parts.known.Load().overDays(t, sql, order, "$2")
}

func (r *reader) OwnedMessages(epoch int64, limit int) ([]store.Due, error) {
	return r.owned(fmt.Sprintf("owner = %d", epoch), limit)
}

func (r *reader) LeftMessages(nodes cluster.Members, limit int) ([]store.Due, error) {
	return r.owned(store.SQLOwnerGone(nodes), limit)
}

// owned reads codes and texts separately, since each has its index.
func (r *reader) owned(where string, limit int) (out []store.Due, err error) {
	for _, purpose := range []string{"= 0", "<> 0"} {
		some, err := r.due(store.TableMessage, r.work.parts.known.Load().overDays(store.TableMessage,
			"SELECT account, id, due_at, owner, NULL FROM message WHERE "+where+" AND due_at IS NOT NULL AND purpose "+purpose,
			"due_at, account, id", "$1"), rowLimit(limit-len(out)))
		if out = append(out, some...); err != nil || len(out) == limit {
			return out, err
		}
	}

	return out, nil
}

func (r *reader) ExpiredOTPs(before time.Time, sandbox id.Account, limit int) ([]store.Due, error) {
	if sandbox.IsZero() {
		return r.due(store.TableOTP, r.overDays(store.TableOTP, `SELECT account, id, expires_at, 0::bigint, NULL FROM otp WHERE
			status = 1 AND expires_at <= $1`, "expires_at, account, id"), before.UnixMicro(), rowLimit(limit))
	}
	return r.due(store.TableOTP, r.overDays(store.TableOTP, `SELECT account, id, expires_at, 0::bigint, NULL FROM otp WHERE
		account = $3 AND mode = 2 AND status = 1 AND expires_at <= $1`, "expires_at, id"), before.UnixMicro(), rowLimit(limit), sandbox[:])
}

func (r *reader) Sandboxes() ([]store.Account, error) {
	return records[store.Account](r, store.TableAccount, "WHERE sandbox_offset > 0")
}

func (r *reader) Inbox(account id.Account, contact store.ContactID, before id.Message, limit int) ([]store.Inbox, error) {
	below := store.Below(before)
	if contact == (store.ContactID{}) {
		return records[store.Inbox](r, store.TableInbox, "WHERE account = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
			account[:], below[:], rowLimit(limit))
	}
	return records[store.Inbox](r, store.TableInbox,
		"WHERE account = $1 AND contact = $4 AND id < $2 ORDER BY id DESC LIMIT $3",
		account[:], below[:], rowLimit(limit), contact[:])
}

func (r *reader) Accounts(after id.Account, limit int) ([]store.Account, error) {
	return records[store.Account](r, store.TableAccount, "WHERE id > $1 ORDER BY id LIMIT $2", after[:],
		rowLimit(limit))
}

func (r *reader) OptOuts(
	account id.Account, mode id.Mode, after store.OptOutCursor, limit int,
) ([]store.Contact, error) {
	at := int64(math.MaxInt64)
	if after != (store.OptOutCursor{}) {
		at = after.At.UnixMicro()
	}
	return records[store.Contact](r, store.TableContact, `WHERE account = $1 AND mode = $2 AND opted_out_at IS NOT NULL
		AND (opted_out_at, id) < ($3, $4) ORDER BY opted_out_at DESC, id DESC LIMIT $5`,
		account[:], int64(mode), at, after.ID[:], rowLimit(limit))
}

func (r *reader) LedgerSum(account id.Account) (sum ledger.Balance, entries int64, err error) {
	err = r.query(`SELECT coalesce(sum(credits), 0)::bigint, coalesce(sum(held), 0)::bigint, count(*) FROM entry WHERE account = $1`,
		func(values [][]byte) error {
			sum, entries = ledger.Balance{Credits: number(values[0]), Held: number(values[1])}, number(values[2])
			return nil
		}, account[:])
	return sum, entries, err
}

func (r *reader) LedgerPart(
	account id.Account, after int64, limit int,
) (sum ledger.Balance, entries, last int64, err error) {
	err = r.query(`SELECT coalesce(sum(credits), 0)::bigint, coalesce(sum(held), 0)::bigint, count(*), coalesce(max(seq), $2)
		FROM (SELECT credits, held, seq FROM entry WHERE account = $1 AND seq > $2 ORDER BY seq LIMIT $3) AS part`,
		func(values [][]byte) error {
			sum = ledger.Balance{Credits: number(values[0]), Held: number(values[1])}
			entries, last = number(values[2]), number(values[3])
			return nil
		}, account[:], after, rowLimit(limit))

	return sum, entries, last, err
}

func (r *reader) Entries(account id.Account, before int64, limit int) ([]store.Entry, error) {
	return records[store.Entry](r, store.TableEntry, "WHERE account = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
		account[:], before, rowLimit(limit))
}

// staleSQL finds rows that may be removed, by table.
var staleSQL = map[store.Table]string{
	store.TableIdempotency: "SELECT account, id FROM idempotency WHERE ends_at < $1 ORDER BY ends_at LIMIT $2",
	store.TableInbox:       "SELECT account, id FROM inbox WHERE sandbox_at < $1 ORDER BY sandbox_at LIMIT $2",
	store.TableInbound:     "SELECT account, id FROM inbound WHERE stored_at < $1 ORDER BY stored_at LIMIT $2",
	store.TableQuota:       "SELECT account, id FROM quota WHERE ends_at < $1 ORDER BY ends_at LIMIT $2",
	store.TableTemplate:    "SELECT account, id FROM template WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2",
	store.TableRef:         "SELECT carrier, id FROM ref WHERE created_at < $1 ORDER BY created_at LIMIT $2",
	store.TableSession:     "SELECT NULL, id FROM session WHERE ends_at < $1 ORDER BY ends_at LIMIT $2",
	store.TableLink:        "SELECT NULL, id FROM link WHERE ends_at < $1 ORDER BY ends_at LIMIT $2",
	store.TableAudit:       "SELECT account, id FROM audit WHERE created_at < $1 ORDER BY created_at LIMIT $2",
	store.TableRequest:     "SELECT account, id, mode FROM request WHERE created_at < $1 ORDER BY created_at LIMIT $2",
}

func (r *reader) Stale(t store.Table, before time.Time, limit int) ([]store.Key, error) {
	sql := staleSQL[t]
	if t == store.TableMessage {
		sql = r.work.parts.known.Load().overAll(t, "SELECT account, id, sandbox_at FROM message WHERE sandbox_at < $1",
			"sandbox_at", "$2")
	}
	return r.keys(t, sql, before.UnixMicro(), rowLimit(limit))
}

func (r *reader) RecentRefs(carrier string, since time.Time, limit int) ([]store.Ref, error) {
	return records[store.Ref](r, store.TableRef, "WHERE created_at >= $1 AND carrier = $2 ORDER BY created_at, id LIMIT $3",
		since.UnixMicro(), []byte(carrier), rowLimit(limit))
}

func (r *reader) Old(
	t store.Table, account id.Account, after, before [16]byte, limit int,
) (out []store.Key, err error) {
	in := span{dayOfID(string(after[:])), dayOfID(string(before[:]))}
	for _, sql := range r.work.parts.known.Load().inOrder(t, "SELECT account, id FROM "+t.String()+" WHERE account = $1 AND id > $2 AND id < $3",
		"$4", false, in) {
		some, err := r.keys(t, sql, account[:], after[:], before[:], rowLimit(limit-len(out)))
		if out = append(out, some...); err != nil || len(out) == limit {
			return out, err
		}
	}

	return out, nil
}
