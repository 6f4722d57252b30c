package otp_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/otp"
)

func TestOTP_At(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 4, 25, 12, 0, 0, 0, time.UTC)
	made := otp.OTP{
		Status: otp.Open, MaxAttempts: 5, CreatedAt: noon, ExpiresAt: noon.Add(5 * time.Minute),
		Era: clock.Era{Epoch: 3, Shift: time.Minute},
	}
	for _, c := range []struct {
		name string
		now  time.Duration // after noon
		era  clock.Era
		want otp.Result
	}{
		{name: "lives", now: 299 * time.Second, era: made.Era},
		{name: "has expired", now: 300 * time.Second, era: made.Era, want: otp.HasExpired},
		{name: "lives after a step back", now: 99 * time.Second, era: clock.Era{Epoch: 3, Shift: -140 * time.Second}},
		{
			name: "has expired before a step back", now: 100 * time.Second,
			era: clock.Era{Epoch: 3, Shift: -140 * time.Second}, want: otp.HasExpired,
		},
		{
			name: "a step forwards is believed", now: time.Hour, era: clock.Era{Epoch: 3, Shift: time.Hour},
			want: otp.HasExpired,
		},
		{name: "of another run", now: 299 * time.Second, era: clock.Era{Epoch: 4}},
		{name: "of another run, whose clock is a little ahead", now: -5 * time.Second, era: clock.Era{Epoch: 4}},
		{
			name: "of another run, whose clock was far ahead", now: -time.Minute, era: clock.Era{Epoch: 4},
			want: otp.HasExpired,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := made.Settled(made.At(noon.Add(c.now), c.era)); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
