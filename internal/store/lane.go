package store

import (
	"encoding/binary"
	"sync"

	"github.com/syssecure/syssecure/internal/id"
)

// lane is one writer with its queue.
type lane struct {
	of    *Store
	queue chan *job

	cached bool // cached rows are valid for the current group

	// Reused by each group.
	keys    []Key
	missing []Key
	changed changes
}

// startLanes starts the writers; done is closed when the last has ended.
func (s *Store) startLanes() {
	var writers sync.WaitGroup
	for range s.backend.Lanes() {
		l := &lane{of: s, queue: make(chan *job, 4*MaxGroup)}
		s.lanes = append(s.lanes, l)
		writers.Go(l.write)
	}

	go func() {
		writers.Wait()
		close(s.done)
	}()
}

// lane returns an account's lane, by the random end of its id.
func (s *Store) lane(a id.Account) *lane {
	return s.lanes[binary.BigEndian.Uint64(a[8:])%uint64(len(s.lanes))]
}
