package cluster

import (
	"math"
	"slices"
)

// latencies counts times in classes of 2 %, from a microsecond on.
type latencies struct {
	classes [2000]float64
	all     float64
}

const step = 1.02

func (l *latencies) add(t, weight float64) {
	class := int(math.Log(math.Max(t, 1e-6)/1e-6) / math.Log(step))
	l.classes[min(class, len(l.classes)-1)] += weight
	l.all += weight
}

func (l *latencies) quantile(q float64) float64 {
	sum := 0.0
	for class, n := range l.classes {
		if sum += n; sum >= q*l.all && sum > 0 {
			return 1e-6 * math.Pow(step, float64(class+1))
		}
	}
	return 0
}

// samples is how many sends of a chunk are measured, as a sample of all.
const samples = 4

// measure notes how long a group's updates took. A send is two of them: the second is drawn from the same group.
func (r *run) measure(l *lane) {
	for _, c := range l.group {
		if r.DieAt > 0 && c.to <= r.DieAt && r.now >= r.DieAt+r.TakeOver { // waited for the take-over
			r.out.StuckLongest = math.Max(r.out.StuckLongest, r.now-c.from)
			continue
		}

		for range min(c.n, samples) {
			one := func() float64 { return r.now - (c.from + (c.to-c.from)*r.rand.Float64()) + l.delay }
			t, weight := one()+one(), float64(c.n)/float64(min(c.n, samples))
			switch {
			case r.dead:
				r.after.add(t, weight)
			case r.now >= r.Warm:
				r.before.add(t, weight)
			}
			if l.locks && r.now >= r.Warm {
				r.hottest.add(t, weight)
			}
		}
	}
}

// result completes the result.
func (r *run) result() Result {
	o := &r.out
	for i := range r.lanes {
		if l := &r.lanes[i]; l.rate > 0 && l.busy {
			r.now = r.Seconds
			r.draw(i)
		}
	}

	o.P50, o.P99 = r.before.quantile(0.5), r.before.quantile(0.99)
	o.AfterP99, o.HotP99 = r.after.quantile(0.99), r.hottest.quantile(0.99)
	if r.groups > 0 {
		o.GroupSize, o.Groups = r.members/r.groups, r.groups/(r.Seconds-r.Warm)
	}

	use := func(s station) float64 { return s.used / (s.cores * r.Seconds) }
	for _, n := range r.nodes {
		o.Node += use(n) / float64(r.Nodes)
	}

	var all []float64
	for _, s := range r.shards {
		all = append(all, use(s.cpu))
		o.Shard += use(s.cpu) / float64(r.Shards)
		o.Device = math.Max(o.Device, s.device/r.Seconds)
	}
	o.Busiest = slices.Max(all)
	o.WAL /= r.Seconds

	return *o
}
