package dispatch

import (
	"context"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/work"
)

// clockLocks keep a sandbox's clock from moving while its due work is carried out. There is one lock for each account,
// so that no account waits for another's sandbox.
type clockLocks struct {
	mu        sync.Mutex
	byAccount map[id.Account]*clockLock
}

type clockLock struct {
	moving  bool
	workers int
}

// hold keeps an account's clock from moving. It is false while the clock is being moved.
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
	l.byAccount[a].workers--
	l.forget(a)
}

// tryBeginMove lets the caller move an account's clock. It is false while the clock is being moved, or held.
func (l *clockLocks) tryBeginMove(a id.Account) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	lock := l.of(a)
	if lock.moving || lock.workers > 0 {
		return false
	}
	lock.moving = true

	return true
}

func (l *clockLocks) endMove(a id.Account) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.byAccount[a].moving = false
	l.forget(a)
}

// lockEvery is how often a lock that is taken is tried again.
const lockEvery = 5 * time.Millisecond

// beginMove waits until the caller may move the clock, or ctx ends.
func (l *clockLocks) beginMove(ctx context.Context, a id.Account) error {
	if l.tryBeginMove(a) {
		return nil
	}

	tick := time.NewTicker(lockEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if l.tryBeginMove(a) {
				return nil
			}
		}
	}
}

func (l *clockLocks) of(a id.Account) *clockLock {
	if l.byAccount == nil {
		l.byAccount = map[id.Account]*clockLock{}
	}
	if l.byAccount[a] == nil {
		l.byAccount[a] = &clockLock{}
	}

	return l.byAccount[a]
}

func (l *clockLocks) forget(a id.Account) {
	if lock := l.byAccount[a]; !lock.moving && lock.workers == 0 {
		delete(l.byAccount, a)
	}
}

// holdClock keeps the clock of a sandbox from moving while a job of it runs. It returns false while the clock is
// being moved: then MoveClock carries out the work.
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
