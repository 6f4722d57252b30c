package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

var scanTests = []test{
	{"every table is scanned in the order of its keys", scan},
	{"rows that a restore parked", parked},
	{"whole rows are written and removed", restore},
}

func scan(t *testing.T, open Open) {
	s := begin(t, open(t))
	r := random(t)
	byTable := map[store.Table][]store.Record{}
	for range 30 {
		for _, rec := range anyRecords(r) {
			byTable[rec.Key().Table] = append(byTable[rec.Key().Table], rec)
		}
	}

	for _, all := range byTable {
		put(t, s, all...)
	}

	for table := range store.Defs {
		table := store.Table(table)
		want := byTable[table]
		if len(want) == 0 {
			t.Fatalf("no record of %s: add it to anyRecords", table)
		}

		slices.SortFunc(want, func(a, b store.Record) int { return a.Key().Compare(b.Key()) })
		// Two rows of the same key: the later was written last.
		want = slices.CompactFunc(want, func(a, b store.Record) bool { return a.Key() == b.Key() })
		view(t, s, func(reader store.Reader) error {
			var got []store.Record
			for after := (*store.Key)(nil); ; {
				page, err := reader.Scan(table, after, 7)
				if err != nil {
					return err
				}
				if got = append(got, page...); len(page) < 7 {
					break
				}
				k := page[len(page)-1].Key()
				after = &k
			}

			for i := range min(len(got), len(want)) {
				same(t, "key of "+table.String(), got[i].Key(), want[i].Key())
			}

			same(t, "rows of "+table.String(), len(got), len(want))
			size, err := reader.Size(table)
			if size < 0 || size > 1000 {
				t.Errorf("the size of %s is %d rows, want %d", table, size, len(want))
			}

			return err
		})
	}
}

func parked(t *testing.T, open Open) {
	s := begin(t, open(t))
	later := start.Add(time.Hour)
	text := func(n int, at time.Time, owner int64) store.Message {
		m := waiting(acme, n, id.Live, at, owner)
		m.Type, m.Contact = message.TextMessage, number(n)
		return m
	}

	soon, far, box := text(1, start, message.ParkedOwner), text(2, later, message.ParkedOwner), text(3, start, message.ParkedOwner)
	box.Mode = id.Test
	one, two := delivery(acme, 7, 1, start, message.ParkedOwner), delivery(acme, 8, 1, later, message.ParkedOwner)
	put(t, s, far, soon, box, two, one, text(4, start, 0), text(5, start, 6), delivery(acme, 7, 2, start, 0),
		delivery(acme, 7, 3, start, 6))
	list := func(messages ...store.Message) (out []store.Due) {
		for _, m := range messages {
			out = append(out, store.Due{Key: m.Key(), At: m.DueAt, Owner: m.Owner, Contact: m.Contact})
		}
		return out
	}

	view(t, s, func(r store.Reader) error {
		texts, err := r.ParkedTexts(time.Time{}, 10)
		same(t, "texts", texts, list(soon, box, far))
		first, err2 := r.ParkedTexts(time.Time{}, 1)
		same(t, "the first text", first, list(soon))
		rest, err3 := r.ParkedTexts(start.Add(tick), 10)
		same(t, "later texts", rest, list(far))
		all, err4 := r.ParkedDeliveries(time.Time{}, 10)
		same(t, "deliveries", all, []store.Due{due(one.Key(), start, -1), due(two.Key(), later, -1)})
		some, err5 := r.ParkedDeliveries(later, 10)
		same(t, "later deliveries", some, []store.Due{due(two.Key(), later, -1)})

		return errors.Join(err, err2, err3, err4, err5)
	})

	// Neither sweeps nor a start find them.
	view(t, s, func(r store.Reader) error {
		texts, err := r.DueWork(store.WorkQuery{Carrier: "smsc", Texts: true, Before: later, Limit: 10})
		same(t, "due texts", len(texts), 1)
		box, err2 := r.DueInSandbox(acme, later, 10)
		same(t, "due in the sandbox", len(box), 0)
		owned, err3 := r.LeftMessages(cluster.OnlyMember(7), 10)
		same(t, "owned texts", len(owned), 1)
		targets, err4 := r.WaitingTargets(store.TargetRef{}, 10)
		same(t, "targets", len(targets), 1)
		mine, err5 := r.DueDeliveries(store.TargetRef{Account: acme, Target: number(7)}, nil, 10)
		same(t, "due deliveries", len(mine), 1)
		work, err6 := r.LeftDeliveries(cluster.OnlyMember(7), 10)
		same(t, "owned deliveries", len(work), 1)

		return errors.Join(err, err2, err3, err4, err5, err6)
	})
}

func restore(t *testing.T, open Open) {
	s := begin(t, open(t))
	r := random(t)
	before, after := anyRecords(r), anyRecords(r)
	for i := range before {
		after[i] = rekeyed(before[i], after[i])
	}

	put(t, s, contact(1))
	for _, list := range [][]store.Record{before, after} {
		if err := s.Restore(t.Context(), list, nil); err != nil {
			t.Fatal(err)
		}
		compare(t, s, list)
	}
	if err := s.Restore(t.Context(), []store.Record{contact(2)}, []store.Key{contact(1).Key(), after[0].Key(), contact(3).Key()}); err != nil {
		t.Fatal(err)
	}

	s = again(t, s, open)
	compare(t, s, append(after[1:], contact(2)))
	for _, k := range []store.Key{contact(1).Key(), after[0].Key()} {
		if _, found := find[store.Record](t, s, k); found {
			t.Errorf("a removed row of %s exists", k.Table)
		}
	}

	// The committer does not have an old row in its cache.
	same(t, "error", update(s, bump(1, nil).fn, contact(1).Key()), nil)
	bad := customer(acme, -1)
	if err := s.Restore(t.Context(), []store.Record{contact(9), bad}, nil); err == nil {
		t.Error("negative credits were accepted")
	}
	if _, found := find[store.Contact](t, s, contact(9).Key()); found {
		t.Error("a part of a refused batch was stored")
	}
}
