// Package work carries out what dispatch and hooks begin: Workers run tasks, drain them and try again what failed,
// InFlight and Orphans tell which rows nobody works on, and a Pool runs submits.
//
// In a pool each carrier has a room with its own places and a queue (package queue) for what waits for one, so that a
// carrier that hangs, or is slow, holds up nothing but its own work. The queue decides whose turn it is; the pool keeps
// the clock and the lock. What waits here waits in the database as well, as a row that is due: dropping it loses
// nothing.
package work

import (
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
	// Run is called by one of the pool's workers with a place, which it has to release.
	Run func(*Place)
	// Drop is called instead of Run when the job is not run after all.
	Drop func()
}

// Pool has a room for each carrier. It is safe for concurrent use. Make it with New.
type Pool struct {
	workers *Workers
	rooms   map[string]*room
	// starved is told when a room that something waits for in the database has little left to do.
	starved func()
}

// New makes a pool with a room for each name, whose jobs the workers run; starved is called, and must not block, when a
// room marked by Backlog has taken half of what waited in it.
func New(workers *Workers, limits map[string]Limits, starved func()) *Pool {
	p := &Pool{workers: workers, rooms: make(map[string]*room, len(limits)), starved: starved}
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

// Wait runs the job when it is its turn, which may be at once. It is false, and neither Run nor Drop is called, when
// there is no such room, the queue is at a bound, or the pool was closed.
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

// Close drops what waits, and lets nothing in any more. What has a place keeps it.
func (p *Pool) Close() {
	for _, r := range p.rooms {
		r.mu.Lock()
		r.closed = true
		r.mu.Unlock()
		r.clear()
	}
}
