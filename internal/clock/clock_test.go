package clock

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 4, 25, 12, 0, 0, 0, time.UTC)

func TestStep_WithoutMonotonic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		move time.Duration
		want time.Duration
	}{
		{name: "no step"},
		{name: "time passes", move: time.Hour},
		{name: "readings in the wrong order", move: -time.Millisecond},
		{name: "back", move: -200 * time.Second, want: -200 * time.Second},
		{name: "back a year", move: -365 * 24 * time.Hour, want: -365 * 24 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := Step(noon, noon.Add(c.move)); got != c.want {
				t.Errorf("step of %v, want %v", got, c.want)
			}
		})
	}
}

// A test cannot make times with a monotonic reading, so this one uses the machine's clock.
func TestStep_WithMonotonic(t *testing.T) {
	t.Parallel()
	last := time.Now()
	if got := Step(last, time.Now()); got != 0 {
		t.Errorf("step of %v, want none", got)
	}
	if got := Step(last, last.Add(time.Hour)); got != 0 {
		t.Errorf("step of %v after an hour, want none", got)
	}
}

func TestClock_Shift(t *testing.T) {
	t.Parallel()
	now := noon
	c := New(func() time.Time { return now }, 7)
	first := c.Read()
	now = now.Add(time.Minute)
	c.Read()
	now = now.Add(-time.Hour)
	second := c.Read()
	now = now.Add(time.Second)
	third := c.Read()

	if by, known := first.Era.ShiftTo(second.Era); by != -time.Hour || !known {
		t.Errorf("set by %v, %v; want back by an hour", by, known)
	}
	if by, known := second.Era.ShiftTo(third.Era); by != 0 || !known {
		t.Errorf("set by %v, %v; want no step", by, known)
	}
	if got := third.Steady().Sub(first.Steady()); got != time.Minute+time.Second {
		t.Errorf("%v passed, want 61 s", got)
	}

	for _, other := range []Era{{}, {Epoch: 8}, {Shift: time.Hour}} {
		if by, known := other.ShiftTo(third.Era); known || by != 0 {
			t.Errorf("step %v since %+v, want unknown", by, other)
		}
	}
}
