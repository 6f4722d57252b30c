package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/store"
)

var crashTests = []test{
	{"failing commits lose and repeat nothing", failing},
	{"a database that refused a change is ready when it takes one again", func(t *testing.T, open Open) {
		b := &broken{Backend: open(t)}
		b.fate = func() fate { return commits }
		s := begin(t, b)
		ready := func() error { return s.Ready(t.Context()) }
		same(t, "ready at first", ready(), nil)
		same(t, "changes by looking", b.begun, 0)
		b.fate = func() fate { return beforeBegin }
		unavailable(t, s.Update(t.Context(), acme, []store.Key{contact(1).Key()}, func(tx *store.Tx) error { tx.Put(contact(1)); return nil }))
		unavailable(t, ready())
		b.fate = func() fate { return commits }
		same(t, "ready again", ready(), nil)
		begun := b.begun
		same(t, "ready still", ready(), nil)
		same(t, "changes by looking again", b.begun, begun)
	}},
	{"a database that does not begin fails its group at once", func(t *testing.T, open Open) {
		b := &broken{Backend: open(t)}
		b.fate = func() fate {
			if b.begun == 0 {
				return commits
			}
			return beforeBegin
		}

		s := begin(t, b)
		for _, err := range together(t, s, bump(1, nil), bump(2, nil), bump(3, nil)) {
			unavailable(t, err)
			if !errors.Is(err, errDisk) {
				t.Errorf("got %v, want the cause in the chain", err)
			}
		}
		// One for the update that held the writer, one for the group: the others of the group do not try again.
		same(t, "attempts to begin", b.begun, 2)
	}},
}

// fate is how a transaction ends.
type fate int

const (
	commits fate = iota
	beforeBegin
	beforeWrite
	inWrite
	afterWrite
)

var errDisk = errors.New("the disk is gone")

// broken is a database whose transactions fail as fate says. Nothing of a failed transaction may be kept.
type broken struct {
	store.Backend
	fate  func() fate
	begun int
}

func (b *broken) Group(ctx context.Context, fn func(store.Batch) error) error {
	f := b.fate()
	b.begun++
	if f == beforeBegin {
		return errDisk
	}

	return b.Backend.Group(ctx, func(batch store.Batch) error {
		if err := fn(&torn{batch, f}); err != nil || f == commits {
			return err
		}
		return errDisk
	})
}

// torn fails before or in the middle of Write.
type torn struct {
	store.Batch
	fate fate
}

func (b *torn) Write(records []store.Record, gone []store.Key) error {
	switch b.fate {
	case beforeWrite:
		return errDisk
	case inWrite:
		if err := b.Batch.Write(records[:len(records)/2], nil); err != nil {
			return err
		}
		return errDisk
	}

	return b.Batch.Write(records, gone)
}

// failing posts entries to one account by several clients while transactions fail at random, some updates are bad and
// the database restarts, and compares what was acknowledged with what is stored.
func failing(t *testing.T, open Open) {
	const clients, each, restarts = 40, 8, 3
	r := random(t)
	var mu sync.Mutex // r has one user at a time
	draw := func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return r.IntN(n)
	}

	acknowledged := map[id.Message]bool{}
	var entries int64
	for round := range restarts {
		b := &broken{Backend: open(t), fate: func() fate {
			if draw(3) > 0 {
				return commits
			}
			return fate(draw(int(afterWrite) + 1))
		}}

		s := begin(t, b)
		if round == 0 {
			openAccount(t, s)
		}

		crowd(t, clients, func(client int) error {
			for n := range each {
				entry, bad := id.Message(number((round*clients+client)*each+n)), draw(10) == 0
				err := enter(s, entry, bad)
				if err == nil && bad {
					return fmt.Errorf("an update that violates a constraint was acknowledged")
				}
				mu.Lock()
				acknowledged[entry] = err == nil
				mu.Unlock()
			}

			return nil
		})
		same(t, "close", s.Close(), nil)
		entries = audit(t, begin(t, open(t)), acknowledged)
	}
	t.Logf("%d of %d updates were acknowledged", entries, len(acknowledged))
}

// openAccount stores the account in spite of failing commits.
func openAccount(t *testing.T, s *store.Store) {
	t.Helper()
	until(t, "the account is stored", func() bool {
		return update(s, func(tx *store.Tx) error { tx.Put(customer(acme, 0)); return nil },
			store.AccountKey(acme)) == nil
	})
}

// enter posts an entry with the message m; a bad one has a row that violates a constraint.
func enter(s *store.Store, m id.Message, bad bool) error {
	return update(s, func(tx *store.Tx) error {
		a, found := store.Get[store.Account](tx, store.AccountKey(acme))
		if !found {
			return errors.New("the account is gone")
		}

		a.Entries++
		a.Balance.Credits++
		if bad {
			tx.Insert(store.Inbox{Account: acme, ID: m, At: start}) // without its number
		}
		tx.Put(a)
		tx.Insert(store.Entry{Entry: ledger.Entry{
			Account: acme, Seq: a.Entries, Kind: ledger.Grant, Credits: 1,
			Message: m, At: start,
		}})

		return nil
	}, store.AccountKey(acme))
}

// audit compares the entries with what was acknowledged, and closes the store.
func audit(t *testing.T, s *store.Store, acknowledged map[id.Message]bool) (entries int64) {
	t.Helper()
	a := must[store.Account](t, s, store.AccountKey(acme))
	seen := map[id.Message]int{}
	for seq := int64(1); seq <= a.Entries; seq++ {
		e := must[store.Entry](t, s, store.Entry{Entry: ledger.Entry{Account: acme, Seq: seq}}.Key())
		seen[e.Message]++
	}

	for m, acked := range acknowledged {
		if want := map[bool]int{true: 1}[acked]; seen[m] != want {
			t.Errorf("%s: acknowledged %v, stored %d times", m, acked, seen[m])
		}
		delete(seen, m)
	}
	if len(seen) > 0 {
		t.Errorf("%d entries that no client posted", len(seen))
	}

	view(t, s, func(r store.Reader) error {
		sum, n, err := r.LedgerSum(acme)
		same(t, "sum of the entries", sum, a.Balance)
		same(t, "entries", n, a.Entries)
		return err
	})
	same(t, "close", s.Close(), nil)

	return a.Entries
}
