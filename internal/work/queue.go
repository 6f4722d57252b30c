package work

import (
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/queue"
)

// carrierQueue is the queue of one carrier, with its lock.
type carrierQueue struct {
	pool *Pool
	name string

	mu      sync.Mutex
	sched   *queue.Queue[Job]
	timer   *time.Timer // calls grant when the rate allows the next job
	closed  bool
	paused  bool // nothing gets a place
	backlog int  // the length below which starved is called; 0 = never
}

// grant runs the jobs that may run now.
func (q *carrierQueue) grant() {
	for {
		q.mu.Lock()
		item, wait, ok := q.sched.Next(time.Now())
		if !ok {
			if wait > 0 {
				q.timer.Reset(wait)
			}
			starved := q.backlog > 0 && q.waiting() < q.backlog
			if starved {
				q.backlog = 0
			}
			q.mu.Unlock()
			if starved {
				q.pool.starved()
			}
			return
		}

		q.mu.Unlock()
		place := &Place{carrier: q, job: item.Value}
		q.pool.workers.Go(func() { item.Value.Run(place) })
	}
}

func (q *carrierQueue) waiting() int { return q.sched.Len(queue.Codes) + q.sched.Len(queue.Texts) }

func (q *carrierQueue) clear() {
	q.mu.Lock()
	dropped := q.sched.Clear()
	q.mu.Unlock()
	for _, j := range dropped {
		j.Drop()
	}
}

// Place is the right to one unanswered submit over a carrier.
type Place struct {
	carrier *carrierQueue
	job     Job // zero for a place from Try
	once    sync.Once
}

// Charge takes further units from the carrier's rate for the job that has the place, when its cost was not known
// before.
func (p *Place) Charge(units int) {
	p.carrier.mu.Lock()
	defer p.carrier.mu.Unlock()

	p.carrier.sched.Charge(p.job.Class, p.job.Account, units, time.Now())
}

// Name is the name of the place's carrier.
func (p *Place) Name() string { return p.carrier.name }

// Release gives the place back. Only the first call counts. A nil place is allowed.
func (p *Place) Release() {
	if p == nil {
		return
	}

	p.once.Do(func() {
		p.carrier.mu.Lock()
		p.carrier.sched.Release()
		p.carrier.mu.Unlock()
		p.carrier.grant()
	})
}

// ClassQueue is one class of a carrier's queue, for sweeps.
type ClassQueue struct {
	queue *carrierQueue
	class queue.Class
}

// LenOf is how many jobs of the account wait.
func (q ClassQueue) LenOf(a id.Account) int {
	q.queue.mu.Lock()
	defer q.queue.mu.Unlock()

	return q.queue.sched.LenOf(q.class, a)
}

// NotifyBelow makes the pool call starved once, when fewer than n jobs wait for the carrier.
func (q ClassQueue) NotifyBelow(n int) {
	q.queue.mu.Lock()
	q.queue.backlog = n
	q.queue.mu.Unlock()
	q.queue.grant()
}
