package webhook

import (
	"math/rand/v2"
	"testing"
	"time"
)

var begin = time.Date(2026, 4, 25, 15, 0, 0, 0, time.UTC)

func TestWait_Table(t *testing.T) {
	t.Parallel()
	want := []time.Duration{
		5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour,
		3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
	}

	for i, w := range want {
		for _, c := range []struct{ jitter, share float64 }{{0, 0.8}, {0.5, 1}, {0.999999, 1.2}, {-1, 0.8}, {7, 1.2}} {
			got, ok := Wait(i+1, c.jitter, 100*time.Hour, 0)
			if exact := time.Duration(float64(w) * c.share); !ok || (got-exact).Abs() > w/1000 {
				t.Errorf("after attempt %d with jitter %v: %v, %v; want %v", i+1, c.jitter, got, ok, exact)
			}
		}
	}

	for _, done := range []int{-1, 0, Attempts, Attempts + 1} {
		if _, ok := Wait(done, 0.5, 0, 0); ok {
			t.Errorf("after attempt %d there is another", done)
		}
	}
}

// TestWait_WhatTheEndpointAsksFor counts between the table's wait and the larger of an hour and twice the table's.
func TestWait_WhatTheEndpointAsksFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		done        int
		asked, want time.Duration
	}{
		{1, time.Second, 5 * time.Second},
		{1, time.Minute, time.Minute},
		{1, 24 * time.Hour, time.Hour},
		{7, time.Minute, 3 * time.Hour},
		{7, 5 * time.Hour, 5 * time.Hour},
		{7, 24 * time.Hour, 6 * time.Hour},
	} {
		if got, _ := Wait(c.done, 0.5, 0, c.asked); got != c.want {
			t.Errorf("after attempt %d, asked for %v: %v, want %v", c.done, c.asked, got, c.want)
		}
	}

	d := Delivery{State: Waiting}
	for status, want := range map[int]time.Duration{429: time.Minute, 503: time.Minute, 500: 5 * time.Second, 404: 5 * time.Second} {
		if got := d.Done(Try{At: begin}, Response{Status: status, RetryAfter: time.Minute}, begin, 0.5).DueAt.Sub(begin); got != want {
			t.Errorf("%d: tried again after %v, want %v", status, got, want)
		}
	}
}

// TestWait_OutlivesAnOutageOf47Hours, however the dice fall; and none is tried for longer than the table and its jitter
// say.
func TestWait_OutlivesAnOutageOf47Hours(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	shortest := 1000 * time.Hour
	for range 5000 {
		d, now := Delivery{State: Waiting, DueAt: begin, CreatedAt: begin}, begin
		for n := 1; d.State == Waiting; n++ {
			if now = d.DueAt; d.Round != n-1 || n > Attempts {
				t.Fatalf("attempt %d of round %d", n, d.Round)
			}
			d = d.Done(Try{At: now}, Response{Status: 500}, now, r.Float64())
		}
		if d.State != Failed || d.Round != Attempts || len(d.Tries) != Attempts || !d.DueAt.IsZero() {
			t.Fatalf("ended as %+v", d)
		}

		shortest = min(shortest, now.Sub(begin))
		if now.Sub(begin) > 57*time.Hour {
			t.Fatalf("tried for %v", now.Sub(begin))
		}
	}
	if shortest < 47*time.Hour {
		t.Errorf("one gave up after %v", shortest)
	}
}

func TestDelivery_End(t *testing.T) {
	t.Parallel()
	fresh := Delivery{State: Waiting, Owner: 7, CreatedAt: begin}
	for _, c := range []struct {
		answer Response
		state  State
	}{
		{Response{Status: 200}, Delivered},
		{Response{Status: 204}, Delivered},
		{Response{Status: 299}, Delivered},
		{Response{Status: 199}, Waiting},
		{Response{Status: 301}, Waiting},
		{Response{Status: 308}, Waiting},
		{Response{Status: 404}, Waiting},
		{Response{Status: 410}, Failed},
		{Response{Status: 500}, Waiting},
		{Response{Error: "timeout", Timeout: true}, Waiting},
		{Response{}, Waiting},
	} {
		d := fresh.Done(Try{At: begin, Status: c.answer.Status}, c.answer, begin, 0.5)
		if d.State != c.state || d.Owner != 0 || d.Round != 1 || d.Total != 1 || d.DueAt.IsZero() == (c.state == Waiting) {
			t.Errorf("%+v: %+v", c.answer, d)
		}
	}

	d := fresh
	for range 30 {
		d = d.NewRound(begin.Add(time.Hour))
		if d.State != Waiting || d.Round != 0 || !d.DueAt.Equal(begin.Add(time.Hour)) {
			t.Fatalf("again: %+v", d)
		}
		d = d.Done(Try{At: begin}, Response{Status: 410}, begin, 0)
	}
	if d.Total != 30 || len(d.Tries) != keptTries {
		t.Errorf("%d attempts, %d kept", d.Total, len(d.Tries))
	}
	if names := Waiting.String() + Delivered.String() + Failed.String() + State(9).String(); names != "waitingdeliveredfailed" {
		t.Error(names)
	}
}

// FuzzDelivery lets anything happen in any order: a delivery is never due and over at once, never tried more often in a
// round than the table has it, and never loses count.
func FuzzDelivery(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7}, uint64(1))
	f.Fuzz(func(t *testing.T, script []byte, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		d, now, total := Delivery{State: Waiting, DueAt: begin}, begin, 0
		answers := []Response{{Status: 200}, {Status: 500}, {Status: 410}, {Status: 429, RetryAfter: time.Hour}, {Timeout: true}, {Status: 302}}
		for _, b := range script {
			now = now.Add(time.Duration(b) * time.Minute)
			if int(b)%(len(answers)+1) == len(answers) {
				d = d.NewRound(now)
				continue
			}
			if d.State != Waiting {
				continue
			}

			before := d
			d = d.Done(Try{At: now}, answers[int(b)%(len(answers)+1)], now, r.Float64())
			total++
			if len(before.Tries) > 0 && len(d.Tries) > 0 && &before.Tries[0] == &d.Tries[0] {
				t.Fatal("two values share their tries")
			}
			if d.Total != total || d.Round > Attempts || (d.State == Waiting) == d.DueAt.IsZero() || d.Owner != 0 {
				t.Fatalf("%+v", d)
			}
			if d.State == Waiting && !d.DueAt.After(now) {
				t.Fatalf("due at once: %+v", d)
			}
		}
	})
}

// A delivery of a restored copy waits for the operator's word; one that is over stays so.
func TestDelivery_Parked(t *testing.T) {
	t.Parallel()
	due := begin.Add(time.Hour)
	for name, c := range map[string]struct {
		d      Delivery
		parked bool
		due    time.Time
	}{
		"that waits":        {Delivery{State: Waiting, DueAt: due}, true, due},
		"that is under way": {Delivery{State: Waiting, Owner: 7}, true, begin},
		"that arrived":      {Delivery{State: Delivered}, false, time.Time{}},
		"that failed":       {Delivery{State: Failed}, false, time.Time{}},
	} {
		d := c.d.Park(begin)
		if d.Parked() != c.parked || !d.DueAt.Equal(c.due) || d.State != c.d.State {
			t.Errorf("%s: %+v", name, d)
		}
		if again := d.Park(due); again.Owner != d.Owner || !again.DueAt.Equal(d.DueAt) {
			t.Errorf("%s, parked twice: %+v", name, again)
		}
		if on := d.Unpark(true); on.Owner != 0 || on.State != c.d.State || !on.DueAt.Equal(c.due) {
			t.Errorf("%s, released: %+v", name, on)
		}
		if off := d.Unpark(false); off.Owner != 0 || c.parked && (off.State != Failed || !off.DueAt.IsZero()) {
			t.Errorf("%s, given up: %+v", name, off)
		}
		if again := d.NewRound(due); again.Parked() || !again.DueAt.Equal(due) {
			t.Errorf("%s, asked for again: %+v", name, again)
		}
	}
}
