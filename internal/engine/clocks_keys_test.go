package engine_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/testworld"
)

// An answer of an Idempotency-Key is kept for a day, not for as long as a clock was ahead.
func TestClocks_IdempotencyKeys(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Credits: 10_000})
	ask := func() id.OTP {
		r := testworld.To(phoneA)
		r.ForceNew = true
		idem := w.Answers.Request(w.Live, "key", "POST", "/x", []byte("{}"),
			func(result any, _ *fault.Fault) idempotency.Answer {
				sent, _ := result.(engine.OTPSent)
				return idempotency.Answer{Status: 200, Body: []byte(sent.OTP.ID.String())}
			})

		if a, err := w.Answers.Stored(t.Context(), w.Live, idem); err != nil {
			t.Fatal(err)
		} else if a != nil {
			o, _ := id.ParseOTP(string(a.Body))
			return o
		}

		s, _, err := w.SendOTP(t.Context(), w.Live, r, idem)
		if err != nil {
			t.Fatal(err)
		}

		return s.OTP.ID
	}

	set(t, &w, year, false)
	first := ask()
	set(t, &w, -year, false)
	if again := ask(); again != first {
		t.Errorf("a repeat made %s, want the answer of the first, %s", again, first)
	}

	w.Clock.Add(24*time.Hour + time.Second)
	if late := ask(); late == first {
		t.Error("the answer is kept for longer than a day")
	}
}
