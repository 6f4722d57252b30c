package problem

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/fault"
)

func TestNew(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		f    *fault.Fault
		docs string
		want string
	}{
		"bare": {
			f:    fault.New(fault.NotFound, "no"),
			want: `{"code":"not_found","message":"no","request_id":"req"}`,
		},
		"its page": {
			f: fault.New(fault.NotFound, "no"), docs: "https://x/docs/errors",
			want: `{"code":"not_found","message":"no","request_id":"req","details":{` +
				`"doc_url":"https://x/docs/errors#not_found"}}`,
		},
		"its page, by the reason": {
			f: fault.New(fault.InvalidPhone, "no").WithReason("opted_out"), docs: "https://x/docs/errors",
			want: `{"code":"invalid_phone","message":"no","request_id":"req","details":{"reason":"opted_out",` +
				`"doc_url":"https://x/docs/errors#opted_out"}}`,
		},
		"its page, when the reason is the name of an operator's limit": {
			f: fault.New(fault.RateLimitExceeded, "no").WithReason("per_campaign"), docs: "https://x/docs/errors",
			want: `{"code":"rate_limit_exceeded","message":"no","request_id":"req","details":{` +
				`"reason":"per_campaign","doc_url":"https://x/docs/errors#rate_limit_exceeded"}}`,
		},
		"a field": {
			f: fault.Invalid("to", "no"),
			want: `{"code":"invalid_params","message":"no","request_id":"req","details":{"field":"to",` +
				`"errors":[{"field":"to","message":"no"}]}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(New("req", c.docs, c.f))
			if err != nil || string(got) != c.want {
				t.Errorf("%s, %v; want %s", got, err, c.want)
			}
		})
	}
	if h := New("", "", fault.Limited("5/10m", "x", 1500*time.Millisecond,
		"no")).GetHeaders(); h.Get("Retry-After") != "2" {
		t.Errorf("Retry-After %q", h.Get("Retry-After"))
	}
}

// FuzzFaults: for any path and value, the fault has a message and a field of bounded length.
func FuzzFaults(f *testing.F) {
	minimum, maximum := 1.0, 9.0
	body := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{
		"n":    {Type: huma.TypeInteger, Minimum: &minimum, Maximum: &maximum},
		"list": {Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString, Enum: []any{"a", "b"}}},
		"in":   {Type: huma.TypeObject, Properties: map[string]*huma.Schema{"x": {Type: huma.TypeBoolean}}},
		"map":  {Type: huma.TypeObject, AdditionalProperties: &huma.Schema{Type: huma.TypeString}},
	}}

	r := Request{
		Operation: &huma.Operation{
			RequestBody: &huma.RequestBody{Content: map[string]*huma.MediaType{"application/json": {Schema: body}}},
		},
		Schemas: huma.NewMapRegistry("#/", huma.DefaultSchemaNamer),
	}

	for _, path := range []string{
		"body.n", "body.list[0]", "body.in.x", "body.map.a.b", "body.[[", "query.a", "",
		"body", "body.",
	} {
		f.Add(path, "expected integer", "5")
	}

	f.Fuzz(func(t *testing.T, path, message, value string) {
		faults := r.Faults([]error{&huma.ErrorDetail{Location: path, Message: message, Value: value}})
		if len(faults) != 1 || faults[0].Message == "" || faults[0].Status != 400 {
			t.Fatalf("%q: %+v", path, faults)
		}
		if len(faults[0].Details.Field) > 200 && len(message) < 100 {
			t.Fatalf("%q: a field of %d bytes", path, len(faults[0].Details.Field))
		}
	})
}
