package httpapi_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/httpapi"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/requestlog"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/testworld"
)

const phoneA = "+32470123456"

// api is a server with one account and a key of each mode.
type api struct {
	*testworld.World
	http.Handler
	gate       *admin.Authenticator
	server     *httpapi.Server
	requests   *requestlog.Log
	sms, wa    *testworld.Carrier
	live, test string
	ready      error
}

func newAPI(t testing.TB, o testworld.Options) *api {
	t.Helper()
	a := &api{sms: testworld.NewCarrier("smsc", message.SMS), wa: testworld.NewCarrier("wa", message.WhatsApp)}
	o.Carriers = append([]carrier.Carrier{a.sms, a.wa}, o.Carriers...)
	o.Prices = []route.Price{{Channel: message.SMS, Credits: 8}, {Channel: message.WhatsApp, Credits: 3}}
	a.World = testworld.New(t, o)
	a.gate = &admin.Authenticator{Admin: a.Admin}
	a.requests = requestlog.New(requestlog.Config{
		Store: a.Dispatcher.Config.Store, Now: a.Admin.Now, Log: slog.New(slog.DiscardHandler),
	})
	a.server = httpapi.New(httpapi.Config{
		Engine: a.Engine, Answers: a.Answers, OptOuts: a.OptOuts, Query: a.Dispatcher.Query, Sink: a.Sink(),
		Numbers: a.Dispatcher.Config.Numbers, Keys: a.Dispatcher.Config.Keys, Admin: a.Admin, Hooks: a.Hooks,
		Gate: a.gate, Log: slog.New(slog.DiscardHandler),
		Instance: func(context.Context) (admin.Instance, error) {
			node := admin.InstanceNode{ID: 1, Name: "otp-1", State: "alive", Version: "0.1.0", SeenAt: a.Clock.Now()}
			return admin.Instance{
				Version: "0.1.0", Database: "sqlite", StartedAt: testworld.NewClock().Now(), Nodes: []admin.InstanceNode{node}, Accounts: 1,
			}, nil
		},
		Ready: func(context.Context) error { return a.ready }, Requests: a.requests,
	})
	a.Handler = a.server
	a.live, a.test = a.key(t, id.Live), a.key(t, id.Test)

	return a
}

func (a *api) key(t testing.TB, mode id.Mode, scopes ...account.Scope) string {
	t.Helper()
	_, text, err := a.Admin.CreateKey(t.Context(), a.Account, mode, scopes)
	if err != nil {
		t.Fatal(err)
	}
	return text.Reveal()
}

// answer is what came back.
type answer struct {
	*httptest.ResponseRecorder
	t    testing.TB
	text string
	json map[string]any
}

// call sends a request with a key; headers are pairs, and an empty value removes one.
func (a *api) call(t testing.TB, key, method, path, body string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}

	w := answer{ResponseRecorder: httptest.NewRecorder(), t: t}
	a.ServeHTTP(w.ResponseRecorder, r)
	w.text = w.Body.String()
	if err := json.Unmarshal([]byte(w.text), &w.json); err != nil && w.Code != http.StatusNoContent {
		t.Errorf("%s %s: answered %d with no JSON object: %q", method, path, w.Code, w.text)
	}

	return w
}

func (a *api) post(t testing.TB, path, body string, headers ...string) answer {
	t.Helper()
	return a.call(t, a.test, http.MethodPost, path, body, headers...)
}

func (a *api) get(t testing.TB, path string) answer {
	t.Helper()
	return a.call(t, a.test, http.MethodGet, path, "")
}

// send makes a sandbox OTP and gives its id.
func (a *api) send(t testing.TB, number, channels string) string {
	t.Helper()
	return a.post(t, "/v2/otp/send", `{"to":"`+number+`","channels":[`+channels+`]}`).ok().str("otp_id")
}

func (w answer) ok() answer {
	w.t.Helper()
	if w.Code != http.StatusOK {
		w.t.Fatalf("answered %d: %s", w.Code, w.text)
	}
	return w
}

func (w answer) str(field string) string {
	s, _ := w.json[field].(string)
	return s
}

// detail is a field of details.
func (w answer) detail(field string) string {
	d, _ := w.json["details"].(map[string]any)
	s, _ := d[field].(string)
	return s
}

var requestID = regexp.MustCompile(`^req_[0-9A-HJKMNP-TV-Z]{26}$`)

// refusal holds an answer to the published shape of an error.
func (w answer) refusal(status int, code string) answer {
	w.t.Helper()
	if w.Code != status || w.str("code") != code {
		w.t.Fatalf("answered %d: %s; want %d %s", w.Code, w.text, status, code)
	}
	if ct := w.Header().Get("Content-Type"); ct != "application/json" {
		w.t.Errorf("%d: Content-Type %q", status, ct)
	}
	if got := w.Header().Get("X-Request-Id"); !requestID.MatchString(got) || got != w.str("request_id") {
		w.t.Errorf("%d: X-Request-Id %q, request_id %q", status, got, w.str("request_id"))
	}
	if w.str("message") == "" {
		w.t.Errorf("%d: no message", status)
	}

	for field := range w.json {
		if field != "code" && field != "message" && field != "request_id" && field != "details" {
			w.t.Errorf("%d: the field %s is not published", status, field)
		}
	}

	after := w.Header().Get("Retry-After")
	if must := status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable; must != (after != "") ||
		must && !seconds.MatchString(after) {
		w.t.Errorf("%d: Retry-After %q", status, after)
	}
	if status == http.StatusTooManyRequests && w.detail("limit") == "" {
		w.t.Errorf("429 without details.limit: %s", w.text)
	}

	return w
}

var seconds = regexp.MustCompile(`^[1-9][0-9]*$`)
