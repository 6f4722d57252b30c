package smpp

import (
	"context"
	"testing"
	"testing/synctest"
)

// Links beyond the wanted ones are let go, and bound again when they are wanted again.
func TestLink_IsShared(t *testing.T) {
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
		}{{3, [3]int{1, 1, 1}}, {1, [3]int{1, 11, 11}}, {2, [3]int{1, 12, 11}}, {2, [3]int{1, 12, 11}}, {3, [3]int{1, 12, 12}}, {1, [3]int{1, 22, 22}}} {
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

func TestPace_Limit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limit, rate, next, want float64
	}{
		"at its limit":           {100, 100, 50, 50},
		"grows with it":          {50, 50, 100, 100},
		"slowed, above the new":  {100, 80, 50, 50},
		"slowed, below the new":  {100, 20, 50, 20},
		"had none, and gets one": {0, 0, 50, 50},
	} {
		p := pace{limit: c.limit, rate: c.rate}
		p.setLimit(c.next)
		if p.rate != c.want || p.limit != c.next {
			t.Errorf("%s: rate %v of %v, want %v", name, p.rate, p.limit, c.want)
		}
	}
}
