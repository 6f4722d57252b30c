package dispatch

import (
	"context"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/work"
)

// clockLocks keep a sandbox's clock from moving while its due work is carried out. Each account has a lock of its own:
// what one does with its sandbox holds up nobody else.
type clockLocks struct {
	mu sync.Mutex
	by map[id.Account]*clockLock
}

type clockLock struct {
	moving  bool
	workers int
}

// hold keeps an account's clock where it is. It is false while the clock is being moved.
func (l *clockLocks) hold(a id.Account) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	lock := l.of(a)
	if lock.moving {
		return false
	}
	lock.workers++

	return true
}

func (l *clockLocks) release(a id.Account) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.by[a].workers--
	l.forget(a)
}

// tryMove lets the caller move an account's clock. It is false while somebody moves it, or works by it.
func (l *clockLocks) tryMove(a id.Account) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	lock := l.of(a)
	if lock.moving || lock.workers > 0 {
		return false
	}
	lock.moving = true

	return true
}

func (l *clockLocks) moved(a id.Account) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.by[a].moving = false
	l.forget(a)
}

// lockEvery is how often a lock that somebody has is asked for again.
const lockEvery = 5 * time.Millisecond

// move waits until the caller may move the clock, at most until ctx ends.
func (l *clockLocks) move(ctx context.Context, a id.Account) error {
	if l.tryMove(a) {
		return nil
	}

	tick := time.NewTicker(lockEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if l.tryMove(a) {
				return nil
			}
		}
	}
}

func (l *clockLocks) of(a id.Account) *clockLock {
	if l.by == nil {
		l.by = map[id.Account]*clockLock{}
	}
	if l.by[a] == nil {
		l.by[a] = &clockLock{}
	}

	return l.by[a]
}

func (l *clockLocks) forget(a id.Account) {
	if lock := l.by[a]; !lock.moving && lock.workers == 0 {
		delete(l.by, a)
	}
}

// holdClock keeps the clock of a sandbox where it is while a job of it runs. It is false while the clock is being moved:
// then the work is done by whoever moves it.
func (d *Dispatcher) holdClock(j job, place *work.Place) (release func(), ok bool) {
	if place.Name() != d.Config.Sandbox.Name() {
		return func() {}, true
	}

	a := j.due.Key.Account
	if !d.clocks.hold(a) {
		return nil, false
	}

	return func() { d.clocks.release(a) }, true
}
