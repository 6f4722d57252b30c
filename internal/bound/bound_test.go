package bound

import (
	"math/rand/v2"
	"testing"
	"time"
)

var noon = time.Date(2026, 4, 25, 12, 0, 0, 0, time.UTC)

func TestCounts_FullAndFreeAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		most   int
		add    func(Counts) (Counts, bool)
		remove func(Counts) Counts
	}{
		{name: "endpoints", most: Endpoints, add: Counts.AddEndpoint, remove: Counts.RemoveEndpoint},
		{
			name: "templates", most: Templates,
			add:    func(c Counts) (Counts, bool) { return c.AddTemplate(noon) },
			remove: func(c Counts) Counts { return c.RemoveTemplate(noon) },
		},
		{
			name: "scheduled", most: 7,
			add:    func(c Counts) (Counts, bool) { return c.AddScheduled(7) },
			remove: Counts.RemoveScheduled,
		},
		{
			name: "sandbox messages", most: SandboxMessages,
			add: func(c Counts) (Counts, bool) { return c.AddSandbox(noon) },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var counts Counts
			for i := range c.most {
				var ok bool
				if counts, ok = c.add(counts); !ok {
					t.Fatalf("number %d is refused, %d are allowed", i+1, c.most)
				}
			}
			if _, ok := c.add(counts); ok {
				t.Errorf("one more than %d is let through", c.most)
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

func TestCounts_NoBoundOfScheduled(t *testing.T) {
	t.Parallel()
	if _, ok := (Counts{Scheduled: 1 << 40}).AddScheduled(0); !ok {
		t.Error("a limit that is switched off refuses")
	}
}

// Whoever makes and deletes templates without end is refused before the deleted ones fill the disk, and again let through
// when they are removed.
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
		t.Errorf("%d templates could be made and deleted at once, want %d", made, maxDeleted)
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
		{name: "and its window is not longer", noted: []time.Duration{365 * 24 * time.Hour, 0}, now: keep + time.Hour, want: 0},
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

// Any walk of the clock keeps the log in order, short, and free of things that nobody noted.
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
