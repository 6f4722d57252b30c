package engine_test

import (
	"slices"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

func TestSendOTP_Defaults(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		s := send(t, w.World, testworld.To(phoneA, message.WhatsApp, message.SMS))
		if !s.Accepted() || s.Channel() != message.WhatsApp || s.To != phoneA || len(codeOf(w.WhatsApp)) != 6 {
			t.Errorf("sent %+v", s)
		}
		if life := s.OTP.ExpiresAt.Sub(s.OTP.CreatedAt.Truncate(time.Second)); life != 5*time.Minute ||
			s.OTP.MaxAttempts != 5 {
			t.Errorf("lives %v, %d attempts", life, s.OTP.MaxAttempts)
		}
		if len(w.SMS.Sent()) != 0 {
			t.Error("the second channel was used although the first accepted")
		}
		if got := w.Read(t, s.OTP.ID); got.State() != "sent" || got.Channel() != message.WhatsApp {
			t.Errorf("state %s over %s", got.State(), got.Channel())
		}
	})
}

func TestSendOTP_Lengths(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	for length := otp.MinLength; length <= otp.MaxLength; length++ {
		r := testworld.To(testworld.Number(length))
		r.Length = length
		s := send(t, w.World, r)
		want := 5
		if length < 6 {
			want = 3
		}
		if code := codeOf(w.SMS); len(code) != length || s.OTP.MaxAttempts != want {
			t.Errorf("length %d: a code of %d digits, %d attempts", length, len(code), s.OTP.MaxAttempts)
		}
	}
}

func TestSendOTP_TelegramLengths(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	for name, c := range map[string]struct {
		length   int
		channels []message.Channel
		want     message.Channel // 0: refused
	}{
		"4 digits": {length: 4, channels: []message.Channel{message.Telegram}, want: message.Telegram},
		"8 digits": {
			length: 8, channels: []message.Channel{message.Telegram, message.SMS}, want: message.Telegram,
		},
		"9 digits drop the channel": {
			length: 9, channels: []message.Channel{message.Telegram, message.SMS}, want: message.SMS,
		},
		"10 digits, only telegram": {length: 10, channels: []message.Channel{message.Telegram}},
	} {
		t.Run(name, func(t *testing.T) {
			r := testworld.To(testworld.Number(100+c.length), c.channels...)
			r.Length = c.length
			s, _, err := w.SendOTP(t.Context(), w.Live, r, nil)
			if c.want == 0 {
				if f := refused(t, err, fault.InvalidParams); f.Details.Field != "length" {
					t.Errorf("the refusal is about %q", f.Details.Field)
				}
				return
			}
			if err != nil || s.Channel() != c.want || len(s.Message.Plan) != 1+len(c.channels)-1-btoi(c.length > 8) {
				t.Errorf("over %v by %d steps, %v", s.Channel(), len(s.Message.Plan), err)
			}
		})
	}

	// A resend keeps the long code, so it cannot go over Telegram.
	r := testworld.To(phoneA)
	r.Length = 10
	before := len(w.Telegram.Sent())
	first := send(t, w.World, r)
	_, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(phoneA, message.Telegram), nil)
	refused(t, err, fault.InvalidParams)
	again := send(t, w.World, testworld.To(phoneA, message.Telegram, message.SMS))
	if again.OTP.ID != first.OTP.ID || again.Channel() != message.SMS || len(w.Telegram.Sent()) != before {
		t.Errorf("resent over %v, telegram has %d texts more", again.Channel(), len(w.Telegram.Sent())-before)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestSendOTP_Resend(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		r := testworld.To(phoneA, message.WhatsApp, message.SMS)
		r.Metadata = []byte(`{"a":1}`)
		first := send(t, w.World, r)
		code := codeOf(w.WhatsApp)
		verify(t, w.World, first.OTP.ID, wrongCode(code))
		w.Clock.Add(90 * time.Second)
		second := testworld.To(phoneA)
		second.Length, second.ExpiresIn, second.Locale, second.Metadata = 8, time.Hour, "fr", []byte(`{"a":2}`)
		again := send(t, w.World, second)
		if again.OTP.ID != first.OTP.ID || !again.OTP.ExpiresAt.Equal(first.OTP.ExpiresAt) || again.OTP.Length != 6 ||
			again.OTP.Left() != 4 {
			t.Errorf("first %+v\nagain %+v", first.OTP, again.OTP)
		}
		if got := codeOf(w.SMS); got != code {
			t.Errorf("the code changed from %s to %s", code, got)
		}
		if sent := w.SMS.Sent()[0]; again.Channel() != message.SMS || sent.Locale != "fr" ||
			string(w.Read(t, first.OTP.ID).Metadata) != `{"a":1}` {
			t.Errorf("resent over %v in %q", again.Channel(), sent.Locale)
		}

		// The first message's fallback must not fire any more.
		elapse(t, w.World, time.Minute)
		if n := len(w.SMS.Sent()); n != 1 {
			t.Errorf("%d texts by SMS, want the resent one", n)
		}
		if got := verify(t, w.World, first.OTP.ID, code); got != otp.Valid {
			t.Errorf("the code is %q after the resend", got)
		}
	})
}

func TestSendOTP_ForceNew(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	first := send(t, w.World, testworld.To(phoneA))
	code := codeOf(w.SMS)
	r := testworld.To(phoneA)
	r.ForceNew = true
	second := send(t, w.World, r)
	if second.OTP.ID == first.OTP.ID {
		t.Fatalf("got the same OTP: %s", second.OTP.ID)
	}
	if got := verify(t, w.World, first.OTP.ID, code); got != otp.WasCanceled {
		t.Errorf("the old code is %q", got)
	}
	if got := verify(t, w.World, second.OTP.ID, codeOf(w.SMS)); got != otp.Valid {
		t.Errorf("the new code is %q", got)
	}
}

func TestSendOTP_WithoutCreditsKeepsPending(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b, Credits: 8})
		first := send(t, w.World, testworld.To(phoneA, message.WhatsApp, message.SMS))
		balance, before := w.Balance(t), w.Read(t, first.OTP.ID)
		for _, force := range []bool{true, false} {
			r := testworld.To(phoneA, message.SMS)
			r.ForceNew = force
			// Releasing the hold of the first would pay for 5 credits, not for 8: the first has cost 3.
			_, _, err := w.SendOTP(t.Context(), w.Live, r, nil)
			refused(t, err, fault.InsufficientCredits)
			if got := w.Balance(t); got != balance {
				t.Errorf("force %v: the balance went from %+v to %+v", force, balance, got)
			}

			after := w.Read(t, first.OTP.ID)
			if after.Status != otp.Open || after.Sent[0].Over != before.Sent[0].Over || len(after.Sent) != 1 {
				t.Errorf("force %v: a refused send changed the pending OTP: %+v", force, after)
			}
		}
		if n := len(w.Contact(t, w.Live.Mode, phoneA).Sends); n != 1 {
			t.Errorf("%d sends are counted, want 1", n)
		}
		if len(w.WhatsApp.Sent())+len(w.SMS.Sent()) != 1 {
			t.Error("a refused send reached a carrier")
		}
	})
}

func TestSendOTP_Refusals(t *testing.T) {
	t.Parallel()
	rules := []route.Rule{{Channel: message.SMS, Prefix: "+32", Carriers: []string{"smsc"}}}
	w := newTrio(t, testworld.Options{
		Routes: rules, Limits: engine.Limits{SendGaps: []time.Duration{30 * time.Second}},
	})
	before := w.Balance(t)
	for name, c := range map[string]struct {
		r      engine.OTPRequest
		code   fault.Code
		field  string
		reason string
	}{
		"not E.164": {r: testworld.To("0470123456"), code: fault.InvalidPhone, field: "to", reason: "format"},
		"letters": {
			r: testworld.To("+32470CALLME"), code: fault.InvalidPhone, field: "to", reason: "format",
		},
		"empty":        {r: testworld.To(""), code: fault.InvalidPhone, field: "to", reason: "format"},
		"impossible":   {r: testworld.To("+3247"), code: fault.InvalidPhone, field: "to"},
		"premium rate": {r: testworld.To("+32901234567"), code: fault.InvalidPhone, field: "to"},
		"no route":     {r: testworld.To("+33612345678"), code: fault.InvalidParams, field: "channels"},
		"no carrier": {
			r: testworld.To(phoneA, message.SMS, message.Voice), code: fault.InvalidParams, field: "channels",
		},
		"unknown template": {
			r:    engine.OTPRequest{To: phoneA, Channels: []message.Channel{message.SMS}, Template: "tmpl_x"},
			code: fault.InvalidParams, field: "template",
		},
		"no channels":        {r: engine.OTPRequest{To: phoneA}, code: fault.InvalidParams, field: "channels"},
		"a sandbox's number": {r: testworld.To("+15005550006"), code: fault.InvalidPhone, field: "to"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := w.SendOTP(t.Context(), w.Live, c.r, nil)
			f := refused(t, err, c.code)
			if f.Details.Field != c.field || c.reason != "" && f.Details.Reason != c.reason {
				t.Errorf("details %+v", f.Details)
			}
		})
	}
	if got := w.Balance(t); got != before || len(w.SMS.Sent()) != 0 ||
		len(w.Contact(t, w.Live.Mode, phoneA).Sends) != 0 {
		t.Errorf("refusals had an effect: balance %+v, %d texts", got, len(w.SMS.Sent()))
	}
	send(t, w.World, testworld.To(phoneA)) // and count against no limit
}

func TestSendOTP_NumberRejected(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		bad := testworld.Rejects(message.InvalidDestination)
		w.WhatsApp.Script(bad)
		w.SMS.Script(bad)
		_, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(phoneA, message.WhatsApp, message.SMS), nil)
		if f := refused(t, err, fault.InvalidPhone); f.Details.Reason != "invalid_destination" {
			t.Errorf("details %+v", f.Details)
		}
		if got := w.Balance(t); got.Credits != 1000 || got.Held != 0 {
			t.Errorf("a rejected number cost: %+v", got)
		}

		list, _, err := w.Dispatcher.Query.ListOTPs(t.Context(), w.Live, query.Filter{}, [16]byte{}, 10)
		if err != nil || len(list) != 1 || list[0].State() != "failed" {
			t.Fatalf("list %+v, %v", list, err)
		}

		// With another reason among them, the number may be valid.
		w.WhatsApp.Script(testworld.Rejects(message.NotOnChannel))
		s := send(t, w.World, testworld.To(testworld.Number(7), message.WhatsApp, message.SMS))
		if s.Accepted() || s.Channel() != message.SMS || w.Read(t, s.OTP.ID).State() != "failed" {
			t.Errorf("status of %+v: %s", s, w.Read(t, s.OTP.ID).State())
		}
	})
}

func TestSendOTP_RetriesUntilExpired(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	w.SMS.Script(testworld.Throttles(0))
	r := testworld.To(phoneA, message.SMS)
	r.ExpiresIn = 30 * time.Second
	s := send(t, w.World, r)
	if s.Accepted() || s.Channel() != message.SMS || w.Read(t, s.OTP.ID).State() != "pending" {
		t.Errorf("sent %+v", s)
	}

	elapse(t, w.World, 40*time.Second)
	sent := w.SMS.Sent()
	other := func(m carrier.Message) bool { return m.Ref != sent[0].Ref || m.Code != sent[0].Code }
	if len(sent) < 4 || slices.ContainsFunc(sent, other) {
		t.Errorf("%d tries, all with one reference and code wanted", len(sent))
	}
	if got := w.Read(t, s.OTP.ID); got.State() != "failed" || got.Sent[0].State != message.Failed {
		t.Errorf("ended as %s, %v", got.State(), got.Sent[0].State)
	}
	if got := w.Balance(t); got.Credits != 1000 || got.Held != 0 {
		t.Errorf("a message that was never accepted cost: %+v", got)
	}
}

func TestSendOTP_RetryChargedOnce(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	w.SMS.Script(testworld.Throttles(3*time.Second), testworld.Throttles(0), testworld.Accepts)
	s := send(t, w.World, testworld.To(phoneA, message.SMS))
	elapse(t, w.World, 2*time.Second)
	if n := len(w.SMS.Sent()); n != 1 {
		t.Errorf("tried %d times before the carrier's own wait was over", n)
	}

	elapse(t, w.World, 10*time.Second)
	if got := w.Read(t, s.OTP.ID); got.State() != "sent" {
		t.Errorf("state %s after %d tries", got.State(), len(w.SMS.Sent()))
	}
	if got := w.Balance(t); got.Credits != 992 || got.Held != 0 {
		t.Errorf("balance %+v", got)
	}
}
