package work

import (
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/queue"
)

// room is one carrier's queue with its lock.
type room struct {
	pool *Pool
	name string

	mu      sync.Mutex
	queue   *queue.Queue[Job]
	timer   *time.Timer // runs grant when the rate allows the next
	closed  bool
	backlog int // the length below which the pool is told that the room is starved; 0 = it need not be
}

// grant runs what may be run now.
func (r *room) grant() {
	for {
		r.mu.Lock()
		item, wait, ok := r.queue.Next(time.Now())
		if !ok {
			if wait > 0 {
				r.timer.Reset(wait)
			}
			starved := r.backlog > 0 && r.waiting() < r.backlog
			if starved {
				r.backlog = 0
			}
			r.mu.Unlock()
			if starved {
				r.pool.starved()
			}
			return
		}

		r.mu.Unlock()
		place := &Place{room: r, job: item.Value}
		r.pool.workers.Go(func() { item.Value.Run(place) })
	}
}

func (r *room) waiting() int { return r.queue.Len(queue.Codes) + r.queue.Len(queue.Texts) }

func (r *room) clear() {
	r.mu.Lock()
	dropped := r.queue.Clear()
	r.mu.Unlock()
	for _, j := range dropped {
		j.Drop()
	}
}

// Place is the right to one unanswered submit over a carrier.
type Place struct {
	room *room
	job  Job // zero for a place that Try took
	once sync.Once
}

// Charge takes further units from the carrier's rate for the job that has the place: its cost was not known when it
// came.
func (p *Place) Charge(units int) {
	p.room.mu.Lock()
	defer p.room.mu.Unlock()

	p.room.queue.Charge(p.job.Class, p.job.Account, units, time.Now())
}

// Name is the name of the place's room.
func (p *Place) Name() string { return p.room.name }

// Release gives the place back. Only the first call counts; of no place it does nothing.
func (p *Place) Release() {
	if p == nil {
		return
	}

	p.once.Do(func() {
		p.room.mu.Lock()
		p.room.queue.Release()
		p.room.mu.Unlock()
		p.room.grant()
	})
}

// Room is what a sweep asks about a carrier's queue.
type Room struct {
	room  *room
	class queue.Class
}

// LenOf is how many jobs of the account wait in the class.
func (r Room) LenOf(a id.Account) int {
	r.room.mu.Lock()
	defer r.room.mu.Unlock()

	return r.room.queue.LenOf(r.class, a)
}

// Backlog asks for the pool's starved to be called once, when fewer than n jobs wait in the room.
func (r Room) Backlog(n int) {
	r.room.mu.Lock()
	r.room.backlog = n
	r.room.mu.Unlock()
	r.room.grant()
}
