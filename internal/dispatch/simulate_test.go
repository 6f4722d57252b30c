package dispatch_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// given is a submit as its carrier got it.
type given struct {
	ref, to string
	at      time.Time
	result  carrier.Result
}

// mayBeThere reports whether the phone may have it.
func (g given) mayBeThere() bool {
	return g.result.Outcome == carrier.Unknown || g.result.Outcome == carrier.Accepted || g.result.MaybeAccepted
}

// simulation sends codes over carriers with random answers, and records the submits.
type simulation struct {
	*testworld.World
	dice *rand.Rand

	mu    sync.Mutex
	given []given
	lost  []carrier.Answer // answers that may come late
}

const (
	simLimit  = 4
	simWindow = 10 * time.Minute
)

func newSimulation(t *testing.T, dice *rand.Rand) *simulation {
	s := &simulation{dice: dice}
	var carriers []carrier.Carrier
	for i, ch := range []message.Channel{message.WhatsApp, message.SMS, message.SMS, message.Voice} {
		k := testworld.NewCarrier(fmt.Sprint(ch, i), ch)
		k.Script(func(_ context.Context, m carrier.Message) carrier.Result { return s.answer(k.Name(), m) })
		carriers = append(carriers, k)
	}

	s.World = testworld.New(t, testworld.Options{
		Carriers: carriers, Prices: prices, Credits: 1_000_000,
		Limits: engine.Limits{SendsPerNumber: []guard.Rate{{N: simLimit, Per: simWindow}}},
	})

	return s
}

var simAnswers = []carrier.Result{
	{Outcome: carrier.Unknown, Reason: message.CarrierTimeout},
	{Outcome: carrier.Unknown, Reason: message.CarrierError},
	{Outcome: carrier.Unknown, Reason: message.CarrierTimeout},
	{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 500", MaybeAccepted: true},
	{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 429", RetryAfter: 7 * time.Second, Throttled: true},
	{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 401"},
	{Outcome: carrier.Rejected, Reason: message.NotOnChannel},
	{Outcome: carrier.Accepted},
}

func (s *simulation) answer(name string, m carrier.Message) carrier.Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := simAnswers[s.dice.IntN(len(simAnswers))]
	if r.Outcome == carrier.Accepted {
		r.IDs = []string{fmt.Sprint("id-", len(s.given))}
	}

	s.given = append(s.given, given{ref: m.Ref, to: m.To.E164(), at: s.Clock.Now(), result: r})
	if r.Outcome == carrier.Unknown {
		late := simAnswers[len(simAnswers)-2+s.dice.IntN(2)]
		s.lost = append(s.lost, carrier.Answer{Carrier: name, Ref: m.Ref, Result: late})
	}

	return r
}

// report makes one of the lost answers come late, or a receipt instead.
func (s *simulation) report(t *testing.T) {
	s.mu.Lock()
	var late carrier.Answer
	if n := len(s.lost); n > 0 {
		i := s.dice.IntN(n)
		late = s.lost[i]
		s.lost = append(s.lost[:i], s.lost[i+1:]...)
	}

	s.mu.Unlock()
	if late.Ref == "" {
		return
	}

	var err error
	if s.dice.IntN(3) == 0 {
		status := []carrier.Status{carrier.Delivered, carrier.Failed}[s.dice.IntN(2)]
		r := carrier.Receipt{Carrier: late.Carrier, Ref: late.Ref, Status: status, Reason: message.Unreachable}
		_, err = s.Dispatcher.Receipt(t.Context(), r)
	} else {
		err = s.Sink().Answer(t.Context(), late)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	result := carrier.Result{Outcome: late.Result.Outcome, CarrierCode: "late"}
	s.given = append(s.given, given{ref: late.Ref, at: s.Clock.Now(), result: result})
	s.mu.Unlock()
}

// play sends to two numbers for a quarter of an hour.
func (s *simulation) play(t *testing.T) {
	channels := [][]message.Channel{
		{message.SMS}, {message.WhatsApp, message.SMS}, {message.Voice}, {message.WhatsApp, message.SMS, message.Voice},
	}
	for end := s.Clock.Now().Add(15 * time.Minute); s.Clock.Now().Before(end); {
		r := testworld.To(testworld.Number(s.dice.IntN(2)), channels[s.dice.IntN(len(channels))]...)
		r.Purpose = []string{"", "login"}[s.dice.IntN(2)]
		caller := s.Live
		if s.dice.IntN(4) == 0 {
			caller.Settings.OnUnknown = "hold"
		}
		if s.dice.IntN(3) == 0 {
			_, _, _ = s.SendOTP(t.Context(), caller, r, nil) // may be stopped by a limit, or rejected
		}

		for range s.dice.IntN(40) {
			if s.dice.IntN(6) == 0 {
				s.report(t)
			}
			pass(t, s.World, 500*time.Millisecond)
		}
	}
	pass(t, s.World, 6*time.Minute)
}

// check checks that no step has more than two submits without an answer, or one after it was accepted or rejected, and
// that no number may have got more than its limit, except for the first submits of fallback steps.
func (s *simulation) check(t *testing.T) {
	maybe, unknown, settled, first := map[string]int{}, map[string]int{}, map[string]bool{}, map[string]bool{}
	counted, submits := map[string][]time.Time{}, map[string]int{}
	for _, g := range s.given {
		if g.result.CarrierCode == "late" {
			settled[g.ref] = true
			continue
		}
		if settled[g.ref] {
			t.Errorf("%s was submitted after it was accepted or rejected", g.ref)
		}

		settled[g.ref] = g.result.Outcome == carrier.Accepted || g.result.Outcome == carrier.Rejected
		msg, _, _ := strings.Cut(g.ref, "-")
		if submits[msg]++; submits[msg] == 1 && g.result.MaybeAccepted {
			continue // a first submit that is to be retried does not count
		}

		fallback := first[msg] && maybe[g.ref] == 0
		if g.mayBeThere() {
			first[msg] = true
			maybe[g.ref]++
			if !fallback {
				counted[g.to] = append(counted[g.to], g.at)
			}
		}
		if g.result.Outcome == carrier.Unknown {
			if unknown[g.ref]++; unknown[g.ref] > 2 {
				t.Errorf("%s got no answer %d times", g.ref, unknown[g.ref])
			}
		}
	}

	for to, log := range counted {
		for i := simLimit; i < len(log); i++ {
			if log[i].Sub(log[i-simLimit]) < simWindow {
				t.Errorf("%s may have got %d codes within %v: %v", to, simLimit+1, simWindow, log[i-simLimit:i+1])
			}
		}
	}
	if b := s.Balance(t); b.Held != 0 {
		t.Errorf("balance %+v", b)
	}
}

// checkStored checks that no step has more than two submits without an answer by its row.
func (s *simulation) checkStored(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range s.given {
		k, attempt, ok := dispatch.ParseRef(g.ref)
		if !ok || seen[g.ref] {
			continue
		}

		seen[g.ref] = true
		rows, err := s.Dispatcher.Config.Store.Find(t.Context(), k)
		m, found := store.Get[store.Message](rows, k)
		if err != nil || !found {
			t.Fatalf("%s: %v", g.ref, err)
		}

		submits := 0
		for _, other := range s.given {
			if other.ref == g.ref && other.result.CarrierCode != "late" {
				submits++
			}
		}

		a := m.Attempts[attempt]
		if a.UnknownSubmits > 2 || a.Submits != submits || m.NeverRepeat && a.UnknownSubmits > 1 {
			t.Errorf("%s: %d submits, %d of them without an answer; its carrier got %d",
				g.ref, a.Submits, a.UnknownSubmits, submits)
		}
	}
}

// Random sends, answers, late answers and receipts. SYSSECURE_LONG plays more of them, and ENGINE_SEED repeats a run.
func TestCopies_Simulation(t *testing.T) {
	t.Parallel()
	rounds := 12
	if os.Getenv("SYSSECURE_LONG") != "" {
		rounds = 1000
	}

	dice := seed(t)
	submits := 0
	for range rounds {
		s := newSimulation(t, dice)
		s.play(t)
		s.check(t)
		s.checkStored(t)
		if t.Failed() {
			for _, g := range s.given {
				t.Logf("%s %s %s %v %s", g.at.Format("15:04:05.0"), g.to, g.ref, g.result.Outcome, g.result.CarrierCode)
			}
			return
		}
		submits += len(s.given)
	}
	if submits < rounds {
		t.Errorf("%d submits in %d rounds", submits, rounds)
	}
	t.Logf("torture copies: %d rounds, %d submits, each step at most twice and within the number's limits", rounds, submits)
}
