// Package retryafter parses the header Retry-After of responses.
package retryafter

import (
	"strconv"
	"strings"
	"time"
)

// Max is the longest wait that Parse returns.
const Max = 365 * 24 * time.Hour

// The three forms of a date (RFC 9110 §5.6.7), of which servers should send the first.
var dates = []string{"Mon, 02 Jan 2006 15:04:05 GMT", "Monday, 02-Jan-06 15:04:05 GMT", time.ANSIC}

// Parse returns how long to wait from now: the header holds seconds or a date. It is 0 when the header is malformed or
// in the past.
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
