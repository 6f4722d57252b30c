package memory

import (
	"slices"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

func (r reader) OTPs(q store.ListQuery, p *store.Page) ([]store.OTP, error) {
	var all []store.OTP
	err := each(r.b, store.TableOTP, func(o store.OTP) {
		// As in the other databases, a live list reads rows of the sandbox.
		if o.Account == q.Account && (q.Mode == id.Live || o.Mode == q.Mode) && between(q, o.ID) {
			all = append(all, o)
		}
	})

	return page(all, p, func(o store.OTP) ([16]byte, bool) {
		return o.ID, q.Wants(o.Mode, o.Contact, uint8(o.Status))
	}), err
}

func (r reader) Messages(q store.ListQuery, p *store.Page) ([]store.Message, error) {
	var all []store.Message
	rare := slices.Contains(store.Rare, message.State(q.State))
	err := each(r.b, store.TableMessage, func(m store.Message) {
		indexed := m.Mode == q.Mode && (!rare || uint8(m.State) == q.State)
		if q.Contact != (store.ContactID{}) {
			indexed = m.Contact == q.Contact
		}
		if m.Account == q.Account && m.Type == message.TextMessage && indexed && between(q, m.ID) {
			all = append(all, m)
		}
	})

	return page(all, p, func(m store.Message) ([16]byte, bool) {
		return m.ID, q.Wants(m.Mode, m.Contact, uint8(m.State))
	}), err
}

func between(q store.ListQuery, row [16]byte) bool {
	from, below := q.Bounds()
	return slices.Compare(row[:], from[:]) >= 0 && slices.Compare(row[:], below[:]) < 0
}

// page returns the page's rows of the list, newest first.
func page[R any](all []R, p *store.Page, judge func(R) (row [16]byte, wanted bool)) (out []R) {
	slices.SortFunc(all, func(a, b R) int {
		x, _ := judge(a)
		y, _ := judge(b)
		return slices.Compare(y[:], x[:])
	})

	for _, r := range all {
		keep, more := p.Visit(judge(r))
		if !more {
			break
		}
		if keep {
			out = append(out, r)
		}
	}

	return out
}

func (r reader) Old(t store.Table, account id.Account, after, before [16]byte, limit int) (out []store.Key, err error) {
	from := store.Key{Table: t, Account: account, ID: string(after[:])}
	to := store.Key{Table: t, Account: account, ID: string(before[:])}
	note := func(k store.Key) {
		if k.Compare(from) > 0 && k.Compare(to) < 0 {
			out = append(out, k)
		}
	}

	if t == store.TableOTP {
		err = glance(r.b, t, func(o store.OTP) { note(o.Key()) })
	} else {
		err = glance(r.b, t, func(m store.Message) { note(m.Key()) })
	}
	slices.SortFunc(out, store.Key.Compare)

	return first(out, limit), err
}
