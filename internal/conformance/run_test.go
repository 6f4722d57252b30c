package conformance_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/conformance"
)

// against runs one scenario against a handler.
func against(t *testing.T, scenario string, h http.HandlerFunc) error {
	t.Helper()
	list, err := conformance.Parse("file", []byte(`{"scenarios":[{"name":"a","steps":[`+scenario+`]}]}`))
	if err != nil {
		t.Fatal(err)
	}

	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	r, err := conformance.New(s.URL+"/v2", "sk_test_secret")
	if err != nil {
		t.Fatal(err)
	}

	return r.Run(t.Context(), list[0])
}

// refusal is an error in the published shape.
const refusal = `{"code":"not_found","message":"no","request_id":"req_1"}`

// wrongAnswers are answers with what a runner says of them; two are right.
var wrongAnswers = map[string]struct {
	expect string
	status int
	header string
	body   string
	says   string
}{
	"right": {
		expect: `{"status":200,"body":{"a":1},"headers":{"X-A":"b","X-B":"$absent"}}`,
		status: 200, header: "X-A: b", body: `{"a":1}`,
	},
	"right refusal":  {expect: `{"status":404,"body":{"code":"not_found"}}`, status: 404, body: refusal},
	"another status": {expect: `{"status":200}`, status: 201, body: `{}`, says: "status: want 200, got 201"},
	"another body": {
		expect: `{"status":200,"body":{"a":1}}`, status: 200, body: `{"a":2}`, says: "body.a: want 1, got 2",
	},
	"no JSON": {expect: `{"status":200}`, status: 200, body: `oops`, says: "the body is not JSON"},
	"another type": {
		expect: `{"status":200}`, status: 200, header: "Content-Type: text/html", body: `{}`,
		says: "Content-Type: want application/json",
	},
	"no id": {
		expect: `{"status":200}`, status: 200, header: "X-Request-Id:", body: `{}`, says: "X-Request-Id is missing",
	},
	"a missing header": {
		expect: `{"status":200,"headers":{"X-A":"$any"}}`, status: 200, body: `{}`, says: "header X-A is missing",
	},
	"another header": {
		expect: `{"status":200,"headers":{"X-A":"b"}}`, status: 200, header: "X-A: c",
		body: `{}`, says: `header X-A: want "b", got "c"`,
	},
	"a header too many": {
		expect: `{"status":200,"headers":{"X-A":"$absent"}}`, status: 200, header: "X-A: c",
		body: `{}`, says: "header X-A is present",
	},
	"an error without code": {
		expect: `{"status":404}`, status: 404, body: `{"message":"no","request_id":"req_1"}`,
		says: "body.code is missing",
	},
	"another id": {
		expect: `{"status":404}`, status: 404,
		body: strings.Replace(refusal, "req_1", "req_2", 1), says: `body.request_id: want "req_1"`,
	},
	"an unpublished code": {
		expect: `{"status":404}`, status: 404,
		body: strings.Replace(refusal, "not_found", "nope", 1), says: `"nope" is not a published code`,
	},
	"an unpublished field": {
		expect: `{"status":404}`, status: 404,
		body: strings.Replace(refusal, `{`, `{"stack":"x",`, 1), says: "body.stack is not a field of an error",
	},
	"no message": {
		expect: `{"status":404}`, status: 404,
		body: strings.Replace(refusal, `"no"`, `""`, 1), says: "body.message",
	},
	"an error that is empty": {expect: `{"status":404}`, status: 404, says: "body: want"},
	"429 without a time": {
		expect: `{"status":429}`, status: 429,
		body: `{"code":"rate_limit_exceeded","message":"no","request_id":"req_1","details":{"limit":"1/1s"}}`,
		says: "Retry-After: want whole seconds",
	},
	"429 without a limit": {
		expect: `{"status":429}`, status: 429, header: "Retry-After: 3",
		body: strings.Replace(refusal, "not_found", "rate_limit_exceeded", 1), says: "body.details is missing",
	},
	"503 with half a second": {
		expect: `{"status":503}`, status: 503, header: "Retry-After: 0.5",
		body: strings.Replace(refusal, "not_found", "internal_error", 1), says: "Retry-After: want whole seconds",
	},
	"a redirect": {
		expect: `{"status":200}`, status: 302, header: "Location: /elsewhere", body: `{}`,
		says: "status: want 200, got 302",
	},
}

// TestRunner_FindsWrongAnswers: each wrong answer is a failure that says what is wrong.
func TestRunner_FindsWrongAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range wrongAnswers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := against(t, `{"call":"GET /v2/x","expect":`+c.expect+`}`,
				func(w http.ResponseWriter, _ *http.Request) {
					h := w.Header()
					h.Set("X-Request-Id", "req_1")
					h.Set("Content-Type", "application/json")
					if name, value, ok := strings.Cut(c.header, ":"); ok {
						if h.Set(name, strings.TrimSpace(value)); h.Get(name) == "" {
							h.Del(name)
						}
					}
					w.WriteHeader(c.status)
					_, _ = io.WriteString(w, c.body)
				})

			var f *conformance.Failure
			if (err == nil) != (c.says == "") || err != nil &&
				(!errors.As(err, &f) || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("error %v, want %q", err, c.says)
			}
		})
	}
}

// TestRunner_Requests: names are replaced by their values, and keep the values of answers for the next step.
func TestRunner_Requests(t *testing.T) {
	t.Parallel()
	var got []string
	err := against(t, `
		{"call":"POST /v2/a?to=$number","headers":{"Idempotency-Key":"k-$unique"},"body":{"to":"$number","list":[1,"$number_2"]},"expect":{"status":200,"body":{"id":"$id","n":"$n","at":"$at"}}},
		{"call":"PUT /v2/a/$id","headers":{"Authorization":null},"body":{"n":"$n","at":"$at+60s","text":"n=$n"},"expect":{"status":200}},
		{"call":"POST /v2/a","headers":{"Content-Type":"text/plain"},"raw":"{$id","expect":{"status":200}}`,
		func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			got = append(got, fmt.Sprint(r.Method, " ", r.RequestURI, " ", r.Header.Get("Authorization"), " ",
				r.Header.Get("Content-Type"), " ", r.Header.Get("Idempotency-Key"), " ", string(body)))
			w.Header().Set("X-Request-Id", "req_1")
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"id":"a/b c","n":7,"at":"2026-04-25T15:27:00Z"}`)
		})
	if err != nil {
		t.Fatal(err)
	}

	for i, want := range []string{
		`^POST /v2/a\?to=%2B3247\d{7} Bearer sk_test_secret application/json k-[A-Z2-7]{26} {"list":\[1,` +
			`"\+3247\d{7}"\],"to":"\+3247\d{7}"}$`,
		`^PUT /v2/a/a%2Fb%20c  application/json  {"at":"2026-04-25T15:28:00Z","n":7,"text":"n=7"}$`,
		`^POST /v2/a Bearer sk_test_secret text/plain  {a/b c$`,
	} {
		if !regexp.MustCompile(want).MatchString(got[i]) {
			t.Errorf("step %d sent %s, want %s", i+1, got[i], want)
		}
	}
}

// TestRunner_WaitsForRate: the runner waits for the key's rate. Any other 429 is an answer.
func TestRunner_WaitsForRate(t *testing.T) {
	t.Parallel()
	n := 0
	err := against(t, `{"call":"GET /v2/a","expect":{"status":429,"body":{"details":{"reason":"client_ip"}}}}`,
		func(w http.ResponseWriter, _ *http.Request) {
			reason := "requests_per_key"
			if n++; n > 1 {
				reason = "client_ip"
			}

			w.Header().Set("X-Request-Id", "req_1")
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w,
				`{"code":"rate_limit_exceeded","message":"no","request_id":"req_1","details":{"limit":"1/1s",`+
					`"reason":"`+reason+`"}}`)
		})
	if err != nil || n != 2 {
		t.Errorf("%d requests, %v", n, err)
	}
}

func TestNew_BadArguments(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"localhost:8080", "sk_test_x"},
		{"ftp://a", "sk_test_x"},
		{"http://", "sk_test_x"},
		{"http://a", "sk_live_x"},
		{"http://a", ""},
	} {
		if _, err := conformance.New(c[0], c[1]); err == nil {
			t.Errorf("%q with %q was accepted", c[0], c[1])
		}
	}
}

// TestRunner_KeyRefused: a key that the server does not accept ends the run; an expected 401 does not.
func TestRunner_KeyRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		step, details string
		says          []string // nil: the key is accepted
	}{
		"an unknown key": {
			step: `{"call":"GET /v2/a","expect":{"status":200}}`,
			says: []string{"refuses the key sk_test_secret…", "it answered: who is this", "key create"},
		},
		"a missing scope": {
			step:    `{"call":"GET /v2/a","expect":{"status":404}}`,
			details: `,"details":{"reason":"missing_scope"}`, says: []string{"sk_test_secret…", "every scope"},
		},
		"no key is sent": {step: `{"call":"GET /v2/a","headers":{"authorization":null},"expect":{"status":200}}`},
		"it is expected": {step: `{"call":"GET /v2/a","expect":{"status":401,"body":{"code":"x"}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := against(t, c.step, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Request-Id", "req_1")
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusUnauthorized)
				_, _ = io.WriteString(w,
					`{"code":"unauthorized","message":"who is this","request_id":"req_1"`+c.details+`}`)
			})

			var refused *conformance.KeyRefused
			if errors.As(err, &refused) != (c.says != nil) {
				t.Fatalf("error %v", err)
			}

			for _, want := range c.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in %v", want, err)
				}
			}
		})
	}
}
