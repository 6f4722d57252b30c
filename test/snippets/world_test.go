package snippets

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/syssecure/syssecure/api"
	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/id"
)

// place is the method and path of an operation.
type place struct {
	method string
	path   *regexp.Regexp
}

// liveOnly are the operations of live keys. The proxy replaces the samples' key for them.
var liveOnly = []string{
	"pause-carrier", "resume-carrier", "test-carrier", "list-entries", "get-instance", "list-accounts", "create-account",
	"add-credits",
}

// world is a server with an account, behind a proxy that notes each request.
type world struct {
	base, key string
	live      string // the key for liveOnly
	account   string // the id of the account
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
	w.serve(t)

	target, err := url.Parse(w.direct)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = w.seen.read
	front := httptest.NewServer(http.HandlerFunc(func(to http.ResponseWriter, r *http.Request) {
		for _, name := range liveOnly {
			if where := w.operations[name]; r.Method == where.method && where.path.MatchString(r.URL.Path) {
				r.Header.Set("Authorization", "Bearer "+w.live)
			}
		}
		proxy.ServeHTTP(to, r)
	}))
	t.Cleanup(front.Close)
	w.base = front.URL

	return w
}

// serve runs a server with a carrier, and makes keys of both modes with every scope.
func (w *world) serve(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	conf, err := app.LoadConfig(w.configuration(t), []string{"SYSSECURE_DATA=" + t.TempDir() + "/data"})
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(ctx, conf, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	of, err := a.Base.Admin.CreateAccount(ctx, "Acme", 1000)
	if err != nil {
		t.Fatal(err)
	}
	w.account = of.ID.String()
	scopes := append([]account.Scope{account.ScopeOperator}, account.Scopes...)
	for mode, to := range map[id.Mode]*string{id.Test: &w.key, id.Live: &w.live} {
		_, secret, err := a.Base.Admin.CreateKey(ctx, of.ID, mode, scopes)
		if err != nil {
			t.Fatal(err)
		}
		*to = secret.Reveal()
	}

	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})

	w.direct = "http://" + a.Addr().String()
}

// configuration writes the configuration of the server, and returns its path.
func (w *world) configuration(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "syssecure.toml")
	text := `
listen = "127.0.0.1:0"

[webhooks]
allow_cidrs = ["127.0.0.0/8"]

[limits]
requests_per_key = "1000000/1s"

[[carrier]]
name = "smsc-1"
kind = "http"
channel = "sms"
url = "` + w.hooks + `/send"
token = "t"

[[price]]
channel = "sms"
credits = 8
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}

	return path
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

// call is a request with what was answered.
type call struct {
	method, path string
	status       int
	// empty is an answer that lists rows but has none: what the sample does with a row was not run.
	empty bool
}

// record is what the server answered since the last reset.
type record struct {
	mu    sync.Mutex
	calls []call
}

func (r *record) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = nil
}

// read notes an answer, which goes on as it is.
func (r *record) read(a *http.Response) error {
	text, err := io.ReadAll(a.Body)
	if err != nil {
		return err
	}
	a.Body = io.NopCloser(bytes.NewReader(text))
	var list struct{ Data *[]json.RawMessage }
	empty := json.Unmarshal(text, &list) == nil && list.Data != nil && len(*list.Data) == 0

	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, call{a.Request.Method, a.Request.URL.Path, a.StatusCode, empty})

	return nil
}

// check demands that the operation was called, and that every answer was 2xx and had rows if it is a list.
func (r *record) check(t *testing.T, want place) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	called := false
	for _, c := range r.calls {
		called = called || c.method == want.method && want.path.MatchString(c.path)
		if c.status/100 != 2 {
			t.Errorf("the server answered %s %s with %d", c.method, c.path, c.status)
		}
		if c.empty {
			t.Errorf("%s %s has no rows, so that the sample did nothing: prepare some", c.method, c.path)
		}
	}
	if !called {
		t.Errorf("the sample did not call its operation %s %s, it called %v", want.method, want.path, r.calls)
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
