package dispatch

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// deferFor is how long rows are deferred, in which an operator may repair them.
	deferFor = 10 * time.Minute
	// maxDeferred bounds their memory to about 20 MB.
	maxDeferred = 100_000
)

// deferred are rows that could not be worked on because they, or rows that they need, are damaged. Sweeps skip them, so
// that they do not stop others.
type deferred struct {
	mu    sync.Mutex
	rows  map[store.Key]struct{}
	since time.Time
}

// add defers a row. It is false when there are too many.
func (a *deferred) add(k store.Key, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over(now) {
		a.rows, a.since = map[store.Key]struct{}{}, now
	}
	if len(a.rows) == maxDeferred {
		return false
	}
	a.rows[k] = struct{}{}

	return true
}

func (a *deferred) has(k store.Key, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.rows[k]

	return ok && !a.over(now)
}

func (a *deferred) over(now time.Time) bool { return a.rows == nil || now.Sub(a.since) >= deferFor }

// deferDamaged defers a row on which the work failed because of a damaged row. It returns any other error.
func (d *Dispatcher) deferDamaged(k store.Key, err error) error {
	if !errors.Is(err, store.ErrDamaged) || !d.deferred.add(k, d.Config.Now()) {
		return err
	}
	d.Config.Log.Error("work is deferred for ten minutes, because a row that it needs is damaged",
		"table", k.Table.String(), "row", k.Text(), "cause", err)

	return nil
}

// duePage reads the first rows of a list that are not deferred.
func (d *Dispatcher) duePage(limit int, list func(limit int) ([]store.Due, error)) ([]store.Due, error) {
	now := d.Config.Now()
	return store.FullPage(limit, func(most int) ([]store.Due, int, error) {
		due, err := list(most)
		rows := len(due)
		due = slices.DeleteFunc(due, func(row store.Due) bool { return d.deferred.has(row.Key, now) })

		return due, rows, err
	})
}

// dueWork, expired and dueInSandbox list as the reader does, without deferred rows.
func (d *Dispatcher) dueWork(v store.Reader, q store.WorkQuery) ([]store.Due, error) {
	now := d.Config.Now()
	return store.FullPage(q.Limit, func(most int) ([]store.Due, int, error) {
		q.Limit = most
		due, err := v.DueWork(q)
		rows := len(due)
		due = slices.DeleteFunc(due, func(row store.Due) bool {
			return d.deferred.has(row.Key, now) || d.paused.holds(q.Carrier, row.Key)
		})

		return due, rows, err
	})
}

func (d *Dispatcher) expired(v store.Reader, before time.Time, sandbox id.Account, limit int) ([]store.Due, error) {
	return d.duePage(limit, func(most int) ([]store.Due, error) { return v.ExpiredOTPs(before, sandbox, most) })
}

func (d *Dispatcher) dueInSandbox(v store.Reader, a id.Account, before time.Time, limit int) ([]store.Due, error) {
	return d.duePage(limit, func(most int) ([]store.Due, error) { return v.DueInSandbox(a, before, most) })
}
