package route_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/testworld"
)

// market simulates carriers whose codes are verified with different likelihoods, and sends codes over the carrier that
// the route chooses. Results arrive as in a running server: a code is verified some time after it was sent, and the sums
// are made again every ten seconds.
type market struct {
	table  route.Table
	turns  route.Turns
	random *rand.Rand
	every  time.Duration // between two sends
	now    time.Time
	summed time.Time
	// verifies is the likelihood for a code over a carrier, and takes the mean time until it is known.
	verifies []float64
	takes    []time.Duration
	history  route.History
	lately   map[route.Way]route.Conversion
	late     []verification // that are still to come
	down     []string
}

type verification struct {
	at, made time.Time
	way      route.Way
}

func newMarket(seed uint64, every time.Duration, verifies ...float64) *market {
	m := &market{
		turns: route.Turns{}, random: rand.New(rand.NewPCG(seed, 1)), every: every, verifies: verifies,
		now: time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC), history: route.History{},
	}

	rule := route.Rule{Channel: message.SMS, Strategy: route.VerifiedRate}
	for i := range verifies {
		name := fmt.Sprint("carrier-", i)
		rule.Carriers = append(rule.Carriers, name)
		m.takes = append(m.takes, 15*time.Second)
		m.table.Carriers = append(m.table.Carriers, route.Carrier{Name: name, Channels: []message.Channel{message.SMS}})
	}
	m.table.Rules = []route.Rule{rule}

	return m
}

// send sends a code, and returns the index of its carrier.
func (m *market) send() int {
	m.now = m.now.Add(m.every)
	m.verify()
	if m.now.Sub(m.summed) >= 10*time.Second {
		m.summed, m.lately = m.now, m.history.Lately(m.now)
	}

	plan, _ := m.table.Plan(route.Request{
		To: "+32470123456", Country: "BE", Channels: []message.Channel{message.SMS},
		Draw: &route.Draw{Lately: m.lately, Turns: m.turns, Down: m.down, Random: m.random.Uint64()},
	})
	m.turns.Took(m.table, plan, "BE")

	way := route.Way{Channel: message.SMS, Country: "BE", Carrier: plan[0].Carrier}
	chosen := slices.Index(m.table.Rules[0].Carriers, way.Carrier)
	m.history.Add(m.now, way, route.Conversion{Sent: 1})
	if m.random.Float64() < m.verifies[chosen] {
		after := 2*time.Second + time.Duration(m.random.ExpFloat64()*float64(m.takes[chosen]))
		m.late = append(m.late, verification{at: m.now.Add(after), made: m.now, way: way})
	}

	return chosen
}

// verify carries out the verifications that are due.
func (m *market) verify() {
	m.late = slices.DeleteFunc(m.late, func(v verification) bool {
		if v.at.After(m.now) {
			return false
		}
		m.history.Add(v.made, v.way, route.Conversion{Verified: 1, Took: v.at.Sub(v.made)})
		return true
	})
}

// sends sends codes, and returns over which carriers.
func (m *market) sends(n int) (chosen []int) {
	for range n {
		chosen = append(chosen, m.send())
	}
	return chosen
}

func share(chosen []int, carrier int) float64 {
	n := 0
	for _, c := range chosen {
		if c == carrier {
			n++
		}
	}
	return float64(n) / float64(len(chosen))
}

// keepsFloor checks that each carrier gets one of any twenty messages.
func keepsFloor(t *testing.T, chosen []int, carriers int) {
	t.Helper()
	for carrier := range carriers {
		last := -1
		for i, c := range append(slices.Clone(chosen), carrier) {
			if c != carrier {
				continue
			}
			if i-last > 20 {
				t.Errorf("carrier %d gets none of the sends %d to %d", carrier, last+1, i-1)
			}
			last = i
		}
	}
}

// TestSimulation: of carriers whose codes are verified to 90, 70 and 20 %, the best gets at least 85 % of the last 500 of
// 2,000 codes. When it fails, another takes over. Within 500 codes after it works again, it is back. So is a bad one that
// has become the best. None gets less than 5 %.
func TestSimulation(t *testing.T) {
	t.Parallel()
	for every, seeds := range map[time.Duration]int{
		time.Second: testworld.Size(15, 1000), 5 * time.Second: testworld.Size(2, 300),
		30 * time.Second: testworld.Size(1, 100),
	} {
		t.Run(fmt.Sprint("every ", every), func(t *testing.T) {
			t.Parallel()
			misses := 0
			for seed := range uint64(seeds) {
				m := newMarket(seed, every, 0.9, 0.7, 0.2)
				phases := []struct {
					name     string
					verifies []float64
					sends    int
					last     int     // of the sends
					best     int     // that gets
					least    float64 // of the last
				}{
					{"at first", []float64{0.9, 0.7, 0.2}, 2000, 500, 0, 0.85},
					{"the best fails", []float64{0, 0.7, 0.2}, 500, 100, 1, 0.8},
					{"it works again", []float64{0.9, 0.7, 0.2}, 500, 50, 0, 0.8},
					{"the worst recovers", []float64{0.5, 0.5, 0.95}, 500, 50, 2, 0.8},
				}

				var all []int
				for _, p := range phases {
					m.verifies = p.verifies
					chosen := m.sends(p.sends)
					if got := share(chosen[p.sends-p.last:], p.best); got < p.least {
						misses++
						t.Logf("seed %d, %s: carrier %d gets %.2f of the last %d, want %.2f", seed, p.name, p.best, got,
							p.last, p.least)
					}
					all = append(all, chosen...)
				}
				keepsFloor(t, all, 3)
			}
			if most := seeds / 100; misses > most { // chance can look like a change
				t.Errorf("%d misses in %d simulations, want %d at most", misses, seeds, most)
			}
		})
	}
}
