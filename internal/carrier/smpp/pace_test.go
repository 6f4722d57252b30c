package smpp

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// perSecond counts how many submits pass in each of n seconds.
func perSecond(t *testing.T, p *pace, n int) []int {
	t.Helper()
	counts := make([]int, n)
	start := time.Now()
	for {
		if _, ok := p.wait(t.Context()); !ok {
			t.Fatal("wait failed")
		}
		second := int(time.Since(start) / time.Second)
		if second >= n {
			return counts
		}
		counts[second]++
	}
}

func TestPace_KeepsRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &pace{limit: 50, rate: 50}
		for i, n := range perSecond(t, p, 3) {
			if n < 49 || n > 51 {
				t.Errorf("second %d: %d submits", i, n)
			}
		}
	})
}

func TestPace_HalvesPausesAndRecovers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &pace{limit: 100, rate: 100}
		perSecond(t, p, 1)
		now := time.Now()
		if !p.throttled(now) || p.throttled(now.Add(time.Millisecond)) {
			t.Error("one throttling must count once")
		}

		got := perSecond(t, p, 10)
		if got[0] > 1 {
			t.Errorf("%d submits in the pause", got[0])
		}

		for i, n := range got[1:] {
			if want := min(50*(1+0.1*float64(i)), 100); float64(n) < want-5 || n > 101 {
				t.Errorf("second %d after the pause: %d submits, want about %v and more", i, n, want)
			}
		}
		if got[9] < 95 {
			t.Errorf("not recovered: %v", got)
		}
	})
}

func TestPace_NoLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &pace{}
		for range 200 {
			p.wait(t.Context())
			time.Sleep(10 * time.Millisecond)
		}

		p.throttled(time.Now())
		if p.rate < 45 || p.rate > 55 {
			t.Errorf("100 per second became %v", p.rate)
		}

		for want := p.rate / 2; want > 1; want /= 2 {
			time.Sleep(p.pause(time.Now()))
			if p.throttled(time.Now()); p.rate > want+0.5 {
				t.Errorf("after being throttled again the rate is %v, want %v", p.rate, want)
			}
		}

		time.Sleep(time.Minute)
		if p.wait(t.Context()); p.rate != 0 {
			t.Errorf("still limited to %v after a minute", p.rate)
		}
	})
}

func TestPace_Deadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &pace{limit: 0.1, rate: 0.1}
		p.wait(t.Context())
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if wait, ok := p.wait(ctx); ok || wait != 10*time.Second || time.Since(start) != 0 {
			t.Errorf("%v, %v after %v", wait, ok, time.Since(start))
		}
	})
}

// TestPace_PausesGrow: pauses grow while the centre accepts nothing, and are short again after it has accepted a
// submit.
func TestPace_PausesGrow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &pace{}
		for _, want := range []time.Duration{1, 2, 4, 8, 16, 16} {
			p.throttled(time.Now())
			p.notThrottled(time.Now()) // the answer of a submit from before the pause
			if got := p.pause(time.Now()); got != want*time.Second {
				t.Errorf("a pause of %v, want %d s", got, want)
			}
			time.Sleep(p.pause(time.Now()))
		}

		p.notThrottled(time.Now())
		if p.throttled(time.Now()); p.pause(time.Now()) != time.Second {
			t.Errorf("after an accepted submit it pauses %v", p.pause(time.Now()))
		}
	})
}
