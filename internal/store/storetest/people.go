package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

var peopleTests = []test{
	{"people and members", people},
	{"sessions of a person", sessions},
	{"links of an account", links},
	{"API keys of an account", accountKeys},
	{"the audit log", audits},
	{"the request log", requests},
	{"sessions, links and logs that are old", stalePeople},
}

// rekeyedPeople is rekeyed for people and logs.
func rekeyedPeople(from, to store.Record) store.Record {
	switch f := from.(type) {
	case store.User:
		r := to.(store.User)
		r.ID = f.ID
		return r
	case store.Login:
		r := to.(store.Login)
		r.ID = f.ID
		return r
	case store.Member:
		r := to.(store.Member)
		r.Account, r.User = f.Account, f.User
		return r
	case store.Session:
		r := to.(store.Session)
		r.ID, r.User = f.ID, f.User
		return r
	case store.Link:
		r := to.(store.Link)
		r.ID, r.Account = f.ID, f.Account
		return r
	case store.Audit:
		r := to.(store.Audit)
		r.Account, r.ID, r.At = f.Account, f.ID, f.At
		return r
	case store.RequestBatch:
		r := to.(store.RequestBatch)
		r.Account, r.Mode, r.ID, r.To = f.Account, f.Mode, f.ID, f.To
		return r
	}

	return to
}

func people(t *testing.T, open Open) {
	s := begin(t, open(t))
	user := func(n int) store.User {
		return store.User{ID: number(n), Name: "Ada", Accounts: []id.Account{acme}, CreatedAt: start}
	}
	member := func(a id.Account, n int) store.Member {
		return store.Member{Account: a, User: number(n), Role: "viewer", CreatedAt: start}
	}

	one, two, three := user(1), user(2), user(3)
	first, second, third := member(acme, 1), member(acme, 2), member(acme, 3)
	foreign := member(other, 2)
	put(t, s, two, three, one, second, foreign, third, first)
	view(t, s, func(r store.Reader) error {
		all, err := r.Users(id.User{}, 10)
		same(t, "everybody", all, []store.User{one, two, three})
		page, err2 := r.Users(one.ID, 1)
		same(t, "the next", page, []store.User{two})
		none, err3 := r.Users(three.ID, 10)
		same(t, "after the last", len(none), 0)

		members, err4 := r.Members(acme, id.User{}, 10)
		same(t, "members", members, []store.Member{first, second, third})
		rest, err5 := r.Members(acme, first.User, 1)
		same(t, "the next member", rest, []store.Member{second})
		theirs, err6 := r.Members(other, id.User{}, 10)
		same(t, "members of another account", theirs, []store.Member{foreign})

		return errors.Join(err, err2, err3, err4, err5, err6)
	})
}

func session(n, user int, began, ends time.Time) store.Session {
	return store.Session{ID: number(n), User: number(user), CreatedAt: began, EndsAt: ends}
}

func sessions(t *testing.T, open Open) {
	s := begin(t, open(t))
	later := start.Add(time.Hour)
	old, fresh := session(9, 1, start, later.Add(tick)), session(2, 1, start.Add(tick), later)
	short := session(5, 1, start.Add(2*tick), later.Add(-tick))
	put(t, s, old, short, fresh, session(3, 2, start, later))
	view(t, s, func(r store.Reader) error {
		all, err := r.Sessions(number(1), 10)
		same(t, "newest first", all, []store.Session{short, fresh, old})
		some, err2 := r.Sessions(number(1), 2)
		same(t, "those that end last", some, []store.Session{fresh, old})
		none, err3 := r.Sessions(number(4), 10)
		same(t, "of somebody without sessions", len(none), 0)
		return errors.Join(err, err2, err3)
	})
}

func link(n int, a id.Account, ends time.Time) store.Link {
	return store.Link{ID: number(n), Account: a, Kind: 1, Email: []byte{1}, Maker: number(n), CreatedAt: start, EndsAt: ends}
}

func links(t *testing.T, open Open) {
	s := begin(t, open(t))
	soon, late := link(9, acme, start), link(2, acme, start.Add(tick))
	setup := link(1, id.Account{}, start)
	put(t, s, soon, setup, late, link(3, other, start))
	view(t, s, func(r store.Reader) error {
		all, err := r.Links(acme, 10)
		same(t, "the last to end first", all, []store.Link{late, soon})
		one, err2 := r.Links(acme, 1)
		same(t, "one", one, []store.Link{late})
		its, err3 := r.Links(id.Account{}, 10)
		same(t, "of the installation", its, []store.Link{setup})
		return errors.Join(err, err2, err3)
	})
}

func accountKeys(t *testing.T, open Open) {
	s := begin(t, open(t))
	key := func(a id.Account, public string) store.APIKey {
		return store.APIKey{API: account.Key{ID: public, Account: a, Mode: id.Live, MAC: []byte{1}, CreatedAt: start}}
	}

	a, b, c := key(acme, "a1"), key(acme, "b"), key(acme, "c")
	b.API.Mode = id.Test
	b.API.Name, b.API.CreatedBy, b.API.UsedAt, b.API.UsedFrom = "shop", "usr_1", start, "192.0.2.1"
	put(t, s, c, key(other, "aa"), b, a)
	view(t, s, func(r store.Reader) error {
		all, err := r.Keys(acme, "", 10)
		same(t, "keys", all, []store.APIKey{a, b, c})
		one, err2 := r.Keys(acme, "a1", 1)
		same(t, "the next", one, []store.APIKey{b})
		none, err3 := r.Keys(acme, "c", 10)
		same(t, "after the last", len(none), 0)
		return errors.Join(err, err2, err3)
	})
}

func auditEntry(a id.Account, n int, at time.Time) store.Audit {
	return store.Audit{
		Account: a, ID: number(n), Action: "key.created", ActorKind: "user", At: at,
		Changes: []store.Change{{Field: "name", Before: "a", After: "b"}},
	}
}

func audits(t *testing.T, open Open) {
	s := begin(t, open(t))
	one, two, three := auditEntry(acme, 1, start), auditEntry(acme, 2, start), auditEntry(acme, 3, start)
	its := auditEntry(id.Account{}, 2, start)
	put(t, s, two, its, three, one, auditEntry(other, 2, start))
	view(t, s, func(r store.Reader) error {
		all, err := r.Audits(acme, id.Audit{}, 10)
		same(t, "newest first", all, []store.Audit{three, two, one})
		page, err2 := r.Audits(acme, three.ID, 1)
		same(t, "the next", page, []store.Audit{two})
		none, err3 := r.Audits(acme, one.ID, 10)
		same(t, "after the oldest", len(none), 0)
		operators, err4 := r.Audits(id.Account{}, id.Audit{}, 10)
		same(t, "of the installation", operators, []store.Audit{its})
		return errors.Join(err, err2, err3, err4)
	})
}

func requestBatch(a id.Account, m id.Mode, n int, to time.Time) store.RequestBatch {
	return store.RequestBatch{Account: a, Mode: m, ID: number(n), From: to.Add(-tick), To: to, Requests: logged(n, to)}
}

func logged(n int, to time.Time) []store.Request {
	return []store.Request{
		{ID: number(n), At: to.Add(-tick), Method: "GET", Path: "/v2/otp", Status: 200, Took: 1500 * time.Microsecond},
		{ID: number(n + 1), At: to, Method: "POST", Status: 429, Skipped: 7},
	}
}

func requests(t *testing.T, open Open) {
	s := begin(t, open(t))
	one, two := requestBatch(acme, id.Live, 1, start), requestBatch(acme, id.Live, 2, start)
	box := requestBatch(acme, id.Test, 2, start) // the same id in the other mode is another row
	put(t, s, two, box, requestBatch(other, id.Live, 3, start), one)
	view(t, s, func(r store.Reader) error {
		all, err := r.RequestBatches(acme, id.Live, id.Request{}, 10)
		same(t, "newest first", all, []store.RequestBatch{two, one})
		page, err2 := r.RequestBatches(acme, id.Live, id.Request{}, 1)
		same(t, "the newest", page, []store.RequestBatch{two})
		rest, err3 := r.RequestBatches(acme, id.Live, two.ID, 10)
		same(t, "before it", rest, []store.RequestBatch{one})
		test, err4 := r.RequestBatches(acme, id.Test, id.Request{}, 10)
		same(t, "of the sandbox", test, []store.RequestBatch{box})
		return errors.Join(err, err2, err3, err4)
	})
}

func stalePeople(t *testing.T, open Open) {
	s := begin(t, open(t))
	end := start.Add(time.Minute)
	old := map[store.Table][]store.Record{
		store.TableSession: {session(8, 1, start, start), session(4, 2, start, start.Add(tick))},
		store.TableLink:    {link(8, acme, start), link(4, id.Account{}, start.Add(tick))},
		store.TableAudit:   {auditEntry(other, 8, start), auditEntry(id.Account{}, 4, start.Add(tick))},
		store.TableRequest: {
			requestBatch(other, id.Test, 8, start), requestBatch(acme, id.Live, 4, start.Add(tick)),
		},
	}

	for _, rows := range old {
		put(t, s, rows[1], rows[0])
	}
	put(t, s, session(1, 1, start, end), link(1, acme, end))
	put(t, s, auditEntry(acme, 1, end), requestBatch(acme, id.Live, 1, end))

	view(t, s, func(r store.Reader) error {
		var errs []error
		for table, rows := range old {
			all, err := r.Stale(table, end, 10)
			same(t, table.String()+" that are old", all, []store.Key{rows[0].Key(), rows[1].Key()})
			one, err2 := r.Stale(table, end, 1)
			same(t, "the oldest "+table.String(), one, []store.Key{rows[0].Key()})
			errs = append(errs, err, err2)
		}

		return errors.Join(errs...)
	})
}

// Upgraded checks that a database that an older version made has the key that it had, and takes rows of the tables that
// came later. It closes the database.
func Upgraded(t *testing.T, b store.Backend, had store.APIKey) {
	t.Helper()
	s := store.Open(b)
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()

	later := []store.Record{
		session(1, 1, start, start), requestBatch(acme, id.Live, 1, start), store.User{ID: number(1)},
	}
	put(t, s, later...)
	compare(t, s, append(later, had))
	view(t, s, func(r store.Reader) error {
		keys, err := r.Keys(had.API.Account, "", 10)
		same(t, "keys", keys, []store.APIKey{had})
		return err
	})
}
