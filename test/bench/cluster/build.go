package cluster

import "math"

// load is what each lane of each shard gets, and what of it is of the shard's largest account.
type load struct{ all, largest []float64 }

// build places the accounts and makes the lanes.
func (r *run) build() {
	r.nodes, r.shards = make([]station, r.Nodes), make([]shard, r.Shards)
	for i := range r.nodes {
		r.nodes[i].cores = float64(r.NodeCores)
	}

	for i := range r.shards {
		r.shards[i].cpu.cores, r.shards[i].lock = float64(r.ShardCores), -1
	}

	of := r.place()
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

// slots is how many lanes accounts are spread over. By account, each node serves as many shards as every other, or each
// shard has as many nodes, with lanes of their own.
func (r *run) slots() int {
	if r.ByAccount {
		return max(r.Shards, r.Nodes) * r.Lanes
	}
	return r.Shards * r.Lanes
}

// place spreads the accounts over lanes of shards by chance, and tells the updates a second of each and of the largest
// account of each shard.
func (r *run) place() load {
	slots := r.slots()
	of := load{make([]float64, slots), make([]float64, slots)}
	total := 0.0
	for n := range r.Accounts {
		total += math.Pow(float64(n+1), -r.Skew)
	}

	owner := make([]int, r.Shards) // the slot of each shard's largest account
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

// die ends node 0. What its shards have already they finish, and nobody is told.
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

// move gives the dead node's requests to the others. A balancer by account spreads its shards over them.
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

// more adds to what arrives at a lane from now on.
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

// takeOver has others submit again what the dead node was submitting: all at once, an update for each at its shard.
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
