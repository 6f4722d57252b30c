package memory

import (
	"cmp"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

func (r reader) Scan(t store.Table, after *store.Key, limit int) (out []store.Record, err error) {
	var keys []store.Key
	for k := range r.b.rows {
		if k.Table == t && (after == nil || k.Compare(*after) > 0) {
			keys = append(keys, k)
		}
	}

	slices.SortFunc(keys, store.Key.Compare)
	for _, k := range first(keys, limit) {
		out = append(out, r.b.codec.Loaded(t, r.b.rows[k]))
	}

	return out, nil
}

func (r reader) Size(t store.Table) (n int64, err error) {
	for k := range r.b.rows {
		if k.Table == t {
			n++
		}
	}
	return n, nil
}

func (r reader) ParkedTexts(from time.Time, limit int) ([]store.Due, error) {
	var out []store.Due
	err := glance(r.b, store.TableMessage, func(m store.Message) {
		if m.Parked() && !m.DueAt.Before(from) && m.Type != message.CodeMessage {
			out = append(out, store.Due{Key: m.Key(), At: m.DueAt, Owner: m.Owner, Contact: m.Contact})
		}
	})
	return byTime(out, limit), err
}

func (r reader) ParkedDeliveries(from time.Time, limit int) ([]store.Due, error) {
	var out []store.Due
	err := glance(r.b, store.TableDelivery, func(d store.Delivery) {
		if d.Parked() && !d.DueAt.Before(from) {
			out = append(out, store.Due{Key: d.Key(), At: d.DueAt, Owner: d.Owner})
		}
	})

	// By target, as the databases' index has them.
	slices.SortFunc(out, func(a, b store.Due) int {
		return cmp.Or(byTarget(a.Key, b.Key), a.At.Compare(b.At), a.Key.Compare(b.Key))
	})

	return first(out, limit), err
}

// byTarget compares the accounts and targets of two deliveries.
func byTarget(a, b store.Key) int {
	a.ID, b.ID = a.ID[:16], b.ID[:16]
	return a.Compare(b)
}
