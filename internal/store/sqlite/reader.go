package sqlite

import (
	"fmt"
	"math"
	"slices"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/store"
)

// reader implements store.Reader in a read transaction.
type reader struct{ *conn }

func (r reader) Load(keys ...store.Key) (store.Rows, error) {
	rows, err := r.conn.Load(keys)
	if err != nil {
		return nil, err
	}
	return rows.Sound(), nil
}

// query runs sql with the arguments (int64, []byte or string) and calls fn for each row.
func (r reader) query(sql string, fn func(s *sqlite.Stmt) error, args ...any) (err error) {
	s, err := r.statement(sql)
	if err != nil {
		return fmt.Errorf("prepare %q: %w", sql, err)
	}

	defer func() {
		if reset := s.Reset(); err == nil {
			err = reset
		}
	}()

	for i, a := range args {
		switch v := a.(type) {
		case int64:
			s.BindInt64(i+1, v)
		case rowLimit:
			s.BindInt64(i+1, int64(v))
		case []byte:
			s.BindBytes(i+1, v)
		case string:
			s.BindText(i+1, v)
		}
	}

	for {
		more, err := s.Step()
		if err != nil || !more {
			return err
		}
		if err := fn(s); err != nil {
			return err
		}
	}
}

// due reads rows of (account, id, time, owner) as keys of the table.
func (r reader) due(t store.Table, sql string, args ...any) (out []store.Due, err error) {
	err = r.query(sql, func(s *sqlite.Stmt) error {
		d := store.Due{Key: store.Key{Table: t, ID: s.ColumnText(1)}, Owner: s.ColumnInt64(3)}
		s.ColumnBytes(0, d.Key.Account[:])
		if at := s.ColumnInt64(2); at != 0 {
			d.At = time.UnixMicro(at).UTC()
		}
		out = append(out, d)
		return nil
	}, args...)

	return out, err
}

func (r reader) OwnedMessages(epoch int64, limit int) ([]store.Due, error) {
	return r.owned(fmt.Sprintf("owner = %d", epoch), limit)
}

func (r reader) LeftMessages(nodes cluster.Members, limit int) ([]store.Due, error) {
	return r.owned(store.SQLOwnerGone(nodes), limit)
}

// owned reads codes and texts separately, since each has its index.
func (r reader) owned(where string, limit int) (out []store.Due, err error) {
	for _, purpose := range []string{"= 0", "<> 0"} {
		some, err := r.due(store.TableMessage, "SELECT account, id, due_at, owner FROM message WHERE "+where+
			" AND due_at IS NOT NULL AND purpose "+purpose+" ORDER BY due_at, account, id LIMIT ?1", rowLimit(limit-len(out)))
		if out = append(out, some...); err != nil || len(out) == limit {
			return out, err
		}
	}

	return out, nil
}

func (r reader) ExpiredOTPs(before time.Time, sandbox id.Account, limit int) ([]store.Due, error) {
	if sandbox.IsZero() {
		return r.due(store.TableOTP, `SELECT account, id, expires_at, 0 FROM otp
			WHERE status = 1 AND expires_at <= ?1 ORDER BY expires_at, account, id LIMIT ?2`, before.UnixMicro(), rowLimit(limit))
	}
	return r.due(store.TableOTP, `SELECT account, id, expires_at, 0 FROM otp INDEXED BY otp_sandbox
		WHERE account = ?3 AND mode = 2 AND status = 1 AND expires_at <= ?1 ORDER BY expires_at, id LIMIT ?2`,
		before.UnixMicro(), rowLimit(limit), sandbox[:])
}

// records reads complete rows. When some of a limited list are damaged, it reads more, so that the page is full.
func records[R store.Record](r reader, t store.Table, sql string, args ...any) (out []R, err error) {
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
func recordsOnce[R store.Record](r reader, t store.Table, sql string, args ...any) (out []R, rows int, err error) {
	err = r.query("SELECT "+columnList(store.Defs[t])+" FROM "+t.String()+" "+sql, func(s *sqlite.Stmt) error {
		r.read(t, s)
		rows++
		if rec, ok := r.codec.Listed(t, r.row); ok {
			out = append(out, rec.(R))
		}
		return nil
	}, args...)

	return out, rows, err
}

func (r reader) Sandboxes() ([]store.Account, error) {
	return records[store.Account](r, store.TableAccount, "WHERE sandbox_offset > 0")
}

func (r reader) Inbox(account id.Account, contact store.ContactID, before id.Message, limit int) ([]store.Inbox, error) {
	below := store.Below(before)
	if contact == (store.ContactID{}) {
		return records[store.Inbox](r, store.TableInbox, "WHERE account = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
			account[:], below[:], rowLimit(limit))
	}
	return records[store.Inbox](r, store.TableInbox,
		"WHERE account = ?1 AND contact = ?4 AND id < ?2 ORDER BY id DESC LIMIT ?3",
		account[:], below[:], rowLimit(limit), contact[:])
}

func (r reader) Accounts(after id.Account, limit int) ([]store.Account, error) {
	return records[store.Account](r, store.TableAccount, "WHERE id > ?1 ORDER BY id LIMIT ?2", after[:],
		rowLimit(limit))
}

func (r reader) OptOuts(
	account id.Account, mode id.Mode, after store.OptOutCursor, limit int,
) ([]store.Contact, error) {
	at := int64(math.MaxInt64)
	if after != (store.OptOutCursor{}) {
		at = after.At.UnixMicro()
	}
	return records[store.Contact](r, store.TableContact, `WHERE account = ?1 AND mode = ?2 AND opted_out_at IS NOT NULL
		AND (opted_out_at, id) < (?3, ?4) ORDER BY opted_out_at DESC, id DESC LIMIT ?5`,
		account[:], int64(mode), at, after.ID[:], rowLimit(limit))
}

func (r reader) LedgerSum(account id.Account) (sum ledger.Balance, entries int64, err error) {
	err = r.query(`SELECT coalesce(sum(credits), 0), coalesce(sum(held), 0), count(*) FROM entry WHERE account = ?1`,
		func(s *sqlite.Stmt) error {
			sum = ledger.Balance{Credits: s.ColumnInt64(0), Held: s.ColumnInt64(1)}
			entries = s.ColumnInt64(2)
			return nil
		}, account[:])
	return sum, entries, err
}

func (r reader) Stale(t store.Table, before time.Time, limit int) (out []store.Key, err error) {
	sql := map[store.Table]string{
		store.TableIdempotency: "SELECT account, id FROM idempotency WHERE ends_at < ?1 ORDER BY ends_at LIMIT ?2",
		store.TableInbox:       "SELECT account, id FROM inbox WHERE sandbox_at < ?1 ORDER BY sandbox_at LIMIT ?2",
		store.TableMessage:     "SELECT account, id FROM message WHERE sandbox_at < ?1 ORDER BY sandbox_at LIMIT ?2",
		store.TableInbound:     "SELECT account, id FROM inbound WHERE stored_at < ?1 ORDER BY stored_at LIMIT ?2",
		store.TableQuota:       "SELECT account, id FROM quota WHERE ends_at < ?1 ORDER BY ends_at LIMIT ?2",
		store.TableTemplate:    "SELECT account, id FROM template WHERE deleted_at < ?1 ORDER BY deleted_at LIMIT ?2",
		store.TableRef:         "SELECT carrier, id FROM ref WHERE created_at < ?1 ORDER BY created_at LIMIT ?2",
		store.TableSession:     "SELECT NULL, id FROM session WHERE ends_at < ?1 ORDER BY ends_at LIMIT ?2",
		store.TableLink:        "SELECT NULL, id FROM link WHERE ends_at < ?1 ORDER BY ends_at LIMIT ?2",
		store.TableAudit:       "SELECT account, id FROM audit WHERE created_at < ?1 ORDER BY created_at LIMIT ?2",
		store.TableRequest: "SELECT account, id, mode FROM request " +
			"WHERE created_at < ?1 ORDER BY created_at LIMIT ?2",
	}[t]

	err = r.query(sql, func(s *sqlite.Stmt) error {
		if t == store.TableRef {
			out = append(out, store.RefKey(s.ColumnText(0), s.ColumnText(1)))
			return nil
		}

		k := store.Key{Table: t, ID: s.ColumnText(1)}
		if t == store.TableRequest {
			k.ID = string([]byte{byte(s.ColumnInt64(2))}) + k.ID
		}
		s.ColumnBytes(0, k.Account[:])
		out = append(out, k)

		return nil
	}, before.UnixMicro(), rowLimit(limit))

	return out, err
}

func (r reader) RecentRefs(carrier string, since time.Time, limit int) ([]store.Ref, error) {
	return records[store.Ref](r, store.TableRef, `INDEXED BY ref_age WHERE created_at >= ?1 AND carrier = ?2
		ORDER BY created_at, id LIMIT ?3`, since.UnixMicro(), carrier, rowLimit(limit))
}

func (r reader) Old(t store.Table, account id.Account, after, before [16]byte, limit int) (out []store.Key, err error) {
	err = r.query("SELECT id FROM "+t.String()+" WHERE account = ?1 AND id > ?2 AND id < ?3 ORDER BY id LIMIT ?4",
		func(s *sqlite.Stmt) error {
			out = append(out, store.Key{Table: t, Account: account, ID: s.ColumnText(0)})
			return nil
		}, account[:], after[:], before[:], rowLimit(limit))
	return out, err
}
