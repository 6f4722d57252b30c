package retryafter_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/retryafter"
)

func TestParse(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 4, 25, 15, 0, 0, 0, time.UTC)
	const year = retryafter.Max
	for header, want := range map[string]time.Duration{
		"": 0, "0": 0, "120": 2 * time.Minute, " 7 ": 7 * time.Second, "-5": 0, "+5": 0, "1.5": 0, "soon": 0,
		"5 seconds":            0,
		"99999999999999999999": year, "999999999": year,
		"Sat, 25 Apr 2026 15:01:00 GMT": time.Minute, "Saturday, 25-Apr-26 15:01:00 GMT": time.Minute,
		"Sat Apr 25 15:01:00 2026":      time.Minute,
		"Sat, 25 Apr 2026 14:00:00 GMT": 0, "Sat, 25 Apr 2926 14:00:00 GMT": year, "٣": 0,
	} {
		if got := retryafter.Parse(header, begin); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("120", int64(0))
	f.Add("Sat, 25 Apr 2026 15:01:00 GMT", int64(1777129200))
	f.Fuzz(func(t *testing.T, header string, now int64) {
		if got := retryafter.Parse(header, time.Unix(now%1e11, 0)); got < 0 || got > retryafter.Max {
			t.Fatalf("%q: %v", header, got)
		}
	})
}
