package webhook

import (
	"testing"
	"time"
)

var (
	good    = Response{Status: 200}
	bad     = Response{Status: 500}
	late    = Response{Error: "timeout", Timeout: true}
	missing = Response{Status: 404}
)

func TestBreaker_LimitGrowsAndShrinks(t *testing.T) {
	t.Parallel()
	h, now := Breaker{}, begin
	if h.Limit(now) != startLimit {
		t.Fatalf("it begins at %d", h.Limit(now))
	}

	last := h.Limit(now)
	for n := 1; h.Limit(now) < maxLimit; n++ {
		if h = h.Begin().Done(good, now); h.Limit(now) < last || n > 10_000 {
			t.Fatalf("after %d successes %d at once, before %d", n, h.Limit(now), last)
		}
		last = h.Limit(now)
	}

	for range 1000 {
		h = h.Begin().Done(good, now)
	}
	if h.Limit(now) != maxLimit {
		t.Errorf("grew to %d", h.Limit(now))
	}
	if once := h.Begin().Done(missing, now); once.Limit(now) != maxLimit {
		t.Errorf("a 404 shrinks it to %d", once.Limit(now))
	}

	for _, a := range []Response{bad, late, {Status: 429}, {Error: "connection"}} {
		if once := h.Begin().Done(a, now); once.Limit(now) != maxLimit/2 {
			t.Errorf("%+v shrinks it to %d", a, once.Limit(now))
		}
	}
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	h, now := Breaker{}, begin
	for range manyTimeouts {
		if !h.OpenUntil().IsZero() {
			t.Fatal("opened too early")
		}
		h = h.Begin().Done(late, now)
	}
	if h.Limit(now) != 0 || !h.OpenUntil().Equal(now.Add(firstPause)) {
		t.Fatalf("after %d timeouts: %+v", manyTimeouts, h)
	}
	// What was under way when it opened ends later, and changes nothing.
	if h = h.Done(late, now.Add(time.Second)); !h.OpenUntil().Equal(now.Add(firstPause)) {
		t.Fatal("a straggler moved the pause")
	}

	for _, pause := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, longPause, longPause} {
		if now = h.OpenUntil(); h.Limit(now.Add(-1)) != 0 || h.Limit(now) != 1 {
			t.Fatalf("at the end of the pause %d at once", h.Limit(now))
		}
		if h = h.Begin(); h.Limit(now) != 0 {
			t.Fatal("two probes at once")
		}
		if h = h.Done(bad, now); h.OpenUntil().Sub(now) != pause {
			t.Fatalf("the next pause is %v, want %v", h.OpenUntil().Sub(now), pause)
		}
	}

	now = h.OpenUntil()
	if h = h.Begin().Done(good, now); !h.OpenUntil().IsZero() || h.Limit(now) != 2 {
		t.Errorf("after a probe that worked: %+v", h)
	}
}

func TestBreaker_Window(t *testing.T) {
	t.Parallel()
	run := func(gap time.Duration, answers ...Response) Breaker {
		h, now := Breaker{}, begin
		for _, a := range answers {
			now = now.Add(gap)
			h = h.Begin().Done(a, now)
		}
		return h
	}

	ten := func(failures int) (out []Response) {
		for i := range 10 {
			out = append(out, good)
			if i >= 10-failures {
				out[i] = bad
			}
		}
		return out
	}

	for _, c := range []struct {
		name string
		open bool
		h    Breaker
	}{
		{"7 of 10 failed", true, run(time.Second, ten(7)...)},
		{"6 of 10 failed", false, run(time.Second, ten(6)...)},
		{"10 of 10, but over hours: each delivery keeps its own table", false, run(10*time.Minute, ten(10)...)},
		{"4 timeouts and a refusal", false, run(time.Second, late, late, late, late, bad)},
		{"a 404 counts like any failure", true, run(time.Second, missing, missing, missing, missing, missing, missing, missing, missing, missing, missing)},
	} {
		if got := !c.h.OpenUntil().IsZero(); got != c.open {
			t.Errorf("%s: open %v", c.name, got)
		}
	}
}

func TestEndpoint_IsDisabled(t *testing.T) {
	t.Parallel()
	e := Endpoint{Enabled: true}
	gone, changed := e.Fails(Response{Status: 410}, 1, time.Time{}, begin)
	if gone.Enabled || gone.Disabled != Gone || !changed {
		t.Errorf("410: %+v", gone)
	}
	if again, changed := gone.Fails(Response{Status: 410}, 1, begin, begin); changed || again.Disabled != Gone {
		t.Error("disabled twice")
	}

	e, changed = e.Fails(bad, 1, time.Time{}, begin)
	if !changed || !e.FailingSince.Equal(begin) || !e.Enabled {
		t.Fatalf("the first failure: %+v", e)
	}
	if _, changed = e.Fails(bad, 1, begin, begin.Add(59*time.Minute)); changed {
		t.Error("every failure costs a write")
	}
	if e, changed = e.Fails(bad, 17, begin, begin.Add(time.Hour)); !changed || e.Failures != 18 {
		t.Errorf("after an hour: %+v", e)
	}
	if e, _ = e.Fails(bad, 1, begin, begin.Add(disableAfter+time.Hour)); !e.Enabled {
		t.Error("disabled after 19 failures: a quiet account would lose its endpoint to two of them")
	}
	if early, _ := e.Fails(bad, 100, begin, begin.Add(disableAfter-1)); !early.Enabled {
		t.Error("disabled before five days")
	}
	if off, changed := e.Fails(bad, 1, begin, begin.Add(disableAfter)); off.Enabled || off.Disabled != IsFailing || !changed {
		t.Errorf("after five days: %+v", off)
	}
	if well, changed := e.Works(); !changed || !well.FailingSince.IsZero() || well.Failures != 0 {
		t.Errorf("a success: %+v", well)
	}
	if _, changed := (Endpoint{}).Works(); changed {
		t.Error("every success costs a write")
	}
}

func TestEndpoint_Wants(t *testing.T) {
	t.Parallel()
	some := Endpoint{Enabled: true, Events: []Type{OTPVerified}}
	if !some.Wants(OTPVerified) || some.Wants(MessageSent) || !(Endpoint{Enabled: true}).Wants(MessageSent) || (Endpoint{}).Wants(MessageSent) {
		t.Error("wrong events")
	}
}

// FuzzBreaker: whatever happens, a target is asked again in the end, by one probe at a time, and never by more than the
// most.
func FuzzBreaker(f *testing.F) {
	f.Add([]byte{3, 3, 3, 3, 3, 0, 1, 2})
	f.Fuzz(func(t *testing.T, script []byte) {
		h, now, under := Breaker{}, begin, 0
		for _, b := range script {
			now = now.Add(time.Duration(b>>3) * time.Second)
			if b&4 != 0 && h.Limit(now) > under {
				h = h.Begin()
				under++
				if !h.OpenUntil().IsZero() && h.Limit(now) != 0 {
					t.Fatal("a second probe")
				}
			} else if under > 0 {
				h = h.Done([]Response{good, bad, missing, late}[b&3], now)
				under--
			}
			if n := h.Limit(now); n < 0 || n > maxLimit || h.OpenUntil().Sub(now) > longPause {
				t.Fatalf("limit %d, open for %v", n, h.OpenUntil().Sub(now))
			}
			if under == 0 && h.Limit(now.Add(longPause)) < 1 {
				t.Fatalf("never asked again: %+v", h)
			}
		}
	})
}
