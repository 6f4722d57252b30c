package route_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/route"
)

// TestBreaker plays submits: 'x' fails, '.' does not, both at once; '-' lets a second pass, '=' thirty; 'b' begins a
// submit whose outcome is one of 'X' and 'O' later. down is what the breaker says afterwards.
func TestBreaker(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		submits string
		down    bool
	}{
		"new":                           {"", false},
		"four in a row":                 {"xxxx", false},
		"five in a row":                 {"xxxxx", true},
		"not in a row":                  {"xxxx.xxxx", false},
		"half":                          {"x.x.x.x.x.", false},
		"more than half":                {"xx.xx.xx.x", true},
		"more than half of few":         {"xx.xx.xx", false},
		"spread over a minute":          {"xx-.-xx-.-xx-.-x", true},
		"longer than a minute ago":      {"xx.xx.xx==---x", false},
		"over the turn of a minute":     {"=---------------------------xx.xx.-xx.x", true},
		"open for half a minute":        {"xxxxx-----------------------------", true},
		"and then not":                  {"xxxxx=", false},
		"one submit is let through":     {"xxxxx=b", true},
		"it works":                      {"xxxxx=b-O", false},
		"and what failed before counts": {"xx.xx.xx.x=b-Ox", false},
		"it fails":                      {"xxxxx=b-X", true},
		"for another half minute":       {"xxxxx=b-X-----------------------------", true},
		"and then not again":            {"xxxxx=b-X=", false},
		"it never answers":              {"xxxxx=b=", false},
		"the next fails at once":        {"xxxxx=b=x", true},
		"one that began before works":   {"bxxxxx-O", true},
		"one that began before fails":   {"bxxxxx----------X--------------------", false},
		"a submit for want of others":   {"xxxxx-.", false},
		"later ones do not prolong it":  {"bxxxxx-X=", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC)
			var began time.Time
			var b route.Breaker
			for _, s := range c.submits {
				switch s {
				case '-':
					now = now.Add(time.Second)
				case '=':
					now = now.Add(route.Rest)
				case 'b':
					began, b = now, b.Begin(now)
				case 'X', 'O':
					b = b.Note(s == 'X', began, now)
				default:
					b = b.Begin(now).Note(s == 'x', now, now)
					now = now.Add(time.Millisecond)
				}
			}

			if got := b.Down(now); got != c.down {
				t.Errorf("down %v, want %v", got, c.down)
			}
			if until := b.OpenUntil(); c.down && (!until.After(now) || until.After(now.Add(route.Rest))) {
				t.Errorf("down until %v at %v", until, now)
			}
		})
	}
}

// TestBreaker_Clock: a breaker that a clock opened which was ahead does not keep the carrier down.
func TestBreaker_Clock(t *testing.T) {
	t.Parallel()
	ahead := time.Date(2036, 4, 25, 15, 27, 0, 0, time.UTC)
	var b route.Breaker
	for range 5 {
		b = b.Note(true, ahead, ahead)
	}
	b = b.Begin(ahead.Add(route.Rest))

	now := ahead.AddDate(-10, 0, 0)
	if b.Down(now) {
		t.Error("down for ten years")
	}
	if b = b.Note(true, now, now); b.Down(now) {
		t.Error("one failure was enough")
	}
}
