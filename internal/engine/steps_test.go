package engine_test

import (
	"errors"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/clockwatch"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// back sets the clock back under a server that runs.
func back(t *testing.T, w trio, by time.Duration) *clockwatch.Watch {
	t.Helper()
	watch := clockwatch.New(w.Dispatcher)
	for _, step := range []time.Duration{0, -by} {
		w.Clock.Add(step)
		if err := watch.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
	}

	return watch
}

// A fallback of 20 s comes after 20 s, also when the clock is set back meanwhile; the code expires in time.
func TestClocks_Timers(t *testing.T) {
	t.Parallel()
	for _, by := range []time.Duration{200 * time.Second, time.Hour, year} {
		t.Run(by.String(), func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, b store.Backend) {
				w := newTrio(t, testworld.Options{Backend: b, Credits: 10_000})
				s := send(t, w.World, testworld.To(phoneA, message.WhatsApp, message.SMS))
				w.Clock.Add(10 * time.Second)
				watch := back(t, w, by)

				w.Clock.Add(9 * time.Second)
				w.Sweep(t)
				if n := len(w.SMS.Sent()); n != 0 {
					t.Errorf("%d sent over the next channel after 19 s", n)
				}

				w.Clock.Add(2 * time.Second)
				w.Sweep(t)
				if n := len(w.SMS.Sent()); n != 1 {
					t.Fatalf("%d sent over the next channel after 21 s, want 1", n)
				}

				w.Clock.Add(290 * time.Second)
				if err := watch.Follow(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := w.Read(t, s.OTP.ID); got.OTP.Status != otp.Expired {
					t.Errorf("after 311 s the code's status is %v", got.OTP.Status)
				}
			})
		})
	}
}

// Schedules use the wall clock: a step of the clock does not change them.
func TestClocks_Schedules(t *testing.T) {
	t.Parallel()
	for _, step := range []time.Duration{-year, -time.Hour, time.Hour} {
		t.Run(step.String(), func(t *testing.T) {
			t.Parallel()
			w := newTrio(t, testworld.Options{Credits: 10_000})
			at := w.Clock.Now().Add(2 * time.Hour).Truncate(time.Second)
			r := engine.SMSRequest{To: phoneA, Body: "x", ScheduledAt: at}
			if _, _, err := w.SendSMS(t.Context(), w.Live, r, nil); err != nil {
				t.Fatal(err)
			}

			back(t, w, -step)
			w.Clock.Add(at.Sub(w.Clock.Now()) - time.Second)
			w.Sweep(t)
			if n := len(w.SMS.Sent()); n != 0 {
				t.Errorf("%d sent before its time", n)
			}

			w.Clock.Add(2 * time.Second)
			w.Sweep(t)
			if n := len(w.SMS.Sent()); n != 1 {
				t.Errorf("%d sent at its time, want 1", n)
			}
		})
	}
}

// Caps of spending end with their hour, though a clock that was ahead began another.
func TestClocks_SpendCaps(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Credits: 10_000})
	hourCap := []admin.Setting{{Key: "spend_cap_hour", Value: "16"}}
	if _, err := w.Admin.Set(t.Context(), w.Account, hourCap); err != nil {
		t.Fatal(err)
	}

	one := func(i int) error {
		_, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(testworld.Number(i)), nil)
		return err
	}

	set(t, &w, year, false)
	if err := errors.Join(one(1), one(2)); err != nil {
		t.Fatal(err)
	}

	set(t, &w, -year, false)
	refused(t, one(3), fault.InsufficientCredits)
	w.Clock.Add(time.Hour)
	if err := one(4); err != nil {
		t.Errorf("in the next hour: %v", err)
	}
}
