package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/store"
)

var errRefused = errors.New("refused")

var updateTests = []test{
	{"an absent row is not found", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		for _, r := range emptyRecords() {
			if _, found := find[store.Record](t, s, r.Key()); found {
				t.Errorf("an empty database has a row of %s", r.Key().Table)
			}
		}

		err := update(s, func(tx *store.Tx) error {
			if _, found := store.Get[store.Contact](tx, contact(1).Key()); found {
				t.Error("an absent row was found by the update")
			}
			return nil
		}, contact(1).Key())
		same(t, "error", err, nil)
	}},
	{"an update is seen by later views and updates", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		for n := range 5 {
			count(t, s, n)
			same(t, "marks", len(must[store.Contact](t, s, contact(1).Key()).Sends), n+1)
		}
	}},
	{"a failed closure leaves nothing and tells its own error", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		put(t, s, contact(1))
		err := update(s, func(tx *store.Tx) error {
			tx.Put(addSend(contact(1), 1))
			tx.Put(contact(2))
			return errRefused
		}, contact(1).Key(), contact(2).Key())
		if !errors.Is(err, errRefused) {
			t.Fatalf("got %v", err)
		}

		same(t, "the row", must[store.Contact](t, s, contact(1).Key()), contact(1))
		if _, found := find[store.Contact](t, s, contact(2).Key()); found {
			t.Fatal("a refused row was stored")
		}
	}},
	{"a refusal that is a value is stored", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		refused := false
		err := update(s, func(tx *store.Tx) error {
			c := contact(1)
			c.FailedGuesses = addSend(c, 1).Sends
			tx.Put(c)
			refused = true
			return nil
		}, contact(1).Key())

		same(t, "error", err, nil)
		s = again(t, s, open)
		if !refused || len(must[store.Contact](t, s, contact(1).Key()).FailedGuesses) != 1 {
			t.Fatal("the wrong guess was not remembered")
		}
	}},
	{"an update reads what it wrote", readsOwn},
	{"a removed row is gone and can be created again", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		var keys []store.Key
		records := anyRecords(random(t))
		for _, r := range records {
			keys = append(keys, r.Key())
		}

		put(t, s, records...)
		err := update(s, func(tx *store.Tx) error {
			for _, k := range keys {
				tx.Delete(k)
			}
			return nil
		}, keys...)

		same(t, "error", err, nil)
		for _, k := range keys {
			if _, found := find[store.Record](t, s, k); found {
				t.Fatalf("the row of %s is still there", k.Table)
			}
		}
		put(t, s, records...)
		s = again(t, s, open)
		compare(t, s, records)
	}},
	{"removing an absent row is no error", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		k := contact(1).Key()
		same(t, "error", update(s, func(tx *store.Tx) error { tx.Delete(k); return nil }, k), nil)
	}},
	{"Need runs the closure again with more rows", needs},
	{"Need is granted three times", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		runs := 0
		err := update(s, func(tx *store.Tx) error {
			runs++
			tx.Put(addSend(contact(1), runs))
			return store.Need(contact(runs + 1).Key())
		}, contact(1).Key())
		if err == nil || runs != 4 {
			t.Fatalf("ran %d times and ended with %v, want 4 and an error", runs, err)
		}
		if _, found := find[store.Contact](t, s, contact(1).Key()); found {
			t.Fatal("the changes of a closure that never had its rows were stored")
		}
	}},
	{"a row that was not named cannot be touched", undeclared},
	{"a context that has ended stops the update", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		for range 20 {
			err := s.Update(ctx, acme, nil, func(*store.Tx) error { t.Error("was carried out"); return nil })
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("got %v", err)
			}
		}
	}},
	{"a closed store refuses with 503", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		same(t, "close", s.Close(), nil)
		same(t, "close twice", s.Close(), nil)
		err := update(s, func(*store.Tx) error { return nil })
		unavailable(t, err)
		if !errors.Is(err, store.ErrClosed) {
			t.Fatalf("got %v", err)
		}
	}},
}

func readsOwn(t *testing.T, open Open) {
	s := begin(t, open(t))
	k := contact(1).Key()
	put(t, s, contact(1))
	err := update(s, func(tx *store.Tx) error {
		if _, found := store.Get[store.Contact](tx, k); !found {
			t.Error("the stored row is not there")
		}
		tx.Put(addSend(contact(1), 1))
		if c, _ := store.Get[store.Contact](tx, k); len(c.Sends) != 1 {
			t.Error("the update does not see its own change")
		}

		tx.Delete(k)
		if _, found := store.Get[store.Contact](tx, k); found {
			t.Error("the update sees a row that it removed")
		}

		tx.Put(addSend(addSend(contact(1), 1), 2))
		e := store.Entry{Entry: ledger.Entry{Account: acme, Seq: 1, Kind: ledger.Grant, At: start}}
		tx.Insert(e) // a new row needs no name
		if _, found := store.Get[store.Entry](tx, e.Key()); !found {
			t.Error("the update does not see its own entry")
		}

		return nil
	}, k)
	same(t, "error", err, nil)
	same(t, "marks", len(must[store.Contact](t, s, k).Sends), 2)
}

func needs(t *testing.T, open Open) {
	s := begin(t, open(t))
	keys := []store.Key{contact(1).Key(), contact(2).Key(), contact(3).Key()}
	put(t, s, addSend(contact(3), 1))
	runs := 0
	err := update(s, func(tx *store.Tx) error {
		runs++
		for _, k := range keys[1:] {
			if !tx.MayUse(k) {
				tx.Put(addSend(contact(1), runs)) // must be dropped
				return store.Need(k)
			}
		}
		if _, found := store.Get[store.Contact](tx, keys[0]); found {
			t.Error("a change from before Need was kept")
		}
		c, _ := store.Get[store.Contact](tx, keys[2])
		tx.Put(addSend(c, runs))

		return nil
	}, keys[0])

	same(t, "error", err, nil)
	same(t, "runs", runs, 3)
	same(t, "marks", len(must[store.Contact](t, s, keys[2]).Sends), 2)
	if _, found := find[store.Contact](t, s, keys[0]); found {
		t.Fatal("a change from before Need was stored")
	}
}

func undeclared(t *testing.T, open Open) {
	s := begin(t, open(t))
	k := contact(1).Key()
	put(t, s, contact(1))
	for name, fn := range map[string]func(tx *store.Tx) error{
		"read":          func(tx *store.Tx) error { store.Get[store.Contact](tx, k); return nil },
		"write":         func(tx *store.Tx) error { tx.Put(contact(1)); return nil },
		"remove":        func(tx *store.Tx) error { tx.Delete(k); return nil },
		"other account": func(tx *store.Tx) error { tx.Put(store.Contact{Account: other, ID: number(2)}); return nil },
	} {
		if err := update(s, fn, contact(2).Key()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	same(t, "the row", must[store.Contact](t, s, k), contact(1))
}

// count adds one mark to contact 1, which has n.
func count(t *testing.T, s *store.Store, n int) {
	t.Helper()
	k := contact(1).Key()
	err := update(s, func(tx *store.Tx) error {
		c, found := store.Get[store.Contact](tx, k)
		if found != (n > 0) || len(c.Sends) != n {
			t.Errorf("update %d sees %d marks", n, len(c.Sends))
		}

		if !found {
			c = contact(1)
			c.Mode = id.Live
		}
		tx.Put(addSend(c, n))

		return nil
	}, k)
	same(t, "error", err, nil)
}
