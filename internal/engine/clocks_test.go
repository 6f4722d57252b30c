package engine_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

const year = 365 * 24 * time.Hour

// steps are what happens to the clock of a machine.
var steps = []time.Duration{-year, -time.Hour, -200 * time.Second, time.Hour, year}

// onSteps runs a test for every step of the clock on every database; restarted stops the server while its clock
// is set, so that it does not see the step.
func onSteps(t *testing.T, run func(t *testing.T, b store.Backend, step time.Duration, restarted bool)) {
	t.Helper()
	for _, step := range steps {
		for _, restarted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v, restarted %v", step, restarted), func(t *testing.T) {
				t.Parallel()
				onEach(t, func(t *testing.T, b store.Backend) { run(t, b, step, restarted) })
			})
		}
	}
}

// set moves the clock by a step.
func set(t *testing.T, w *trio, step time.Duration, restarted bool) {
	w.Dispatcher.Config.Now() // a server reads its clock all the time
	w.Clock.Add(step)
	if restarted {
		// The engine of the next run over the same store: it does not remember the clock.
		w.World = w.Rerun(t)
	}
	w.Dispatcher.Config.Now()
}

// waitOf is the wait of a refusal.
func waitOf(t *testing.T, err error) time.Duration {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Status != 429 {
		t.Fatalf("got %v, want 429", err)
	}
	return f.RetryAfter
}

// The limits of sends refuse for their windows at most, whatever happens to the clock, and do not allow more because it
// was set back.
func TestClocks_SendLimits(t *testing.T) {
	t.Parallel()
	onSteps(t, func(t *testing.T, b store.Backend, step time.Duration, restarted bool) {
		w := newTrio(t, testworld.Options{Backend: b, Credits: 10_000, Limits: engine.Limits{
			SendsPerNumber: []guard.Rate{{N: 3, Per: time.Hour}}, SendGaps: []time.Duration{30 * time.Second},
		}})
		sendOnce := func() error {
			r := testworld.To(phoneA)
			r.ForceNew = true
			_, _, err := w.SendOTP(t.Context(), w.Live, r, nil)
			return err
		}

		for range 3 {
			if err := sendOnce(); err != nil {
				t.Fatal(err)
			}
			w.Clock.Add(40 * time.Second)
		}

		set(t, &w, step, restarted)

		if step < 0 {
			if wait := waitOf(t, sendOnce()); wait > time.Hour {
				t.Errorf("refused for %v, the window has an hour", wait)
			}
		}

		w.Clock.Add(time.Hour)
		if err := sendOnce(); err != nil {
			t.Errorf("after the whole window: %v", err)
		}
	})
}

func TestClocks_ClientIPLimits(t *testing.T) {
	t.Parallel()
	onSteps(t, func(t *testing.T, b store.Backend, step time.Duration, restarted bool) {
		w := newTrio(t, testworld.Options{Backend: b, Credits: 10_000, Limits: engine.Limits{Keyed: []guard.Keyed{
			{
				Name: "client_ip", Key: guard.KeyClientIP, Count: guard.CountSends,
				Max: []guard.Rate{{N: 2, Per: time.Hour}},
			},
		}}})
		n := 0
		sendOnce := func() error {
			n++
			r := testworld.To(testworld.Number(n))
			r.ClientIP = "203.0.113.7"
			_, _, err := w.SendOTP(t.Context(), w.Live, r, nil)
			return err
		}

		for range 2 {
			if err := sendOnce(); err != nil {
				t.Fatal(err)
			}
		}

		set(t, &w, step, restarted)

		if step < 0 {
			if wait := waitOf(t, sendOnce()); wait > time.Hour {
				t.Errorf("refused for %v, the window has an hour", wait)
			}
		}

		w.Clock.Add(time.Hour)
		if err := sendOnce(); err != nil {
			t.Errorf("after the whole window: %v", err)
		}
	})
}

// guessAll tries wrong codes on new OTPs of a number until the budget refuses, and returns how many were compared and
// the wait of the refusal.
func guessAll(t *testing.T, w trio) (compared int, wait time.Duration) {
	t.Helper()
	for range 20 {
		r := testworld.To(phoneA)
		r.ForceNew = true
		s, _, err := w.SendOTP(t.Context(), w.Live, r, nil)
		if err != nil {
			t.Fatal(err)
		}

		for range 5 {
			v, _, err := w.VerifyOTP(t.Context(), w.Live, s.OTP.ID, secret.NewString(wrongCode(codeOf(w.SMS))), nil)
			if err != nil {
				return compared, waitOf(t, err)
			}
			if v.Result == otp.Incorrect {
				compared++
			}
		}
	}
	t.Fatal("the budget was never used up")

	return compared, 0
}

func TestClocks_Guesses(t *testing.T) {
	t.Parallel()
	onSteps(t, func(t *testing.T, b store.Backend, step time.Duration, restarted bool) {
		w := newTrio(t, testworld.Options{Backend: b, Credits: 100_000})
		if n, _ := guessAll(t, w); n != 15 {
			t.Fatalf("%d compared, want 15", n)
		}

		set(t, &w, step, restarted)

		n, wait := guessAll(t, w)
		if step < 0 && (n != 0 || wait > time.Hour) {
			t.Errorf("after the clock was set back %d more are compared, then refused for %v; want none for an "+
				"hour at most", n, wait)
		}
		if step > 0 && n > 15 || wait > 24*time.Hour {
			t.Errorf("after the clock was set forwards %d more are compared, then refused for %v", n, wait)
		}

		w.Clock.Add(wait)
		if n, _ := guessAll(t, w); n == 0 {
			t.Errorf("after the whole wait of %v nothing is compared", wait)
		}
	})
}

// A clock that goes back in the middle of the guesses gives no more of them, and none of them is forgotten.
func TestClocks_GuessesInOrder(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Credits: 100_000})
	compared := 0
	guess := func(n int) {
		for range n {
			r := testworld.To(phoneA)
			r.ForceNew = true
			s, _, err := w.SendOTP(t.Context(), w.Live, r, nil)
			if err != nil {
				t.Fatal(err)
			}

			v, _, err := w.VerifyOTP(t.Context(), w.Live, s.OTP.ID, secret.NewString(wrongCode(codeOf(w.SMS))), nil)
			if err == nil && v.Result == otp.Incorrect {
				compared++
			}
		}
	}

	guess(10)
	set(t, &w, -time.Hour, false)
	guess(5)
	w.Clock.Add(50 * time.Minute)
	guess(20)
	if compared != 15 {
		t.Errorf("%d compared within an hour, 15 are allowed", compared)
	}
}

// A code that was reported as expired is never valid again, and a valid code is not valid for longer.
func TestClocks_Expiry(t *testing.T) {
	t.Parallel()
	onSteps(t, func(t *testing.T, b store.Backend, step time.Duration, restarted bool) {
		w := newTrio(t, testworld.Options{Backend: b, Credits: 10_000})
		s := send(t, w.World, testworld.To(phoneA))
		code := codeOf(w.SMS)
		w.Clock.Add(301 * time.Second)
		if got := verify(t, w.World, s.OTP.ID, code); got != otp.HasExpired {
			t.Fatalf("after 301 s: %q", got)
		}

		set(t, &w, step, restarted)

		if got := verify(t, w.World, s.OTP.ID, code); got != otp.HasExpired {
			t.Errorf("a clock that was set makes the code %q", got)
		}
		if got := w.Read(t, s.OTP.ID).State(); got != "expired" {
			t.Errorf("it is shown as %s", got)
		}
	})
}

// The same without a check between the end of the code and the step: a running server knows how much time passed.
func TestClocks_ExpiryUnseen(t *testing.T) {
	t.Parallel()
	for _, step := range []time.Duration{-200 * time.Second, -time.Hour, -year} {
		t.Run(step.String(), func(t *testing.T) {
			t.Parallel()
			w := newTrio(t, testworld.Options{Credits: 10_000})
			s := send(t, w.World, testworld.To(phoneA))
			w.Clock.Add(301 * time.Second)
			set(t, &w, step, false)

			if got := w.Read(t, s.OTP.ID).State(); got != "expired" {
				t.Errorf("it is shown as %s", got)
			}
			if got := verify(t, w.World, s.OTP.ID, codeOf(w.SMS)); got != otp.HasExpired {
				t.Errorf("verified: %q", got)
			}
		})
	}
}

// A pending code is valid as long as promised, whatever happens to the clock meanwhile.
func TestClocks_CodeLife(t *testing.T) {
	t.Parallel()
	for _, step := range []time.Duration{-200 * time.Second, -time.Hour, -year} {
		t.Run(step.String(), func(t *testing.T) {
			t.Parallel()
			w := newTrio(t, testworld.Options{Credits: 10_000})
			good, late := send(t, w.World, testworld.To(phoneA)), send(t, w.World, testworld.To(testworld.Number(7)))
			codes := w.SMS.Sent()
			w.Clock.Add(100 * time.Second)
			set(t, &w, step, false)

			w.Clock.Add(199 * time.Second)
			if got := verify(t, w.World, good.OTP.ID, codes[0].Code.Reveal()); got != otp.Valid {
				t.Errorf("299 s after it was sent: %q", got)
			}

			w.Clock.Add(2 * time.Second)
			if got := verify(t, w.World, late.OTP.ID, codes[1].Code.Reveal()); got != otp.HasExpired {
				t.Errorf("301 s after it was sent: %q", got)
			}

			fresh := send(t, w.World, testworld.To(testworld.Number(8)))
			w.Clock.Add(299 * time.Second)
			if got := verify(t, w.World, fresh.OTP.ID, codeOf(w.SMS)); got != otp.Valid {
				t.Errorf("a code of after the step, 299 s old: %q", got)
			}
		})
	}
}

// A code that was made by a clock a year ahead does not live for a year, though the server was restarted afterwards.
func TestClocks_CodeFromTheFuture(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Credits: 10_000})
	set(t, &w, year, false)
	s := send(t, w.World, testworld.To(phoneA))
	set(t, &w, -year, true)
	if got := verify(t, w.World, s.OTP.ID, codeOf(w.SMS)); got != otp.HasExpired {
		t.Errorf("verified: %q", got)
	}

	send(t, w.World, testworld.To(phoneA))
	if got := verify(t, w.World, messageOTP(t, w), codeOf(w.SMS)); got != otp.Valid {
		t.Errorf("the next code is %q", got)
	}
}

// messageOTP is the newest verification.
func messageOTP(t *testing.T, w trio) id.OTP {
	t.Helper()
	pending := w.Contact(t, id.Live, phoneA).Pending
	return pending[len(pending)-1].OTP
}

// TestClocks_RandomWalk lets a clock jump at random while an attacker guesses as fast as possible, and compares the
// guesses with the budget in real time. SYSSECURE_LONG walks further, and more often.
func TestClocks_RandomWalk(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for n := range testworld.Size(2, 300) {
		random := rand.New(rand.NewPCG(seed, uint64(n)))
		w := newTrio(t, testworld.Options{Credits: 1_000_000})
		passed := time.Duration(0) // in real time
		var guesses []time.Duration
		for range 60 {
			if random.IntN(4) == 0 {
				set(t, &w, -[]time.Duration{year, time.Hour, 200 * time.Second, 2 * time.Second}[random.IntN(4)], false)
			}
			wait := time.Duration(random.Int64N(int64(20 * time.Minute)))
			w.Clock.Add(wait)
			passed += wait
			r := testworld.To(phoneA)
			r.ForceNew = true
			s, _, err := w.SendOTP(t.Context(), w.Live, r, nil)
			if err != nil {
				t.Fatal(err)
			}

			for range 5 {
				v, _, err := w.VerifyOTP(t.Context(), w.Live, s.OTP.ID, secret.NewString(wrongCode(codeOf(w.SMS))), nil)
				if err == nil && v.Result == otp.Incorrect {
					guesses = append(guesses, passed)
				}
				if err != nil && waitOf(t, err) > 24*time.Hour {
					t.Fatalf("seed %d: refused for %v", seed, waitOf(t, err))
				}
			}
		}

		for _, rate := range guard.GuessRates {
			for i := range guesses {
				if i+rate.N < len(guesses) && guesses[i+rate.N]-guesses[i] < rate.Per-time.Minute {
					t.Fatalf("seed %d, walk %d: more than %v", seed, n, rate)
				}
			}
		}
		if len(guesses) < 15 {
			t.Errorf("seed %d, walk %d: only %d guesses were allowed", seed, n, len(guesses))
		}
	}
}
