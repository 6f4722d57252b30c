package engine_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// rounds is how often a race is run.
func rounds() int {
	if testing.Short() {
		return 3
	}
	return 20
}

// together runs n calls that start at the same time.
func together(n int, call func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			call(i)
		})
	}
	close(start)
	wg.Wait()
}

func TestVerifyOTP_ParallelRightCodes(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		for round := range rounds() {
			s := send(t, w.World, testworld.To(testworld.Number(round)))
			code := codeOf(w.SMS)
			var valid, used, other atomic.Int64
			together(1000, func(int) {
				v, _, err := w.VerifyOTP(t.Context(), w.Live, s.OTP.ID, secret.NewString(code), nil)
				switch {
				case err == nil && v.Result == otp.Valid:
					valid.Add(1)
				case err == nil && v.Result == otp.AlreadyVerified:
					used.Add(1)
				default:
					other.Add(1)
				}
			})
			if valid.Load() != 1 || used.Load() != 999 {
				t.Fatalf("round %d: %d valid, %d used already, %d other", round, valid.Load(), used.Load(),
					other.Load())
			}
		}
	})
}

func TestVerifyOTP_ParallelGuesses(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		for round := range rounds() {
			s := send(t, w.World, testworld.To(testworld.Number(round)))
			code := codeOf(w.SMS)
			var valid, incorrect, settled atomic.Int64
			together(1001, func(i int) {
				guess := wrongCode(code)
				if i == 500 {
					guess = code
				}

				v, _, err := w.VerifyOTP(t.Context(), w.Live, s.OTP.ID, secret.NewString(guess), nil)
				switch {
				case err != nil:
					t.Errorf("verify: %v", err)
				case v.Result == otp.Valid:
					valid.Add(1)
				case v.Result == otp.Incorrect:
					incorrect.Add(1)
				default:
					settled.Add(1)
				}
			})

			got := w.Read(t, s.OTP.ID)
			if compared := valid.Load() + incorrect.Load(); compared > 5 || valid.Load() > 1 ||
				int64(got.FailedGuesses) != incorrect.Load() {
				t.Fatalf("round %d: %d compared, %d valid, %d failed guesses stored", round, compared, valid.Load(),
					got.FailedGuesses)
			}
			if n := len(w.Contact(t, w.Live.Mode, testworld.Number(round)).
				FailedGuesses); int64(n) != incorrect.Load() {
				t.Fatalf("round %d: %d wrong codes in the number's budget, want %d", round, n, incorrect.Load())
			}
		}
	})
}

func TestBalance_ParallelSends(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b, Credits: 100 * smsPrice.Credits})
		var accepted, refused atomic.Int64
		together(200, func(i int) {
			_, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(testworld.Number(i)), nil)
			switch {
			case err == nil:
				accepted.Add(1)
			case fault.From(err).Code == fault.InsufficientCredits:
				refused.Add(1)
			default:
				t.Errorf("send: %v", err)
			}
		})
		if accepted.Load() != 100 || refused.Load() != 100 || len(w.SMS.Sent()) != 100 {
			t.Errorf("%d accepted, %d refused, %d texts", accepted.Load(), refused.Load(), len(w.SMS.Sent()))
		}
		if got := w.Balance(t); got.Credits != 0 || got.Held != 0 {
			t.Errorf("balance %+v", got)
		}
	})
}

// TestSendOTP_ParallelToOneNumber are one OTP, in any order.
func TestSendOTP_ParallelToOneNumber(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		var ids sync.Map
		together(bound.SendsOfOTP, func(int) {
			s, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(phoneA), nil)
			if err != nil {
				t.Errorf("send: %v", err)
			}
			ids.Store(s.OTP.ID, true)
		})

		n := 0
		ids.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Errorf("%d OTPs, want 1", n)
		}
		if got := w.Balance(t); got.Credits != 1000-bound.SendsOfOTP*8 || got.Held != 0 {
			t.Errorf("balance %+v", got)
		}
	})
}
