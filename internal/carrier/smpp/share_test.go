package smpp

import (
	"context"
	"testing"
	"testing/synctest"
)

// TestBinds_Share: links that are no longer wanted end, and are bound again when they are wanted.
func TestBinds_Share(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		l := newBinds(3)
		up := make([]int, 3)
		done := make(chan struct{}, 3)
		for n := range 3 {
			go func() {
				l.keep(ctx, n, func(ctx context.Context) {
					up[n]++
					<-ctx.Done()
					up[n] += 10
				})
				done <- struct{}{}
			}()
		}

		for _, c := range []struct {
			wanted int
			up     [3]int
		}{
			{wanted: 3, up: [3]int{1, 1, 1}},
			{wanted: 1, up: [3]int{1, 11, 11}},
			{wanted: 2, up: [3]int{1, 12, 11}},
			{wanted: 2, up: [3]int{1, 12, 11}},
			{wanted: 3, up: [3]int{1, 12, 12}},
			{wanted: 1, up: [3]int{1, 22, 22}},
		} {
			l.set(c.wanted)
			synctest.Wait()
			if [3]int(up) != c.up {
				t.Errorf("%d wanted: %v, want %v", c.wanted, up, c.up)
			}
		}

		stop()
		for range 3 {
			<-done
		}
		if up[0] != 11 {
			t.Errorf("at the end: %v", up)
		}
	})
}

func TestPace_SetLimit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limit, rate, next, want float64
	}{
		"at its limit":           {limit: 100, rate: 100, next: 50, want: 50},
		"grows with it":          {limit: 50, rate: 50, next: 100, want: 100},
		"slowed, above the new":  {limit: 100, rate: 80, next: 50, want: 50},
		"slowed, below the new":  {limit: 100, rate: 20, next: 50, want: 20},
		"had none, and gets one": {next: 50, want: 50},
	} {
		p := pace{limit: c.limit, rate: c.rate}
		p.setLimit(c.next)
		if p.rate != c.want || p.limit != c.next {
			t.Errorf("%s: rate %v of %v, want %v", name, p.rate, p.limit, c.want)
		}
	}
}
