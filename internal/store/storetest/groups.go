package storetest

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/syssecure/syssecure/internal/store"
)

var groupTests = []test{
	{"what is queued is one group, in order", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		put(t, s, contact(1))
		k, seen := contact(1).Key(), []int{}
		step := job{[]store.Key{k}, func(tx *store.Tx) error {
			c, _ := store.Get[store.Contact](tx, k)
			seen = append(seen, len(c.Sends))
			tx.Put(addSend(c, len(c.Sends)))
			return nil
		}}

		groups := s.Groups()
		for _, err := range together(t, s, step, step, step, step) {
			same(t, "error", err, nil)
		}
		same(t, "marks that each saw", seen, []int{0, 1, 2, 3})
		same(t, "groups, with the one that held the writer", s.Groups()-groups, int64(2))
		same(t, "marks", len(must[store.Contact](t, s, k).Sends), 4)
	}},
	{"a failed closure takes no neighbour along", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		put(t, s, contact(1))
		errs := together(t, s, bump(1, nil), bump(1, errRefused), bump(2, errRefused), bump(1, nil), bump(2, nil))
		for i, want := range []error{nil, errRefused, errRefused, nil, nil} {
			if !errors.Is(errs[i], want) {
				t.Errorf("job %d: got %v, want %v", i, errs[i], want)
			}
		}
		same(t, "marks", len(must[store.Contact](t, s, contact(1).Key()).Sends), 2)
		same(t, "marks", len(must[store.Contact](t, s, contact(2).Key()).Sends), 1)
	}},
	{"a panic is its closure's error and the writer lives on", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		bad := job{[]store.Key{contact(1).Key()}, func(tx *store.Tx) error {
			tx.Put(addSend(contact(1), 9))
			panic("a bug")
		}}

		errs := together(t, s, bump(1, nil), bad, bump(1, nil))
		if errs[0] != nil || errs[2] != nil || errs[1] == nil || !strings.Contains(errs[1].Error(), "a bug") {
			t.Fatalf("got %v", errs)
		}
		same(t, "marks", len(must[store.Contact](t, s, contact(1).Key()).Sends), 2)
		same(t, "later update", together(t, s, bump(1, nil)), []error{nil})
	}},
	{"removed and created again within one group", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		put(t, s, addSend(contact(1), 1))
		k := contact(1).Key()
		remove := job{[]store.Key{k}, func(tx *store.Tx) error { tx.Delete(k); return nil }}
		absent := job{[]store.Key{k}, func(tx *store.Tx) error {
			if _, found := store.Get[store.Contact](tx, k); found {
				t.Error("a row that an earlier update of the group removed is found")
			}
			return nil
		}}

		for _, err := range together(t, s, remove, absent, bump(1, nil), bump(1, nil)) {
			same(t, "error", err, nil)
		}

		same(t, "marks", len(must[store.Contact](t, s, k).Sends), 2)
		together(t, s, bump(1, nil), remove)
		if _, found := find[store.Contact](t, s, k); found {
			t.Error("a removed row is found")
		}
	}},
	{"a row that the database refuses fails alone", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		// The next update corrects it, so that the database itself never sees it.
		overdrawn := job{[]store.Key{store.AccountKey(acme)}, func(tx *store.Tx) error {
			tx.Put(customer(acme, -1))
			return nil
		}}

		refill := job{[]store.Key{store.AccountKey(acme)}, func(tx *store.Tx) error {
			a, found := store.Get[store.Account](tx, store.AccountKey(acme))
			if !found {
				a = customer(acme, 0)
			}
			a.Balance.Credits++
			tx.Put(a)
			return nil
		}}

		incomplete := job{[]store.Key{store.IdempotencyKey(acme, nil)}, func(tx *store.Tx) error {
			tx.Put(store.Idempotency{Account: acme}) // without its key
			return nil
		}}

		errs := together(t, s, bump(1, nil), overdrawn, bump(1, nil), incomplete, refill, bump(2, errRefused),
			bump(2, nil))
		if !errors.Is(errs[1], store.ErrRefused) {
			t.Errorf("got %v, want a refusal", errs[1])
		}

		unavailable(t, errs[3])
		if errs[0] != nil || errs[2] != nil || errs[4] != nil || errs[6] != nil || !errors.Is(errs[5], errRefused) {
			t.Fatalf("got %v", errs)
		}
		same(t, "marks", len(must[store.Contact](t, s, contact(1).Key()).Sends), 2)
		same(t, "marks", len(must[store.Contact](t, s, contact(2).Key()).Sends), 1)
		same(t, "credits", must[store.Account](t, s, store.AccountKey(acme)).Balance.Credits, int64(1))
	}},
	{"a neighbour sees a row that was inserted", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		insert := job{nil, func(tx *store.Tx) error { tx.Insert(addSend(contact(1), 0)); return nil }}
		for _, err := range together(t, s, insert, bump(1, nil), bump(1, nil)) {
			same(t, "error", err, nil)
		}
		same(t, "marks", len(must[store.Contact](t, s, contact(1).Key()).Sends), 3)
	}},
	{"Need joins the next group", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		more := job{nil, func(tx *store.Tx) error {
			if !tx.MayUse(contact(1).Key()) {
				return store.Need(contact(1).Key())
			}
			return bump(1, nil).fn(tx)
		}}

		for _, err := range together(t, s, more, bump(1, nil), more) {
			same(t, "error", err, nil)
		}
		same(t, "marks", len(must[store.Contact](t, s, contact(1).Key()).Sends), 3)
	}},
	{"a context that ends in the queue stops the update", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		release := hold(t, s)
		ctx, cancel := context.WithCancel(context.Background())
		answer, queued := make(chan error, 1), s.Queued()
		go func() {
			answer <- s.Update(ctx, acme, nil, func(*store.Tx) error { t.Error("was carried out"); return nil })
		}()

		until(t, "the update is queued", func() bool { return s.Queued() > queued })
		cancel()
		release()
		if err := <-answer; !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
	}},
	{"Close carries out what is queued", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		release := hold(t, s)
		var jobs []job
		for range 2*store.MaxGroup + 3 {
			jobs = append(jobs, bump(1, nil))
		}

		wait, closed := queue(t, s, jobs...), make(chan error, 1)
		go func() { closed <- s.Close() }()
		release()
		acknowledged := 0
		for _, err := range wait() {
			same(t, "error", err, nil)
			acknowledged++
		}
		same(t, "close", <-closed, nil)
		s = begin(t, open(t))
		same(t, "marks", len(must[store.Contact](t, s, contact(1).Key()).Sends), acknowledged)
	}},
	{"64 clients share their transactions", sharing},
}

// bump adds a send to a contact and returns err.
func bump(n int, err error) job {
	k := contact(n).Key()
	return job{[]store.Key{k}, func(tx *store.Tx) error {
		c, found := store.Get[store.Contact](tx, k)
		if !found {
			c = contact(n)
		}
		tx.Put(addSend(c, len(c.Sends)))
		return err
	}}
}

// full is a database whose commit takes until every other client waits for the next group, as a slow commit would.
type full struct {
	store.Backend
	busy   atomic.Int64 // clients that have work left
	queued func() int
	t      *testing.T
}

func (f *full) Group(ctx context.Context, fn func(store.Batch) error) error {
	return f.Backend.Group(ctx, func(b store.Batch) error {
		w := &watched{Batch: b}
		err := fn(w)
		until(f.t, "the others are queued", func() bool { return w.jobs+f.queued() >= int(f.busy.Load()) })
		return err
	})
}

// watched counts the jobs of a group in which each job names one separate row.
type watched struct {
	store.Batch
	jobs int
}

// Unchanged has the committer load every row.
func (w *watched) Unchanged() (unchanged, known bool) { return false, false }

func (w *watched) Load(keys []store.Key) (store.Rows, error) {
	w.jobs = len(keys)
	return w.Batch.Load(keys)
}

// sharing counts transactions: 1,000 sends and verifies are three updates each, and each transaction is an fsync.
func sharing(t *testing.T, open Open) {
	const clients, pairs, updatesPerPair, most = 64, 1000, 3, 150
	f := &full{Backend: open(t), t: t}
	s := begin(t, f)
	f.queued = s.Queued
	f.busy.Store(clients)
	var left atomic.Int64
	left.Store(pairs)
	done := make(chan error, clients)
	for n := range clients {
		go func() {
			defer f.busy.Add(-1)
			for left.Add(-1) >= 0 {
				for range updatesPerPair {
					j := bump(n, nil)
					if err := s.Update(context.Background(), acme, j.keys, j.fn); err != nil {
						done <- err
						return
					}
				}
			}
			done <- nil
		}()
	}

	for range clients {
		same(t, "error", <-done, nil)
	}

	same(t, "updates", s.Updates(), int64(pairs*updatesPerPair))
	if s.Groups() > most {
		t.Fatalf("%d transactions for %d pairs, want at most %d", s.Groups(), pairs, most)
	}
	t.Logf("%d transactions for %d pairs of %d clients", s.Groups(), pairs, clients)
}
