package app

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// gcPercent lets the heap grow to five times the live heap, which is a few megabytes, before it is collected. With Go's
// default, garbage collection would take a tenth of the processor.
const gcPercent = 400

// tuneHeap lets the heap of a server grow that has just been built. What the start itself needed is given back before:
// it is collected with Go's default, because it is never needed again.
func tuneHeap() {
	debug.FreeOSMemory()
	debug.SetGCPercent(gcPercent)
}

const (
	// smallHeap is what the heap may always grow to. Large responses would exceed it for a moment only.
	smallHeap = 60 << 20
	// growth is how many times the live heap a larger heap may grow to.
	growth = 3
	// heapEvery is how often the limit is set.
	heapEvery = time.Second
)

// heapLimit is what the heap may grow to.
func heapLimit(live int64) int64 { return max(smallHeap, growth*live) }

// limitHeap makes Go collect a large heap earlier, until ctx ends. The limit follows the live heap, so that a server
// that needs more memory does not collect all the time.
func limitHeap(ctx context.Context) error {
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
