// Package backoff decides how long to wait before a request is sent again.
package backoff

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	shortest = 500 * time.Millisecond
	longest  = 8 * time.Second

	// longestNamed is the most whole seconds that a time.Duration holds. A Retry-After beyond it counts as it.
	longestNamed = math.MaxInt64 / time.Second * time.Second
)

// Delay returns the wait before retry n (1, 2, …) when the server does not name one. random is from 0 up to 1.
func Delay(n int, random float64) time.Duration {
	d := longest
	if n <= 4 {
		d = shortest << (n - 1)
	}

	return time.Duration(float64(d) * (0.5 + 0.5*random))
}

// RetryAfter reads the value of a Retry-After header: a whole number of seconds above 0, or an HTTP date in the future,
// whose distance is rounded up to seconds. It reports false for anything else.
func RetryAfter(value string, now time.Time) (time.Duration, bool) {
	value = strings.Trim(value, " \t")
	if value == "" {
		return 0, false
	}

	if strings.Trim(value, "0123456789") == "" {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n > int64(longestNamed/time.Second) {
			return longestNamed, true
		}

		return time.Duration(n) * time.Second, n > 0
	}

	at, err := http.ParseTime(value)
	if err != nil || !at.After(now) {
		return 0, false
	}

	wait := min(at.Sub(now), longestNamed)
	if rest := wait % time.Second; rest > 0 {
		wait += time.Second - rest
	}

	return wait, true
}
