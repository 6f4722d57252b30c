package storetest

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// inboundOf is a text from a phone, of the n-th minute.
func inboundOf(a id.Account, n int, mode id.Mode, from int) store.Inbound {
	return store.Inbound{
		Account: a, ID: number(n), Mode: mode, Contact: number(from), Number: []byte{1}, Body: []byte{2},
		Carrier: "smsc", At: start, StoredAt: start.Add(time.Duration(n) * time.Minute),
	}
}

func inboundTexts(t *testing.T, open Open) {
	s := begin(t, open(t))
	put(t, s, inboundOf(acme, 2, id.Live, 1), inboundOf(acme, 1, id.Live, 2), inboundOf(acme, 4, id.Test, 1), inboundOf(acme, 3, id.Live, 1),
		inboundOf(other, 5, id.Live, 1))
	live := store.ListQuery{Account: acme, Mode: id.Live}
	with := func(change func(*store.ListQuery)) store.ListQuery { q := live; change(&q); return q }
	view(t, s, func(r store.Reader) error {
		for name, c := range map[string]listCase{
			"live, newest first":    {live, []int{3, 2, 1}},
			"the sandbox":           {store.ListQuery{Account: acme, Mode: id.Test}, []int{4}},
			"before":                {with(func(q *store.ListQuery) { q.Before = number(3) }), []int{2, 1}},
			"from a time":           {with(func(q *store.ListQuery) { q.From = number(2) }), []int{3, 2}},
			"from a number":         {with(func(q *store.ListQuery) { q.Contact = number(1) }), []int{3, 2}},
			"from another number":   {with(func(q *store.ListQuery) { q.Contact = number(7) }), []int{}},
			"the other mode of one": {with(func(q *store.ListQuery) { q.Mode, q.Contact = id.Test, number(2) }), []int{}},
		} {
			p := everything()
			got, err := r.Inbound(c.q, p)
			if err != nil {
				return err
			}
			same(t, name, numbersOf(got), c.want)
			same(t, name+": what is left", p.Next, [16]byte{})
		}

		return nil
	})
}

func inboundPages(t *testing.T, open Open) {
	s := begin(t, open(t))
	for n := range 10 {
		put(t, s, inboundOf(acme, n, id.Live, 1+n%2))
	}

	view(t, s, func(r store.Reader) error {
		for _, contact := range []store.ContactID{{}, number(1)} {
			q, seen := store.ListQuery{Account: acme, Mode: id.Live, Contact: contact}, []int{}
			for {
				p := &store.Page{Limit: 3, Scan: 1000}
				rows, err := r.Inbound(q, p)
				if err != nil {
					return err
				}

				seen = append(seen, numbersOf(rows)...)
				if q.Before = p.Next; p.Next == ([16]byte{}) {
					break
				}
			}

			want := []int{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}
			if contact != (store.ContactID{}) {
				want = []int{8, 6, 4, 2, 0}
			}
			same(t, "all pages", seen, want)
		}

		return nil
	})
}

func inboundBeyond(t *testing.T, open Open) {
	s := begin(t, open(t))
	for n := range 6 {
		put(t, s, inboundOf(acme, n, id.Live, 1), inboundOf(acme, 10+n, id.Test, 1), inboundOf(other, 20+n, id.Live, 1))
	}

	keys := func(numbers ...int) (out []store.Key) {
		for _, n := range numbers {
			out = append(out, inboundOf(acme, n, id.Live, 1).Key())
		}
		return out
	}

	view(t, s, func(r store.Reader) error {
		beyond, err := r.InboundBeyond(acme, id.Live, 4, 10)
		same(t, "beyond four", beyond, keys(1, 0))
		if err != nil {
			return err
		}

		beyond, err = r.InboundBeyond(acme, id.Live, 2, 3)
		same(t, "three beyond two", beyond, keys(3, 2, 1))
		if err != nil {
			return err
		}

		none, err := r.InboundBeyond(acme, id.Live, 6, 10)
		same(t, "beyond six", len(none), 0)
		if err != nil {
			return err
		}
		old, err := r.Stale(store.TableInbound, start.Add(2*time.Minute), 10)
		same(t, "older than two minutes", old, []store.Key{inboundOf(acme, 0, id.Live, 1).Key(), inboundOf(acme, 1, id.Live, 1).Key()})

		return err
	})
}
