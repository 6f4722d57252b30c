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
	// keepAside is how long a row is passed by: an operator may have repaired what it needs.
	keepAside = 10 * time.Minute
	// maxAside bounds the memory that they take, to about 20 MB.
	maxAside = 100_000
)

// aside are rows that could not be worked on, since they or rows that they need are damaged. Sweeps pass them by, so
// that they do not hold up what is behind them.
type aside struct {
	mu    sync.Mutex
	rows  map[store.Key]struct{}
	since time.Time
}

// put notes a row. It is false when there are too many of them.
func (a *aside) put(k store.Key, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over(now) {
		a.rows, a.since = map[store.Key]struct{}{}, now
	}
	if len(a.rows) == maxAside {
		return false
	}
	a.rows[k] = struct{}{}

	return true
}

func (a *aside) has(k store.Key, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.rows[k]

	return ok && !a.over(now)
}

func (a *aside) over(now time.Time) bool { return a.rows == nil || now.Sub(a.since) >= keepAside }

// passBy puts a row aside when the work on it failed since a row is damaged. Any other error is returned.
func (d *Dispatcher) passBy(k store.Key, err error) error {
	if !errors.Is(err, store.ErrDamaged) || !d.aside.put(k, d.Config.Now()) {
		return err
	}
	d.Config.Log.Error("work is put off for ten minutes, because a row that it needs is damaged",
		"table", k.Table.String(), "row", k.Text(), "cause", err)

	return nil
}

// duePage reads the first rows of a list that were not put aside.
func (d *Dispatcher) duePage(limit int, list func(limit int) ([]store.Due, error)) ([]store.Due, error) {
	now := d.Config.Now()
	return store.FullPage(limit, func(most int) ([]store.Due, int, error) {
		due, err := list(most)
		rows := len(due)
		due = slices.DeleteFunc(due, func(row store.Due) bool { return d.aside.has(row.Key, now) })

		return due, rows, err
	})
}

// dueWork, expired and dueInSandbox list as the reader does, without what was put aside.
func (d *Dispatcher) dueWork(v store.Reader, q store.WorkQuery) ([]store.Due, error) {
	return d.duePage(q.Limit, func(most int) ([]store.Due, error) {
		q.Limit = most
		return v.DueWork(q)
	})
}

func (d *Dispatcher) expired(v store.Reader, before time.Time, sandbox id.Account, limit int) ([]store.Due, error) {
	return d.duePage(limit, func(most int) ([]store.Due, error) { return v.ExpiredOTPs(before, sandbox, most) })
}

func (d *Dispatcher) dueInSandbox(v store.Reader, a id.Account, before time.Time, limit int) ([]store.Due, error) {
	return d.duePage(limit, func(most int) ([]store.Due, error) { return v.DueInSandbox(a, before, most) })
}
