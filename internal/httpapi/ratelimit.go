package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
)

// The fields of draft-ietf-httpapi-ratelimit-headers-10, as net/http writes them: the policy says what a limit allows,
// the other how much of it is left and when there is more. Both are lists, so an answer may tell of two limits.
const (
	rateLimitPolicy = "Ratelimit-Policy"
	rateLimit       = "Ratelimit"
)

// showRate tells what the key's rate still lets through.
func (s *Server) showRate(h http.Header, room guard.Space) {
	if s.Gate.Rate.N == 0 {
		return
	}
	h[rateLimitPolicy] = []string{policy(guard.RequestsPerKey, s.Gate.Rate)}
	h[rateLimit] = []string{remaining(guard.RequestsPerKey, room.Left, room.More)}
}

// showLimit tells of the limit that refused a request, when it is one of the configuration's.
func showLimit(h http.Header, d *fault.Details, after time.Duration) {
	if d == nil || d.Reason == guard.RequestsPerKey {
		return // the gate has told of it
	}
	rate, err := guard.ParseRate(d.Limit)
	if gap, bad := time.ParseDuration(d.Limit); bad == nil {
		rate, err = guard.Rate{N: 1, Per: gap}, nil
	}
	if err != nil || rate.N == 0 {
		return
	}
	h.Set(rateLimitPolicy, policy(d.Reason, rate))
	h.Set(rateLimit, remaining(d.Reason, 0, after))
}

// policy writes an item. The names of limits are letters, digits and underscores. A window of less than a second, or of
// a part of one, cannot be told.
func policy(name string, r guard.Rate) string {
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

func remaining(name string, left int, more time.Duration) string {
	b := append(make([]byte, 0, 64), '"')
	b = append(b, name...)
	b = append(b, `";r=`...)
	b = strconv.AppendInt(b, int64(left), 10)
	b = append(b, ";t="...)
	return string(strconv.AppendInt(b, wholeSeconds(more), 10))
}

// wholeSeconds rounds up: a client that keeps to it must not come too early.
func wholeSeconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }

// describeLimits puts the fields into the contract: those of the key's rate come with every answer to a key that is
// let in, and Retry-After with every answer that says so.
func describeLimits(doc *huma.OpenAPI) {
	text, count := &huma.Schema{Type: huma.TypeString}, &huma.Schema{Type: huma.TypeInteger, Minimum: new(float64)}
	*count.Minimum = 1
	doc.Components.Headers = map[string]*huma.Header{
		"RateLimit-Policy": {Schema: text, Description: "What the limits that apply allow: q requests in w seconds.", Example: `"requests_per_key";q=100;w=1`},
		"RateLimit":        {Schema: text, Description: "What is left of them: r requests now, and more in t seconds.", Example: `"requests_per_key";r=99;t=1`},
		"Retry-After":      {Schema: count, Description: "Whole seconds until the same request can succeed.", Example: 30},
	}
	for _, path := range doc.Paths {
		for _, op := range []*huma.Operation{path.Get, path.Put, path.Post, path.Patch, path.Delete} {
			if op == nil {
				continue
			}
			for status, r := range op.Responses {
				var names []string
				if status != "401" {
					names = []string{"RateLimit-Policy", "RateLimit"}
				}
				if status == "429" || status == "503" {
					names = append(names, "Retry-After")
				}
				for _, name := range names {
					if r.Headers == nil {
						r.Headers = map[string]*huma.Param{}
					}
					r.Headers[name] = &huma.Param{Ref: "#/components/headers/" + name}
				}
			}
		}
	}
}
