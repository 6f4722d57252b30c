package engine_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

const (
	reviewer = "+32470000000"
	unplan   = "+15550100" // no plan has it
)

var testNumbers = map[phone.Number]secret.String{
	reviewer: secret.NewString("314159"), "+525512345678": secret.NewString("2718281828"),
	unplan: secret.NewString("0042"),
}

// withTestNumbers is a world of prices, limits and one credit, with test numbers.
func withTestNumbers(t *testing.T, b store.Backend) trio {
	t.Helper()
	return newTrio(t, testworld.Options{Backend: b, Limits: defaults, Credits: 1, TestNumbers: testNumbers})
}

// checkCode checks a code that may have another shape.
func checkCode(t *testing.T, w *testworld.World, c account.Caller, o id.OTP, code string) (otp.Result, error) {
	t.Helper()
	v, _, err := w.VerifyOTP(t.Context(), c, o, secret.NewString(code), nil)
	return v.Result, err
}

func TestTestNumber_Code(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := withTestNumbers(t, b)
		for _, c := range []struct {
			name, to, code string
			length         int
			channels       []message.Channel
		}{
			{name: "default length", to: reviewer, code: "314159", channels: []message.Channel{message.SMS}},
			{
				name: "another length", to: reviewer, code: "314159", length: 8,
				channels: []message.Channel{message.WhatsApp, message.SMS},
			},
			{
				name: "too long for telegram", to: "+525512345678", code: "2718281828",
				channels: []message.Channel{message.Telegram},
			},
			{
				name: "another form of the subscriber", to: "+5215512345678", code: "2718281828",
				channels: []message.Channel{message.SMS},
			},
			{
				name: "no carrier serves the channel", to: reviewer, code: "314159",
				channels: []message.Channel{message.Voice},
			},
			{name: "no plan has the number", to: unplan, code: "0042", channels: []message.Channel{message.SMS}},
		} {
			r := engine.OTPRequest{To: c.to, Channels: c.channels, Length: c.length, Purpose: c.name}
			s, _, err := w.SendOTP(t.Context(), w.Live, r, nil)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}

			got := w.Read(t, s.OTP.ID)
			if !s.Accepted() || !got.TestNumber || got.State() != "delivered" || got.To.E164() != c.to {
				t.Errorf("%s: %v, %s of %s", c.name, got.TestNumber, got.State(), got.To.E164())
			}
			if result := verify(t, w.World, s.OTP.ID, c.code); result != otp.Valid {
				t.Errorf("%s: %s", c.name, result)
			}
		}
		if n := len(w.SMS.Sent()) + len(w.WhatsApp.Sent()) + len(w.Telegram.Sent()); n != 0 {
			t.Errorf("%d messages left the server", n)
		}
	})
}

// TestTestNumber_NoLimitNoCredits: any number of sends is answered, credits and statistics know nothing of them, and
// the number has its whole limit when it is a test number no more.
func TestTestNumber_NoLimitNoCredits(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := withTestNumbers(t, b)
		for i := range 30 {
			s := send(t, w.World, engine.OTPRequest{
				To: reviewer, Channels: []message.Channel{message.SMS}, ClientIP: "203.0.113.7",
			})
			if i%10 == 9 {
				if got := verify(t, w.World, s.OTP.ID, "314159"); got != otp.Valid {
					t.Fatalf("send %d: %s", i, got)
				}
			}
		}

		text, _, err := w.SendSMS(t.Context(), w.Live, engine.SMSRequest{To: reviewer, Body: "Hello"}, nil)
		if err != nil || text.State != message.Delivered || text.ShownStep().Carrier != "test-number" {
			t.Errorf("a text: %s over %s, %v", text.State, text.ShownStep().Carrier, err)
		}
		if c := w.Contact(t, id.Live, reviewer); len(c.Sends)+len(c.Copies)+len(c.LastSentVia) != 0 {
			t.Errorf("the number's row knows of %d sends and %d carriers", len(c.Sends), len(c.LastSentVia))
		}
		if balance := w.Balance(t); balance.Credits != 1 || balance.Held != 0 {
			t.Errorf("balance %+v", balance)
		}

		report, err := w.Admin.Report(t.Context(), w.Live, stats.Query{})
		if err != nil {
			t.Fatal(err)
		}

		for _, line := range report.Lines() {
			if line.Sent+line.Codes+line.Verified+line.Delivered != 0 {
				t.Errorf("statistics have %+v", line)
			}
		}
		if n := len(w.SMS.Sent()); n != 0 {
			t.Errorf("%d messages left the server", n)
		}
	})
}

// TestTestNumber_SentTooOften: a pending OTP that was sent as often as one may be is replaced, not refused.
func TestTestNumber_SentTooOften(t *testing.T) {
	t.Parallel()
	w := withTestNumbers(t, nil)
	made := map[id.OTP]int{}
	for range 45 {
		made[send(t, w.World, testworld.To(reviewer)).OTP.ID]++
	}
	if len(made) != 3 {
		t.Errorf("45 sends made %d OTPs", len(made))
	}
}

// TestTestNumber_Guesses: failed guesses count as for every other OTP and number.
func TestTestNumber_Guesses(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := withTestNumbers(t, b)
		for range 3 {
			s := send(t, w.World, engine.OTPRequest{
				To: reviewer, Channels: []message.Channel{message.SMS}, ForceNew: true,
			})
			for range 5 {
				if got := verify(t, w.World, s.OTP.ID, "271828"); got != otp.Incorrect {
					t.Fatalf("got %s", got)
				}
			}
			if got := verify(t, w.World, s.OTP.ID, "314159"); got != otp.NoAttemptsLeft {
				t.Fatalf("after five wrong codes: %s", got)
			}
		}
		s := send(t, w.World, engine.OTPRequest{To: reviewer, Channels: []message.Channel{message.SMS}, ForceNew: true})
		_, err := checkCode(t, w.World, w.Live, s.OTP.ID, "314159")
		refused(t, err, fault.RateLimitExceeded)
	})
}

// TestTestNumber_Shape: a code of another length is no guess; three guesses are what a code of four digits has.
func TestTestNumber_Shape(t *testing.T) {
	t.Parallel()
	w := withTestNumbers(t, nil)
	s := send(t, w.World, engine.OTPRequest{To: unplan, Channels: []message.Channel{message.SMS}, Length: 6})
	_, err := checkCode(t, w.World, w.Live, s.OTP.ID, "004200")
	refused(t, err, fault.InvalidParams)
	if got := w.Read(t, s.OTP.ID); got.Left() != 3 {
		t.Errorf("%d attempts are left, want 3", got.Left())
	}
}

// TestTestNumber_OnlyThatNumber: its code opens no other number's OTP, and none of the sandbox.
func TestTestNumber_OnlyThatNumber(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{TestNumbers: testNumbers})
	s := send(t, w.World, testworld.To(phoneA))
	if got := verify(t, w.World, s.OTP.ID, "314159"); got != otp.Incorrect {
		t.Errorf("another number: %s", got)
	}
	if got := w.Read(t, s.OTP.ID); got.TestNumber || len(w.SMS.Sent()) != 1 {
		t.Errorf("another number is a test number")
	}

	box, _, err := w.SendOTP(t.Context(), w.Test, testworld.To(reviewer), nil)
	if err != nil || box.OTP.TestNumber {
		t.Fatalf("in the sandbox: %v, %v", box.OTP.TestNumber, err)
	}
	if got, err := checkCode(t, w.World, w.Test, box.OTP.ID, "314159"); got != otp.Incorrect || err != nil {
		t.Errorf("in the sandbox: %s, %v", got, err)
	}
	if got, err := checkCode(t, w.World, w.Test, box.OTP.ID, "000000"); got != otp.Valid || err != nil {
		t.Errorf("the sandbox's own code: %s, %v", got, err)
	}
}

// TestTestNumber_Removed: the code of an open OTP is invalid once the number is removed from the configuration, and
// the next send makes an OTP with a derived code; and the reverse.
func TestTestNumber_Removed(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b, TestNumbers: testNumbers})
		s := send(t, w.World, testworld.To(reviewer))
		w.Dispatcher.Config.TestNumbers = otp.TestNumbers{}
		if got := verify(t, w.World, s.OTP.ID, "314159"); got != otp.Incorrect {
			t.Errorf("the code of a number that was removed: %s", got)
		}

		_, _, err := w.ResendOTP(t.Context(), w.Live, s.OTP.ID, 0, nil)
		refused(t, err, fault.InvalidParams)

		real := send(t, w.World, testworld.To(reviewer))
		code := codeOf(w.SMS)
		if real.OTP.ID == s.OTP.ID || real.OTP.TestNumber || len(code) != 6 || code == "314159" {
			t.Fatalf("the next send: %v, test number %v", real.OTP.ID == s.OTP.ID, real.OTP.TestNumber)
		}
		if got := w.Read(t, s.OTP.ID); got.State() != "canceled" {
			t.Errorf("the OTP before is %s", got.State())
		}

		w.Dispatcher.Config.TestNumbers = otp.NewTestNumbers(testNumbers)
		if got := verify(t, w.World, real.OTP.ID, "314159"); got != otp.Incorrect {
			t.Errorf("the code of the configuration for an OTP made before: %s", got)
		}

		again := send(t, w.World, testworld.To(reviewer))
		if again.OTP.ID == real.OTP.ID || !again.OTP.TestNumber || len(w.SMS.Sent()) != 1 {
			t.Errorf("added again: test number %v, %d texts left the server", again.OTP.TestNumber, len(w.SMS.Sent()))
		}
	})
}

// TestTestNumber_CodeChanged: the configuration's code counts, whatever it was when the OTP was made.
func TestTestNumber_CodeChanged(t *testing.T) {
	t.Parallel()
	w := withTestNumbers(t, nil)
	s := send(t, w.World, testworld.To(reviewer))
	w.Dispatcher.Config.TestNumbers = otp.NewTestNumbers(map[phone.Number]secret.String{
		reviewer: secret.NewString("27182818"),
	})
	_, err := checkCode(t, w.World, w.Live, s.OTP.ID, "314159")
	refused(t, err, fault.InvalidParams)
	if got := verify(t, w.World, s.OTP.ID, "27182818"); got != otp.Valid {
		t.Errorf("the new code: %s", got)
	}
}

// TestTestNumber_Resend: the same OTP, delivered again.
func TestTestNumber_Resend(t *testing.T) {
	t.Parallel()
	w := withTestNumbers(t, nil)
	s := send(t, w.World, testworld.To(reviewer))
	again, _, err := w.ResendOTP(t.Context(), w.Live, s.OTP.ID, message.Voice, nil)
	if err != nil || again.OTP.ID != s.OTP.ID || again.Channel() != message.Voice {
		t.Fatalf("resend: %v over %s, %v", again.OTP.ID == s.OTP.ID, again.Channel(), err)
	}
	if got := w.Read(t, s.OTP.ID); got.State() != "delivered" || len(got.Sent) != 2 {
		t.Errorf("%s after %d messages", got.State(), len(got.Sent))
	}
}

// TestTestNumber_Scheduled: a text for another time is delivered then, and goes nowhere.
func TestTestNumber_Scheduled(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := withTestNumbers(t, b)
		r := engine.SMSRequest{To: reviewer, Body: "Later", ScheduledAt: w.Clock.Now().Add(time.Minute)}
		m, _, err := w.SendSMS(t.Context(), w.Live, r, nil)
		if err != nil || m.State != message.Scheduled {
			t.Fatalf("%s, %v", m.State, err)
		}

		elapse(t, w.World, 61*time.Second)
		if m, err = w.Dispatcher.Query.GetMessage(t.Context(), w.Live, m.ID); err != nil ||
			m.State != message.Delivered {
			t.Errorf("a minute later: %s, %v", m.State, err)
		}
		if n := len(w.SMS.Sent()); n != 0 {
			t.Errorf("%d texts left the server", n)
		}
	})
}
