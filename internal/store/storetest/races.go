package storetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/store"
)

var raceTests = []test{
	{"no increment of 200 clients is lost", func(t *testing.T, open Open) {
		const clients, each = 200, 5
		s := begin(t, open(t))
		put(t, s, customer(acme, 0))
		k := store.AccountKey(acme)
		crowd(t, clients, func(int) error {
			for range each {
				err := update(s, func(tx *store.Tx) error {
					a, _ := store.Get[store.Account](tx, k)
					a.Entries++
					tx.Put(a)
					return nil
				}, k)
				if err != nil {
					return err
				}
			}

			return nil
		})
		s = again(t, s, open)
		same(t, "count", must[store.Account](t, s, k).Entries, int64(clients*each))
	}},
	{"200 clients on a balance for 100: exactly 100", spending},
	{"a view never sees half of an update", consistency},
	{"a client finds what it wrote", func(t *testing.T, open Open) {
		const clients, each = 16, 150
		s := begin(t, open(t))
		crowd(t, clients, func(i int) error {
			for n := range each {
				c := contact(i*each + n)
				if err := update(s, func(tx *store.Tx) error { tx.Put(c); return nil }, c.Key()); err != nil {
					return err
				}

				earlier := contact(i*each + n/2).Key()
				rows, err := s.Find(context.Background(), c.Key(), earlier, contact(-1).Key())
				if err != nil {
					return err
				}
				if len(rows) != len(map[store.Key]bool{c.Key(): true, earlier: true}) {
					return fmt.Errorf("client %d found %d rows after write %d", i, len(rows), n)
				}
				if n%3 == 0 {
					if err := update(s, func(tx *store.Tx) error { tx.Delete(c.Key()); tx.Put(c); return nil }, c.Key()); err != nil {
						return err
					}
				}
			}

			return nil
		})

		gone := contact(0).Key()
		same(t, "remove", update(s, func(tx *store.Tx) error { tx.Delete(gone); return nil }, gone), nil)
		rows, err := s.Find(context.Background(), gone)
		same(t, "find a removed row", err, nil)
		same(t, "removed rows", len(rows), 0)
	}},
	{"views and updates after Close are refused", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		going, refusals := make(chan struct{}, 8), make(chan error, 8)
		var wg sync.WaitGroup
		for n := range 8 {
			wg.Go(func() {
				for first := true; ; first = false {
					if err := update(s, bump(n, nil).fn, contact(n).Key()); err != nil {
						refusals <- err
						return
					}

					// A view may be refused too; it must not hang and not crash.
					_ = s.View(context.Background(),
						func(r store.Reader) error { _, err := r.Load(contact(n).Key()); return err })
					if first {
						going <- struct{}{}
					}
				}
			})
		}

		for range 8 {
			<-going
		}

		same(t, "close", s.Close(), nil)
		wg.Wait()
		for range 8 {
			unavailable(t, <-refusals)
		}
	}},
}

// crowd runs fn in n goroutines at once.
func crowd(t *testing.T, n int, fn func(i int) error) {
	t.Helper()
	ready, errs := make(chan struct{}), make(chan error, n)
	for i := range n {
		go func() {
			<-ready
			errs <- fn(i)
		}()
	}

	close(ready)
	for range n {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func spending(t *testing.T, open Open) {
	const clients, credits = 200, 100
	s := begin(t, open(t))
	broke := customer(acme, 0)
	put(t, s, broke)
	k := store.AccountKey(acme)
	post := func(kind ledger.Kind, amount int64) (ok bool, err error) {
		err = update(s, func(tx *store.Tx) error {
			a, _ := store.Get[store.Account](tx, k)
			var e ledger.Entry
			if a.Balance, e, ok = ledger.Post(a.Balance, kind, amount); !ok {
				return nil
			}

			a.Entries++
			e.Account, e.Seq, e.At = acme, a.Entries, start
			tx.Put(a)
			tx.Insert(store.Entry{Entry: e})

			return nil
		}, k)

		return ok, err
	}
	if ok, err := post(ledger.Grant, credits); !ok || err != nil {
		t.Fatal("the grant was refused")
	}

	var accepted atomic.Int64
	crowd(t, clients, func(int) error {
		ok, err := post(ledger.Hold, 1)
		if ok {
			accepted.Add(1)
		}
		return err
	})

	same(t, "accepted", accepted.Load(), int64(credits))
	s = again(t, s, open)
	a := must[store.Account](t, s, k)
	same(t, "balance", a.Balance, ledger.Balance{Held: credits})
	view(t, s, func(r store.Reader) error {
		sum, entries, err := r.LedgerSum(acme)
		same(t, "sum of the entries", sum, a.Balance)
		same(t, "entries", entries, a.Entries)
		return err
	})
}

// consistency changes two rows together while views read them one after the other.
func consistency(t *testing.T, open Open) {
	const rounds, viewers = 150, 3
	s := begin(t, open(t))
	left, right := contact(1).Key(), contact(2).Key()
	put(t, s, contact(1), contact(2))
	over := make(chan struct{})
	var wg sync.WaitGroup
	for range viewers {
		wg.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}

				err := s.View(context.Background(), func(r store.Reader) error {
					one, err := r.Load(left)
					if err != nil {
						return err
					}

					two, err := r.Load(right)
					a, _ := store.Get[store.Contact](one, left)
					b, _ := store.Get[store.Contact](two, right)
					if len(a.Sends) != len(b.Sends) {
						t.Errorf("a view sees %d and %d sends", len(a.Sends), len(b.Sends))
					}

					return err
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}

	for range rounds {
		err := update(s, func(tx *store.Tx) error {
			for _, k := range []store.Key{left, right} {
				c, _ := store.Get[store.Contact](tx, k)
				tx.Put(addSend(c, len(c.Sends)))
			}
			return nil
		}, left, right)
		same(t, "error", err, nil)
	}
	close(over)
	wg.Wait()
}
