package guard_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/guard"
)

var (
	start    = time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC)
	defaults = []guard.Rate{{N: 5, Per: 10 * time.Minute}, {N: 10, Per: time.Hour}, {N: 20, Per: 24 * time.Hour}}
	gaps     = []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute}
)

func TestParseRate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]guard.Rate{
		"5/10m": {5, 10 * time.Minute}, "10/1h": {10, time.Hour}, "20/24h": {20, 24 * time.Hour},
		"100/1s": {100, time.Second},
		"1/10s":  {1, 10 * time.Second}, "3/1h30m": {3, 90 * time.Minute}, "3/1m30s": {3, 90 * time.Second}, "": {},
	} {
		got, err := guard.ParseRate(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("ParseRate(%q) = %v (%q), %v", text, got, got.String(), err)
		}
	}

	for _, text := range []string{"5", "5/", "/10m", "0/1s", "-1/1s", "5/10", "5/0s", "five/10m"} {
		if got, err := guard.ParseRate(text); err == nil {
			t.Errorf("ParseRate(%q) = %v", text, got)
		}
	}
}

func TestSends(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for name, c := range map[string]struct {
		sends []time.Duration // earlier sends, after the start
		now   time.Duration
		limit string
		after time.Duration
	}{
		"first":               {},
		"too soon":            {sends: []time.Duration{0}, now: 10 * s, limit: "30s", after: 20 * s},
		"after the first gap": {sends: []time.Duration{0}, now: 30 * s},
		"second gap":          {sends: []time.Duration{0, 30 * s}, now: 60 * s, limit: "1m0s", after: 30 * s},
		"third gap": {
			sends: []time.Duration{0, 30 * s, 90 * s}, now: 120 * s, limit: "2m0s", after: 90 * s,
		},
		"the last gap stays": {
			sends: []time.Duration{0, 30 * s, 90 * s, 210 * s}, now: 220 * s, limit: "2m0s", after: 110 * s,
		},
		"five in ten minutes": {
			sends: []time.Duration{0, 30 * s, 90 * s, 210 * s, 330 * s}, now: 500 * s, limit: "5/10m", after: 100 * s,
		},
		"the window moves":    {sends: []time.Duration{0, 30 * s, 90 * s, 210 * s, 330 * s}, now: 600 * s},
		"the first gap again": {sends: []time.Duration{0, 30 * s}, now: 1200 * s},
		"the longest wait": {
			sends: []time.Duration{0, 1 * s, 2 * s, 3 * s, 4 * s}, now: 5 * s, limit: "5/10m", after: 595 * s,
		},
		"a clock that went back": {sends: []time.Duration{100 * s}, limit: "30s", after: 30 * s},
		"ten in an hour": {
			sends: []time.Duration{
				0, 300 * s, 600 * s, 900 * s, 1200 * s, 1500 * s, 1800 * s, 2100 * s, 2400 * s, 2700 * s,
			},
			now: 3000 * s, limit: "10/1h", after: 600 * s,
		},
		"ten in an hour, and later": {
			sends: []time.Duration{
				0, 300 * s, 600 * s, 900 * s, 1200 * s, 1500 * s, 1800 * s, 2100 * s, 2400 * s, 2700 * s,
			},
			now: 3600 * s,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log []time.Time
			for _, d := range c.sends {
				log = guard.Note(log, start.Add(d))
			}

			r, refused := guard.Sends(log, gaps, defaults, start.Add(c.now))
			if r.Limit != c.limit || r.After != c.after || refused != (c.limit != "") {
				t.Errorf("refused %v by %q for %v, want %q for %v", refused, r.Limit, r.After, c.limit, c.after)
			}
		})
	}

	if _, refused := guard.Sends([]time.Time{start, start, start}, nil, nil, start); refused {
		t.Error("refused without limits")
	}
}

// TestSpent_GuessRates lets an attacker guess as fast as the budget allows for 30 days.
func TestSpent_GuessRates(t *testing.T) {
	t.Parallel()
	var log []time.Time
	now, end := start, start.Add(30*24*time.Hour)
	var guesses []time.Time
	for now.Before(end) {
		r, refused := guard.Spent(log, guard.GuessRates, now)
		if refused {
			now = now.Add(r.After)
			continue
		}
		log = guard.Note(log, now)
		guesses = append(guesses, now)
	}

	for i := range guesses {
		in := 0
		for _, g := range guesses[i:] {
			if g.Sub(guesses[i]) < 24*time.Hour {
				in++
			}
		}
		if in > 25 {
			t.Fatalf("%d guesses within a day of %v", in, guesses[i])
		}
	}

	if len(guesses) < 25*30-25 {
		t.Errorf("only %d guesses in 30 days: the budget refuses more than it says", len(guesses))
	}
}

func TestSpend(t *testing.T) {
	t.Parallel()
	rate := guard.Rate{N: 100, Per: time.Second}
	var tat time.Time
	let := 0
	for ms := range 2000 {
		now := start.Add(time.Duration(ms) * time.Millisecond)
		next, r, refused := guard.Spend(tat, rate, now)
		if refused && (r.After <= 0 || r.After > 10*time.Millisecond) {
			t.Fatalf("refused for %v", r.After)
		}
		if !refused {
			let++
		}
		tat = next
	}

	if let < 299 || let > 300 {
		t.Errorf("%d allowed in two seconds, want the burst of 100 and 100 a second", let)
	}
	if _, _, refused := guard.Spend(time.Time{}, guard.Rate{}, start); refused {
		t.Error("refused without a rate")
	}
}

func FuzzParseRate(f *testing.F) {
	f.Add("5/10m")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := guard.ParseRate(s)
		if err != nil {
			return
		}
		if again, err := guard.ParseRate(r.String()); err != nil || again != r {
			t.Fatalf("%q → %v → %q → %v, %v", s, r, r.String(), again, err)
		}
	})
}
