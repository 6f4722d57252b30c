package storetest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
)

const tick = time.Microsecond // the precision of stored times

var readTests = []test{
	{"due messages", dueWork},
	{"owned messages", ownedMessages},
	{"expired codes", expiredOTPs},
	{"codes of an account", listedOTPs},
	{"texts of an account", listedTexts},
	{"a list looks at a bounded number of rows", boundedLists},
	{"old rows", oldRows},
	{"sandboxes", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		still, moved := customer(acme, 0), customer(other, 0)
		moved.SandboxOffset = tick
		put(t, s, still, moved)
		view(t, s, func(r store.Reader) error {
			got, err := r.Sandboxes()
			same(t, "sandboxes", got, []store.Account{moved})
			return err
		})
	}},
	{"inbox", inbox},
	{"accounts", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		var all []store.Account
		for n := range 5 {
			a := customer(number(n), int64(n))
			all = append(all, a)
		}

		for _, n := range []int{3, 0, 4, 1, 2} {
			put(t, s, all[n])
		}

		view(t, s, func(r store.Reader) error {
			first, err := r.Accounts(id.Account{}, 2)
			same(t, "first page", first, all[:2])
			rest, err2 := r.Accounts(all[1].ID, 10)
			same(t, "after it", rest, all[2:])
			end, err3 := r.Accounts(all[4].ID, 10)
			same(t, "after the last", len(end), 0)
			return errors.Join(err, err2, err3)
		})
	}},
	{"each account", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		var all, got []store.Account
		for n := range 300 { // more than one read returns
			all = append(all, customer(number(n), int64(n)))
			put(t, s, all[n])
		}
		if err := s.EachAccount(t.Context(), func(a store.Account) error {
			if got = append(got, a); len(got) == 1 {
				put(t, s, customer(a.ID, 0)) // no read is open, so it may write
			}
			return nil
		}); err != nil {
			t.Error(err)
		}

		same(t, "accounts", got, all)
		failed, seen := errors.New("failed"), 0
		err := s.EachAccount(t.Context(), func(store.Account) error { seen++; return failed })
		if !errors.Is(err, failed) || seen != 1 {
			t.Errorf("got %v after %d accounts, want the first one's error", err, seen)
		}
	}},
	{"sum of the ledger", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		for seq := int64(1); seq <= 3; seq++ {
			put(t, s,
				store.Entry{Entry: ledger.Entry{Account: acme, Seq: seq, Kind: ledger.Hold, Credits: -seq, Held: seq, At: start}},
				store.Entry{Entry: ledger.Entry{
					Account: other, Seq: seq, Kind: ledger.Grant, Credits: 1 << 40,
					At: start,
				}})
		}

		view(t, s, func(r store.Reader) error {
			sum, n, err := r.LedgerSum(acme)
			same(t, "sum", sum, ledger.Balance{Credits: -6, Held: 6})
			same(t, "entries", n, int64(3))
			none, n, err2 := r.LedgerSum(number(9))
			same(t, "of nobody", none, ledger.Balance{})
			same(t, "entries", n, int64(0))
			return errors.Join(err, err2)
		})
	}},
	{"stale rows", stale},
	{"rows are loaded together, absent ones left out", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		records := anyRecords(random(t))
		put(t, s, records...)
		keys := []store.Key{contact(77).Key()}
		for _, r := range records {
			keys = append(keys, r.Key(), r.Key())
		}

		view(t, s, func(r store.Reader) error {
			rows, err := r.Load(keys...)
			same(t, "rows", len(rows), len(records))
			for _, want := range records {
				same(t, "row", rows[want.Key()], want)
			}
			return err
		})
	}},
	{"a view's own error comes back, and a panic frees the view", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		put(t, s, contact(1))
		for n := range 12 {
			err := s.View(context.Background(), func(store.Reader) error { return errRefused })
			if !errors.Is(err, errRefused) {
				t.Fatalf("got %v", err)
			}

			func() {
				defer func() { _ = recover() }()
				_ = s.View(context.Background(), func(r store.Reader) error {
					_, _ = r.Load(contact(1).Key())
					panic("a bug")
				})
			}()
			same(t, "error", update(s, bump(1, nil).fn, contact(1).Key()), nil)
			same(t, "marks", len(must[store.Contact](t, s, contact(1).Key()).Sends), n+1)
		}
	}},
}

// due is what a sweep must list for a row.
func due(k store.Key, at time.Time, owner int64) store.Due {
	return store.Due{Key: k, At: at, Owner: owner}
}

// waiting is a message that waits for the carrier "smsc".
func waiting(a id.Account, n int, mode id.Mode, at time.Time, owner int64) store.Message {
	return waitingFor("smsc", a, n, mode, at, owner)
}

func waitingFor(carrier string, a id.Account, n int, mode id.Mode, at time.Time, owner int64) store.Message {
	return store.Message{Number: []byte{1}, Message: message.Message{
		Account: a, ID: number(n), Mode: mode, DueAt: at, Owner: owner, CreatedAt: start,
		Plan: []message.Step{{Channel: message.SMS, Carrier: carrier}},
	}}
}

// inTime compares due rows; those of the same time may have any order.
func inTime(t *testing.T, what string, got, want []store.Due) {
	t.Helper()
	if !slices.IsSortedFunc(got, func(a, b store.Due) int { return a.At.Compare(b.At) }) {
		t.Fatalf("%s: not in the order of time: %v", what, got)
	}
	slices.SortStableFunc(got, func(a, b store.Due) int { return cmp.Or(a.At.Compare(b.At), a.Key.Compare(b.Key)) })
	same(t, what, got, want)
}

func ownedMessages(t *testing.T, open Open) {
	s := begin(t, open(t))
	timer := waiting(acme, 3, id.Live, start, 5)
	busy := waiting(acme, 4, id.Test, time.Time{}, 6)
	mine := waiting(acme, 5, id.Live, time.Time{}, 7)
	put(t, s, timer, busy, mine, waiting(acme, 1, id.Live, start, 0), waiting(acme, 2, id.Live, time.Time{}, 0))
	view(t, s, func(r store.Reader) error {
		got, err := r.LeftMessages(cluster.OnlyMember(7), 10)
		want := []store.Due{due(busy.Key(), time.Time{}, 6), due(timer.Key(), start, 5)}
		for i := range got {
			if got[i].Key == busy.Key() {
				got[i].At = time.Time{} // a row in work is not due
			}
		}

		same(t, "of others", got, want)
		one, err2 := r.LeftMessages(cluster.OnlyMember(8), 1)
		same(t, "at most one", len(one), 1)
		some, err4 := r.LeftMessages(cluster.Members{Mine: 7, Live: []int64{5, 7}, Newest: 9}, 10)
		if same(t, "of those that are gone", len(some), 1); len(some) == 1 {
			same(t, "of those that are gone", some[0].Key, busy.Key())
		}

		none, err5 := r.LeftMessages(cluster.Members{Mine: 4, Live: []int64{4}, Newest: 4}, 10)
		same(t, "of younger nodes", len(none), 0)
		own, err3 := r.OwnedMessages(7, 10)
		if same(t, "its own", len(own), 1); len(own) == 1 {
			same(t, "its own", own[0].Key, mine.Key())
		}

		return errors.Join(err, err2, err3, err4, err5)
	})

	busy.Owner = 0
	put(t, s, busy)
	view(t, s, func(r store.Reader) error {
		got, err := r.DueWork(store.WorkQuery{Carrier: "smsc", Before: start.Add(time.Hour), Limit: 10})
		same(t, "a message that was let go without a time is not due", len(got), 1)
		return err
	})
}

func expiredOTPs(t *testing.T, open Open) {
	s := begin(t, open(t))
	code := func(a id.Account, n int, mode id.Mode, status otp.Status, at time.Time) store.OTP {
		return store.OTP{Number: []byte{1}, OTP: otp.OTP{Account: a, ID: number(n), Mode: mode, Status: status, CreatedAt: start, ExpiresAt: at}}
	}

	late := code(acme, 9, id.Live, otp.Open, start.Add(-time.Hour))
	now := code(acme, 8, id.Test, otp.Open, start)
	twin := code(acme, 7, id.Test, otp.Open, start)
	foreign := code(other, 1, id.Test, otp.Open, start)
	put(t, s, foreign, now, twin, late, code(acme, 1, id.Test, otp.Open, start.Add(tick)))
	for status := otp.Verified; status <= otp.Failed; status++ {
		put(t, s, code(acme, 20+int(status), id.Test, status, start.Add(-time.Minute)))
	}

	list := func(codes ...store.OTP) (out []store.Due) {
		for _, o := range codes {
			out = append(out, due(o.Key(), o.ExpiresAt, 0))
		}
		return out
	}

	view(t, s, func(r store.Reader) error {
		all, err := r.ExpiredOTPs(start, id.Account{}, 10)
		same(t, "all", all, list(late, twin, now, foreign))
		some, err2 := r.ExpiredOTPs(start, id.Account{}, 2)
		same(t, "at most two", some, list(late, twin))
		sandbox, err3 := r.ExpiredOTPs(start, acme, 10)
		same(t, "of the sandbox", sandbox, list(twin, now))
		none, err4 := r.ExpiredOTPs(start.Add(-tick), acme, 10)
		same(t, "before", len(none), 0)

		return errors.Join(err, err2, err3, err4)
	})
}

func inbox(t *testing.T, open Open) {
	s := begin(t, open(t))
	text := func(a id.Account, n, to int) store.Inbox {
		return store.Inbox{
			Account: a, ID: number(n), Contact: number(to), Number: []byte{1}, Body: []byte{byte(n)},
			At: start, SandboxAt: start,
		}
	}

	one, two, three := text(acme, 1, 5), text(acme, 2, 6), text(acme, 3, 5)
	put(t, s, two, three, one, text(other, 4, 5))
	view(t, s, func(r store.Reader) error {
		all, err := r.Inbox(acme, store.ContactID{}, id.Message{}, 10)
		same(t, "all, newest first", all, []store.Inbox{three, two, one})
		newest, err2 := r.Inbox(acme, store.ContactID{}, id.Message{}, 2)
		same(t, "the newest two", newest, []store.Inbox{three, two})
		phone, err3 := r.Inbox(acme, number(5), id.Message{}, 10)
		same(t, "of one phone", phone, []store.Inbox{three, one})
		last, err4 := r.Inbox(acme, number(5), id.Message{}, 1)
		same(t, "its newest", last, []store.Inbox{three})
		none, err5 := r.Inbox(acme, number(7), id.Message{}, 1)
		same(t, "of a phone without texts", len(none), 0)
		older, err6 := r.Inbox(acme, store.ContactID{}, three.ID, 10)
		same(t, "before the newest", older, []store.Inbox{two, one})
		oldest, err7 := r.Inbox(acme, number(5), two.ID, 10)
		same(t, "of one phone, before one of another", oldest, []store.Inbox{one})
		end, err8 := r.Inbox(acme, store.ContactID{}, one.ID, 1)
		same(t, "before the oldest", len(end), 0)

		return errors.Join(err, err2, err3, err4, err5, err6, err7, err8)
	})
}

func stale(t *testing.T, open Open) {
	s := begin(t, open(t))
	old := map[store.Table][]store.Key{}
	for n := range 4 { // the last is not stale
		at := start.Add(time.Duration(n-3) * tick)
		i := store.Idempotency{
			Account: acme, MAC: []byte{0, byte(9 - n)}, Fingerprint: []byte{1}, CreatedAt: start,
			EndsAt: at,
		}
		f := store.Ref{Carrier: "smsc", ID: string(rune('z' - n)), CreatedAt: at}
		b := store.Inbox{
			Account: acme, ID: number(9 - n), Number: []byte{1}, Body: []byte{1},
			At: start.Add(-time.Hour), SandboxAt: at,
		}
		m := store.Message{
			Message: message.Message{Account: acme, ID: number(9 - n), Mode: id.Test, CreatedAt: start},
			Number:  []byte{1}, SandboxAt: at,
		}
		put(t, s, i, f, b, m)
		for _, r := range []store.Record{i, f, b, m} {
			if n < 3 {
				old[r.Key().Table] = append(old[r.Key().Table], r.Key())
			}
		}
	}

	put(t, s, store.APIKey{API: account.Key{ID: "k", MAC: []byte{1}, CreatedAt: start.Add(-time.Hour)}},
		store.Message{Message: message.Message{Account: acme, ID: number(99), Mode: id.Live, CreatedAt: start.Add(-time.Hour)}, Number: []byte{1}})
	for table, want := range old {
		view(t, s, func(r store.Reader) error {
			got, err := r.Stale(table, start, 10)
			same(t, "stale rows of "+table.String(), got, want)
			some, err2 := r.Stale(table, start, 2)
			same(t, "the oldest of "+table.String(), some, want[:2])
			return errors.Join(err, err2)
		})

		err := update(s, func(tx *store.Tx) error {
			for _, k := range want {
				tx.Delete(k)
			}
			return nil
		}, want...)

		same(t, "error", err, nil)
		view(t, s, func(r store.Reader) error {
			none, err := r.Stale(table, start, 10)
			same(t, "stale rows after their removal", len(none), 0)
			return err
		})
	}
}
