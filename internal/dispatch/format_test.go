package dispatch

import (
	"testing"
	"time"
)

func TestFormatDuration(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		720 * time.Hour: "720h", 0: "0s", 10 * time.Minute: "10m", 90 * time.Minute: "1h30m", time.Hour + time.Second: "1h0m1s",
	} {
		if got := formatDuration(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

// Digits that may be a phone number are masked in the log.
func TestLongDigits(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"lost-again": "lost-again", "32470123456-7": "…-7", "a123456": "a123456"} {
		if got := longDigits.ReplaceAllString(in, "…"); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
