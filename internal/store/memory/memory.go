// Package memory implements a database in memory, for tests.
//
// It keeps rows encoded as the other databases do, so that a record that does not survive encoding fails here first.
package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
)

// Backend is a database in memory.
type Backend struct {
	mu    sync.RWMutex
	rows  map[store.Key]store.Row
	codec *store.Codec

	// decoded has what glance read of a table: sweeps read the same rows thousands of times in tests that simulate days.
	// reading is held, besides mu, while a table is added.
	reading sync.Mutex
	decoded map[store.Table]map[store.Key]decoded
}

// decoded is a row, and what it says.
type decoded struct {
	row    store.Row
	record store.Record
}

// New makes an empty database.
func New(codec *store.Codec) *Backend {
	return &Backend{
		rows: map[store.Key]store.Row{}, codec: codec, decoded: map[store.Table]map[store.Key]decoded{},
	}
}

// Lanes implements store.Backend.
func (b *Backend) Lanes() int { return 1 }

// Close does nothing: another Store may be opened over the same Backend, as after a restart.
func (b *Backend) Close() error { return nil }

// Group implements store.Backend.
func (b *Backend) Group(_ context.Context, fn func(store.Batch) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := &batch{of: b}
	if err := fn(t); err != nil {
		return err
	}

	rows := make([]store.Row, len(t.records))
	for i, r := range t.records {
		rows[i] = b.codec.Encoder().Encode(r.Key().Table, r)
		if err := store.Check(r.Key().Table, rows[i]); err != nil {
			return err
		}
	}

	for i, r := range t.records {
		b.set(r.Key(), rows[i])
	}

	for _, k := range t.gone {
		delete(b.rows, k)
		delete(b.decoded[k.Table], k)
	}

	return nil
}

// set replaces a row.
func (b *Backend) set(k store.Key, row store.Row) {
	b.rows[k] = row
	table, read := b.decoded[k.Table]
	if !read {
		return
	}

	delete(table, k)
	if r, ok := b.codec.Listed(k.Table, row); ok {
		table[k] = decoded{row, r}
	}
}

// View implements store.Backend.
func (b *Backend) View(_ context.Context, fn func(store.Reader) error) error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return fn(reader{b})
}

// Peek implements store.Backend.
func (b *Backend) Peek(ctx context.Context, fn func(store.Reader) error) (complete bool, err error) {
	return true, b.View(ctx, fn)
}

// Find implements store.Backend.
func (b *Backend) Find(_ context.Context, keys []store.Key) (store.Rows, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.load(keys), nil
}

// Writable implements store.Backend.
func (b *Backend) Writable(context.Context) error { return nil }

// RotatesDays implements store.Backend.
func (b *Backend) RotatesDays() bool { return false }

// RotateDays implements store.Backend.
func (b *Backend) RotateDays(context.Context, time.Time, store.Retention) error { return nil }

type batch struct {
	of      *Backend
	records []store.Record
	gone    []store.Key
}

// Unchanged implements store.Batch. Another Store may be open over the same Backend.
func (t *batch) Unchanged() (unchanged, known bool) { return false, false }

func (t *batch) Load(keys []store.Key) (store.Rows, error) { return t.of.load(keys), nil }

func (t *batch) Write(records []store.Record, gone []store.Key) error {
	t.records, t.gone = append(t.records, records...), append(t.gone, gone...)
	return nil
}

func (b *Backend) load(keys []store.Key) store.Rows {
	rows := make(store.Rows, len(keys))
	for _, k := range keys {
		row, ok := b.rows[k]
		if !ok {
			continue
		}
		rows[k] = b.codec.Loaded(k.Table, row)
	}

	return rows
}

type reader struct{ b *Backend }

func (r reader) Load(keys ...store.Key) (store.Rows, error) {
	return r.b.load(keys).Sound(), nil
}

// each calls fn with every record of the type.
func each[R store.Record](b *Backend, t store.Table, fn func(R)) error {
	for k, row := range b.rows {
		if k.Table != t {
			continue
		}
		if r, ok := b.codec.Listed(t, row); ok {
			fn(r.(R))
		}
	}

	return nil
}

// glance calls fn with every record of the type, as each does, but decodes each row only once. fn must not keep what a
// record points to, because the next glance sees it, too.
func glance[R store.Record](b *Backend, t store.Table, fn func(R)) error {
	for _, d := range b.read(t) {
		fn(d.record.(R))
	}
	return nil
}

// pick decodes the records that wanted, which sees them as glance does, chooses.
func pick[R store.Record](b *Backend, t store.Table, wanted func(R) bool) (out []R) {
	for _, d := range b.read(t) {
		if !wanted(d.record.(R)) {
			continue
		}
		if r, ok := b.codec.Listed(t, d.row); ok {
			out = append(out, r.(R))
		}
	}

	return out
}

// read returns the decoded rows of a table.
func (b *Backend) read(t store.Table) map[store.Key]decoded {
	b.reading.Lock()
	defer b.reading.Unlock()
	table, read := b.decoded[t]
	if read {
		return table
	}

	table = map[store.Key]decoded{}
	for k, row := range b.rows {
		if k.Table != t {
			continue
		}
		if r, ok := b.codec.Listed(t, row); ok {
			table[k] = decoded{row, r}
		}
	}
	b.decoded[t] = table

	return table
}

func first[T any](list []T, limit int) []T { return list[:min(limit, len(list))] }

func byTime(list []store.Due, limit int) []store.Due {
	slices.SortFunc(list, func(a, b store.Due) int {
		return cmp.Or(a.At.Compare(b.At), a.Key.Compare(b.Key))
	})
	return first(list, limit)
}

func (r reader) OwnedMessages(epoch int64, limit int) ([]store.Due, error) {
	return r.owned(func(owner int64) bool { return owner == epoch }, limit)
}

func (r reader) LeftMessages(nodes cluster.Members, limit int) ([]store.Due, error) {
	return r.owned(nodes.Gone, limit)
}

func (r reader) owned(wanted func(owner int64) bool, limit int) ([]store.Due, error) {
	var out []store.Due
	err := glance(r.b, store.TableMessage, func(m store.Message) {
		if wanted(m.Owner) {
			out = append(out, store.Due{Key: m.Key(), At: m.DueAt, Owner: m.Owner})
		}
	})
	return byTime(out, limit), err
}

func (r reader) ExpiredOTPs(before time.Time, sandbox id.Account, limit int) ([]store.Due, error) {
	var out []store.Due
	err := glance(r.b, store.TableOTP, func(o store.OTP) {
		if o.Status == otp.Open && !o.ExpiresAt.After(before) &&
			(sandbox.IsZero() || o.Account == sandbox && o.Mode == id.Test) {
			out = append(out, store.Due{Key: o.Key(), At: o.ExpiresAt})
		}
	})

	return byTime(out, limit), err
}

func (r reader) Sandboxes() ([]store.Account, error) {
	var out []store.Account
	err := each(r.b, store.TableAccount, func(a store.Account) {
		if a.SandboxOffset > 0 {
			out = append(out, a)
		}
	})
	return out, err
}

func (r reader) Inbox(account id.Account, contact store.ContactID, before id.Message, limit int) ([]store.Inbox, error) {
	var out []store.Inbox
	below := store.Below(before)
	err := each(r.b, store.TableInbox, func(i store.Inbox) {
		if i.Account == account && (contact == store.ContactID{} || i.Contact == contact) &&
			bytes.Compare(i.ID[:], below[:]) < 0 {
			out = append(out, i)
		}
	})
	slices.SortFunc(out, func(a, b store.Inbox) int { return slices.Compare(b.ID[:], a.ID[:]) })

	return first(out, limit), err
}

func (r reader) Accounts(after id.Account, limit int) ([]store.Account, error) {
	var out []store.Account
	err := each(r.b, store.TableAccount, func(a store.Account) {
		if slices.Compare(a.ID[:], after[:]) > 0 {
			out = append(out, a)
		}
	})
	slices.SortFunc(out, func(a, b store.Account) int { return slices.Compare(a.ID[:], b.ID[:]) })

	return first(out, limit), err
}

func (r reader) OptOuts(account id.Account, mode id.Mode, after store.OptOutCursor, limit int) ([]store.Contact, error) {
	var out []store.Contact
	newer := func(a, b store.OptOutCursor) int {
		return cmp.Or(b.At.Compare(a.At), slices.Compare(b.ID[:], a.ID[:]))
	}

	cursor := func(c store.Contact) store.OptOutCursor { return store.OptOutCursor{At: c.OptOut.At, ID: c.ID} }
	err := each(r.b, store.TableContact, func(c store.Contact) {
		if c.Account == account && c.Mode == mode && !c.OptOut.At.IsZero() &&
			(after == store.OptOutCursor{} || newer(after, cursor(c)) < 0) {
			out = append(out, c)
		}
	})
	slices.SortFunc(out, func(a, b store.Contact) int { return newer(cursor(a), cursor(b)) })

	return first(out, limit), err
}

func (r reader) LedgerSum(account id.Account) (sum ledger.Balance, entries int64, err error) {
	err = each(r.b, store.TableEntry, func(e store.Entry) {
		if e.Account == account {
			sum.Credits += e.Credits
			sum.Held += e.Held
			entries++
		}
	})

	return sum, entries, err
}

func (r reader) RecentRefs(carrier string, since time.Time, limit int) (out []store.Ref, err error) {
	err = each(r.b, store.TableRef, func(f store.Ref) {
		if f.Carrier == carrier && !f.CreatedAt.Before(since) {
			out = append(out, f)
		}
	})
	slices.SortFunc(out, func(a, b store.Ref) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), strings.Compare(a.ID, b.ID))
	})

	return first(out, limit), err
}

func (r reader) Stale(t store.Table, before time.Time, limit int) ([]store.Key, error) {
	var out []store.Due
	note := func(k store.Key, at time.Time) {
		if at.Before(before) {
			out = append(out, store.Due{Key: k, At: at})
		}
	}

	var err error
	switch t {
	case store.TableIdempotency:
		err = glance(r.b, t, func(i store.Idempotency) { note(i.Key(), i.EndsAt) })
	case store.TableRef:
		err = glance(r.b, t, func(f store.Ref) { note(f.Key(), f.CreatedAt) })
	case store.TableInbox:
		err = glance(r.b, t, func(i store.Inbox) { note(i.Key(), i.SandboxAt) })
	case store.TableMessage:
		err = glance(r.b, t, func(m store.Message) {
			if !m.SandboxAt.IsZero() {
				note(m.Key(), m.SandboxAt)
			}
		})
	case store.TableInbound:
		err = glance(r.b, t, func(i store.Inbound) { note(i.Key(), i.StoredAt) })
	case store.TableQuota:
		err = glance(r.b, t, func(q store.Quota) { note(q.Key(), q.EndsAt) })
	case store.TableTemplate:
		err = glance(r.b, t, func(m store.Template) {
			if !m.DeletedAt.IsZero() {
				note(m.Key(), m.DeletedAt)
			}
		})
	case store.TableSession:
		err = glance(r.b, t, func(s store.Session) { note(s.Key(), s.EndsAt) })
	case store.TableLink:
		err = glance(r.b, t, func(l store.Link) { note(l.Key(), l.EndsAt) })
	case store.TableAudit:
		err = glance(r.b, t, func(a store.Audit) { note(a.Key(), a.At) })
	case store.TableRequest:
		err = glance(r.b, t, func(b store.RequestBatch) { note(b.Key(), b.To) })
	default: // is not removed by age
	}

	keys := make([]store.Key, 0, len(out))
	for _, d := range byTime(out, limit) {
		keys = append(keys, d.Key)
	}

	return keys, err
}
