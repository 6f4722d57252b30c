package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

var workTests = []test{
	{"waiting work is found by carrier and class, oldest first", dueWork},
	{"a row is found under the carrier of its next step", nextCarrier},
	{"accounts with due work are found however much one of them has", workAccounts},
	{"carriers that anything waits for are listed", workCarriers},
	{"a sandbox's due work is listed for itself", dueInSandbox},
}

func textFor(carrier string, a id.Account, n int, at time.Time, owner int64) store.Message {
	m := waitingFor(carrier, a, n, id.Live, at, owner)
	m.Type, m.Contact = message.TextMessage, number(100+n)
	return m
}

// dues is what a list of waiting work has to give for messages.
func dues(messages ...store.Message) (out []store.Due) {
	for _, m := range messages {
		d := due(m.Key(), m.DueAt, m.Owner)
		if m.Type != message.CodeMessage {
			d.Contact = m.Contact
		}
		out = append(out, d)
	}

	return out
}

func dueWork(t *testing.T, open Open) {
	s := begin(t, open(t))
	late := waitingFor("a", acme, 9, id.Live, start.Add(-time.Hour), 0)
	now := waitingFor("a", acme, 8, id.Live, start, 0)
	strange := waitingFor("a", other, 7, id.Test, start.Add(-tick), 0)
	elsewhere := waitingFor("b", acme, 6, id.Live, start.Add(-2*time.Hour), 0)
	words := textFor("a", acme, 5, start.Add(-time.Minute), 0)
	reply := textFor("a", other, 4, start.Add(-time.Second), 0)
	reply.Type = message.ReplyMessage
	put(t, s, now, late, strange, elsewhere, words, reply,
		waitingFor("a", acme, 1, id.Live, start.Add(tick), 0), waitingFor("a", acme, 2, id.Live, time.Time{}, 0),
		waitingFor("a", acme, 3, id.Live, start.Add(-time.Minute), 5), textFor("a", acme, 10, start.Add(-time.Hour), 6))

	for name, c := range map[string]struct {
		query store.WorkQuery
		want  []store.Due
	}{
		"codes of every account": {query: store.WorkQuery{Carrier: "a"}, want: dues(late, strange, now)},
		"codes of one account":   {query: store.WorkQuery{Carrier: "a", Account: other}, want: dues(strange)},
		"texts and replies":      {query: store.WorkQuery{Carrier: "a", Texts: true}, want: dues(words, reply)},
		"texts of one account":   {query: store.WorkQuery{Carrier: "a", Texts: true, Account: acme}, want: dues(words)},
		"another carrier":        {query: store.WorkQuery{Carrier: "b"}, want: dues(elsewhere)},
		"no carrier":             {query: store.WorkQuery{Carrier: ""}},
		"a carrier without work": {query: store.WorkQuery{Carrier: "c"}},
		"at most two":            {query: store.WorkQuery{Carrier: "a", Limit: 2}, want: dues(late, strange)},
	} {
		view(t, s, func(r store.Reader) error {
			c.query.Before = start
			if c.query.Limit == 0 {
				c.query.Limit = 10
			}
			got, err := r.DueWork(c.query)
			inTime(t, name, got, c.want)
			return err
		})
	}

	view(t, s, func(r store.Reader) error {
		all, err := r.WaitingMessages(100)
		same(t, "everything that waits", len(all), 7)
		some, err2 := r.WaitingMessages(6)
		same(t, "at most six", len(some), 6)
		return errors.Join(err, err2)
	})
}

func nextCarrier(t *testing.T, open Open) {
	s := begin(t, open(t))
	m := waitingFor("a", acme, 1, id.Live, start, 0)
	m.Plan = append(m.Plan, message.Step{Channel: message.SMS, Carrier: "b"})
	find := func(carrier string) (n int) {
		view(t, s, func(r store.Reader) error {
			got, err := r.DueWork(store.WorkQuery{Carrier: carrier, Before: start, Limit: 10})
			n = len(got)
			return err
		})
		return n
	}

	put(t, s, m)
	same(t, "before the first step, waiting for a", find("a"), 1)
	m.Attempts = []message.Attempt{{Step: 0, Progress: message.AttemptAccepted, At: start}}
	put(t, s, m)
	same(t, "after the first step, waiting for a", find("a"), 0)
	same(t, "after the first step, waiting for b", find("b"), 1)
	m.Owner = 3
	put(t, s, m)
	same(t, "in flight, waiting for b", find("b"), 0)
}

func workAccounts(t *testing.T, open Open) {
	s := begin(t, open(t))
	account := func(n byte) id.Account { return id.Account{0, 1, 2, n} }
	var rows []store.Record
	for n := range 50 {
		rows = append(rows, textFor("a", account(1), n, start, 0))
	}

	rows = append(rows, textFor("a", account(2), 60, start.Add(-tick), 0), textFor("a", account(3), 61, start.Add(tick), 0),
		textFor("b", account(4), 62, start, 0), waitingFor("a", account(5), 63, id.Live, start, 0),
		textFor("a", account(6), 64, start, 7), textFor("a", account(7), 65, start, 0))

	put(t, s, rows...)

	view(t, s, func(r store.Reader) error {
		q := store.WorkQuery{Carrier: "a", Texts: true, Before: start, Limit: 10}
		all, err := r.WorkAccounts(q, id.Account{})
		same(t, "accounts with due texts", all, []id.Account{account(1), account(2), account(7)})
		behind, err2 := r.WorkAccounts(q, account(1))
		same(t, "behind the first", behind, []id.Account{account(2), account(7)})
		q.Limit = 1
		first, err3 := r.WorkAccounts(q, id.Account{})
		same(t, "at most one", first, []id.Account{account(1)})
		q.Texts, q.Limit = false, 10
		codes, err4 := r.WorkAccounts(q, id.Account{})
		same(t, "accounts with due codes", codes, []id.Account{account(5)})

		return errors.Join(err, err2, err3, err4)
	})
}

func workCarriers(t *testing.T, open Open) {
	s := begin(t, open(t))
	put(t, s, waitingFor("b", acme, 1, id.Live, start.Add(time.Hour), 0), textFor("a", acme, 2, start, 0),
		textFor("b", other, 3, start, 0), waitingFor("c", acme, 4, id.Live, start, 9), waitingFor("d", acme, 5, id.Live, time.Time{}, 0))
	view(t, s, func(r store.Reader) error {
		names, err := r.WorkCarriers()
		same(t, "carriers", names, []string{"a", "b"})
		return err
	})
}

func dueInSandbox(t *testing.T, open Open) {
	s := begin(t, open(t))
	past := waiting(acme, 8, id.Test, start.Add(-tick), 0)
	now, equal := waiting(acme, 7, id.Test, start, 0), waiting(acme, 6, id.Test, start, 0)
	words := textFor("smsc", acme, 5, start.Add(-time.Minute), 0)
	words.Mode = id.Test
	put(t, s, now, past, equal, words, waiting(acme, 9, id.Live, start.Add(-time.Hour), 0), waiting(other, 1, id.Test, start, 0),
		waiting(acme, 1, id.Test, start.Add(tick), 0), waiting(acme, 3, id.Test, start.Add(-time.Minute), 5))
	bare := dues(words)
	bare[0].Contact = store.ContactID{}
	view(t, s, func(r store.Reader) error {
		all, err := r.DueInSandbox(acme, start, 10)
		inTime(t, "all", all, append(bare, dues(past, equal, now)...))
		first, err2 := r.DueInSandbox(acme, start, 1)
		same(t, "the first", first, bare)
		return errors.Join(err, err2)
	})
}
