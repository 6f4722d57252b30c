package cluster

import "math"

// load is the rate of each lane of each shard, and the part of it of the shard's largest account.
type load struct{ all, largest []float64 }

// build makes the lanes and spreads the accounts over them.
func (r *run) build() {
	r.nodes, r.shards = make([]station, r.Nodes), make([]shard, r.Shards)
	for i := range r.nodes {
		r.nodes[i].cores = float64(r.NodeCores)
	}

	for i := range r.shards {
		r.shards[i].cpu.cores, r.shards[i].lock = float64(r.ShardCores), -1
	}

	of := r.spread()
	for i := range of.all {
		n := i / r.Lanes % r.Shards
		if r.ByAccount {
			r.lanes = append(r.lanes, lane{node: i / r.Lanes % r.Nodes, shard: n, rate: of.all[i], hot: of.largest[i]})
			continue
		}

		for node := range r.Nodes {
			share := float64(r.Nodes)
			r.lanes = append(r.lanes, lane{node: node, shard: n, rate: of.all[i] / share, hot: of.largest[i] / share})
		}
	}
}

// slots is the number of lanes over which accounts are spread. By account, each node serves equally many shards, or
// each shard has equally many nodes, each with its own lanes.
func (r *run) slots() int {
	if r.ByAccount {
		return max(r.Shards, r.Nodes) * r.Lanes
	}
	return r.Shards * r.Lanes
}

// spread assigns the accounts to lanes at random, and returns the updates per second of each lane and of the largest
// account of each shard.
func (r *run) spread() load {
	slots := r.slots()
	of := load{make([]float64, slots), make([]float64, slots)}
	total := 0.0

	for n := range r.Accounts {
		total += math.Pow(float64(n+1), -r.Skew)
	}

	owner := make([]int, r.Shards) // slot of each shard's largest account
	best := make([]float64, r.Shards)
	put := func(sends float64) {
		slot := r.rand.IntN(slots)
		of.all[slot] += sends * updates
		r.out.Largest = math.Max(r.out.Largest, sends)
		if s := slot / r.Lanes % r.Shards; sends > best[s] {
			best[s], owner[s] = sends, slot
		}
	}

	for n := range r.Accounts {
		put((r.Sends - r.Hot) * math.Pow(float64(n+1), -r.Skew) / total)
	}
	if r.Hot > 0 {
		put(r.Hot)
	}

	for s := range r.Shards {
		of.largest[owner[s]] = best[s] * updates
	}

	return of
}

// die ends node 0. The shards finish the groups that they have.
func (r *run) die() {
	r.dead = true
	for i := range r.lanes {
		if l := &r.lanes[i]; l.node == 0 {
			if l.busy {
				r.draw(i)
			}
			r.out.Failed += float64(count(l.waiting))
			l.waiting, l.since = nil, r.now
			r.out.Stuck += l.rate / updates * r.Carrier
			l.gen++
		}
	}
}

// move sends the dead node's requests to the others. A balancer by account spreads its shards over them.
func (r *run) move() {
	next := 0
	for i := range r.lanes {
		l := &r.lanes[i]
		if l.node != 0 {
			continue
		}

		r.out.Failed += l.rate * (r.now - l.since)
		l.waiting, l.since = nil, r.now
		if r.ByAccount {
			next = next%(r.Nodes-1) + 1
			l.node, l.moved = next, true
			if !l.busy {
				r.idle(i)
			}
			continue
		}

		others := float64(r.Nodes - 1)
		for j := i + 1; j < i+r.Nodes; j++ {
			r.more(j, l.rate/others, l.hot/others)
		}
		l.rate, l.hot = 0, 0
	}
}

// more increases the rate of a lane.
func (r *run) more(i int, rate, hot float64) {
	l := &r.lanes[i]
	if l.busy {
		r.draw(i)
	}

	l.rate += rate
	l.hot += hot
	if !l.busy {
		r.idle(i)
	}
}

// takeOver has other nodes submit again what the dead node was submitting, with an update for each message.
func (r *run) takeOver() {
	if r.Nodes < 2 {
		return
	}
	left := int(r.out.Stuck)

	for i := 0; left > 0; i = (i + 1) % len(r.lanes) {
		l := &r.lanes[i]
		if l.node == 0 || r.ByAccount && !l.moved {
			continue
		}

		n := min(left, maxGroup)
		left -= n
		l.waiting = append(l.waiting, chunk{n, r.DieAt - r.Carrier, r.DieAt})
		r.out.Arrived += float64(n)
		if !l.busy {
			l.gen++
			l.since = r.now
			r.begin(i)
		}
	}
}
