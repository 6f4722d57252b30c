package engine_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

func TestVerifyOTP(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		type try struct {
			right bool
			want  otp.Result
		}

		n, y := func(r otp.Result) try { return try{false, r} }, func(r otp.Result) try { return try{true, r} }
		for i, c := range []struct {
			name   string
			before func(o id.OTP)
			tries  []try
		}{
			{name: "right, then used", tries: []try{y(otp.Valid), y(otp.AlreadyVerified), n(otp.AlreadyVerified)}},
			{
				name:  "right on the last attempt",
				tries: []try{n("incorrect"), n("incorrect"), n("incorrect"), n("incorrect"), y(otp.Valid)},
			},
			{
				name: "all attempts used up",
				tries: []try{
					n("incorrect"), n("incorrect"), n("incorrect"), n("incorrect"), n("incorrect"), y("max_attempts"),
					n("max_attempts"),
				},
			},
			{
				name: "cancelled", before: func(o id.OTP) { cancel(t, w.World, o) },
				tries: []try{y("canceled"), n("canceled")},
			},
			{
				name: "expired, before any sweep", before: func(id.OTP) { w.Clock.Add(5 * time.Minute) },
				tries: []try{y("expired"), n("expired")},
			},
			{
				name: "expired, after the sweep", before: func(id.OTP) { w.Clock.Add(6 * time.Minute); w.Sweep(t) },
				tries: []try{y("expired")},
			},
			{
				name: "the last moment", before: func(id.OTP) { w.Clock.Add(5*time.Minute - time.Second) },
				tries: []try{y(otp.Valid)},
			},
		} {
			s := send(t, w.World, testworld.To(testworld.Number(i)))
			code := codeOf(w.SMS)
			if c.before != nil {
				c.before(s.OTP.ID)
			}

			for j, try := range c.tries {
				given := wrongCode(code)
				if try.right {
					given = code
				}
				if got := verify(t, w.World, s.OTP.ID, given); got != try.want {
					t.Errorf("%s: try %d was %q, want %q", c.name, j, got, try.want)
				}
			}
		}
	})
}

func TestVerifyOTP_AttemptsLeft(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	for length, attempts := range map[int]int{4: 3, 5: 3, 6: 5, 10: 5} {
		r := testworld.To(testworld.Number(length))
		r.Length = length
		s := send(t, w.World, r)
		code := codeOf(w.SMS)
		for left := attempts - 1; left >= 0; left-- {
			v, _, err := w.VerifyOTP(t.Context(), w.Live, s.OTP.ID, secret.NewString(wrongCode(code)), nil)
			if err != nil || v.Result != otp.Incorrect || v.OTP.Left() != left {
				t.Fatalf("length %d: %q with %d left, %v; want %d left", length, v.Result, v.OTP.Left(), err, left)
			}
		}
	}
}

func TestVerifyOTP_MalformedAndForeign(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	s := send(t, w.World, testworld.To(phoneA))
	code := codeOf(w.SMS)
	for _, bad := range []string{"", "12345", "1234567", "12345a", "１２３４５６", " 12345", "-12345", "0x1234"} {
		_, _, err := w.VerifyOTP(t.Context(), w.Live, s.OTP.ID, secret.NewString(bad), nil)
		if f := refused(t, err, fault.InvalidParams); f.Details.Field != "code" {
			t.Errorf("%q: details %+v", bad, f.Details)
		}
	}

	other, err := w.Admin.CreateAccount(t.Context(), "Other", 0)
	if err != nil {
		t.Fatal(err)
	}

	unknown := id.NewOTP(w.Clock.Now())
	for _, c := range []struct {
		mode id.Mode
		o    id.OTP
	}{{id.Live, s.OTP.ID}, {id.Live, unknown}, {id.Test, s.OTP.ID}} {
		caller := testworld.CallerOf(other.Account, c.mode)
		_, _, err := w.VerifyOTP(t.Context(), caller, c.o, secret.NewString(code), nil)
		refused(t, err, fault.NotFound)
	}

	_, _, err = w.VerifyOTP(t.Context(), w.Test, s.OTP.ID, secret.NewString(code), nil)
	refused(t, err, fault.NotFound)
	if got := w.Read(t, s.OTP.ID); got.Left() != 5 {
		t.Errorf("%d attempts left, want 5", got.Left())
	}
	if n := len(w.Contact(t, id.Live, phoneA).FailedGuesses); n != 0 {
		t.Errorf("%d failed guesses counted", n)
	}
}

// TestGuessBudget spends a number's guesses over many OTPs: a new one does not reset them.
func TestGuessBudget(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b, Credits: 100_000})
		guess := func() (spent bool, wait time.Duration) {
			r := testworld.To(phoneA)
			r.ForceNew = true
			s := send(t, w.World, r)
			code := codeOf(w.SMS)
			v, _, err := w.VerifyOTP(t.Context(), w.Live, s.OTP.ID, secret.NewString(wrongCode(code)), nil)
			if err == nil {
				if v.Result != otp.Incorrect {
					t.Fatalf("a wrong code was %q", v.Result)
				}
				return false, 0
			}

			// The right code is not compared either: otherwise the answer would reveal it.
			_, _, right := w.VerifyOTP(t.Context(), w.Live, s.OTP.ID, secret.NewString(code), nil)
			f := refused(t, right, fault.RateLimitExceeded)
			if got := w.Read(t, s.OTP.ID); got.Left() != 5 {
				t.Errorf("a refused guess cost an attempt")
			}

			return true, f.RetryAfter
		}

		hour := func(want int) {
			t.Helper()
			for i := range want {
				if spent, _ := guess(); spent {
					t.Fatalf("refused after %d guesses, want %d", i, want)
				}
			}
			if spent, wait := guess(); !spent || wait <= 0 {
				t.Fatalf("guess %d was allowed", want+1)
			}
		}

		hour(15)
		w.Clock.Add(time.Hour)
		hour(10) // 25 a day
		w.Clock.Add(time.Hour)
		if spent, wait := guess(); !spent || wait != 22*time.Hour {
			t.Errorf("26th guess of a day: refused %v, for %v", spent, wait)
		}
		w.Clock.Add(22 * time.Hour)
		hour(15)
	})
}

func TestVerifyOTP_StopsFallback(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, w trio, o id.OTP){
		"verified":  func(t *testing.T, w trio, o id.OTP) { verify(t, w.World, o, codeOf(w.WhatsApp)) },
		"cancelled": func(t *testing.T, w trio, o id.OTP) { cancel(t, w.World, o) },
		"too many guesses": func(t *testing.T, w trio, o id.OTP) {
			for range 5 {
				verify(t, w.World, o, wrongCode(codeOf(w.WhatsApp)))
			}
		},
		"expired": func(t *testing.T, w trio, _ id.OTP) { elapse(t, w.World, 17*time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTrio(t, testworld.Options{})
			r := testworld.To(phoneA, message.WhatsApp, message.SMS)
			if name == "expired" {
				r.ExpiresIn = 10 * time.Second
			}

			s := send(t, w.World, r)
			if b := w.Balance(t); b.Held != 5 {
				t.Errorf("held %d, want what the SMS would cost more", b.Held)
			}

			end(t, w, s.OTP.ID)
			elapse(t, w.World, 30*time.Second)
			if n := len(w.SMS.Sent()); n != 0 {
				t.Errorf("%d texts by SMS after the OTP was %s", n, name)
			}
			if b := w.Balance(t); b.Credits != 997 || b.Held != 0 {
				t.Errorf("balance %+v", b)
			}
		})
	}
}

// TestVerifyOTP_ResendMeanwhile resends after verify, or cancel, has read the verification: they have to stop the new
// message.
func TestVerifyOTP_ResendMeanwhile(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, w trio, o id.OTP){
		"verify": func(t *testing.T, w trio, o id.OTP) { verify(t, w.World, o, codeOf(w.WhatsApp)) },
		"cancel": func(t *testing.T, w trio, o id.OTP) { cancel(t, w.World, o) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
			w := newTrio(t, testworld.Options{Backend: b})
			r := testworld.To(phoneA, message.WhatsApp, message.SMS)
			s := send(t, w.World, r)
			w.World = w.Restart(t, nil) // with nothing of the row in memory
			b.AfterView(func() { send(t, w.World, r) })
			end(t, w, s.OTP.ID)
			elapse(t, w.World, time.Minute)
			if n := len(w.WhatsApp.Sent()); n != 2 {
				t.Fatalf("%d texts by WhatsApp, want the resend too", n)
			}
			if n := len(w.SMS.Sent()); n != 0 {
				t.Errorf("the resent message fell back %d times", n)
			}
		})
	}
}

// TestResendOTP_VerifiedMeanwhile verifies the code after ResendOTP has read the row: it must not make a new one.
func TestResendOTP_VerifiedMeanwhile(t *testing.T) {
	t.Parallel()
	b := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
	w := newTrio(t, testworld.Options{Backend: b})
	s := send(t, w.World, testworld.To(phoneA))
	b.AfterView(func() { verify(t, w.World, s.OTP.ID, codeOf(w.SMS)) })
	_, _, err := w.ResendOTP(t.Context(), w.Live, s.OTP.ID, 0, nil)
	refused(t, err, fault.InvalidParams)
	if n := len(w.SMS.Sent()); n != 1 {
		t.Errorf("%d texts, want 1", n)
	}
}

func TestResendOTP(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	s := send(t, w.World, testworld.To(phoneA, message.WhatsApp, message.SMS))
	code := codeOf(w.WhatsApp)
	again, _, err := w.ResendOTP(t.Context(), w.Live, s.OTP.ID, 0, nil)
	if err != nil || again.OTP.ID != s.OTP.ID || again.Channel() != message.WhatsApp || codeOf(w.WhatsApp) != code ||
		len(again.Message.Plan) != 2 {
		t.Errorf("resent %+v, %v", again, err)
	}

	again, _, err = w.ResendOTP(t.Context(), w.Live, s.OTP.ID, message.SMS, nil)
	if err != nil || again.Channel() != message.SMS || codeOf(w.SMS) != code {
		t.Errorf("resent %+v, %v", again, err)
	}

	_, _, err = w.ResendOTP(t.Context(), w.Live, s.OTP.ID, message.Voice, nil)
	refused(t, err, fault.InvalidParams)
	_, _, err = w.ResendOTP(t.Context(), w.Test, s.OTP.ID, 0, nil)
	refused(t, err, fault.NotFound)
	if got := len(w.Read(t, s.OTP.ID).Sent); got != 3 {
		t.Errorf("%d messages, want 3", got)
	}

	verify(t, w.World, s.OTP.ID, code)
	_, _, err = w.ResendOTP(t.Context(), w.Live, s.OTP.ID, 0, nil)
	refused(t, err, fault.InvalidParams)
	if b := w.Balance(t); b.Credits != 1000-3-3-8 || b.Held != 0 {
		t.Errorf("balance %+v", b)
	}
}

func TestCancelOTP_Twice(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	s := send(t, w.World, testworld.To(phoneA))
	cancel(t, w.World, s.OTP.ID)
	cancel(t, w.World, s.OTP.ID)
	if got := w.Read(t, s.OTP.ID); got.State() != "canceled" {
		t.Errorf("state %s", got.State())
	}

	s = send(t, w.World, testworld.To(phoneA))
	verify(t, w.World, s.OTP.ID, codeOf(w.SMS))
	_, _, err := w.CancelOTP(t.Context(), w.Live, s.OTP.ID, nil)
	refused(t, err, fault.InvalidParams)
	s = send(t, w.World, testworld.To(phoneA))
	w.Clock.Add(6 * time.Minute)
	_, _, err = w.CancelOTP(t.Context(), w.Live, s.OTP.ID, nil)
	refused(t, err, fault.InvalidParams)
}
