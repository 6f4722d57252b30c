package memory

import (
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// Columns of a message's row.
var dueColumn, ownerColumn, carrierColumn = column("due_at"), column("owner"), column("carrier")

func column(name string) int {
	return slices.IndexFunc(store.Defs[store.TableMessage].Columns, func(c store.Column) bool { return c.Name == name })
}

// waiting lists the wanted messages that wait.
func (r reader) waiting(limit int, wanted func(m *store.Message, carrier string) bool) ([]store.Due, error) {
	return r.waitingFor(nil, limit, wanted)
}

// waitingFor lists those that wait for one carrier; nil is every carrier. Tests call it for each of thousands of messages,
// so no others are copied.
func (r reader) waitingFor(
	carrier *string, limit int, wanted func(m *store.Message, carrier string) bool,
) ([]store.Due, error) {
	var out []store.Due
	for k, d := range r.b.read(store.TableMessage) {
		name := d.row[carrierColumn].S
		if d.row[ownerColumn].N != 0 || d.row[dueColumn].Null || carrier != nil && *carrier != name {
			continue
		}
		m := d.record.(store.Message)
		if !wanted(&m, name) {
			continue
		}

		due := store.Due{Key: k, At: m.DueAt}
		if m.Type != message.CodeMessage {
			due.Contact = m.Contact
		}
		out = append(out, due)
	}

	return byTime(out, limit), nil
}

func matches(q store.WorkQuery, m *store.Message, carrier string) bool {
	return carrier == q.Carrier && (m.Type != message.CodeMessage) == q.Texts && !m.DueAt.After(q.Before)
}

func (r reader) DueWork(q store.WorkQuery) ([]store.Due, error) {
	return r.waitingFor(&q.Carrier, q.Limit, func(m *store.Message, carrier string) bool {
		return matches(q, m, carrier) && (q.Account.IsZero() || m.Account == q.Account)
	})
}

func (r reader) WorkAccounts(q store.WorkQuery, after id.Account) (out []id.Account, err error) {
	_, err = r.waitingFor(&q.Carrier, 0, func(m *store.Message, carrier string) bool {
		if matches(q, m, carrier) && string(m.Account[:]) > string(after[:]) {
			out = append(out, m.Account)
		}
		return false
	})
	slices.SortFunc(out, func(a, b id.Account) int { return slices.Compare(a[:], b[:]) })

	return first(slices.Compact(out), q.Limit), err
}

func (r reader) WorkCarriers() (out []string, err error) {
	_, err = r.waiting(0, func(_ *store.Message, carrier string) bool {
		if carrier != "" {
			out = append(out, carrier)
		}
		return false
	})

	return store.SortedNames(out), err
}

func (r reader) DueInSandbox(account id.Account, before time.Time, limit int) ([]store.Due, error) {
	out, err := r.waiting(limit, func(m *store.Message, _ string) bool {
		return m.Account == account && m.Mode == id.Test && !m.DueAt.After(before)
	})
	for i := range out {
		out[i].Contact = store.ContactID{}
	}
	return out, err
}

func (r reader) WaitingMessages(limit int) ([]store.Due, error) {
	return r.waiting(limit, func(*store.Message, string) bool { return true })
}
