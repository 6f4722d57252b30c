// Package work runs submits: each carrier has a room with places of its own and a queue (package queue) for what waits for
// one, so that a carrier that hangs, or is slow, holds up nothing but its own work.
//
// The queue decides whose turn it is; the pool keeps the clock, the lock and the goroutines. What waits here waits in the
// database as well, as a row that is due: dropping it loses nothing.
package work

import (
	"context"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/queue"
)

// Limits are what a carrier takes from this process.
type Limits struct {
	// Places is how many submits may be unanswered at once, at least 1.
	Places int
	// Rate is units (segments of a text message, else messages or calls) a second; 0 is no rate.
	Rate float64
}

// Job is a submit that waits for its turn.
type Job struct {
	Account id.Account
	Class   queue.Class
	// Cost is how many units of the rate the submit takes; less than 1 counts as 1.
	Cost int
	// Run is called in a goroutine of the pool with a place, which it has to release.
	Run func(*Place)
	// Drop is called instead of Run when the job is not run after all.
	Drop func()
}

// Pool has a room for each carrier. It is safe for concurrent use. Make it with New.
type Pool struct {
	rooms map[string]*room
	// starved is told when a room that something waits for in the database has little left to do.
	starved func()

	tasks  sync.WaitGroup
	idle   chan func()
	closed chan struct{}
	once   sync.Once
}

// New makes a pool with a room for each name; starved is called, and must not block, when a room marked by Backlog has
// taken half of what waited in it.
func New(limits map[string]Limits, starved func()) *Pool {
	p := &Pool{rooms: make(map[string]*room, len(limits)), starved: starved, idle: make(chan func()), closed: make(chan struct{})}
	for name, l := range limits {
		r := &room{pool: p, name: name, queue: queue.New[Job](l.Places, l.Rate)}
		r.timer = time.AfterFunc(time.Hour, r.grant)
		r.timer.Stop()
		p.rooms[name] = r
	}

	return p
}

// Has reports whether the pool has a room of the name.
func (p *Pool) Has(name string) bool { return p.rooms[name] != nil }

// Limit changes what a carrier takes.
func (p *Pool) Limit(name string, l Limits) {
	if r := p.rooms[name]; r != nil {
		r.mu.Lock()
		r.queue.Limit(l.Places, l.Rate)
		r.mu.Unlock()
		r.grant()
	}
}

// Try takes a place at once; nil when there is no such room, or when others come first.
func (p *Pool) Try(name string, c queue.Class, cost int) *Place {
	r := p.rooms[name]
	if r == nil {
		return nil
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || !r.queue.Try(c, cost, time.Now()) {
		return nil
	}

	return &Place{room: r}
}

// Wait runs the job when it is its turn, which may be at once. It is false, and neither Run nor Drop is called, when there
// is no such room, the queue is at a bound, or the pool was closed.
func (p *Pool) Wait(name string, j Job) bool {
	r := p.rooms[name]
	if r == nil {
		return false
	}

	r.mu.Lock()
	added := !r.closed && r.queue.Add(queue.Item[Job]{Account: j.Account, Class: j.Class, Cost: j.Cost, Value: j})
	r.mu.Unlock()
	if added {
		r.grant()
	}

	return added
}

// Room tells what waits for a carrier's places now.
func (p *Pool) Room(name string, c queue.Class) Room { return Room{p.rooms[name], c} }

// Go runs fn in a goroutine that Drain waits for. Goroutines are kept for their stacks: a submit needs a deep one, and
// growing it anew for each message costs more than handing the message over.
func (p *Pool) Go(fn func()) {
	p.tasks.Add(1)
	select {
	case p.idle <- fn:
	default:
		go p.worker(fn)
	}
}

// workerRest is how long a goroutine waits for something to do before it ends.
const workerRest = 5 * time.Second

func (p *Pool) worker(fn func()) {
	rest := time.NewTimer(workerRest)
	defer rest.Stop()
	for {
		fn()
		p.tasks.Done()

		rest.Reset(workerRest)
		select {
		case fn = <-p.idle:
		case <-p.closed:
			return
		case <-rest.C:
			return
		}
	}
}

// Drain waits until everything that Go was given is done, or ctx ends. Nothing new may be begun meanwhile.
func (p *Pool) Drain(ctx context.Context) error {
	done := make(chan struct{})
	go func() { p.tasks.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close drops what waits, and lets nothing in any more. What has a place keeps it.
func (p *Pool) Close() {
	p.once.Do(func() { close(p.closed) })
	for _, r := range p.rooms {
		r.mu.Lock()
		r.closed = true
		r.mu.Unlock()
		r.clear()
	}
}
