package engine_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// Two numbers of one subscriber: abroad, an Argentine mobile has a 9 behind the country code.
const (
	plainForm  = "+541123456789"
	mobileForm = "+5491123456789"
)

// TestSubscriber_Limits: both forms meet one gap, one budget of guesses and one list of sends.
func TestSubscriber_Limits(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b, Limits: defaults})
		s := send(t, w.World, testworld.To(mobileForm))
		_, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(plainForm), nil)
		refused(t, err, fault.RateLimitExceeded)

		// Another form is a resend: the code stays, and each text goes to the number that was asked for.
		w.Clock.Add(time.Minute)
		again := send(t, w.World, testworld.To(plainForm))
		sent := w.SMS.Sent()
		if again.OTP.ID != s.OTP.ID || len(sent) != 2 || sent[0].Code.Reveal() != sent[1].Code.Reveal() {
			t.Fatalf("the resend is %v of %v with the codes of %d texts", again.OTP.ID, s.OTP.ID, len(sent))
		}
		if sent[0].To.E164() != mobileForm || sent[1].To.E164() != plainForm {
			t.Errorf("sent to %s and %s", sent[0].To.E164(), sent[1].To.E164())
		}
		if got := verify(t, w.World, s.OTP.ID, sent[1].Code.Reveal()); got != otp.Valid {
			t.Errorf("the code of the resend is %+v", got)
		}
	})
}

// TestSubscriber_Guesses: a new form of the number gives no new guesses.
func TestSubscriber_Guesses(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Credits: 10_000})
	failed := 0
	for i := range 8 {
		r := testworld.To([]string{mobileForm, plainForm}[i%2])
		r.ForceNew = true
		s := send(t, w.World, r)
		code := wrongCode(codeOf(w.SMS))
		for range 5 {
			if _, _, err := w.VerifyOTP(t.Context(), w.Live, s.OTP.ID, secret.NewString(code), nil); err == nil {
				failed++
			}
		}
	}
	if failed != 15 {
		t.Errorf("%d wrong codes were compared within the hour, want 15", failed)
	}
}

// TestSubscriber_OptOut: an opt-out holds for every form, and so does taking it back.
func TestSubscriber_OptOut(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	if _, err := w.OptOuts.Add(t.Context(), w.Live, "+5215512345678"); err != nil {
		t.Fatal(err)
	}

	text := engine.SMSRequest{To: "+525512345678", Body: "Hello"}
	_, _, err := w.SendSMS(t.Context(), w.Live, text, nil)
	refused(t, err, fault.InvalidPhone)
	for _, form := range []string{"+525512345678", "+5215512345678"} {
		if o, found, err := w.OptOuts.Find(t.Context(), w.Live, form); err != nil || !found || o.Number.E164() != form {
			t.Errorf("%s: %v, %v, %v", form, o, found, err)
		}
	}
	if _, err := w.OptOuts.Remove(t.Context(), w.Live, "+525512345678"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.SendSMS(t.Context(), w.Live, text, nil); err != nil {
		t.Error(err)
	}
}
