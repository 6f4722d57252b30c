package httpapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/problem"
)

// showRate tells what the key's rate still lets through.
func (s *Server) showRate(h http.Header, room guard.Space) {
	if s.Gate.Rate.N == 0 {
		return
	}
	h[problem.LimitPolicyField] = []string{problem.LimitPolicy(guard.RequestsPerKey, s.Gate.Rate)}
	h[problem.LimitField] = []string{problem.LimitLeft(guard.RequestsPerKey, room.Left, room.More)}
}

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
