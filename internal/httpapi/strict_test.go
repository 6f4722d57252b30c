package httpapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/httpapi"
	"github.com/syssecure/syssecure/internal/testworld"
)

// TestBody_OfAnOperationWithoutOne: a field that the operation does not have is refused.
func TestBody_OfAnOperationWithoutOne(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	otp := a.send(t, "+32470123456", `"sms"`)
	hook := a.post(t, "/v2/webhooks", `{"url":"https://example.com/"}`).ok().str("id")
	for name, c := range map[string]struct{ method, path string }{
		"cancel an OTP":    {method: "POST", path: "/v2/otp/" + otp + "/cancel"},
		"cancel a message": {method: "POST", path: "/v2/messages/msg_01HWXYZABC123DEF4560000000/cancel"},
		"redeliver": {
			method: "POST", path: "/v2/webhooks/" + hook + "/deliveries/evt_01HWXYZABC123DEF4560000000/redeliver",
		},
		"opt out":            {method: "PUT", path: "/v2/opt-outs/%2B32470123456"},
		"end an opt-out":     {method: "DELETE", path: "/v2/opt-outs/%2B32470123456"},
		"delete an endpoint": {method: "DELETE", path: "/v2/webhooks/" + hook},
	} {
		t.Run(name, func(t *testing.T) {
			w := a.call(t, a.test, c.method, c.path, `{"reason":"x","all":true}`).refusal(400, "invalid_params")
			if got := strings.Join(w.faults(), "\n"); !strings.HasPrefix(got,
				"all: all is not a field of this request") || !strings.Contains(got,
				"\nreason: reason is not a field") {
				t.Errorf("reported\n%s", got)
			}

			for _, body := range []string{`[]`, `null`, `"x"`, `1`} {
				a.call(t, a.test, c.method, c.path, body).refusal(400, "invalid_params")
			}
			a.call(t, a.test, c.method, c.path, `{"`+strings.Repeat("x", 9000)+`":1}`).refusal(400, "invalid_params")
		})
	}
	if got := a.get(t, "/v2/otp/"+otp).ok().str("status"); got == "canceled" {
		t.Error("a refused request cancelled the OTP")
	}
	a.call(t, a.test, "POST", "/v2/otp/"+otp+"/cancel", `{}`).ok()
	a.call(t, a.test, "PUT", "/v2/opt-outs/%2B32470123456", ` { } `).ok()
	a.call(t, a.test, "DELETE", "/v2/opt-outs/%2B32470123456", ``).ok()
}

// TestQuery_OutsideTheDocument: repeated parameters are refused, and unknown ones ignored.
func TestQuery_OutsideTheDocument(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	g := gatewayAPI(t)
	for _, path := range []string{"/healthz", "/readyz", "/openapi.json", "/openapi.yaml"} {
		a.get(t, path+"?a=1&a=2").refusal(400, "invalid_params")
		a.get(t, path+"?a=%zz").refusal(400, "invalid_params")
	}

	a.get(t, "/healthz?verbose&from=probe").ok()
	for path, status := range map[string]int{"receipts?a=1&a=2": 400, "receipts?a=1": 202} {
		if w := g.calledBack(path, `{"id":"x","status":"delivered"}`); w.Code != status {
			t.Errorf("%s is answered %d %s, want %d", path, w.Code, w.Body, status)
		}
	}
}

// TestWire_LargeHeads: up to 64 KB they are refused in the published shape, over HTTP/2 too.
func TestWire_LargeHeads(t *testing.T) {
	t.Parallel()
	w := newWire(t, selfSigned(t))
	for name, h2 := range map[string]bool{"HTTP/2": true, "HTTP/1": false} {
		client := overTLS(t, h2)
		for size, status := range map[int]int{15 << 10: 200, 17 << 10: 431, 40 << 10: 431, 60 << 10: 431} {
			request := w.balance(t)
			request.Header.Set("X-A", strings.Repeat("a", size))
			resp, err := client.Do(request)
			if err != nil {
				t.Fatalf("%s, %d bytes: %v", name, size, err)
			}

			body, err := io.ReadAll(resp.Body)
			if err != nil || resp.Body.Close() != nil {
				t.Fatal(err)
			}

			got := answer{ResponseRecorder: httptest.NewRecorder(), t: t, text: string(body)}
			got.Code, got.HeaderMap = resp.StatusCode, resp.Header
			if err := json.Unmarshal(body, &got.json); err != nil || resp.StatusCode != status ||
				(resp.ProtoMajor == 2) != h2 {
				t.Fatalf("%s, %d bytes: %s %d %s", name, size, resp.Proto, resp.StatusCode, body)
			}
			if status == http.StatusRequestHeaderFieldsTooLarge {
				got.refusal(status, "invalid_params")
			}
		}
	}
}

// TestLog_ClientErrors: a client's mistake is not logged as an error.
func TestLog_ClientErrors(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	var log bytes.Buffer
	c := a.server.Config
	c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo}))
	a.Handler = httpapi.New(c)
	r := httptest.NewRequest("PRI", "/", nil)
	r.RequestURI, r.URL.Path, r.Proto, r.ProtoMajor, r.ProtoMinor = "*", "*", "HTTP/2.0", 2, 0
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	if w.Code != http.StatusHTTPVersionNotSupported || log.Len() > 0 {
		t.Errorf("answered %d, logged %q", w.Code, log.String())
	}
}

// TestLog_RefusedCallbacks: when a secret or public_url is wrong, every callback is refused, and only the log can tell the
// operator. It shows nothing that the caller sent.
func TestLog_RefusedCallbacks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		token, body string
		status      int
		logged      bool
	}{
		"no token":    {body: `{"id":"a","status":"delivered"}`, status: 401, logged: true},
		"wrong token": {token: "guess-4711", body: `{"id":"a","status":"delivered"}`, status: 401, logged: true},
		"bad body":    {token: "token", body: `{"id":"a"}`, status: 400},
		"right":       {token: "token", body: `{"id":"a","status":"delivered"}`, status: 202},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := gatewayAPI(t)
			var log bytes.Buffer
			config := a.Handler.(*httpapi.Server).Config
			config.Log = slog.New(slog.NewTextHandler(&log, nil))
			a.Handler = httpapi.New(config)

			r := httptest.NewRequest(http.MethodPost, "/carriers/gw/receipts", strings.NewReader(c.body))
			r.Header.Set("Authorization", "Bearer "+c.token)
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			a.ServeHTTP(w, r)
			if w.Code != c.status {
				t.Errorf("answered %d %s", w.Code, w.Body)
			}
			line := log.String()
			if logged := strings.Contains(line, "a callback was refused") && strings.Contains(line, "carrier=gw"); logged != c.logged {
				t.Errorf("logged %q", line)
			}
			if strings.Contains(line, "4711") {
				t.Errorf("the log shows the token: %q", line)
			}
		})
	}
}
