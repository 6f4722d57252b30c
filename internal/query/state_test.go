package query_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
)

// TestOTP_State: a state that is final does not change later. When the time is over before a carrier accepted the code, it is
// still open whether the code failed or expired.
func TestOTP_State(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		status otp.Status
		sent   []message.State
		left   time.Duration
		want   string
	}{
		"waits for a carrier":           {otp.Open, []message.State{message.Pending}, time.Minute, "pending"},
		"waits, the time is over":       {otp.Open, []message.State{message.Pending}, 0, "pending"},
		"sent":                          {otp.Open, []message.State{message.Sent}, time.Minute, "sent"},
		"sent, the time is over":        {otp.Open, []message.State{message.Sent}, 0, "expired"},
		"delivered, the time is over":   {otp.Open, []message.State{message.Delivered}, -time.Hour, "expired"},
		"resent, and the time is over":  {otp.Open, []message.State{message.Sent, message.Pending}, 0, "expired"},
		"no message, the time is over":  {otp.Open, nil, 0, "expired"},
		"failed, the time is over":      {otp.Failed, []message.State{message.Failed}, 0, "failed"},
		"expired, a message is pending": {otp.Expired, []message.State{message.Pending}, 0, "expired"},
	} {
		var o query.OTP
		o.Status, o.ExpiresAt, o.Now = c.status, now.Add(c.left), now
		for _, s := range c.sent {
			var m store.Message
			m.State = s
			o.Sent = append(o.Sent, m)
		}
		if got := o.State(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
