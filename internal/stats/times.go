package stats

import (
	"math"
	"slices"
	"sort"
	"time"
)

// Times counts durations in buckets of which each is longer by the same factor, eight for each doubling, so that a
// median or a p95 is exact to a tenth whether codes are verified in seconds or in an hour. The zero value has counted
// nothing.
type Times struct {
	First uint8    // the bucket of N[0]
	N     []uint32 // consecutive buckets, with zeros
}

const (
	perDoubling = 8
	// Shortest is the upper bound of the first bucket: how much shorter a duration was is not known.
	Shortest = 250 * time.Millisecond
	buckets  = 114 // up to 4,300 s; a code lives for an hour at most
)

// bounds are the upper bounds of the buckets in seconds; longer durations are in the last.
var bounds = func() (b [buckets]float64) {
	for i := range b {
		b[i] = Shortest.Seconds() * math.Exp2(float64(i)/perDoubling)
	}
	return b
}()

func bucketOf(d time.Duration) uint8 {
	s := d.Seconds()
	return uint8(min(sort.Search(buckets, func(i int) bool { return s < bounds[i] }), buckets-1))
}

// timeOf counts one duration.
func timeOf(d time.Duration) Times { return Times{bucketOf(d), []uint32{1}} }

// within reports whether u has every bucket of t.
func (t Times) within(u Times) bool {
	return t.First >= u.First && int(t.First)+len(t.N) <= int(u.First)+len(u.N)
}

// plus is the sum of both, and changes neither.
func (t Times) plus(o Times) Times {
	switch {
	case len(o.N) == 0:
		return Times{t.First, slices.Clone(t.N)}
	case len(t.N) == 0:
		return Times{o.First, slices.Clone(o.N)}
	}

	first := min(t.First, o.First)
	end := max(int(t.First)+len(t.N), int(o.First)+len(o.N))
	sum := Times{first, make([]uint32, end-int(first))}
	copy(sum.N[t.First-first:], t.N)
	for i, n := range o.N {
		sum.N[int(o.First-first)+i] += n
	}

	return sum
}

// histogram is Times with every bucket, to sum many.
type histogram [buckets]int64

func (h *histogram) add(t Times) {
	if int(t.First)+len(t.N) > buckets {
		return // no bucketOf made it
	}
	part := h[t.First : int(t.First)+len(t.N)]
	for i, n := range t.N {
		part[i] += int64(n)
	}
}

// quantile is the duration, in seconds, that the share q of all does not exceed; false when nothing was counted. It
// assumes that the durations within a bucket are spread evenly on its scale.
func (h *histogram) quantile(q float64) (float64, bool) {
	var all int64
	for _, n := range h {
		all += n
	}
	if all == 0 {
		return 0, false
	}

	rank := q * float64(all)
	for i, n := range h {
		if n == 0 || rank > float64(n) {
			rank -= float64(n)
			continue
		}

		share := max(rank, 0) / float64(n)
		if i == 0 {
			return bounds[0] * share, true
		}

		return bounds[i-1] * math.Pow(bounds[i]/bounds[i-1], share), true
	}

	return bounds[buckets-1], true
}
