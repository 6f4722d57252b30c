package snippets

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/api"
	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/id"
)

// place is the method and path of an operation.
type place struct {
	method string
	path   *regexp.Regexp
}

// world is a server with an account, behind a proxy that notes each request.
type world struct {
	base, key string
	direct    string // without the proxy
	hooks     string // takes every delivery
	seen      *record
	// operations are those of the document, by their ids.
	operations map[string]place
	sends      int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	hooks := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(hooks.Close)
	w := &world{seen: &record{}, operations: operations(t), hooks: hooks.URL}
	w.direct, w.key = serve(t)

	target, err := url.Parse(w.direct)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(r *http.Response) error {
		w.seen.add(r.Request.Method, r.Request.URL.Path, r.StatusCode)
		return nil
	}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	w.base = front.URL

	return w
}

// serve runs a server and makes a test key with every scope.
func serve(t *testing.T) (base, key string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	conf := apptest.Config(t, "SYSSECURE_WEBHOOKS_ALLOW_CIDRS=127.0.0.0/8",
		"SYSSECURE_LIMITS_REQUESTS_PER_KEY=1000000/1s")
	a, err := app.New(ctx, conf, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	of, err := a.Base.Admin.CreateAccount(ctx, "Acme", 0)
	if err != nil {
		t.Fatal(err)
	}
	scopes := append([]account.Scope{account.ScopeOperator}, account.Scopes...)
	_, secret, err := a.Base.Admin.CreateKey(ctx, of.ID, id.Test, scopes)
	if err != nil {
		t.Fatal(err)
	}

	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})

	return "http://" + a.Addr().String(), secret.Reveal()
}

var variable = regexp.MustCompile(`\\\{[a-z_]+\\\}`)

// operations reads where each operation of the document is.
func operations(t *testing.T) map[string]place {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]struct{ OperationID string }
	}
	if err := json.Unmarshal(api.JSON, &doc); err != nil {
		t.Fatal(err)
	}
	out := map[string]place{}
	for path, methods := range doc.Paths {
		pattern := regexp.MustCompile("^" + variable.ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$")
		for method, o := range methods {
			out[o.OperationID] = place{strings.ToUpper(method), pattern}
		}
	}

	return out
}

// record is what the server answered since the last reset.
type record struct {
	mu    sync.Mutex
	calls []string
}

func (r *record) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = nil
}

func (r *record) add(method, path string, status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, fmt.Sprintf("%s %s %d", method, path, status))
}

// check demands that the operation was called, and that every answer was 2xx.
func (r *record) check(t *testing.T, want place) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	called := false
	for _, c := range r.calls {
		part := strings.Fields(c)
		called = called || part[0] == want.method && want.path.MatchString(part[1])
		if part[2][0] != '2' {
			t.Errorf("the server answered %s", c)
		}
	}
	if !called {
		t.Errorf("the sample did not call its operation %s %s, it called %q", want.method, want.path, r.calls)
	}
}

// call makes a request that is not noted, and returns a field of the answer.
func (w *world) call(t *testing.T, method, path, body, field string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.direct+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.key)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, text, err)
	}

	var answer map[string]any
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatal(err)
	}
	if list, ok := answer["data"].([]any); ok && len(list) > 0 {
		answer, _ = list[0].(map[string]any)
	}
	value, _ := answer[field].(string)

	return value
}

// prepare makes what a sample needs, and returns the variables that it may use.
func (w *world) prepare(t *testing.T, operation string) []string {
	t.Helper()
	w.sends++
	number := fmt.Sprintf("+3247012%04d", w.sends) // another one each time, so that no code is pending
	out := []string{"OTP_ID=" + w.call(t, "POST", "/v2/otp/send", `{"to":"`+number+`","channels":["sms"]}`, "otp_id")}
	text := `{"to":"` + number + `","body":"Hello","from":"Acme"`
	if operation == "cancel-message" {
		text += `,"scheduled_at":"` + time.Now().Add(time.Hour).UTC().Format(time.RFC3339) + `"`
	}
	out = append(out, "MESSAGE_ID="+w.call(t, "POST", "/v2/sms/send", text+"}", "message_id"))
	out = append(out, "TEMPLATE_ID="+w.call(t, "POST", "/v2/templates",
		`{"name":"Login","translations":{"en":"{{code}} is your Acme code"}}`, "id"))
	w.call(t, "PUT", "/v2/opt-outs/+32470123456", "", "number")
	if operation != "delete-opt-out" { // a number that opted out by another sample would be refused
		w.call(t, "DELETE", "/v2/opt-outs/+32470123456", "", "number")
	}
	if strings.Contains(operation, "webhook") || operation == "redeliver" || operation == "list-deliveries" {
		out = append(out, w.hook(t, operation)...)
	}

	return out
}

// hook makes an endpoint of this machine, and for redeliver an event that was delivered to it. What was made before is
// deleted, since an account may have few endpoints.
func (w *world) hook(t *testing.T, operation string) []string {
	t.Helper()
	for old := w.call(t, "GET", "/v2/webhooks", "", "id"); old != ""; old = w.call(t, "GET", "/v2/webhooks", "", "id") {
		w.call(t, "DELETE", "/v2/webhooks/"+old, "", "id")
	}
	whe := w.call(t, "POST", "/v2/webhooks", `{"url":"`+w.hooks+`/hook","events":["message.sent"]}`, "id")
	out := []string{"WEBHOOK_ID=" + whe}
	if operation != "redeliver" {
		return out
	}

	w.call(t, "POST", "/v2/otp/send", `{"to":"+32470199999","channels":["sms"]}`, "otp_id")
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		list := "/v2/webhooks/" + whe + "/deliveries"
		if w.call(t, "GET", list, "", "status") == "delivered" {
			return append(out, "EVENT_ID="+w.call(t, "GET", list, "", "id"))
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing was delivered")
		}
	}
}
