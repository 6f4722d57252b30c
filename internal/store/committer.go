package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/syssecure/syssecure/internal/fault"
)

// Stats counts what the committer did since Open.
type Stats struct{ groups, updates, replays atomic.Int64 }

// Groups is how many transactions were committed, Updates how many closures they carried, Replays how many closures ran
// again because their group's transaction failed.
func (s *Store) Groups() int64  { return s.stats.groups.Load() }
func (s *Store) Updates() int64 { return s.stats.updates.Load() }
func (s *Store) Replays() int64 { return s.stats.replays.Load() }

// write is the writer: whatever arrived during the last commit is the next group.
func (s *Store) write() {
	defer close(s.done)
	group := make([]*job, 0, MaxGroup)
	for {
		select {
		case j := <-s.queue:
			group = append(group[:0], j)
		case <-s.closing:
			s.drain()
			return
		}
		group = s.fill(group)
		s.run(group)
	}
}

func (s *Store) fill(group []*job) []*job {
	for len(group) < MaxGroup {
		select {
		case j := <-s.queue:
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

// drain carries out what was queued before Close.
func (s *Store) drain() {
	for {
		group := s.fill(nil)
		if len(group) == 0 {
			return
		}
		s.run(group)
	}
}

// run carries out a group, and what of it needs more rows in further groups, until every caller has its answer.
func (s *Store) run(group []*job) {
	for len(group) > 0 {
		group = s.commit(group)
	}
}

// commit runs one group in one transaction and returns the jobs that need more rows. A transaction that fails is
// replayed job by job, so that one bad job fails alone.
func (s *Store) commit(group []*job) (again []*job) {
	errs := make([]error, len(group))
	err := s.backend.Group(context.Background(), func(b Batch) error {
		return s.decide(b, group, errs)
	})
	if err != nil && len(group) > 1 {
		s.stats.replays.Add(int64(len(group)))
		for _, j := range group {
			again = append(again, s.commit([]*job{j})...)
		}
		return again
	}
	if err == nil {
		s.stats.groups.Add(1)
		s.stats.updates.Add(int64(len(group)))
	}
	for i, j := range group {
		var need *needError
		switch {
		case err != nil:
			j.done <- fault.Unavailable(err)
		case errors.As(errs[i], &need) && j.needs < maxNeeds:
			j.needs++
			j.keys = append(slices.Clip(j.keys), need.keys...)
			again = append(again, j)
		default:
			j.done <- errs[i]
		}
	}
	return again
}

// decide loads the group's rows, runs its closures and writes what they changed.
func (s *Store) decide(b Batch, group []*job, errs []error) error {
	n := 0
	for _, j := range group {
		n += len(j.keys)
	}
	keys := make([]Key, 0, n)
	seen := make(map[Key]struct{}, n)
	for _, j := range group {
		for _, k := range j.keys {
			if _, ok := seen[k]; !ok {
				seen[k] = struct{}{}
				keys = append(keys, k)
			}
		}
	}
	// Sorted, so that two nodes that lock the same rows take them in the same order.
	slices.SortFunc(keys, Key.Compare)
	rows, err := b.Load(keys)
	if err != nil {
		return err
	}
	changed := newChanges(n)
	for i, j := range group {
		tx := Tx{declared: j.keys, rows: rows, changed: changed}
		if errs[i] = call(j.fn, &tx); errs[i] == nil {
			tx.keep()
		}
	}
	records, gone := changed.list()
	if len(records)+len(gone) == 0 {
		return nil
	}
	return b.Write(records, gone)
}

// call turns a closure's panic into its error: a bug in one request must not take its neighbours along, and the writer
// must live on.
func call(fn func(*Tx) error, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("update: panic: %v", p)
		}
	}()
	return fn(tx)
}
