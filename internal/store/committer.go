package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/syssecure/syssecure/internal/fault"
)

// Stats counts what the committer did since Open.
type Stats struct{ groups, updates, replays, conflicts atomic.Int64 }

// Groups is how many transactions were committed, Updates how many updates they contained, Replays how many updates ran
// again because their group's transaction failed.
func (s *Store) Groups() int64  { return s.stats.groups.Load() }
func (s *Store) Updates() int64 { return s.stats.updates.Load() }
func (s *Store) Replays() int64 { return s.stats.replays.Load() }

// write is the writer. The updates that came during the last commit are the next group.
func (l *lane) write() {
	group := make([]*job, 0, MaxGroup)
	for {
		select {
		case j := <-l.queue:
			group = append(group[:0], j)
		case <-l.of.closing:
			l.drain()
			return
		}
		l.gather()
		group = l.fill(group)
		l.run(group)
	}
}

// gather lets goroutines that are ready queue their updates, so that a busy server makes few large groups instead of
// many small ones. An idle server does not wait.
func (l *lane) gather() {
	for n := -1; n != len(l.queue) && n < MaxGroup; {
		n = len(l.queue)
		runtime.Gosched()
	}
}

func (l *lane) fill(group []*job) []*job {
	for len(group) < MaxGroup {
		select {
		case j := <-l.queue:
			group = append(group, j)
		default:
			return group
		}
	}

	return group
}

// drain carries out what was queued before Close.
func (l *lane) drain() {
	for {
		group := l.fill(nil)
		if len(group) == 0 {
			return
		}
		l.run(group)
	}
}

// run carries out a group, and in further groups the updates that need more rows, until every caller has its answer.
func (l *lane) run(group []*job) {
	group = slices.DeleteFunc(group, answerIfCanceled)
	for len(group) > 0 {
		group = l.commit(group)
	}
}

// answerIfCanceled answers a job whose caller's context ended while it was queued.
func answerIfCanceled(j *job) bool {
	err := j.ctx.Err()
	if err != nil {
		j.done <- err
	}
	return err != nil
}

// commit runs a group in one transaction and returns the jobs that need more rows. When the transaction fails, the jobs
// run one by one, so that one bad job does not fail the others.
func (l *lane) commit(group []*job) (again []*job) {
	errs, began, err := l.retryConflicts(group)
	if err == nil || !began || len(group) == 1 || noReplay(err) {
		return l.answer(group, errs, err)
	}

	for i := range group {
		l.of.stats.replays.Add(1)
		one := group[i : i+1]
		errs, began, err = l.retryConflicts(one)
		if !began || noReplay(err) && !errors.Is(err, ErrOutcome) {
			// Every other job would get the same error.
			return append(again, l.answer(group[i:], errs, err)...)
		}
		again = append(again, l.answer(one, errs, err)...)
	}

	return again
}

// attempt runs the group in one transaction. It returns each closure's error, whether the transaction began, and why it
// was not committed.
func (l *lane) attempt(group []*job) (errs []error, began bool, err error) {
	errs = make([]error, len(group))
	err = l.of.backend.Group(context.Background(), func(b Batch) error {
		began = true
		return l.decide(b, group, errs)
	})
	if err != nil {
		// The next group must read what the database has now.
		l.of.recent.clear()
		return errs, began, err
	}

	l.of.recent.cache(l.changed.list())
	l.of.stats.groups.Add(1)
	l.of.stats.updates.Add(int64(len(group)))

	return errs, began, nil
}

// answer sends the callers their results and returns the jobs that need more rows.
func (l *lane) answer(group []*job, errs []error, err error) (again []*job) {
	for i, j := range group {
		var need *needError
		switch {
		case err != nil:
			l.of.refused.Store(true)
			f := fault.Unavailable(err)
			if errors.Is(err, ErrOutcome) {
				f.Message = "the connection to the database was lost during a commit, and it is not known whether this was " +
					"done; repeat it with the same Idempotency-Key"
			}
			j.done <- f
		case errors.As(errs[i], &need) && j.needs < maxNeeds:
			j.needs++
			j.keys = append(slices.Clip(j.keys), need.keys...)
			again = append(again, j)
		default:
			if errs[i] == nil {
				for _, fn := range j.after {
					fn()
				}
			}
			j.done <- errs[i]
		}
	}

	return again
}

// decide loads the group's rows, runs its closures and writes what they changed.
func (l *lane) decide(b Batch, group []*job, errs []error) error {
	l.keys = l.keys[:0]
	for _, j := range group {
		l.keys = append(l.keys, j.keys...)
	}

	// Sorted, so that all nodes lock rows in the same order.
	slices.SortFunc(l.keys, Key.Compare)
	l.keys = slices.Compact(l.keys)
	rows, err := l.load(b)
	if err != nil {
		return err
	}

	l.changed.clear()
	for i, j := range group {
		tx := Tx{declared: j.keys, rows: rows, changed: &l.changed, slot: uint8(l.of.slot.Load())}
		if errs[i] = call(j.fn, &tx); errs[i] == nil {
			errs[i] = tx.keep()
		}
		j.after = tx.after
	}
	if err := l.addUp(b); err != nil {
		return err
	}

	records, gone := l.changed.list()
	if len(records)+len(gone) == 0 {
		return nil
	}

	return b.Write(records, gone)
}

// load returns the group's rows: valid cached ones, and the rest from the database.
func (l *lane) load(b Batch) (Rows, error) {
	unchanged, known := b.Unchanged()
	if known && !unchanged {
		l.of.recent.clear()
	}

	l.cached = known
	return l.fetch(b)
}

// fetch returns the rows of l.keys, in a group that load has begun.
func (l *lane) fetch(b Batch) (Rows, error) {
	if !l.cached {
		return b.Load(l.keys)
	}

	rows, missing := l.of.recent.split(l.keys, l.missing[:0])
	l.missing = missing
	if len(missing) == 0 {
		return rows, nil
	}
	loaded, err := b.Load(missing)
	maps.Copy(rows, loaded)

	return rows, err
}

// call turns a closure's panic into its error: a bug in one update must not affect the others, or end the writer.
func call(fn func(*Tx) error, tx *Tx) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case damaged:
			err = p.err
		default:
			err = fmt.Errorf("update: panic: %v", p)
		}
	}()

	return fn(tx)
}
