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

// TestRunner_FindsWrongAnswers: each lie of a server is a failure that names it.
func TestRunner_FindsWrongAnswers(t *testing.T) {
	t.Parallel()
	const refusal = `{"code":"not_found","message":"no","request_id":"req_1"}`
	for name, c := range map[string]struct {
		expect string
		status int
		header string
		body   string
		says   string
	}{
		"right":                  {`{"status":200,"body":{"a":1},"headers":{"X-A":"b","X-B":"$absent"}}`, 200, "X-A: b", `{"a":1}`, ""},
		"right refusal":          {`{"status":404,"body":{"code":"not_found"}}`, 404, "", refusal, ""},
		"another status":         {`{"status":200}`, 201, "", `{}`, "status: want 200, got 201"},
		"another body":           {`{"status":200,"body":{"a":1}}`, 200, "", `{"a":2}`, "body.a: want 1, got 2"},
		"no JSON":                {`{"status":200}`, 200, "", `oops`, "the body is not JSON"},
		"another type":           {`{"status":200}`, 200, "Content-Type: text/html", `{}`, "Content-Type: want application/json"},
		"no id":                  {`{"status":200}`, 200, "X-Request-Id:", `{}`, "X-Request-Id is missing"},
		"a missing header":       {`{"status":200,"headers":{"X-A":"$any"}}`, 200, "", `{}`, "header X-A is missing"},
		"another header":         {`{"status":200,"headers":{"X-A":"b"}}`, 200, "X-A: c", `{}`, `header X-A: want "b", got "c"`},
		"a header too many":      {`{"status":200,"headers":{"X-A":"$absent"}}`, 200, "X-A: c", `{}`, "header X-A is present"},
		"an error without code":  {`{"status":404}`, 404, "", `{"message":"no","request_id":"req_1"}`, "body.code is missing"},
		"another id":             {`{"status":404}`, 404, "", strings.Replace(refusal, "req_1", "req_2", 1), `body.request_id: want "req_1"`},
		"an unpublished code":    {`{"status":404}`, 404, "", strings.Replace(refusal, "not_found", "nope", 1), `"nope" is not a published code`},
		"an unpublished field":   {`{"status":404}`, 404, "", strings.Replace(refusal, `{`, `{"stack":"x",`, 1), "body.stack is not a field of an error"},
		"no message":             {`{"status":404}`, 404, "", strings.Replace(refusal, `"no"`, `""`, 1), "body.message"},
		"an error that is empty": {`{"status":404}`, 404, "", "", "body: want"},
		"429 without a time":     {`{"status":429}`, 429, "", `{"code":"rate_limit_exceeded","message":"no","request_id":"req_1","details":{"limit":"1/1s"}}`, "Retry-After: want whole seconds"},
		"429 without a limit":    {`{"status":429}`, 429, "Retry-After: 3", strings.Replace(refusal, "not_found", "rate_limit_exceeded", 1), "body.details is missing"},
		"503 with half a second": {`{"status":503}`, 503, "Retry-After: 0.5", strings.Replace(refusal, "not_found", "internal_error", 1), "Retry-After: want whole seconds"},
		"a redirect":             {`{"status":200}`, 302, "Location: /elsewhere", `{}`, "status: want 200, got 302"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := against(t, `{"call":"GET /v2/x","expect":`+c.expect+`}`, func(w http.ResponseWriter, _ *http.Request) {
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
			if (err == nil) != (c.says == "") || err != nil && (!errors.As(err, &f) || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("error %v, want %q", err, c.says)
			}
		})
	}
}

// TestRunner_Requests: names are filled in where they stand, and the answer's are kept for the next step.
func TestRunner_Requests(t *testing.T) {
	t.Parallel()
	var got []string
	err := against(t, `
		{"call":"POST /v2/a?to=$number","headers":{"Idempotency-Key":"k-$unique"},"body":{"to":"$number","list":[1,"$number_2"]},"expect":{"status":200,"body":{"id":"$id","n":"$n","at":"$at"}}},
		{"call":"PUT /v2/a/$id","headers":{"Authorization":null},"body":{"n":"$n","at":"$at+60s","text":"n=$n"},"expect":{"status":200}},
		{"call":"POST /v2/a","headers":{"Content-Type":"text/plain"},"raw":"{$id","expect":{"status":200}}`,
		func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			got = append(got, fmt.Sprint(r.Method, " ", r.RequestURI, " ", r.Header.Get("Authorization"), " ", r.Header.Get("Content-Type"), " ", r.Header.Get("Idempotency-Key"), " ", string(body)))
			w.Header().Set("X-Request-Id", "req_1")
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"id":"a/b c","n":7,"at":"2026-04-25T15:27:00Z"}`)
		})
	if err != nil {
		t.Fatal(err)
	}

	for i, want := range []string{
		`^POST /v2/a\?to=%2B3247\d{7} Bearer sk_test_secret application/json k-[A-Z2-7]{26} {"list":\[1,"\+3247\d{7}"\],"to":"\+3247\d{7}"}$`,
		`^PUT /v2/a/a%2Fb%20c  application/json  {"at":"2026-04-25T15:28:00Z","n":7,"text":"n=7"}$`,
		`^POST /v2/a Bearer sk_test_secret text/plain  {a/b c$`,
	} {
		if !regexp.MustCompile(want).MatchString(got[i]) {
			t.Errorf("step %d sent %s, want %s", i+1, got[i], want)
		}
	}
}

// TestRunner_WaitsForTheRateOfTheKey: it is the configuration's, not the scenario's. Any other 429 is an answer.
func TestRunner_WaitsForTheRateOfTheKey(t *testing.T) {
	t.Parallel()
	n := 0
	err := against(t, `{"call":"GET /v2/a","expect":{"status":429,"body":{"details":{"reason":"client_ip"}}}}`, func(w http.ResponseWriter, _ *http.Request) {
		reason := "requests_per_key"
		if n++; n > 1 {
			reason = "client_ip"
		}

		w.Header().Set("X-Request-Id", "req_1")
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"code":"rate_limit_exceeded","message":"no","request_id":"req_1","details":{"limit":"1/1s","reason":"`+reason+`"}}`)
	})
	if err != nil || n != 2 {
		t.Errorf("%d requests, %v", n, err)
	}
}

func TestWhatIsNoRunner(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{{"localhost:8080", "sk_test_x"}, {"ftp://a", "sk_test_x"}, {"http://", "sk_test_x"}, {"http://a", "sk_live_x"}, {"http://a", ""}} {
		if _, err := conformance.New(c[0], c[1]); err == nil {
			t.Errorf("%q with %q was taken", c[0], c[1])
		}
	}
}

// TestRunner_KeyRefused: a key that the server does not accept ends the run; a 401 that a step asks for is an answer.
func TestRunner_KeyRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		step, details string
		says          []string // none: the key is not what is wrong
	}{
		"an unknown key":  {`{"call":"GET /v2/a","expect":{"status":200}}`, ``, []string{"refuses the key sk_test_secret…", "it answered: who is this", "key create"}},
		"a missing scope": {`{"call":"GET /v2/a","expect":{"status":404}}`, `,"details":{"reason":"missing_scope"}`, []string{"sk_test_secret…", "every scope"}},
		"no key is sent":  {`{"call":"GET /v2/a","headers":{"authorization":null},"expect":{"status":200}}`, ``, nil},
		"it is expected":  {`{"call":"GET /v2/a","expect":{"status":401,"body":{"code":"x"}}}`, ``, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := against(t, c.step, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Request-Id", "req_1")
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusUnauthorized)
				_, _ = io.WriteString(w, `{"code":"unauthorized","message":"who is this","request_id":"req_1"`+c.details+`}`)
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
