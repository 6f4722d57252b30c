package store

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

const (
	// readyWithin bounds the check: load balancers do not wait long.
	readyWithin = 2 * time.Second
	// probeSize is more than the free space of existing pages: on a full disk, small rows can still be written, and a
	// server that seemed ready because of that would refuse the next send.
	probeSize = 16 << 10
)

// metaProbe is the row that probe writes.
const metaProbe = "probe"

// Ready returns nil when the database answers and accepts changes. Usually that is a read. After a change failed, it is
// a change, which finds out when the database works again although no request writes.
func (s *Store) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	done := make(chan error, 1)
	// In a goroutine, since neither connecting nor an update ends with ctx, and the caller must not wait for a database
	// that hangs.
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
	_, _ = rand.Read(value) // never fails; random, so that it cannot be compressed
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
