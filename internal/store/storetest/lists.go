package storetest

import (
	"slices"
	"testing"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
)

// everything is a page that is larger than every list of the tests.
func everything() *store.Page { return &store.Page{Limit: 1000, Scan: 1000} }

// numbersOf returns the numbers that the rows were made with.
func numbersOf[R store.Record](rows []R) (out []int) {
	out = []int{}
	for _, r := range rows {
		k := r.Key()
		for n := range 300 {
			if want := number(n); k.ID == string(want[:]) {
				out = append(out, n)
			}
		}
	}

	return out
}

func listedOTPs(t *testing.T, open Open) {
	s := begin(t, open(t))
	code := func(a id.Account, n int, mode id.Mode, to int, status otp.Status) store.OTP {
		return store.OTP{
			Number: []byte{1}, Contact: number(to),
			OTP: otp.OTP{Account: a, ID: number(n), Mode: mode, Status: status, CreatedAt: start, ExpiresAt: start},
		}
	}

	put(t, s, code(acme, 2, id.Live, 1, otp.Open), code(other, 4, id.Live, 1, otp.Open), code(acme, 5, id.Test, 2, otp.Open),
		code(acme, 3, id.Live, 2, otp.Verified), code(acme, 1, id.Live, 1, otp.Verified), code(acme, 6, id.Test, 1, otp.Open))
	live, test := store.ListQuery{Account: acme, Mode: id.Live}, store.ListQuery{Account: acme, Mode: id.Test}
	with := func(q store.ListQuery, change func(*store.ListQuery)) store.ListQuery { change(&q); return q }
	view(t, s, func(r store.Reader) error {
		for name, c := range map[string]struct {
			q    store.ListQuery
			want []int
		}{
			"live, newest first": {live, []int{3, 2, 1}},
			"the sandbox":        {test, []int{6, 5}},
			"before":             {with(live, func(q *store.ListQuery) { q.Before = number(3) }), []int{2, 1}},
			"from":               {with(live, func(q *store.ListQuery) { q.From = number(2) }), []int{3, 2}},
			"between":            {with(live, func(q *store.ListQuery) { q.From, q.Before = number(2), number(3) }), []int{2}},
			"to a number":        {with(live, func(q *store.ListQuery) { q.Contact = number(1) }), []int{2, 1}},
			"of a status":        {with(live, func(q *store.ListQuery) { q.State = uint8(otp.Verified) }), []int{3, 1}},
			"of both":            {with(live, func(q *store.ListQuery) { q.State, q.Contact = uint8(otp.Verified), number(1) }), []int{1}},
			"an empty sandbox":   {store.ListQuery{Account: other, Mode: id.Test}, []int{}},
		} {
			p := everything()
			got, err := r.OTPs(c.q, p)
			if err != nil {
				return err
			}
			same(t, name, numbersOf(got), c.want)
			same(t, name+": what is left", p.Next, [16]byte{})
		}

		return nil
	})
}

// textOf is a text.
func textOf(a id.Account, n int, mode id.Mode, to int, state message.State) store.Message {
	return store.Message{Number: []byte{1}, Contact: number(to), Message: message.Message{
		Account: a, ID: number(n), Mode: mode, State: state, Type: message.TextMessage, CreatedAt: start,
	}}
}

func listedTexts(t *testing.T, open Open) {
	s := begin(t, open(t))
	code := textOf(acme, 7, id.Live, 1, message.Sent)
	code.Type = message.CodeMessage
	put(t, s, textOf(acme, 2, id.Live, 1, message.Sent), textOf(acme, 1, id.Live, 1, message.Failed), textOf(acme, 3, id.Live, 2, message.Failed),
		textOf(acme, 4, id.Test, 3, message.Failed), textOf(other, 5, id.Live, 1, message.Failed), code, textOf(acme, 6, id.Live, 2, message.Scheduled))
	q := func(change func(*store.ListQuery)) store.ListQuery {
		q := store.ListQuery{Account: acme, Mode: id.Live}
		change(&q)
		return q
	}

	check := func(cases map[string]listCase) {
		t.Helper()
		view(t, s, func(r store.Reader) error {
			for name, c := range cases {
				p := everything()
				got, err := r.Messages(c.q, p)
				if err != nil {
					return err
				}
				same(t, name, numbersOf(got), c.want)
				same(t, name+": what is left", p.Next, [16]byte{})
			}

			return nil
		})
	}

	check(map[string]listCase{
		"all":               {q(func(*store.ListQuery) {}), []int{6, 3, 2, 1}},
		"the sandbox":       {store.ListQuery{Account: acme, Mode: id.Test}, []int{4}},
		"to a number":       {q(func(q *store.ListQuery) { q.Contact = number(1) }), []int{2, 1}},
		"failed":            {q(func(q *store.ListQuery) { q.State = uint8(message.Failed) }), []int{3, 1}},
		"sent":              {q(func(q *store.ListQuery) { q.State = uint8(message.Sent) }), []int{2}},
		"failed to":         {q(func(q *store.ListQuery) { q.Contact, q.State = number(1), uint8(message.Failed) }), []int{1}},
		"failed, between":   {q(func(q *store.ListQuery) { q.State, q.From, q.Before = uint8(message.Failed), number(2), number(6) }), []int{3}},
		"before":            {q(func(q *store.ListQuery) { q.Before = number(3) }), []int{2, 1}},
		"of another number": {q(func(q *store.ListQuery) { q.Contact = number(3) }), []int{}},
	})

	// The lists follow when a row changes its state.
	put(t, s, textOf(acme, 6, id.Live, 2, message.Canceled), textOf(acme, 3, id.Live, 2, message.Delivered))
	check(map[string]listCase{
		"scheduled": {q(func(q *store.ListQuery) { q.State = uint8(message.Scheduled) }), []int{}},
		"canceled":  {q(func(q *store.ListQuery) { q.State = uint8(message.Canceled) }), []int{6}},
		"failed":    {q(func(q *store.ListQuery) { q.State = uint8(message.Failed) }), []int{1}},
		"delivered": {q(func(q *store.ListQuery) { q.State = uint8(message.Delivered) }), []int{3}},
	})
}

type listCase struct {
	q    store.ListQuery
	want []int
}

// boundedLists pages through lists with few wanted rows: no page reads more rows than its bound, and the pages together
// have each row once.
func boundedLists(t *testing.T, open Open) {
	s := begin(t, open(t))
	var want []int
	for n := range 200 {
		state, mode := message.Sent, id.Test
		if n%9 == 0 {
			state, mode = message.Delivered, id.Live
			want = append([]int{n}, want...)
		}
		put(t, s, textOf(acme, n, id.Live, 1, state), store.OTP{Number: []byte{1}, OTP: otp.OTP{
			Account: acme, ID: number(n), Mode: mode, CreatedAt: start, ExpiresAt: start,
		}})
	}

	for _, p := range []store.Page{{Limit: 1, Scan: 5}, {Limit: 3, Scan: 7}, {Limit: 3, Scan: 500}, {Limit: 100, Scan: 33}, {Limit: 23, Scan: 200}, {Limit: 22, Scan: 200}} {
		texts := store.ListQuery{Account: acme, Mode: id.Live, State: uint8(message.Delivered)}
		codes := store.ListQuery{Account: acme, Mode: id.Live}
		same(t, "texts", pages(t, p, texts, func(q store.ListQuery, p *store.Page) (out []int) {
			view(t, s, func(r store.Reader) error {
				rows, err := r.Messages(q, p)
				out = numbersOf(rows)
				return err
			})
			return out
		}), want)

		same(t, "codes", pages(t, p, codes, func(q store.ListQuery, p *store.Page) (out []int) {
			view(t, s, func(r store.Reader) error {
				rows, err := r.OTPs(q, p)
				out = numbersOf(rows)
				return err
			})
			return out
		}), want)
	}
}

// pages reads a list to its end, one page after another.
func pages(t *testing.T, size store.Page, q store.ListQuery, read func(store.ListQuery, *store.Page) []int) (all []int) {
	t.Helper()
	for n := 0; ; n++ {
		p := size
		got := read(q, &p)
		if len(got) > size.Limit || n > 200 {
			t.Fatalf("page %d of %d rows has %v", n, size.Limit, got)
		}
		if all = append(all, got...); p.Next == ([16]byte{}) {
			return all
		}
		if len(got) < size.Limit && slices.Contains(got, 0) {
			t.Fatalf("page %d says that there are more rows after the last", n)
		}
		q.Before = p.Next
	}
}
