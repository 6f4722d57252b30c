package guard_test

import (
	"slices"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/guard"
)

func TestSettle(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for _, c := range []struct {
		name    string
		log     []time.Duration // before and after the start
		by      time.Duration   // the clock was set by it
		want    []time.Duration
		changed bool
	}{
		{name: "nothing"},
		{name: "the past stays", log: []time.Duration{-9 * s, 0}, want: []time.Duration{-9 * s, 0}},
		{name: "another node is ahead", log: []time.Duration{0, 9 * s}, want: []time.Duration{0, 9 * s}},
		{
			name: "a year ahead", log: []time.Duration{-s, 365 * 24 * time.Hour}, want: []time.Duration{-s, 0},
			changed: true,
		},
		{
			name: "ages are kept over a step back", log: []time.Duration{3590 * s, 3600 * s}, by: -time.Hour,
			want: []time.Duration{-10 * s, 0}, changed: true,
		},
		{
			name: "and over a step forwards", log: []time.Duration{-3610 * s, -3600 * s}, by: time.Hour,
			want: []time.Duration{-10 * s, 0}, changed: true,
		},
		{name: "out of order", log: []time.Duration{0, -s}, want: []time.Duration{-s, 0}, changed: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log, want []time.Time
			var counted []guard.Counted
			for i := range c.log {
				log, want = append(log, start.Add(c.log[i])), append(want, start.Add(c.want[i]))
				counted = append(counted, guard.Counted{At: log[i]})
			}

			before := slices.Clone(log)

			got, changed := guard.CorrectTimes(log, c.by, start)
			if !slices.Equal(got, want) || changed != c.changed || !slices.Equal(log, before) {
				t.Errorf("got %v, changed %v; want %v", got, changed, want)
			}

			settled, changed := guard.CorrectCounted(counted, c.by, start)
			for i := range settled {
				if !settled[i].At.Equal(want[i]) || changed != c.changed {
					t.Errorf("mark %d is at %v, changed %v; want %v", i, settled[i].At, changed, want[i])
				}
			}
		})
	}
}

// A rate in memory refuses for its window at most, also after a clock that was ahead.
func TestSpend_ClockThatWasAhead(t *testing.T) {
	t.Parallel()
	rate := guard.Rate{N: 10, Per: time.Second}
	tat, r, refused := guard.Spend(start.Add(365*24*time.Hour), rate, start)
	if !refused || r.After > time.Second {
		t.Fatalf("refused %v, for %v", refused, r.After)
	}
	if _, _, refused = guard.Spend(tat, rate, start.Add(r.After)); refused {
		t.Error("refused after the wait")
	}
}
