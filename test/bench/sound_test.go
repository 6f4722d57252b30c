package main

import (
	"math"
	"testing"
	"time"
)

func TestMeasureSound(t *testing.T) {
	t.Parallel()
	begun := time.Unix(1, 0)
	// stream makes packets of 20 ms that came at these milliseconds; a negative one was lost.
	stream := func(ssrc uint32, at ...int) (packets []arrival) {
		for n, ms := range at {
			if ms >= 0 {
				packets = append(packets, arrival{
					at: begun.Add(time.Duration(ms) * time.Millisecond), ssrc: ssrc, number: 65534 + uint16(n),
					timestamp: math.MaxUint32 - 200 + uint32(n)*160,
				})
			}
		}
		return packets
	}
	for name, c := range map[string]struct {
		packets    []arrival
		lost, gaps int
		jitter     float64 // the highest
		between    float64 // the longest
	}{
		"even":      {packets: stream(1, 0, 20, 40, 60), between: 20},
		"two calls": {packets: append(stream(1, 0, 20), stream(2, 5, 25)...), between: 20},
		"one late":  {packets: stream(1, 0, 36, 40), jitter: (1-1.0/16)*1 + 1, between: 36},
		"one lost":  {packets: stream(1, 0, -1, 40), lost: 1, between: 40},
		"a gap":     {packets: stream(1, 0, 100, 100), gaps: 1, jitter: 5*15.0/16 + 20.0/16, between: 100},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := measureSound(c.packets, 1)
			jitter, between := got.jitter[len(got.jitter)-1], got.between[len(got.between)-1]
			if got.lost != c.lost || got.gaps != c.gaps || math.Abs(jitter-c.jitter) > 1e-9 || between != c.between {
				t.Errorf("%+v, want %+v", got, c)
			}
		})
	}
}
