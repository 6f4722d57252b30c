package route_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
)

func codes(sent, verified int, mean time.Duration) route.Conversion {
	return route.Conversion{Sent: sent, Verified: verified, Took: time.Duration(verified) * mean}
}

// rated is a table whose route has three carriers; c needs two segments where the others need one.
func rated() route.Table {
	t := route.Table{
		Rules: []route.Rule{
			{Channel: message.SMS, Prefix: "+33", Carriers: []string{"c"}},
			{Channel: message.SMS, Carriers: []string{"a", "gone", "b", "c"}, Strategy: route.VerifiedRate},
		},
		Prices: []route.Price{{Channel: message.SMS, Credits: 5}},
	}
	for _, name := range []string{"a", "b", "c"} {
		t.Carriers = append(t.Carriers, route.Carrier{Name: name, Channels: []message.Channel{message.SMS}})
	}
	t.Carriers[2].Charset = message.CharsetASCII

	return t
}

func names(plan []message.Step) string {
	var list []string
	for _, s := range plan {
		list = append(list, s.Carrier)
	}
	return strings.Join(list, " ")
}

func TestDraw(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		a, b, c route.Conversion
		down    string
		want    string // carriers in order, for any random numbers
		why     string
	}{
		"the best first": {
			a: codes(500, 100, time.Second), b: codes(500, 450, time.Second), c: codes(500, 350, time.Second),
			want: "b c a", why: "route 2, verified_rate 0.90 of 500 codes",
		},
		"one that is down last": {
			a: codes(500, 100, time.Second), b: codes(500, 450, time.Second), c: codes(500, 350, time.Second), down: "b",
			want: "c a b", why: "route 2, verified_rate 0.70 of 500 codes",
		},
		"all down": {
			a: codes(500, 100, time.Second), b: codes(500, 450, time.Second), c: codes(500, 350, time.Second),
			down: "a b c", want: "b c a", why: "route 2, verified_rate 0.90 of 500 codes",
		},
		"as good and sooner": {
			a: codes(1e8, 9e7, 20*time.Second), b: codes(1e8, 9e7, 15*time.Second), c: codes(500, 100, time.Second),
			want: "b a c", why: "route 2, verified_rate 0.90 of 100000000 codes, faster",
		},
		"as good, and hardly sooner": {
			a: codes(1e8, 9e7, 15*time.Second), b: codes(1e8, 8.95e7, 14*time.Second), c: codes(500, 100, time.Second),
			want: "a b c", why: "route 2, verified_rate 0.90 of 100000000 codes",
		},
		"as good and cheaper": {
			a: codes(500, 100, time.Second), b: codes(1e8, 8.95e7, 15*time.Second), c: codes(1e8, 9e7, 15*time.Second),
			want: "b c a", why: "route 2, verified_rate 0.90 of 100000000 codes, cheaper",
		},
		"more verified than sent": {
			a: codes(500, 600, time.Second), b: codes(500, 250, time.Second), c: codes(500, 100, time.Second),
			want: "a b c", why: "route 2, verified_rate 1.00 of 500 codes",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lately := map[route.Way]route.Conversion{}
			for carrier, conversion := range map[string]route.Conversion{"a": c.a, "b": c.b, "c": c.c} {
				lately[route.Way{Channel: message.SMS, Country: "BE", Carrier: carrier}] = conversion
			}

			for seed := range uint64(200) {
				plan, _ := rated().Plan(route.Request{
					To: "+32470123456", Country: "BE", Channels: []message.Channel{message.SMS}, Text: accented(),
					Draw: &route.Draw{Lately: lately, Down: strings.Fields(c.down), Random: seed},
				})
				if names(plan) != c.want || plan[0].Choice.String() != c.why {
					t.Fatalf("seed %d: %s, %q; want %s, %q", seed, names(plan), plan[0].Choice, c.want, c.why)
				}
			}
		})
	}
}

// TestDraw_Unknown: carriers of which nothing is known share the messages, in each country for itself.
func TestDraw_Unknown(t *testing.T) {
	t.Parallel()
	good := map[route.Way]route.Conversion{
		{Channel: message.SMS, Country: "BE", Carrier: "a"}:   codes(500, 500, time.Second),
		{Channel: message.Voice, Country: "NL", Carrier: "b"}: codes(500, 500, time.Second),
	}
	first := map[string]int{}
	for seed := range uint64(3000) {
		plan, _ := rated().Plan(route.Request{
			To: "+31612345678", Country: "NL", Channels: []message.Channel{message.SMS}, Text: accented(),
			Draw: &route.Draw{Lately: good, Random: seed},
		})
		first[plan[0].Carrier]++
		if why := plan[0].Choice; why.Basis != message.ByCost &&
			why.String() != "route 2, verified_rate without codes yet" {
			t.Fatalf("%s is first because of %q", plan[0].Carrier, why)
		}
	}
	for carrier, n := range first {
		if n < 900 || n > 1100 {
			t.Errorf("%s comes first %d times of 3,000", carrier, n)
		}
	}
}

// TestTable_PlanLike: a second plan for a request has the order and the reasons of the first, with its own prices.
func TestTable_PlanLike(t *testing.T) {
	t.Parallel()
	request := route.Request{
		To: "+32470123456", Country: "BE", Channels: []message.Channel{message.SMS}, Text: accented(),
		Draw: &route.Draw{Turns: route.Turns{}, Random: 1},
	}
	for seed := range uint64(50) {
		request.Draw.Random, request.Like, request.Text = seed, nil, accented()
		first, _ := rated().Plan(request)
		request.Draw.Random, request.Like, request.Text = seed+1000, first, segments(2)
		again, _ := rated().Plan(request)
		for i, s := range again {
			if s.Carrier != first[i].Carrier || s.Choice != first[i].Choice || s.Price != 10 {
				t.Errorf("first %+v, then %+v", first[i], s)
			}
		}
	}
}

// TestTable_PlanWithoutDraw: nothing is drawn for rules with order, nor where nothing can be.
func TestTable_PlanWithoutDraw(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{"+33612345678": "c: route 1, order", "+32470123456": "a b c: route 2, order"} {
		plan, _ := rated().Plan(route.Request{To: numberOf(to), Channels: []message.Channel{message.SMS}})
		if got := names(plan) + ": " + plan[0].Choice.String(); got != want {
			t.Errorf("to %s: %s, want %s", to, got, want)
		}
	}
	if !rated().Rated() || table().Rated() {
		t.Error("Rated does not tell tables with verified_rate from others")
	}
}

// TestTurns: a carrier that was down has its turn when it is back, and many carriers share half of the messages.
func TestTurns(t *testing.T) {
	t.Parallel()
	m := newMarket(1, time.Second, 0.9, 0.7, 0.2)
	m.sends(300)
	m.down = []string{"carrier-2"}
	if got := share(m.sends(100), 2); got != 0 {
		t.Errorf("a carrier that is down comes first for %.2f", got)
	}
	m.down = nil
	if m.send() != 2 {
		t.Error("it does not have its turn when it is back")
	}

	many := make([]float64, 25)
	many[7] = 0.9
	m = newMarket(1, time.Second, many...)
	chosen := m.sends(2000)[1500:]
	for carrier := range many {
		if got := share(chosen, carrier); got < 0.02-0.002 || carrier == 7 && got < 0.45 {
			t.Errorf("carrier %d of 25 gets %.3f", carrier, got)
		}
	}
}

// TestRandom: the likelihoods that are drawn have the mean and the deviation of a Beta distribution.
func TestRandom(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]int{{0, 0}, {0, 9}, {9, 0}, {3, 1}, {90, 10}, {2, 5000}, {500_000, 500_000}} {
		const n = 20_000
		sum, squares := 0.0, 0.0
		for _, x := range route.Betas(n, c[0], c[1]) {
			if !(x >= 0 && x <= 1) {
				t.Fatalf("%v draws %v", c, x)
			}
			sum, squares = sum+x, squares+x*x
		}

		a, b := float64(c[0]+1), float64(c[1]+1)
		mean, deviation := a/(a+b), math.Sqrt(a*b/(a+b+1))/(a+b)
		gotMean := sum / n
		gotDeviation := math.Sqrt(max(0, squares/n-gotMean*gotMean))
		if math.Abs(gotMean-mean) > 5*deviation/math.Sqrt(n) || math.Abs(gotDeviation/deviation-1) > 0.05 {
			t.Errorf("%v: mean %v ± %v, want %v ± %v", c, gotMean, gotDeviation, mean, deviation)
		}
	}
}

// FuzzDraw: whatever is known of the carriers, a plan has each of them once.
func FuzzDraw(f *testing.F) {
	f.Add(5, 3, int64(10), 0, 9, int64(-3), uint64(1), uint8(0))
	f.Add(-5, 1<<62, int64(math.MaxInt64), 1<<40, 1<<40, int64(1), uint64(7), uint8(7))
	f.Fuzz(func(t *testing.T, s1, v1 int, t1 int64, s2, v2 int, t2 int64, random uint64, down uint8) {
		lately := map[route.Way]route.Conversion{
			{Channel: message.SMS, Country: "BE", Carrier: "a"}: {Sent: s1, Verified: v1, Took: time.Duration(t1)},
			{Channel: message.SMS, Country: "BE", Carrier: "b"}: {Sent: s2, Verified: v2, Took: time.Duration(t2)},
		}
		draw := &route.Draw{Lately: lately, Turns: route.Turns{}, Random: random}
		for i, name := range []string{"a", "b", "c"} {
			if down&(1<<i) != 0 {
				draw.Down = append(draw.Down, name)
			}
		}

		for range 3 {
			plan, unserved := rated().Plan(route.Request{
				To: "+32470123456", Country: "BE", Channels: []message.Channel{message.SMS}, Draw: draw,
			})
			draw.Turns.Took(rated(), plan, "BE")
			seen := map[string]bool{}
			for _, s := range plan {
				seen[s.Carrier] = true
			}
			if unserved != 0 || len(plan) != 3 || len(seen) != 3 {
				t.Fatalf("plan %+v", plan)
			}
		}
	})
}
