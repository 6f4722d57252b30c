// Package retryafter reads the header Retry-After of answers, for everyone who repeats a request.
package retryafter

import (
	"strconv"
	"strings"
	"time"
)

// Max is the most that Parse gives.
const Max = 365 * 24 * time.Hour

// The three forms of a date (RFC 9110 §5.6.7), of which servers should send the first.
var dates = []string{"Mon, 02 Jan 2006 15:04:05 GMT", "Monday, 02-Jan-06 15:04:05 GMT", time.ANSIC}

// Parse gives how long to wait from now: the header holds seconds or a date. What cannot be read, or lies in the past,
// is 0.
func Parse(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if header == "" {
		return 0
	}

	if strings.Trim(header, "0123456789") == "" {
		n, err := strconv.ParseInt(header, 10, 64)
		if err != nil || n > int64(Max/time.Second) {
			return Max
		}
		return time.Duration(n) * time.Second
	}

	for _, layout := range dates {
		if t, err := time.Parse(layout, header); err == nil {
			return min(max(t.Sub(now), 0), Max)
		}
	}

	return 0
}
