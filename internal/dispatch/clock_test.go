package dispatch_test

import (
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

func sandboxSend(t *testing.T, w *testworld.World, number string, channels ...message.Channel) engine.OTPSent {
	t.Helper()
	s, _, err := w.SendOTP(t.Context(), w.Test, testworld.To(number, channels...), nil)
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	return s
}

func sandboxState(t *testing.T, w *testworld.World, s engine.OTPSent) string {
	t.Helper()
	o, err := w.Dispatcher.Query.GetOTP(t.Context(), w.Test, s.OTP.ID)
	if err != nil {
		t.Fatal(err)
	}
	return o.State()
}

func advance(t *testing.T, w *testworld.World, by time.Duration) (time.Time, time.Duration) {
	t.Helper()
	now, offset, err := w.Advance(t.Context(), w.Test, by)
	if err != nil {
		t.Fatalf("advance: %v", err)
	}
	return now, offset
}

func TestMoveClock_RunsWhatIsDue(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := testworld.New(t, testworld.Options{Backend: b})
		silent := sandboxSend(t, w, "+15005550010", message.WhatsApp, message.SMS, message.Voice)
		failing := sandboxSend(t, w, "+15005550002", message.SMS)
		if got := sandboxState(t, w, silent); got != "sent" {
			t.Errorf("silent: %s", got)
		}
		if got := sandboxState(t, w, failing); got != "pending" {
			t.Errorf("failing: %s", got)
		}

		advance(t, w, 19*time.Second)
		if got := sandboxState(t, w, silent); got != "sent" {
			t.Errorf("silent after 19 s: %s", got)
		}
		if got := sandboxState(t, w, failing); got != "failed" {
			t.Errorf("failing after 19 s: %s", got)
		}

		now, offset := advance(t, w, 2*time.Second)
		if offset != 21*time.Second || !now.Equal(w.Clock.Now().Add(21*time.Second)) {
			t.Errorf("now %v, offset %v", now, offset)
		}
		if got := sandboxState(t, w, silent); got != "delivered" {
			t.Errorf("silent after 21 s: %s", got)
		}

		list, err := w.Inbox(t.Context(), w.Test, "+15005550010", id.Message{}, 10)
		if err != nil || len(list) != 2 || list[0].Channel != message.SMS || list[1].Channel != message.WhatsApp {
			t.Fatalf("inbox %+v, %v", list, err)
		}
		// The fallback was sent at its own time, not at the end of the move.
		if waited := list[0].At.Sub(list[1].At); waited != 20*time.Second || !strings.Contains(list[0].Body, "000000") {
			t.Errorf("fell back after %v", waited)
		}

		advance(t, w, 5*time.Minute)
		if got := sandboxState(t, w, silent); got != "expired" {
			t.Errorf("silent after 5 minutes: %s", got)
		}

		v, _, err := w.VerifyOTP(t.Context(), w.Test, silent.OTP.ID, secret.NewString("000000"), nil)
		if err != nil || v.Result != otp.HasExpired {
			t.Errorf("verify: %q, %v", v.Result, err)
		}
	})
}

// One move passes a fallback and an expiry. The fallback is sent only if it comes first.
func TestMoveClock_Order(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	for life, want := range map[time.Duration]int{30 * time.Second: 2, 10 * time.Second: 1} {
		r := testworld.To("+15005550010", message.WhatsApp, message.SMS)
		r.ExpiresIn, r.ForceNew = life, true
		if _, _, err := w.SendOTP(t.Context(), w.Test, r, nil); err != nil {
			t.Fatal(err)
		}

		before, _ := w.Inbox(t.Context(), w.Test, "", id.Message{}, 100)
		advance(t, w, time.Hour)
		after, err := w.Inbox(t.Context(), w.Test, "", id.Message{}, 100)
		if err != nil || len(after)-len(before)+1 != want {
			t.Errorf("a code that is valid for %v was shown %d times, want %d", life, len(after)-len(before)+1, want)
		}
	}
}

func TestMoveClock_Bounds(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	for _, by := range []time.Duration{-time.Second, 30*24*time.Hour + 1, -1 << 63, 1<<63 - 1} {
		_, _, err := w.Advance(t.Context(), w.Test, by)
		refused(t, err, fault.InvalidParams)
	}

	_, _, err := w.Advance(t.Context(), w.Live, time.Second)
	refused(t, err, fault.InvalidParams)
	_, err = w.Inbox(t.Context(), w.Live, "", id.Message{}, 10)
	refused(t, err, fault.InvalidParams)
	if _, offset := advance(t, w, time.Second); offset != time.Second {
		t.Errorf("rejected moves moved the clock by %v", offset-time.Second)
	}

	other, err := w.Admin.CreateAccount(t.Context(), "Other", 0)
	if err != nil {
		t.Fatal(err)
	}

	theirs := testworld.CallerOf(other.Account, w.Test.Mode)
	if _, offset, err := w.Advance(t.Context(), theirs, time.Minute); err != nil || offset != time.Minute {
		t.Errorf("another account's offset is %v, %v", offset, err)
	}
}

// After a move, the sweep carries out what falls due by the sandbox's clock.
func TestMoveClock_ThenSweep(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	advance(t, w, 24*time.Hour)
	s := sandboxSend(t, w, "+15005550010", message.WhatsApp, message.SMS)
	if at := s.OTP.CreatedAt; !at.Equal(w.Clock.Now().Add(24 * time.Hour)) {
		t.Errorf("created at %v", at)
	}

	pass(t, w, 21*time.Second)
	if got := sandboxState(t, w, s); got != "delivered" {
		t.Errorf("state %s after 21 s", got)
	}

	w.Clock.Add(5 * time.Minute)
	w.Sweep(t)
	if got := sandboxState(t, w, s); got != "expired" {
		t.Errorf("state %s after 5 minutes", got)
	}
}

func TestMoveClock_LiveUnaffected(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	s := send(t, w.World, testworld.To(phoneA, message.WhatsApp, message.SMS))
	advance(t, w.World, 24*time.Hour)
	w.Sweep(t)
	if got := w.Read(t, s.OTP.ID).State(); got != "sent" || len(w.SMS.Sent()) != 0 {
		t.Errorf("live state %s after a day of the sandbox", got)
	}
	if verify(t, w.World, s.OTP.ID, codeOf(w.WhatsApp)) != otp.Valid {
		t.Error("the live code is not valid")
	}
}

func TestSandbox_Stop(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	sandboxSend(t, w, "+15005550018")
	if o := w.Contact(t, w.Test.Mode, "+15005550018").OptOut; o.Source != "keyword" {
		t.Errorf("opt-out %+v", o)
	}
	if !w.Contact(t, w.Live.Mode, "+15005550018").OptOut.At.IsZero() {
		t.Error("the live number is opted out")
	}
}

func TestSandbox_FreeWithoutCarriers(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{Prices: prices})
	for i := range 30 {
		for _, c := range message.Channels {
			sandboxSend(t, w, testworld.Number(i%9), c)
		}
	}
	if b := w.Balance(t); b.Credits != 0 || b.Held != 0 {
		t.Errorf("balance %+v", b)
	}
}
