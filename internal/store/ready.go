package store

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

const (
	// readyWithin bounds the look at the database: who asks is a balancer, which has no patience.
	readyWithin = 2 * time.Second
	// probeSize is more than what is left over in pages that are there: on a full disk small rows still find room, and a
	// server that called itself ready for that would refuse the next send.
	probeSize = 16 << 10
)

// metaProbe is the row that probe writes.
const metaProbe = "probe"

// Ready returns nil when the database answers and takes changes. While all is well that is a read; after a change was
// refused, it is a change of its own, which shows when the database is well again though nobody sends any more.
func (s *Store) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	done := make(chan error, 1)
	// A connection that is being made, and an update, go on without their caller: a database that hangs must not hold the
	// one who asked.
	go func() {
		err := s.backend.Writable(ctx)
		if err == nil && s.refused.Load() {
			err = s.probe(ctx)
		}
		done <- err
	}()

	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// probe writes a row and removes it.
func (s *Store) probe(ctx context.Context) error {
	k, value := MetaKey(metaProbe), make([]byte, probeSize)
	_, _ = rand.Read(value) // never fails; random, so that no database makes it small
	write := func(tx *Tx) error { tx.Put(Meta{Name: metaProbe, Value: value}); return nil }
	remove := func(tx *Tx) error { tx.Delete(k); return nil }
	for _, change := range []func(*Tx) error{write, remove} {
		if err := s.Update(ctx, id.Account{}, []Key{k}, change); err != nil {
			return err
		}
	}
	s.refused.Store(false)

	return nil
}
