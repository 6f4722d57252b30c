package bound

import (
	"math/rand/v2"
	"testing"
	"time"
)

var noon = time.Date(2026, 4, 25, 12, 0, 0, 0, time.UTC)

func TestCounts_Limits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		max    int
		add    func(Counts) (Counts, bool)
		remove func(Counts) Counts
	}{
		{name: "endpoints", max: Endpoints, add: Counts.AddEndpoint, remove: Counts.RemoveEndpoint},
		{
			name: "templates", max: Templates,
			add:    func(c Counts) (Counts, bool) { return c.AddTemplate(noon) },
			remove: func(c Counts) Counts { return c.RemoveTemplate(noon) },
		},
		{
			name: "scheduled", max: 7,
			add:    func(c Counts) (Counts, bool) { return c.AddScheduled(7) },
			remove: Counts.RemoveScheduled,
		},
		{
			name: "sandbox messages", max: SandboxMessages,
			add: func(c Counts) (Counts, bool) { return c.AddSandbox(noon) },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var counts Counts
			for i := range c.max {
				var ok bool
				if counts, ok = c.add(counts); !ok {
					t.Fatalf("number %d is not allowed, the limit is %d", i+1, c.max)
				}
			}
			if _, ok := c.add(counts); ok {
				t.Errorf("one more than %d is allowed", c.max)
			}
			if c.remove == nil {
				return
			}
			if _, ok := c.add(c.remove(counts)); !ok {
				t.Error("there is no room although one was removed")
			}
		})
	}
}

func TestCounts_ScheduledUnlimited(t *testing.T) {
	t.Parallel()
	if _, ok := (Counts{Scheduled: 1 << 40}).AddScheduled(0); !ok {
		t.Error("a limit of 0 does not allow a message")
	}
}

// Making and deleting templates in a loop is stopped until the deleted ones are removed.
func TestCounts_DeletedTemplates(t *testing.T) {
	t.Parallel()
	var c Counts
	made := 0
	for {
		next, ok := c.AddTemplate(noon)
		if !ok {
			break
		}
		made++
		c = next.RemoveTemplate(noon)
	}

	if made != maxDeleted {
		t.Errorf("%d templates could be made and deleted in an hour, want %d", made, maxDeleted)
	}
	if _, ok := c.AddTemplate(noon.Add(KeepDeleted + time.Hour)); !ok {
		t.Error("there is no room although the deleted templates are gone")
	}
}

func TestLog_Window(t *testing.T) {
	t.Parallel()
	const keep = 7 * 24 * time.Hour
	for _, c := range []struct {
		name  string
		noted []time.Duration // before and after noon
		now   time.Duration
		want  int
	}{
		{name: "nothing"},
		{name: "within the hour", noted: []time.Duration{0, time.Minute, 59 * time.Minute}, now: time.Hour, want: 3},
		{name: "just kept", noted: []time.Duration{0}, now: keep + time.Hour - 1, want: 1},
		{name: "just over", noted: []time.Duration{0}, now: keep + time.Hour, want: 0},
		{name: "some are over", noted: []time.Duration{0, 30 * time.Hour}, now: keep + 2*time.Hour, want: 1},
		{name: "a clock that was a year ahead", noted: []time.Duration{365 * 24 * time.Hour, 0}, now: 0, want: 2},
		{
			name: "and its window is not longer", noted: []time.Duration{365 * 24 * time.Hour, 0},
			now: keep + time.Hour, want: 0,
		},
		{name: "a clock that went back an hour", noted: []time.Duration{time.Hour, 0, 0}, now: 0, want: 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var l Log
			for _, d := range c.noted {
				l = l.Add(noon.Add(d), keep)
			}
			if got := l.Total(noon.Add(c.now), keep); got != c.want {
				t.Errorf("%d count, want %d: %v", got, c.want, l)
			}
		})
	}
}

// However the clock moves, the log is in order and short, and counts no more than was noted.
func TestLog_AnyClock(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 1))
	for range 200 {
		now := noon
		var l Log
		for n := range 500 {
			now = now.Add(time.Duration(random.Int64N(int64(3*time.Hour))) - time.Hour)
			l = l.Add(now, 24*time.Hour)
			if total := l.Total(now, 24*time.Hour); total < 1 || total > n+1 || len(l) > 26 {
				t.Fatalf("seed %d: %d count after %d were noted, in %d hours", seed, total, n+1, len(l))
			}

			for i := 1; i < len(l); i++ {
				if !l[i-1].At.Before(l[i].At) {
					t.Fatalf("seed %d: out of order: %v", seed, l)
				}
			}
		}
	}
}
