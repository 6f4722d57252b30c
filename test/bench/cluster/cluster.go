// Package cluster simulates many nodes in front of many shards of a database, event by event, from costs that were
// measured on one machine.
//
// It is pure: the same Setup gives the same Result, to the last digit. An event is a group, not an update: what arrived
// at a lane during its last group is one draw from a Poisson distribution. So a million sends per second are some
// hundred thousand events, and queues still form as they would.
package cluster

import (
	"container/heap"
	"math"
	"math/rand/v2"
)

// Costs are what was measured, in seconds and bytes.
type Costs struct {
	Node   float64 // a node's CPU for a send and its verification
	Group  float64 // a shard's CPU for a group, however small
	Update float64 // a shard's CPU for each update in it
	Flush  float64 // the time to force the log to the disk
	WAL    float64 // bytes of WAL for each update
}

// updates is how many updates a send and its verification take: the intent, the carrier's answer, the check.
const updates = 3

// maxGroup is the most updates that a group carries (store.MaxGroup).
const maxGroup = 256

// Setup is a cluster and its load.
type Setup struct {
	Costs
	Seed               uint64
	Nodes, NodeCores   int
	Shards, ShardCores int
	Lanes              int     // groups in flight between a node and a shard
	Sends              float64 // per second, each followed by its verification
	Accounts           int
	Skew               float64 // of Zipf's law: the n-th account sends in proportion to n^-Skew
	Hot                float64 // sends per second of one additional account
	// ByAccount: the balancer sends an account to one node, and a node works with one or a few shards. Otherwise every
	// node works with every shard. One of Nodes and Shards must be a multiple of the other.
	ByAccount bool
	RoundTrip float64 // between a node and a shard
	Disk      float64 // bytes per second of a shard's log
	Seconds   float64
	Warm      float64 // seconds before counting begins
	// At DieAt (0: never) node 0 dies. Its requests fail for Notice seconds, then go to other nodes. The messages of
	// the last Carrier seconds, which it was submitting, wait for TakeOver seconds.
	DieAt, Notice, TakeOver, Carrier float64
}

// Result is the outcome. Times are those of a send without its carrier: two updates, the second after the carrier's
// answer.
type Result struct {
	Events               int
	Arrived, Done        float64 // updates
	Failed               float64 // updates that the dead node did not carry out
	GroupSize            float64
	Groups               float64 // per second
	P50, P99             float64 // of a send, from Warm to the end or to the death
	AfterP99             float64 // of a send from the death on
	HotP99               float64 // of a send of the additional account, or of the largest one
	Stuck                float64 // messages that waited for another node
	StuckLongest         float64 // how long the last of them waited
	Node, Shard, Busiest float64 // CPU use: nodes, shards, the busiest shard
	Device               float64 // use of the disk of the busiest WAL
	WAL                  float64 // bytes per second, all shards
	Largest              float64 // sends per second of the largest account
}

type kind uint8

const (
	arrival kind = iota // at an idle lane
	written             // a group is ready for the log
	flushed             // the log of a shard is on disk
	died
	noticed
	takenOver
)

type event struct {
	at   float64
	n    int // order of creation, for ties
	kind kind
	of   int // lane or shard
	gen  int // of an arrival: void when the lane's differs
}

type events []event

func (q events) Len() int { return len(q) }
func (q events) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].n < q[j].n
}
func (q events) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *events) Push(x any)   { *q = append(*q, x.(event)) }
func (q *events) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// chunk is a number of updates that arrived evenly between two times.
type chunk struct {
	n        int
	from, to float64
}

// lane is a queue of a node for a shard.
type lane struct {
	node, shard int
	rate        float64 // updates per second
	hot         float64 // the part of rate of the shard's largest account
	since       float64 // until when arrivals are drawn
	waiting     []chunk
	group       []chunk // in flight
	delay       float64 // of the group's CPU on the node
	locks       bool    // the group locks the row of the largest account
	busy        bool
	moved       bool // from the node that died
	gen         int
}

// station is a set of processors with a queue.
type station struct {
	cores, work, at, used float64
}

// add queues work and returns how long it waits.
func (s *station) add(now, work float64) (wait float64) {
	s.work = math.Max(0, s.work-(now-s.at)*s.cores)
	s.at = now
	wait = s.work / s.cores
	s.work += work
	s.used += work
	return wait
}

type shard struct {
	cpu      station
	flushing []int // lanes whose groups are being flushed
	waiting  []int // lanes whose groups wait for a flush
	device   float64
	lock     int   // the lane that holds the lock of the largest account's row, -1: free
	lockers  []int // lanes that wait for it
}

type run struct {
	Setup
	rand    *rand.Rand
	queue   events
	made    int
	now     float64
	nodes   []station
	shards  []shard
	lanes   []lane
	dead    bool
	out     Result
	before  latencies
	after   latencies
	hottest latencies
	groups  float64
	members float64
}

// Run simulates the setup.
func Run(s Setup) Result {
	r := &run{Setup: s, rand: rand.New(rand.NewPCG(s.Seed, 0))}
	r.build()
	for i := range r.lanes {
		r.idle(i)
	}

	if s.DieAt > 0 {
		r.push(s.DieAt, died, 0, 0)
		r.push(s.DieAt+s.Notice, noticed, 0, 0)
		r.push(s.DieAt+s.TakeOver, takenOver, 0, 0)
	}

	for len(r.queue) > 0 {
		e := heap.Pop(&r.queue).(event)
		if e.at > s.Seconds {
			break
		}
		r.now = e.at
		r.out.Events++
		r.handle(e)
	}

	return r.result()
}

func (r *run) handle(e event) {
	switch e.kind {
	case arrival:
		if l := &r.lanes[e.of]; l.gen == e.gen && !l.busy {
			l.waiting = append(l.waiting, chunk{1, r.now, r.now})
			l.since = r.now
			r.out.Arrived++
			r.begin(e.of)
		}
	case written:
		s := &r.shards[r.lanes[e.of].shard]
		s.waiting = append(s.waiting, e.of)
		r.flush(r.lanes[e.of].shard)
	case flushed:
		s := &r.shards[e.of]
		done := s.flushing
		s.flushing = nil
		for _, l := range done {
			r.finish(l)
		}
		r.flush(e.of)
	case died:
		r.die()
	case noticed:
		r.move()
	case takenOver:
		r.takeOver()
	}
}

func (r *run) push(at float64, k kind, of, gen int) {
	r.made++
	heap.Push(&r.queue, event{at, r.made, k, of, gen})
}

// idle schedules the next arrival at an idle lane.
func (r *run) idle(i int) {
	l := &r.lanes[i]
	l.busy, l.gen, l.since = false, l.gen+1, r.now
	if l.rate > 0 {
		r.push(r.now+r.rand.ExpFloat64()/l.rate, arrival, i, l.gen)
	}
}

// draw adds the arrivals at a lane since the last draw.
func (r *run) draw(i int) {
	l := &r.lanes[i]
	if n := r.poisson(l.rate * (r.now - l.since)); n > 0 {
		l.waiting = append(l.waiting, chunk{n, l.since, r.now})
		r.out.Arrived += float64(n)
	}
	l.since = r.now
}

// begin makes a group of what waits at a lane.
func (r *run) begin(i int) {
	l := &r.lanes[i]
	l.busy, l.group = true, nil
	size := 0

	for len(l.waiting) > 0 && size < maxGroup {
		c := l.waiting[0]
		if room := maxGroup - size; c.n > room { // a part of the chunk
			cut := c.from + (c.to-c.from)*float64(room)/float64(c.n)
			l.waiting[0] = chunk{c.n - room, cut, c.to}
			c = chunk{room, c.from, cut}
		} else {
			l.waiting = l.waiting[1:]
		}
		l.group = append(l.group, c)
		size += c.n
	}

	work := float64(size) * r.Node / updates
	l.delay = r.nodes[l.node].add(r.now, work) + r.Node/updates
	l.locks = l.hot > 0 && r.poisson(float64(size)*l.hot/l.rate) > 0
	s := &r.shards[l.shard]
	if l.locks && s.lock >= 0 {
		s.lockers = append(s.lockers, i)
		return
	}
	r.work(i)
}

// work has the shard carry out a group, up to its commit.
func (r *run) work(i int) {
	l := &r.lanes[i]
	s := &r.shards[l.shard]
	if l.locks {
		s.lock = i
	}
	own := r.Group + float64(count(l.group))*r.Update
	r.push(r.now+2*r.RoundTrip+s.cpu.add(r.now, own)+own, written, i, 0)
}

// flush writes all waiting groups to the disk, unless the disk is busy.
func (r *run) flush(n int) {
	s := &r.shards[n]
	if len(s.flushing) > 0 || len(s.waiting) == 0 {
		return
	}

	s.flushing, s.waiting = s.waiting, nil
	bytes := 0.0
	for _, l := range s.flushing {
		bytes += float64(count(r.lanes[l].group)) * r.WAL
	}

	took := r.Flush + bytes/r.Disk
	s.device += took
	r.out.WAL += bytes
	r.push(r.now+took, flushed, n, 0)
}

// finish answers a group and begins the next.
func (r *run) finish(i int) {
	l := &r.lanes[i]
	n := count(l.group)
	r.out.Done += float64(n)
	if r.now >= r.Warm {
		r.groups++
		r.members += float64(n)
	}

	r.measure(l)
	s := &r.shards[l.shard]
	if l.locks {
		l.locks, s.lock = false, -1
		if len(s.lockers) > 0 {
			next := s.lockers[0]
			s.lockers = s.lockers[1:]
			r.work(next)
		}
	}

	l.group = nil
	if r.dead && l.node == 0 { // the shard had its last group already
		l.busy = false
		return
	}

	r.draw(i)
	if len(l.waiting) == 0 {
		r.idle(i)
		return
	}
	r.begin(i)
}

func count(list []chunk) (n int) {
	for _, c := range list {
		n += c.n
	}
	return n
}

// poisson draws a number of arrivals with the given mean.
func (r *run) poisson(mean float64) int {
	if mean <= 0 {
		return 0
	}
	if mean > 60 { // nearly a normal distribution
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.rand.NormFloat64())))
	}

	limit, product, n := math.Exp(-mean), r.rand.Float64(), 0
	for product > limit {
		product *= r.rand.Float64()
		n++
	}

	return n
}
