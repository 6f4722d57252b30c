package route_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
)

// TestHistory_Lately: times count once, first by the minute and then by ten, and no longer than a day.
func TestHistory_Lately(t *testing.T) {
	t.Parallel()
	way := route.Way{Channel: message.SMS, Country: "BE", Carrier: "a"}
	now := time.Date(2026, 4, 25, 15, 27, 31, 0, time.UTC)
	h, made := route.History{}, map[time.Time]int{}
	for age := 25 * time.Hour; age >= 0; age -= 17 * time.Second {
		h.Add(now.Add(-age), way, codes(1, 1, time.Second))
		made[now.Add(-age)]++
	}

	for range 60 {
		now = now.Add(53 * time.Second)
		sent := h.Lately(now)[way].Sent
		least, most := 0, 0
		for at, n := range made {
			if age := now.Sub(at); age <= route.Lately && age >= 2*time.Minute {
				least += n
			}
			if age := now.Sub(at); age <= route.Lately+10*time.Minute && age >= time.Minute {
				most += n
			}
		}
		if sent < least || sent > most {
			t.Errorf("at %v: %d codes, want %d to %d", now, sent, least, most)
		}
	}

	if got := h.Lately(now.AddDate(0, 0, 2)); len(got) != 0 || len(h) != 0 {
		t.Errorf("two days later: %v of %d periods", got, len(h))
	}
}

// TestPeriods: all that count are listed, newest first, and no two of a length have the same slot.
func TestPeriods(t *testing.T) {
	t.Parallel()
	for i := range 1500 {
		now := time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC).Add(time.Duration(i) * time.Second)
		slots := map[string]bool{}
		for n, p := range route.Periods(now) {
			slot := fmt.Sprint(p.Length, p.Slot())
			if slots[slot] || p.Over(now) || p.Slot() < 0 || n == 0 && now.Sub(p.Begins) >= time.Minute {
				t.Fatalf("at %v: %v in slot %s", now, p, slot)
			}
			slots[slot] = true
		}
		if n := len(slots); n > route.Minutes+route.Tens || n < route.Minutes+route.Tens-15 {
			t.Fatalf("at %v: %d periods", now, n)
		}
	}
}

// TestHistory_Changes: what a way achieved before it changed does not count, and chance is no change.
func TestHistory_Changes(t *testing.T) {
	t.Parallel()
	way := route.Way{Channel: message.SMS, Country: "BE", Carrier: "a"}
	now := time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC)
	// play adds parts of codes that are verified with a likelihood, a code a minute.
	play := func(seed uint64, parts ...[2]float64) float64 {
		r := rand.New(rand.NewPCG(seed, 2))
		h, minutes := route.History{}, 0.0
		for _, p := range parts {
			minutes += p[1]
		}

		at := now.Add(-time.Duration(minutes+2) * time.Minute)
		for _, p := range parts {
			for range int(p[1]) {
				c := codes(1, 0, 0)
				if r.Float64() < p[0] {
					c.Verified = 1
				}
				h.Add(at, way, c)
				at = at.Add(time.Minute)
			}
		}

		sum := h.Lately(now)[way]
		return float64(sum.Verified) / float64(sum.Sent)
	}

	for name, c := range map[string]struct {
		parts     [][2]float64
		low, high float64
	}{
		"no change":                  {[][2]float64{{0.9, 1000}}, 0.87, 0.93},
		"fails":                      {[][2]float64{{0.9, 1000}, {0, 15}}, 0, 0.2},
		"recovers":                   {[][2]float64{{0.2, 500}, {0.95, 30}}, 0.6, 1},
		"fails, and recovers":        {[][2]float64{{0.9, 500}, {0, 30}, {0.9, 30}}, 0.75, 1},
		"failed for a moment":        {[][2]float64{{0.9, 500}, {0, 12}, {0.9, 300}}, 0.85, 0.95},
		"a little worse for an hour": {[][2]float64{{0.9, 500}, {0.85, 60}}, 0.85, 0.93},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			off := 0
			for seed := range uint64(100) {
				if got := play(seed, c.parts...); got < c.low || got > c.high {
					off++
				}
			}
			if off > 3 {
				t.Errorf("%d of 100 are not in %.2f…%.2f", off, c.low, c.high)
			}
		})
	}
}
