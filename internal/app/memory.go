package app

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// garbage lets the heap grow to five times what lives before it is collected: what lives is a few megabytes, and at Go's
// default a tenth of the processor would go into collecting it.
const garbage = 400

const (
	// smallHeap is what the heap may grow to, whatever lives in it: large answers are garbage a moment later.
	smallHeap = 64 << 20
	// growth is what it may grow to, in times of what lives, when more lives than that is for.
	growth = 4
	// heapEvery is how often it is looked at.
	heapEvery = time.Second
)

// heapLimit is what the heap may grow to when so much of it lives.
func heapLimit(live int64) int64 { return max(smallHeap, growth*live) }

// keepSmall has garbage collected earlier when there is much of it, until ctx ends. The limit follows what lives, so that a
// server that needs more memory is not kept collecting.
func keepSmall(ctx context.Context) error {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	tick := time.NewTicker(heapEvery)
	defer tick.Stop()

	for last := int64(0); ; {
		metrics.Read(sample)
		if sample[0].Value.Kind() == metrics.KindUint64 {
			if limit := heapLimit(int64(sample[0].Value.Uint64())); limit != last {
				debug.SetMemoryLimit(limit)
				last = limit
			}
		}

		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
