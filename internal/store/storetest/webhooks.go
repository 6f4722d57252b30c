package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

var webhookTests = []test{
	{"endpoints", endpoints},
	{"events", events},
	{"deliveries of a target", deliveries},
	{"targets that deliveries wait for", waitingTargets},
	{"due and owned deliveries", dueDeliveries},
	{"what is to be done after the commit", afterwards},
}

func endpoint(a id.Account, n int) store.Endpoint {
	return store.Endpoint{Endpoint: webhook.Endpoint{
		Account: a, ID: number(n), Mode: id.Live,
		URL: fmt.Sprint("https://example.com/", n), Enabled: true, CreatedAt: start,
	}}
}

func endpoints(t *testing.T, open Open) {
	s := begin(t, open(t))
	one, two, three, foreign := endpoint(acme, 1), endpoint(acme, 2), endpoint(acme, 3), endpoint(other, 1)
	two.Mode, two.Enabled = id.Test, false
	put(t, s, foreign, three, two, one)
	view(t, s, func(r store.Reader) error {
		all, err := r.Endpoints(id.Account{}, id.Webhook{}, 10)
		same(t, "all", all, []store.Endpoint{one, two, three, foreign})
		page, err2 := r.Endpoints(id.Account{}, id.Webhook{}, 2)
		same(t, "first page", page, []store.Endpoint{one, two})
		rest, err3 := r.Endpoints(acme, two.ID, 10)
		same(t, "after it", rest, []store.Endpoint{three, foreign})
		none, err4 := r.Endpoints(other, foreign.ID, 10)
		same(t, "after the last", len(none), 0)

		return errors.Join(err, err2, err3, err4)
	})
}

func events(t *testing.T, open Open) {
	s := begin(t, open(t))
	event := func(a id.Account, mode id.Mode, n int) store.Event {
		return store.Event{
			Account: a, Mode: mode, ID: number(n), Type: webhook.OTPVerified, Payload: []byte{byte(n)},
			CreatedAt: start,
		}
	}

	one, two, three := event(acme, id.Live, 1), event(acme, id.Live, 2), event(acme, id.Live, 3)
	box := event(acme, id.Test, 2) // the same id in the other mode is another row
	put(t, s, two, event(other, id.Live, 2), box, three, one)
	view(t, s, func(r store.Reader) error {
		var errs []error
		for _, c := range []struct {
			what          string
			mode          id.Mode
			after, before id.Event
			newest        bool
			limit         int
			want          []store.Event
		}{
			{"newest first", id.Live, id.Event{}, id.Event{}, true, 10, []store.Event{three, two, one}},
			{"the newest two", id.Live, id.Event{}, id.Event{}, true, 2, []store.Event{three, two}},
			{"before the second", id.Live, id.Event{}, two.ID, true, 10, []store.Event{one}},
			{"oldest first", id.Live, id.Event{}, id.Event{}, false, 2, []store.Event{one, two}},
			{"after the first", id.Live, one.ID, id.Event{}, false, 10, []store.Event{two, three}},
			{"between", id.Live, one.ID, three.ID, false, 10, []store.Event{two}},
			{"of the sandbox", id.Test, id.Event{}, id.Event{}, true, 10, []store.Event{box}},
			{"none", id.Live, three.ID, id.Event{}, true, 10, nil},
		} {
			got, err := r.Events(acme, c.mode, c.after, c.before, c.newest, c.limit)
			same(t, c.what, got, c.want)
			errs = append(errs, err)
		}

		return errors.Join(errs...)
	})
}

func delivery(a id.Account, target, n int, due time.Time, owner int64) store.Delivery {
	return store.Delivery{Delivery: webhook.Delivery{
		Account: a, Target: number(target), Event: number(n), Mode: id.Live, State: webhook.Waiting, DueAt: due,
		Owner: owner, CreatedAt: start,
	}}
}

func deliveries(t *testing.T, open Open) {
	s := begin(t, open(t))
	one, two, three := delivery(acme, 7, 1, start, 0), delivery(acme, 7, 2, time.Time{}, 0), delivery(acme, 7, 3, time.Time{}, 5)
	put(t, s, two, delivery(acme, 8, 2, start, 0), three, delivery(other, 7, 2, start, 0), one)
	view(t, s, func(r store.Reader) error {
		all, err := r.Deliveries(acme, number(7), id.Event{}, 10)
		same(t, "all, newest first", all, []store.Delivery{three, two, one})
		page, err2 := r.Deliveries(acme, number(7), id.Event{}, 2)
		same(t, "first page", page, []store.Delivery{three, two})
		rest, err3 := r.Deliveries(acme, number(7), two.Event, 2)
		same(t, "after it", rest, []store.Delivery{one})
		return errors.Join(err, err2, err3)
	})
}

func waitingTargets(t *testing.T, open Open) {
	s := begin(t, open(t))
	for n := range 50 {
		put(t, s, delivery(acme, 8, n, start.Add(time.Duration(50-n)*time.Second), 0))
	}

	put(t, s, delivery(acme, 7, 1, start, 0), delivery(other, 7, 1, start.Add(time.Minute), 0),
		delivery(acme, 5, 1, time.Time{}, 0), delivery(acme, 6, 1, time.Time{}, 3), delivery(acme, 7, 2, start.Add(-time.Hour), 3))
	ref := func(a id.Account, n int) store.TargetRef { return store.TargetRef{Account: a, Target: number(n)} }
	want := []store.WaitingTarget{
		{TargetRef: ref(acme, 7), At: start},
		{TargetRef: ref(acme, 8), At: start.Add(time.Second)},
		{TargetRef: ref(other, 7), At: start.Add(time.Minute)},
	}
	view(t, s, func(r store.Reader) error {
		all, err := r.WaitingTargets(store.TargetRef{}, 10)
		same(t, "targets", all, want)
		two, err2 := r.WaitingTargets(store.TargetRef{}, 2)
		same(t, "two", two, want[:2])
		rest, err3 := r.WaitingTargets(ref(acme, 8), 10)
		same(t, "after the second", rest, want[2:])
		none, err4 := r.WaitingTargets(ref(other, 7), 10)
		same(t, "after the last", len(none), 0)

		return errors.Join(err, err2, err3, err4)
	})

	put(t, s, delivery(acme, 7, 1, time.Time{}, 3)) // it was claimed since
	view(t, s, func(r store.Reader) error {
		all, err := r.WaitingTargets(store.TargetRef{}, 10)
		same(t, "targets after a claim", all, want[1:])
		return err
	})
}

func dueDeliveries(t *testing.T, open Open) {
	s := begin(t, open(t))
	late, now := delivery(acme, 7, 9, start.Add(-time.Hour), 0), delivery(acme, 7, 2, start, 0)
	mine, theirs, waits := delivery(acme, 7, 3, time.Time{}, 5), delivery(acme, 7, 4, time.Time{}, 4), delivery(other, 9, 5, start, 6)
	over, soon := delivery(acme, 7, 6, time.Time{}, 0), delivery(acme, 7, 1, start.Add(tick), 0)
	put(t, s, now, mine, late, theirs, over, waits, soon, delivery(acme, 8, 1, start, 0),
		delivery(other, 7, 1, start, 0))
	ref := store.TargetRef{Account: acme, Target: number(7)}
	view(t, s, func(r store.Reader) error {
		all, err := r.DueDeliveries(ref, nil, 10)
		same(t, "due", all, []store.Delivery{late, now, soon})
		one, err2 := r.DueDeliveries(ref, nil, 1)
		same(t, "the first", one, []store.Delivery{late})
		rest, err5 := r.DueDeliveries(ref, map[id.Event]struct{}{late.Event: {}, number(77): {}}, 1)
		same(t, "the first of the others", rest, []store.Delivery{now})
		owned, err3 := r.LeftDeliveries(cluster.Members{Mine: 5, Live: []int64{5}, Newest: 6}, 10)
		same(t, "of others", owned, []store.Due{due(theirs.Key(), time.Time{}, 4), due(waits.Key(), start, 6)})
		some, err4 := r.LeftDeliveries(cluster.OnlyMember(7), 2)
		same(t, "two of others", some, []store.Due{due(theirs.Key(), time.Time{}, 4), due(mine.Key(), time.Time{}, 5)})

		return errors.Join(err, err2, err3, err4, err5)
	})

	theirs.Owner = 0
	put(t, s, theirs)
	view(t, s, func(r store.Reader) error {
		all, err := r.DueDeliveries(ref, nil, 10)
		same(t, "a delivery that was let go without a time is not due", all, []store.Delivery{late, now, soon})
		return err
	})
}

// afterwards checks that what a closure wants done after the commit is done once, only if the commit succeeded, and before
// Update returns.
func afterwards(t *testing.T, open Open) {
	s := begin(t, open(t))
	runs, told := 0, 0
	err := update(s, func(tx *store.Tx) error {
		if runs++; !tx.MayUse(contact(1).Key()) {
			tx.After(func() { told += 100 })
			return store.Need(contact(1).Key())
		}

		tx.Put(contact(1))
		tx.After(func() {
			if _, found := find[store.Contact](t, s, contact(1).Key()); !found {
				t.Error("the change is not on disk yet")
			}
			told++
		})

		return nil
	})
	if err != nil || told != 1 || runs != 2 {
		t.Fatalf("told %d times after %d runs: %v", told, runs, err)
	}

	err = update(s, func(tx *store.Tx) error {
		tx.After(func() { told++ })
		return errRefused
	})
	if !errors.Is(err, errRefused) || told != 1 {
		t.Fatalf("a refused closure told: %d, %v", told, err)
	}

	out := &broken{Backend: open2(s, t, open)}
	out.fate = func() fate { return beforeBegin }
	failing := begin(t, out)
	if err := update(failing, func(tx *store.Tx) error { tx.After(func() { told++ }); return nil }); err == nil || told != 1 {
		t.Fatalf("a commit that failed told: %d, %v", told, err)
	}
}

// open2 opens the data again once the store before is closed.
func open2(s *store.Store, t *testing.T, open Open) store.Backend {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t)
}
