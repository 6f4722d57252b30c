package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// A phone's buffer evens out less than gapTime between two packets of 20 ms; more is heard as a gap.
const (
	gapTime    = 60 * time.Millisecond
	frameTime  = 20 * time.Millisecond
	sampleRate = 8000
)

// sound says how evenly packets arrived.
type sound struct {
	calls, most, packets, lost, gaps int
	jitter, difference, between      []float64 // ms, of each packet
}

// measureSound takes the packets of all calls, in the order in which they arrived.
func measureSound(packets []arrival, most int) sound {
	out := sound{most: most, packets: len(packets)}
	type stream struct {
		last   arrival
		jitter float64
	}
	streams := map[uint32]*stream{}
	for _, p := range packets {
		s := streams[p.ssrc]
		if s == nil {
			streams[p.ssrc] = &stream{last: p}
			continue
		}

		between := p.at.Sub(s.last.at)
		spoken := time.Duration(int32(p.timestamp-s.last.timestamp)) * time.Second / sampleRate
		difference := math.Abs(float64(between-spoken)) / float64(time.Millisecond)
		s.jitter += (difference - s.jitter) / 16 // RFC 3550 clause 6.4.1
		out.jitter = append(out.jitter, s.jitter)
		out.difference = append(out.difference, difference)
		out.between = append(out.between, float64(between)/float64(time.Millisecond))
		if missing := int(int16(p.number-s.last.number)) - 1; missing > 0 {
			out.lost += missing
		}
		if between > gapTime {
			out.gaps++
		}
		s.last = p
	}
	out.calls = len(streams)
	for _, values := range [][]float64{out.jitter, out.difference, out.between} {
		slices.Sort(values)
	}

	return out
}

// watchClock wakes every 20 ms until the function that it returns is called, which says how late it was. So much of the
// jitter is the machine's, which has other work, or too little time for all of it.
func watchClock(ctx context.Context) (late func() string) {
	ctx, stop := context.WithCancel(ctx)
	done := make(chan []float64, 1)
	go func() {
		var values []float64
		for next := time.Now(); ctx.Err() == nil; next = next.Add(frameTime) {
			time.Sleep(time.Until(next))
			values = append(values, float64(time.Since(next))/float64(time.Millisecond))
		}
		slices.Sort(values)
		done <- values
	}()

	return func() string {
		stop()
		values := <-done
		return fmt.Sprintf("a bare clock of 20 ms   p50 %6.2f ms  p99 %6.2f ms  max %6.2f ms late", at(values, 0.5),
			at(values, 0.99), at(values, 1))
	}
}

// at is a percentile of sorted values.
func at(values []float64, part float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	return values[min(len(values)-1, int(part*float64(len(values))))]
}

func (s sound) String() string {
	return fmt.Sprintf("%d calls, %d at once, %d packets, %d lost, %d gaps above %v\n"+
		"jitter (RFC 3550)       p50 %6.2f ms  p99 %6.2f ms  max %6.2f ms\n"+
		"off the 20 ms           p50 %6.2f ms  p99 %6.2f ms  max %6.2f ms\n"+
		"longest between packets %6.2f ms\n",
		s.calls, s.most, s.packets, s.lost, s.gaps, gapTime, at(s.jitter, 0.5), at(s.jitter, 0.99), at(s.jitter, 1),
		at(s.difference, 0.5), at(s.difference, 0.99), at(s.difference, 1), at(s.between, 1))
}
