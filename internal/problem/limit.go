package problem

import (
	"net/http"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
)

// The fields of draft-ietf-httpapi-ratelimit-headers-10, as net/http writes them: the policy says what a limit allows,
// the other how much of it is left and for how long. Both are lists, so that an answer can name two limits.
const (
	LimitPolicyField = "Ratelimit-Policy"
	LimitField       = "Ratelimit"
)

// setLimitHeaders names the limit that refused a request, when it is one of the configuration's.
func setLimitHeaders(h http.Header, d *fault.Details, after time.Duration) {
	if d == nil || d.Reason == guard.RequestsPerKey {
		return // the gate has set its headers
	}
	rate, err := guard.ParseRate(d.Limit)
	if gap, bad := time.ParseDuration(d.Limit); bad == nil {
		rate, err = guard.Rate{N: 1, Per: gap}, nil
	}
	if err != nil || rate.N == 0 {
		return
	}
	h.Set(LimitPolicyField, LimitPolicy(d.Reason, rate))
	h.Set(LimitField, LimitLeft(d.Reason, 0, after))
}

// LimitPolicy writes one item of the policy. The names of limits are letters, digits and underscores. The draft knows
// windows of whole seconds only; another one is left out.
func LimitPolicy(name string, r guard.Rate) string {
	b := append(make([]byte, 0, 64), '"')
	b = append(b, name...)
	b = append(b, `";q=`...)
	b = strconv.AppendInt(b, int64(r.N), 10)
	if r.Per%time.Second == 0 {
		b = append(b, ";w="...)
		b = strconv.AppendInt(b, int64(r.Per/time.Second), 10)
	}

	return string(b)
}

// LimitLeft writes one item: how much of a limit is left, and when there is more.
func LimitLeft(name string, left int, more time.Duration) string {
	b := append(make([]byte, 0, 64), '"')
	b = append(b, name...)
	b = append(b, `";r=`...)
	b = strconv.AppendInt(b, int64(left), 10)
	b = append(b, ";t="...)
	return string(strconv.AppendInt(b, WholeSeconds(more), 10))
}

// WholeSeconds is a wait as Retry-After has it, in seconds. It rounds up, so that a client that waits that long is not too early.
func WholeSeconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }
