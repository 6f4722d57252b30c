// Package work runs the tasks of dispatch and hooks: Workers run, drain and retry them, InFlight and Orphans find rows
// that have an owner but are not in flight, and a Pool runs submits.
//
// In a pool each carrier has a queue (package queue) and a number of places, so that a carrier that is slow or hangs
// holds up only its own work. The queue decides whose turn it is; the pool has the clock and the lock. A job that waits
// here is a row that is due in the database, so dropping it loses nothing.
package work

import (
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/queue"
)

// Limits bound what one carrier gets from this process.
type Limits struct {
	// Places is how many submits may be unanswered at a time, at least 1.
	Places int
	// Rate is units (segments of a text message, else messages or calls) a second; 0 is no limit.
	Rate float64
}

// Job is a submit that waits for its turn.
type Job struct {
	Account id.Account
	Class   queue.Class
	// Cost is how many units of the rate the submit takes; less than 1 counts as 1.
	Cost int
	// Run is called by one of the pool's workers with a place, which it has to release.
	Run func(*Place)
	// Drop is called instead of Run when the pool closes before the job's turn.
	Drop func()
}

// Pool has a queue for each carrier. It is safe for concurrent use. Make it with New.
type Pool struct {
	workers *Workers
	queues  map[string]*carrierQueue
	// starved is called when a queue with a backlog is nearly empty, see Queue.Backlog.
	starved func()
}

// New makes a pool with a queue for each name, whose jobs the workers run. starved must not block; see Queue.Backlog.
func New(workers *Workers, limits map[string]Limits, starved func()) *Pool {
	p := &Pool{workers: workers, queues: make(map[string]*carrierQueue, len(limits)), starved: starved}
	for name, l := range limits {
		q := &carrierQueue{pool: p, name: name, sched: queue.New[Job](l.Places, l.Rate)}
		q.timer = time.AfterFunc(time.Hour, q.grant)
		q.timer.Stop()
		p.queues[name] = q
	}

	return p
}

// Has reports whether the pool has a queue of the name.
func (p *Pool) Has(name string) bool { return p.queues[name] != nil }

// Limit changes the limits of a carrier.
func (p *Pool) Limit(name string, l Limits) {
	if q := p.queues[name]; q != nil {
		q.mu.Lock()
		q.sched.Limit(l.Places, l.Rate)
		q.mu.Unlock()
		q.grant()
	}
}

// Load is how many submits of a carrier are unanswered now, and how many units it was given since the pool was made.
func (p *Pool) Load(name string) (inFlight int, spent int64) {
	q := p.queues[name]
	if q == nil {
		return 0, 0
	}

	q.mu.Lock()
	defer q.mu.Unlock()

	return q.sched.Taken(), q.sched.Spent()
}

// Pause stops a carrier's queue, or lets it continue. What waits in a queue that is stopped is dropped; until it continues,
// Try and Add give nothing a place in it. Places that were taken stay valid.
func (p *Pool) Pause(name string, paused bool) {
	q := p.queues[name]
	if q == nil {
		return
	}

	q.mu.Lock()
	q.paused = paused
	q.mu.Unlock()
	if paused {
		q.clear()
	}
}

// Try takes a place without waiting. It returns nil when there is no such queue, it is paused, or
// others come first.
func (p *Pool) Try(name string, c queue.Class, cost int) *Place {
	q := p.queues[name]
	if q == nil {
		return nil
	}

	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.paused || !q.sched.Try(c, cost, time.Now()) {
		return nil
	}

	return &Place{carrier: q}
}

// Add queues a job, which runs when it is its turn. When there is no such queue, it is at a bound or paused, or the
// pool was closed, it returns false, and calls neither Run nor Drop.
func (p *Pool) Add(name string, j Job) bool {
	q := p.queues[name]
	if q == nil {
		return false
	}

	q.mu.Lock()
	added := !q.closed && !q.paused && q.sched.Add(queue.Item[Job]{Account: j.Account, Class: j.Class, Cost: j.Cost, Value: j})
	q.mu.Unlock()
	if added {
		q.grant()
	}

	return added
}

// Queue returns one class of a carrier's queue.
func (p *Pool) Queue(name string, c queue.Class) ClassQueue { return ClassQueue{p.queues[name], c} }

// Close drops the jobs that wait, and accepts no more. Places that were taken stay valid.
func (p *Pool) Close() {
	for _, q := range p.queues {
		q.mu.Lock()
		q.closed = true
		q.mu.Unlock()
		q.clear()
	}
}
