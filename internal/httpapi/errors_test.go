package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/httpapi"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
)

// TestRoutes_NotFound: unknown paths and methods need no key, and their bodies are not read.
func TestRoutes_NotFound(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for _, path := range []string{
		"/", "/v2", "/v2/", "/v1/otp/send", "/v2/otp/send/", "/v2/otp/", "/v2/nope", "/v2/otp/a/b", "/v2//otp/send",
		"/v2/otp/../otp/send", "/v2/otp/./send", "//", "/V2/otp/send", "/v2/balance/x", "/carriers", "/carriers/x",
		"/carriers/x/receipts", "/index.php",
	} {
		for _, method := range []string{"GET", "POST"} {
			if w := a.call(t, "", method, path, "{", "Authorization", ""); w.refusal(404,
				"not_found").Header().Get("Location") != "" {
				t.Errorf("%s redirects to %s", path, w.Header().Get("Location"))
			}
		}
	}

	for path, allow := range map[string]string{
		"/v2/otp/send":              "POST",
		"/v2/otp/verify":            "POST",
		"/v2/otp/otp_x/resend":      "POST",
		"/v2/otp/otp_x/cancel":      "POST",
		"/v2/sms/send":              "POST",
		"/v2/messages":              "GET",
		"/v2/messages/msg_x":        "GET",
		"/v2/messages/msg_x/cancel": "POST",
		"/v2/sandbox/clock":         "POST",
		"/v2/balance":               "GET",
		"/v2/otp":                   "GET",
		"/v2/otp/otp_x":             "GET",
		"/v2/sandbox/messages":      "GET, DELETE",
		"/healthz":                  "GET",
		"/v2/usage":                 "GET",
		"/v2/analytics/conversion":  "GET",
		"/v2/lookup/+32470123456":   "GET",
	} {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "TRACE"} {
			if slices.Contains(strings.Split(allow, ", "), method) {
				continue
			}
			w := a.call(t, "", method, path, "", "Authorization", "").refusal(405, "invalid_params")
			if got := w.Header().Get("Allow"); got != allow {
				t.Errorf("%s %s: Allow %q, want %q", method, path, got, allow)
			}
		}
	}
	if w := a.call(t, "", "HEAD", "/v2/otp/send", ""); w.Code != 405 || w.Header().Get("Allow") != "POST" {
		t.Errorf("HEAD: %d", w.Code)
	}
}

// TestAuthorization_Scopes calls operations with keys of each scope.
func TestAuthorization_Scopes(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	operations := map[account.Scope][][2]string{
		account.ScopeSend: {
			{"POST", "/v2/otp/send"},
			{"POST", "/v2/otp/otp_x/resend"},
			{"POST", "/v2/otp/otp_x/cancel"},
			{"POST", "/v2/sandbox/clock"},
			{"POST", "/v2/sms/send"},
			{"POST", "/v2/messages/msg_x/cancel"},
		},
		account.ScopeRead: {
			{"GET", "/v2/otp"},
			{"GET", "/v2/otp/otp_x"},
			{"GET", "/v2/balance"},
			{"GET", "/v2/sandbox/messages"},
			{"GET", "/v2/messages"},
			{"GET", "/v2/messages/msg_x"},
			{"GET", "/v2/usage"},
			{"GET", "/v2/analytics/conversion"},
			{"GET", "/v2/lookup/+32470123456"},
			{"GET", "/v2/account"},
		},
		account.ScopeAdmin: {{"PATCH", "/v2/account"}},
		"verify":           {{"POST", "/v2/otp/verify"}},
	}

	for has := range operations {
		key := a.key(t, id.Test, has)
		for needs, list := range operations {
			for _, o := range list {
				w := a.call(t, key, o[0], o[1], "{}")
				if got := w.Code == 401; got != (has != needs) {
					t.Errorf("%s with %s only: %d", o[1], has, w.Code)
				}
				if has != needs && w.refusal(401, "unauthorized").detail("reason") != "missing_scope" {
					t.Errorf("%s with %s only: %s", o[1], has, w.text)
				}

				w = a.call(t, "", o[0], o[1], "{}", "Authorization", "").refusal(401, "unauthorized")
				if w.detail("reason") != "" || w.Header().Get("WWW-Authenticate") != "Bearer" {
					t.Errorf("%s without a key: %s", o[1], w.text)
				}
			}
		}
	}

	// The prefix of the other mode does not open the other mode.
	a.call(t, strings.Replace(a.test, "sk_test_", "sk_live_", 1), "GET", "/v2/balance", "").refusal(401, "unauthorized")
	k, text, err := a.Admin.CreateKey(t.Context(), a.Account, id.Test, nil)
	if err != nil {
		t.Fatal(err)
	}

	a.call(t, text.Reveal(), "GET", "/v2/balance", "").ok()
	if _, err := a.Admin.RevokeKey(t.Context(), k.ID); err != nil {
		t.Fatal(err)
	}
	a.Clock.Add(time.Second)
	a.call(t, text.Reveal(), "GET", "/v2/balance", "").refusal(401, "unauthorized")
}

func TestRate_OfKey(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	a.gate.Rate = guard.Rate{N: 3, Per: time.Minute}
	for range 3 {
		a.get(t, "/v2/balance").ok()
	}

	w := a.get(t, "/v2/balance").refusal(429, "rate_limit_exceeded")
	if w.detail("limit") != "3/1m" || w.detail("reason") != "requests_per_key" ||
		w.Header().Get("Retry-After") != "20" {
		t.Errorf("Retry-After %s, %s", w.Header().Get("Retry-After"), w.text)
	}
	a.call(t, a.live, "GET", "/v2/balance", "").ok()
}

// TestAuthorization_OtherAccountOrMode: each answer is the same but for the request's id.
func TestAuthorization_OtherAccountOrMode(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	mine := a.send(t, phoneA, `"sms"`)
	live := a.call(t, a.live, "POST", "/v2/otp/send", `{"to":"`+phoneA+`","channels":["sms"]}`).ok().str("otp_id")
	other, err := a.Admin.CreateAccount(t.Context(), "Other", 0)
	if err != nil {
		t.Fatal(err)
	}

	_, foreign, err := a.Admin.CreateKey(t.Context(), other.ID, id.Test, nil)
	if err != nil {
		t.Fatal(err)
	}

	texts := map[string]string{}
	add := func(what string, w answer) {
		t.Helper()
		w.refusal(404, "not_found")
		texts[strings.Replace(w.text, w.str("request_id"), "", 1)] = what
	}

	for what, c := range map[string][2]string{
		"another account's": {foreign.Reveal(), mine},
		"the other mode's":  {a.test, live},
		"the sandbox's":     {a.live, mine},
		"never made":        {a.test, id.NewOTP(time.Now()).String()},
		"malformed":         {a.test, "otp_x"},
		"another kind":      {a.test, "msg" + mine[3:]},
		"lower case":        {a.test, strings.ToLower(mine)},
		"very long":         {a.test, "otp_" + strings.Repeat("0", 300)},
		"the reference's":   {a.test, "otp_01HWXYZABC123DEF456"},
		"escaped":           {a.test, "otp_%2e%00"},
	} {
		add(what, a.call(t, c[0], "GET", "/v2/otp/"+c[1], ""))
		add(what, a.call(t, c[0], "POST", "/v2/otp/"+c[1]+"/resend", ""))
		add(what, a.call(t, c[0], "POST", "/v2/otp/"+c[1]+"/cancel", ""))
		add(what, a.call(t, c[0], "POST", "/v2/otp/verify", `{"otp_id":"`+c[1]+`","code":"000000"}`))
	}

	add("empty", a.post(t, "/v2/otp/verify", `{"otp_id":"","code":"000000"}`))
	if len(texts) != 1 {
		t.Errorf("answers can be told apart: %v", texts)
	}
	if got := a.get(t, "/v2/otp/"+mine).ok().json["attempts_remaining"]; got != float64(5) {
		t.Errorf("%v attempts left", got)
	}
}

// TestDatabase_Down calls operations while the database is down, and after.
func TestDatabase_Down(t *testing.T) {
	t.Parallel()
	b := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
	a := newAPI(t, testworld.Options{Backend: b, Credits: 100})
	o := a.send(t, phoneA, `"whatsapp","sms"`)
	requests := [][3]string{
		{"POST", "/v2/otp/send", `{"to":"+32470999999","channels":["sms"]}`},
		{"POST", "/v2/otp/verify", `{"otp_id":"` + o + `","code":"000000"}`},
		{"POST", "/v2/otp/" + o + "/resend", ""},
		{"POST", "/v2/otp/" + o + "/cancel", ""},
		{"POST", "/v2/sandbox/clock", `{"advance":"1s"}`},
		{"POST", "/v2/sms/send", `{"to":"+32470999999","body":"x"}`},
		{"POST", "/v2/messages/msg_01KQ2M0MGVX78FP3C9QB3CV89S/cancel", ""},
		{"GET", "/v2/messages", ""},
		{"GET", "/v2/messages/msg_01KQ2M0MGVX78FP3C9QB3CV89S", ""},
		{"GET", "/v2/otp/" + o, ""},
		{"GET", "/v2/otp", ""},
		{"GET", "/v2/balance", ""},
		{"GET", "/v2/sandbox/messages", ""},
		{"GET", "/v2/usage", ""},
		{"GET", "/v2/analytics/conversion", ""},
		{"GET", "/v2/account", ""},
		{"PATCH", "/v2/account", `{"from":"B"}`},
	}

	for _, r := range requests {
		b.NoWrites.Store(r[0] != "GET")
		b.Out.Store(r[0] == "GET")
		a.Clock.Add(time.Second) // so that the key is read again
		w := a.call(t, a.test, r[0], r[1], r[2], "Idempotency-Key", "k").refusal(503, "internal_error")
		if w.detail("reason") != "unavailable" || strings.Contains(w.text, "disk is full") {
			t.Errorf("%s %s: %s", r[0], r[1], w.text)
		}
	}

	b.NoWrites.Store(false)
	b.Out.Store(false)
	if got := a.get(t, "/v2/otp/"+o).ok(); got.str("status") != "delivered" ||
		got.json["attempts_remaining"] != float64(5) {
		t.Errorf("after the outage: %s", got.text)
	}
	a.post(t, requests[0][1], requests[0][2], "Idempotency-Key", "k").ok()
}

// TestDatabase_FailedCommit: the answer was made in the transaction, and must not outlive it.
func TestDatabase_FailedCommit(t *testing.T) {
	t.Parallel()
	b := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
	a := newAPI(t, testworld.Options{Backend: b, Credits: 100})
	o := a.send(t, phoneA, `"sms"`)
	text := a.post(t, "/v2/sms/send",
		`{"to":"`+phoneA+`","body":"x","scheduled_at":"2026-05-20T09:00:00Z"}`).ok().str("message_id")
	for _, r := range [][2]string{
		{"/v2/otp/send", `{"to":"+32470999999","channels":["sms"]}`},
		{"/v2/otp/verify", `{"otp_id":"` + o + `","code":"000000"}`},
		{"/v2/otp/" + o + "/resend", ""},
		{"/v2/otp/" + o + "/cancel", ""},
		{"/v2/sms/send", `{"to":"` + phoneA + `","body":"x"}`},
		{"/v2/sms/send", `{"to":"` + phoneA + `","body":"x","scheduled_at":"2026-05-20T09:00:00Z"}`},
		{"/v2/messages/" + text + "/cancel", ""},
		{"/v2/templates", `{"name":"login","translations":{"en":"Code: {{code}}"}}`},
		{"/v2/webhooks", `{"url":"https://example.com/hook"}`},
		{"/v2/sandbox/clock", `{"advance":"1s"}`},
	} {
		for _, key := range []string{"", "key"} {
			b.NoCommits.Store(true)
			w := a.post(t, r[0], r[1], "Idempotency-Key", key).refusal(503, "internal_error")
			if w.Header().Get("Retry-After") == "" {
				t.Errorf("%s: no Retry-After", r[0])
			}
			b.NoCommits.Store(false)
		}
	}
	if got := a.get(t, "/v2/otp/"+o).ok(); got.str("status") != "delivered" ||
		got.json["attempts_remaining"] != float64(5) {
		t.Errorf("after the outage: %s", got.text)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for _, path := range []string{"/healthz", "/readyz"} {
		if w := a.call(t, "", "GET", path, "", "Authorization", "").ok(); w.str("status") != "ok" {
			t.Errorf("%s: %s", path, w.text)
		}
	}
	a.ready = testworld.ErrOut
	a.call(t, "", "GET", "/healthz", "").ok()
	a.call(t, "", "GET", "/readyz", "").refusal(503, "internal_error")
}

// TestPanic_Becomes500 serves without Query, so that a handler panics.
func TestPanic_Becomes500(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	broken := *a
	config := a.server.Config
	config.Query = nil
	broken.Handler = httpapi.New(config)
	w := broken.call(t, a.test, "GET", "/v2/otp", "").refusal(500, "internal_error")
	if strings.Contains(w.text, "nil pointer") {
		t.Errorf("the answer shows the panic: %s", w.text)
	}
}

func TestRequestID_Unique(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	seen := map[string]bool{}
	for range 50 {
		got := a.call(t, a.test, "GET", "/v2/balance", "", "X-Request-Id",
			"chosen by the client").ok().Header().Get("X-Request-Id")
		if !requestID.MatchString(got) || seen[got] {
			t.Fatalf("X-Request-Id %q", got)
		}
		seen[got] = true
	}
}

var published = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$`)

func TestTimes_UTCSeconds(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	o := a.send(t, "+15005550012", `"whatsapp"`)
	a.post(t, "/v2/otp/verify", `{"otp_id":"`+o+`","code":"000000"}`).ok()
	w := a.get(t, "/v2/otp/"+o).ok()
	attempt := w.json["attempts"].([]any)[0].(map[string]any)
	for name, at := range map[string]any{
		"created_at": w.json["created_at"], "expires_at": w.json["expires_at"],
		"verified_at": w.json["verified_at"], "attempts.at": attempt["at"],
	} {
		t.Run(name, func(t *testing.T) {
			if s, _ := at.(string); !published.MatchString(s) {
				t.Errorf("%s is %v", name, at)
			}
		})
	}
	if attempt["status"] != "read" || w.str("status") != "verified" || strings.Contains(w.text, "000000") {
		t.Errorf("answered %s", w.text)
	}
}

// TestHTTPServer_Limits: a client that sends nothing is cut off by the server, not by a handler.
func TestHTTPServer_Limits(t *testing.T) {
	t.Parallel()
	s := newAPI(t, testworld.Options{}).server.HTTPServer()
	if s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.WriteTimeout <= 0 || s.IdleTimeout <= 0 ||
		s.MaxHeaderBytes <= 0 {
		t.Errorf("a limit is missing: %+v", s)
	}

	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	if w.Code != http.StatusOK || w.Header().Get("X-Content-Type-Options") != "nosniff" ||
		w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
