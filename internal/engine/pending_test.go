package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

func forPurpose(purpose, metadata string) engine.OTPRequest {
	r := testworld.To(phoneA)
	r.Purpose, r.Metadata = purpose, []byte(metadata)
	return r
}

func TestPurpose_SeparatesCodes(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		login := send(t, w.World, forPurpose("login", `{"for":"login"}`))
		loginCode := codeOf(w.SMS)
		pay := send(t, w.World, forPurpose("payment", `{"amount":12}`))
		payCode := codeOf(w.SMS)
		none := send(t, w.World, forPurpose("", `{}`))
		if login.OTP.ID == pay.OTP.ID || none.OTP.ID == login.OTP.ID || none.OTP.ID == pay.OTP.ID {
			t.Fatalf("purposes share an OTP: %s %s %s", login.OTP.ID, pay.OTP.ID, none.OTP.ID)
		}
		if string(pay.OTP.Metadata) != `{"amount":12}` {
			t.Errorf("the payment's metadata is %s", pay.OTP.Metadata)
		}

		again := send(t, w.World, forPurpose("login", `{"other":1}`))
		if again.OTP.ID != login.OTP.ID || codeOf(w.SMS) != loginCode ||
			string(again.OTP.Metadata) != `{"for":"login"}` {
			t.Errorf("the second login is %s with %s", again.OTP.ID, again.OTP.Metadata)
		}
		if loginCode != payCode {
			if got := verify(t, w.World, login.OTP.ID, payCode); got != otp.Incorrect {
				t.Errorf("the payment's code for the login: %q", got)
			}
		}
		if got := verify(t, w.World, pay.OTP.ID, payCode); got != otp.Valid {
			t.Errorf("the payment's code: %q", got)
		}
		if got := w.Read(t, login.OTP.ID); got.Purpose != "login" || got.State() != "sent" {
			t.Errorf("reads purpose %q, state %s", got.Purpose, got.State())
		}
	})
}

func TestPurpose_Resend(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	login := send(t, w.World, forPurpose("login", `{}`))
	send(t, w.World, forPurpose("payment", `{}`))
	again, _, err := w.ResendOTP(t.Context(), w.Live, login.OTP.ID, 0, nil)
	if err != nil || again.OTP.ID != login.OTP.ID || again.OTP.Purpose != "login" {
		t.Fatalf("resent %s for %q, %v", again.OTP.ID, again.OTP.Purpose, err)
	}
	if next := send(t, w.World, forPurpose("login", `{}`)); next.OTP.ID != login.OTP.ID {
		t.Error("after the resend, a send for the purpose makes another OTP")
	}

	r := forPurpose("login", `{}`)
	r.ForceNew = true
	fresh := send(t, w.World, r)
	if got := w.Read(t, login.OTP.ID).State(); fresh.OTP.ID == login.OTP.ID || got != "canceled" {
		t.Errorf("force_new made %s of %s, which is %s", fresh.OTP.ID, login.OTP.ID, got)
	}
}

func TestPurpose_Invalid(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	for name, purpose := range map[string]string{
		"65 characters": strings.Repeat("é", 65), "a line break": "a\nb", "a space at the end": "login ",
		"only a space":       " ",
		"a zero-width space": "log\u200bin", "no UTF-8": "\xff", "a no-break space": "log\u00a0in",
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := w.SendOTP(t.Context(), w.Live, forPurpose(purpose, `{}`), nil)
			if f := refused(t, err, fault.InvalidParams); f.Details.Field != "purpose" {
				t.Errorf("about %q", f.Details.Field)
			}
		})
	}
	for _, purpose := range []string{strings.Repeat("é", 64), "pay 100 €", "登录", "a/b?c=d"} {
		send(t, w.World, forPurpose(purpose, `{}`))
	}
}

// TestPending_Bounded: a caller that makes up purposes does not make the number's row grow, and what it made can still
// be verified and sent again.
func TestPending_Bounded(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Credits: 100_000})
	first := send(t, w.World, forPurpose("first", `{}`))
	code := codeOf(w.SMS)
	for i := range 200 {
		send(t, w.World, forPurpose(fmt.Sprint(i), `{}`))
	}
	if got := len(w.Contact(t, id.Live, phoneA).Pending); got > 25 {
		t.Errorf("%d pending OTPs in the number's row", got)
	}

	again, _, err := w.ResendOTP(t.Context(), w.Live, first.OTP.ID, 0, nil)
	if err != nil || again.OTP.ID != first.OTP.ID || codeOf(w.SMS) != code {
		t.Fatalf("resent %s, %v", again.OTP.ID, err)
	}
	if got := verify(t, w.World, first.OTP.ID, code); got != otp.Valid {
		t.Errorf("verified: %q", got)
	}

	last := send(t, w.World, forPurpose("199", `{}`))
	if len(last.OTP.Messages) != 2 {
		t.Errorf("the newest purpose is not sent again: %+v", last.OTP)
	}
}

func TestSendGap_NamesPendingOTP(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b, Limits: engine.Limits{
			SendGaps: []time.Duration{30 * time.Second}, SendsPerNumber: []guard.Rate{{N: 2, Per: time.Hour}},
		}})
		login := send(t, w.World, forPurpose("login", `{}`))
		code := codeOf(w.SMS)
		limited := func(purpose string) string {
			t.Helper()
			_, _, err := w.SendOTP(t.Context(), w.Live, forPurpose(purpose, `{}`), nil)
			return refused(t, err, fault.RateLimitExceeded).Details.OTPID
		}
		if got := limited("login"); got != login.OTP.ID.String() {
			t.Errorf("within the gap: %q", got)
		}
		if got := limited("payment"); got != "" {
			t.Errorf("another purpose within the gap: %q", got)
		}

		verify(t, w.World, login.OTP.ID, code)
		if got := limited("login"); got != "" {
			t.Errorf("after it was verified: %q", got)
		}

		w.Clock.Add(time.Minute)
		pay := send(t, w.World, forPurpose("payment", `{}`))
		w.Clock.Add(time.Minute)
		if got := limited("payment"); got != pay.OTP.ID.String() {
			t.Errorf("beyond the limit: %q", got)
		}

		_, _, err := w.ResendOTP(t.Context(), w.Live, pay.OTP.ID, 0, nil)
		if got := refused(t, err, fault.RateLimitExceeded).Details.OTPID; got != pay.OTP.ID.String() {
			t.Errorf("a resend beyond the limit: %q", got)
		}
	})
}
