package stats

import (
	"math"
	"slices"
	"sort"
	"time"
)

// Times counts durations by buckets that grow by the same factor, eight for each doubling, so that a median or a p95 is
// told to within a tenth whether codes are verified in seconds or in an hour. Only buckets with counts are there, in
// order.
type Times []Bar

// Bar is how many durations fell into a bucket.
type Bar struct {
	Bucket uint8
	N      int64
}

const (
	perDoubling = 8
	shortest    = 250 * time.Millisecond
	buckets     = 114 // up to 4,300 s; no code lives longer than an hour
)

// bounds are the upper bounds of the buckets in seconds; what is longer falls into the last.
var bounds = func() (b [buckets]float64) {
	for i := range b {
		b[i] = shortest.Seconds() * math.Exp2(float64(i)/perDoubling)
	}
	return b
}()

func bucketOf(d time.Duration) uint8 {
	s := d.Seconds()
	return uint8(min(sort.Search(buckets, func(i int) bool { return s < bounds[i] }), buckets-1))
}

// plus adds two lists up; neither is changed.
func (t Times) plus(o Times) Times {
	if len(t) == 0 || len(o) == 0 {
		return slices.Concat(t, o)
	}
	out := make(Times, 0, len(t)+len(o))
	for len(t) > 0 && len(o) > 0 {
		switch {
		case t[0].Bucket < o[0].Bucket:
			out, t = append(out, t[0]), t[1:]
		case t[0].Bucket > o[0].Bucket:
			out, o = append(out, o[0]), o[1:]
		default:
			out = append(out, Bar{t[0].Bucket, t[0].N + o[0].N})
			t, o = t[1:], o[1:]
		}
	}
	return append(append(out, t...), o...)
}

// histogram is Times with a place for every bucket, for adding up many.
type histogram [buckets]int64

func (h *histogram) add(t Times) {
	for _, b := range t {
		h[min(int(b.Bucket), buckets-1)] += b.N
	}
}

// quantile is the duration, in seconds, that the share q of all is not above; false when nothing was counted. Within a
// bucket, durations are taken to be spread evenly on its scale.
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
