package postgres_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

var at = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// aNode opens a store as another node would.
func aNode(t *testing.T, url string) *store.Store {
	t.Helper()
	s := store.Open(open(t, url))
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func customer(n int) id.Account { return id.Account{1, 15: byte(n)} }

func contactOf(a id.Account, n int) store.Contact {
	return store.Contact{
		Account: a, ID: store.ContactID{2, 14: byte(n >> 8), 15: byte(n)}, Mode: id.Live,
		Number: []byte{1},
	}
}

func enrol(t *testing.T, s *store.Store, accounts int) {
	t.Helper()
	for n := range accounts {
		a := store.Account{Account: account.Account{ID: customer(n), Name: "Acme", CreatedAt: at}}
		if err := s.Update(t.Context(), a.ID, []store.Key{a.Key()}, func(tx *store.Tx) error { tx.Put(a); return nil }); err != nil {
			t.Fatal(err)
		}
	}
}

// enter posts one credit with an entry that carries m, and notes the send on a contact that may be absent.
func enter(s *store.Store, a id.Account, m id.Message, contact int) error {
	k, c := store.AccountKey(a), contactOf(a, contact)
	return s.Update(context.Background(), a, []store.Key{k, c.Key()}, func(tx *store.Tx) error {
		row, _ := store.Get[store.Account](tx, k)
		row, entry, ok := row.Post(ledger.Grant, 1, m, at)
		if !ok {
			return errors.New("refused")
		}
		if known, found := store.Get[store.Contact](tx, c.Key()); found {
			c = known
		}

		c.Sends = append(c.Sends[:len(c.Sends):len(c.Sends)], at)
		tx.Put(row)
		tx.Put(c)
		tx.Insert(entry)

		return nil
	})
}

// balanced compares an account with its entries and returns their number.
func balanced(t *testing.T, s *store.Store, a id.Account) (entries int64) {
	t.Helper()
	err := s.View(t.Context(), func(r store.Reader) error {
		rows, err := r.Load(store.AccountKey(a))
		if err != nil {
			return err
		}

		row, _ := store.Get[store.Account](rows, store.AccountKey(a))
		sum, n, err := r.LedgerSum(a)
		if sum != row.Balance || n != row.Entries {
			t.Errorf("the account has %+v in %d entries, they come to %+v in %d", row.Balance, row.Entries, sum, n)
		}
		entries = n

		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	return entries
}

// Two nodes write the same accounts and contacts, most of which do not exist yet. No client gets an error because of
// deadlocks or conflicts, and nothing is lost.
func TestTwoNodes(t *testing.T) {
	t.Parallel()
	const accounts, clients, each = 3, 48, 30
	url := pgtest.URL(t)
	nodes := []*store.Store{aNode(t, url), aNode(t, url)}
	enrol(t, nodes[0], accounts)
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for n := range each {
				a := customer((c + n) % accounts)
				if err := enter(nodes[c%2], a, id.Message{3, 13: byte(c), 14: byte(n)}, n); err != nil {
					t.Errorf("client %d: %v", c, err)
					return
				}
			}
		})
	}

	wg.Wait()
	var entries int64
	marks := 0
	for n := range accounts {
		entries += balanced(t, nodes[n%2], customer(n))
		for i := range each {
			rows, err := nodes[1].Find(t.Context(), contactOf(customer(n), i).Key())
			if err != nil {
				t.Fatal(err)
			}
			c, _ := store.Get[store.Contact](rows, contactOf(customer(n), i).Key())
			marks += len(c.Sends)
		}
	}
	if entries != clients*each || marks != clients*each {
		t.Errorf("%d entries and %d sends, want %d of both", entries, marks, clients*each)
	}
	t.Logf("%d and %d groups, %d and %d repeated for the other node", nodes[0].Groups(), nodes[1].Groups(),
		nodes[0].Conflicts(), nodes[1].Conflicts())
}

// Accounts of different lanes do not wait for each other: one update is carried out while another is in its closure.
func TestLanes(t *testing.T) {
	t.Parallel()
	s := aNode(t, pgtest.URL(t))
	outer, inner := contactOf(customer(0), 1), contactOf(customer(1), 1)
	runs := 0
	err := s.Update(t.Context(), customer(0), []store.Key{outer.Key()}, func(tx *store.Tx) error {
		runs++
		tx.Put(outer)
		return s.Update(t.Context(), customer(1), []store.Key{inner.Key()},
			func(tx *store.Tx) error { tx.Put(inner); return nil })
	})

	rows, found := s.Find(t.Context(), outer.Key(), inner.Key())
	if err != nil || found != nil || len(rows) != 2 || runs != 1 {
		t.Errorf("%d rows after %d runs: %v, %v", len(rows), runs, err, found)
	}
}

// Two nodes create the same absent row: neither can lock it, and the second must not overwrite what the first stored.
func TestTwoNodes_AbsentRow(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	one, two := aNode(t, url), aNode(t, url)
	k := contactOf(customer(1), 1).Key()
	note := func(s *store.Store, before func()) error {
		return s.Update(t.Context(), customer(1), []store.Key{k}, func(tx *store.Tx) error {
			row, found := store.Get[store.Contact](tx, k)
			if !found {
				row = contactOf(customer(1), 1)
			}

			before()
			row.Sends = append(row.Sends[:len(row.Sends):len(row.Sends)], at)
			tx.Put(row)

			return nil
		})
	}

	runs := 0
	err := note(one, func() {
		if runs++; runs > 1 {
			return
		}
		if err := note(two, func() {}); err != nil {
			t.Errorf("the node that was first: %v", err)
		}
	})
	if err != nil || runs != 2 || one.Conflicts() != 1 {
		t.Errorf("ran %d times with %d conflicts, want 2 with 1: %v", runs, one.Conflicts(), err)
	}

	rows, err := two.Find(t.Context(), k)
	if c, _ := store.Get[store.Contact](rows, k); err != nil || len(c.Sends) != 2 {
		t.Errorf("the contact has %d sends, want 2: %v", len(c.Sends), err)
	}
}

// Rows of one update are locked in the order of their keys, whatever order they were named in.
func TestTwoNodes_NoDeadlocks(t *testing.T) {
	t.Parallel()
	const clients, each, rows = 16, 60, 6
	url := pgtest.URL(t)
	nodes := []*store.Store{aNode(t, url), aNode(t, url)}
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for n := range each {
				// In separate lanes, so that groups of one node conflict, too.
				a, keys := customer(c/2), make([]store.Key, 0, rows)
				for i := range rows {
					k := contactOf(customer(0), (n+i*(1+4*(c%2)))%rows).Key()
					keys = append(keys, k)
				}

				err := nodes[c%2].Update(context.Background(), a, keys, func(tx *store.Tx) error {
					for _, k := range keys {
						row, found := store.Get[store.Contact](tx, k)
						if !found {
							row = store.Contact{
								Account: k.Account, ID: store.ContactID([]byte(k.ID)), Mode: id.Live,
								Number: []byte{1},
							}
						}
						row.Acknowledged, row.Sends = nil, append(row.Sends[:len(row.Sends):len(row.Sends)], at)[max(0, len(row.Sends)-20):]
						tx.Put(row)
					}

					return nil
				})
				if err != nil {
					t.Errorf("client %d: %v", c, err)
				}
			}
		})
	}

	wg.Wait()
	if n := pgtest.Deadlocks(t); n > 0 {
		t.Errorf("%d deadlocks", n)
	}
}

// PostgreSQL is killed again and again under load. What was acknowledged is stored exactly once.
func TestImmediateRestarts(t *testing.T) {
	t.Parallel()
	const clients, restarts = 32, 3
	cluster := pgtest.Start(t)
	s := aNode(t, cluster.URL())
	enrol(t, s, 2)
	var mu sync.Mutex
	acknowledged, failed := map[id.Message]bool{}, map[id.Message]error{}
	var stop atomic.Bool
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for n := 0; !stop.Load(); n++ {
				m := id.Message{3, 12: byte(c), 14: byte(n >> 8), 15: byte(n)}
				err := enter(s, customer(c%2), m, n%50)
				mu.Lock()
				if err == nil {
					acknowledged[m] = true
				} else {
					failed[m] = err
				}
				mu.Unlock()
			}
		})
	}

	acked := func() int { mu.Lock(); defer mu.Unlock(); return len(acknowledged) }
	for range restarts {
		before := acked()
		until(t, "work goes on", func() bool { return acked() >= before+200 })
		if err := errors.Join(cluster.Kill(), cluster.Up()); err != nil {
			t.Fatal(err)
		}
	}

	before := acked()
	until(t, "work goes on without a restart of ours", func() bool { return acked() >= before+200 })
	stop.Store(true)
	wg.Wait()
	judge(t, entriesOf(t, s, customer(0), customer(1)), acknowledged, failed)
}

// judge compares what is stored with the answers that clients got.
func judge(t *testing.T, stored map[id.Message]int, acknowledged map[id.Message]bool, failed map[id.Message]error) {
	t.Helper()
	for _, err := range failed {
		var f *fault.Fault
		if !errors.As(err, &f) || f.Status != 503 || f.RetryAfter <= 0 {
			t.Errorf("a client got %v", err)
		}
	}

	for m := range acknowledged {
		if stored[m] != 1 {
			t.Errorf("%s was acknowledged and is stored %d times", m, stored[m])
		}
	}

	unknown := 0
	for m, n := range stored {
		if !acknowledged[m] {
			unknown++
		}
		if n > 1 || !acknowledged[m] && !errors.Is(failed[m], store.ErrOutcome) {
			t.Errorf("%s is stored %d times, its client got %v", m, n, failed[m])
		}
	}
	t.Logf("%d acknowledged, %d refused, %d of them stored", len(acknowledged), len(failed), unknown)
}

func entriesOf(t *testing.T, s *store.Store, accounts ...id.Account) map[id.Message]int {
	t.Helper()
	stored := map[id.Message]int{}
	for _, a := range accounts {
		for seq := int64(1); seq <= balanced(t, s, a); seq++ {
			k := store.Entry{Entry: ledger.Entry{Account: a, Seq: seq}}.Key()
			rows, err := s.Find(t.Context(), k)
			if err != nil {
				t.Fatal(err)
			}
			e, _ := store.Get[store.Entry](rows, k)
			stored[e.Message]++
		}
	}

	return stored
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(40 * time.Second); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long until %s", what)
		}
	}
}

// A sends-and-verifies pair is three updates. 64 clients share the statements of their groups.
func TestStatements_PerPair(t *testing.T) {
	t.Parallel()
	const clients, pairs, updatesPerPair, most = 64, 30, 3, 8
	b := open(t, pgtest.URL(t))
	s := store.Open(b)
	defer s.Close()
	enrol(t, s, clients)
	before := b.Statements()
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for n := range pairs * updatesPerPair {
				if err := enter(s, customer(c), id.Message{3, 12: byte(c), 15: byte(n)}, n); err != nil {
					t.Error(err)
				}
			}
		})
	}

	wg.Wait()
	perPair := float64(b.Statements()-before) / (clients * pairs)
	t.Logf("%.1f statements for a pair, %d groups", perPair, s.Groups())
	if perPair > most {
		t.Errorf("%.1f statements for a pair, at most %d", perPair, most)
	}
}
