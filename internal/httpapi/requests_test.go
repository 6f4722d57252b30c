package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
)

// logged lists the request log of the sandbox, newest first, without the requests that list it.
func (a *api) logged(t *testing.T, query string) (out []map[string]any) {
	t.Helper()
	a.Do(t, a.requests.Flush)
	for _, v := range a.get(t, "/v2/requests?limit=100"+query).ok().json["data"].([]any) {
		if line := v.(map[string]any); line["operation"] != "list-requests" {
			out = append(out, line)
		}
	}

	return out
}

func TestRequestLog_Lines(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	limited := a.key(t, id.Test, account.ScopeRead)
	otp := a.send(t, phoneA, `"sms"`)
	for _, c := range []struct {
		name, key, method, path, body string
		headers                       []string
		want                          map[string]any
	}{
		{
			name: "a success", key: a.test, method: "GET", path: "/v2/otp/" + otp,
			want: map[string]any{"path": "/v2/otp/" + otp, "operation": "get-otp", "status": 200.0, "error": nil},
		},
		{
			name: "a wrong code", key: a.test, method: "POST", path: "/v2/otp/verify",
			body: `{"otp_id":"` + otp + `","code":"735190"}`,
			want: map[string]any{"path": "/v2/otp/verify", "operation": "verify-otp", "status": 200.0},
		},
		{
			name: "invalid fields", key: a.test, method: "POST", path: "/v2/otp/send", body: `{"to":"x","channels":[]}`,
			want: map[string]any{"method": "POST", "status": 400.0, "error": "invalid_params"},
		},
		{
			name: "an unknown id", key: a.test, method: "GET", path: "/v2/otp/otp_x",
			want: map[string]any{"path": "/v2/otp/…", "status": 404.0, "error": "not_found"},
		},
		{
			name: "a missing scope", key: limited, method: "POST", path: "/v2/otp/send", body: `{}`,
			want: map[string]any{"status": 401.0, "error": "unauthorized", "reason": "missing_scope"},
		},
		{
			name: "a number in the path, and a query", key: a.test, method: "GET", path: "/v2/lookup/%2B32470123456?x=735190",
			want: map[string]any{"path": "/v2/lookup/+3247•••••56", "operation": "lookup", "status": 400.0},
		},
		{
			name: "a number in another form", key: a.test, method: "PUT", path: "/v2/opt-outs/0470%2012%2034%2056",
			want: map[string]any{"path": "/v2/opt-outs/0470 •••••56", "operation": "put-opt-out", "status": 422.0},
		},
		{
			name: "a hostile agent", key: a.test, method: "GET", path: "/v2/balance",
			headers: []string{"User-Agent", "<script>\xff" + strings.Repeat("a ", 150)},
			want:    map[string]any{"user_agent": "<script>\uFFFD" + strings.Repeat("a ", 95) + "…"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			a.Clock.Add(time.Second)
			w := a.call(t, c.key, c.method, c.path, c.body, c.headers...)
			list := a.logged(t, "")
			got := list[0]
			if got["id"] != w.Header().Get("X-Request-Id") || got["address"] != "192.0.2.1" || got["replayed"] != false {
				t.Errorf("the line is %v", got)
			}
			for field, want := range c.want {
				if got[field] != want {
					t.Errorf("%s is %v, want %v", field, got[field], want)
				}
			}
			for field, v := range got {
				if s, _ := v.(string); strings.Contains(s, "735190") || strings.Contains(s, "470123") || !utf8.ValidString(s) {
					t.Errorf("%s is %q", field, s)
				}
			}
		})
	}
}

// Requests without a good key are not in any account's log, and what the server does not know as a path neither.
func TestRequestLog_Strangers(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	a.call(t, "sk_test_nothing", "GET", "/v2/balance", "").refusal(401, "unauthorized")
	a.call(t, a.test, "GET", "/v2/nothing", "").refusal(404, "not_found")
	a.call(t, a.live, "GET", "/v2/balance", "").ok()
	if got := a.logged(t, ""); len(got) != 0 {
		t.Errorf("the log of the sandbox has %v", got)
	}
}

func TestRequestLog_Replayed(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	body := `{"to":"` + phoneA + `","channels":["sms"]}`
	for range 2 {
		a.post(t, "/v2/otp/send", body, "Idempotency-Key", "one").ok()
	}
	got := a.logged(t, "&operation=send-otp")
	if len(got) != 2 || got[0]["replayed"] != true || got[1]["replayed"] != false {
		t.Errorf("the lines are %v", got)
	}
}

func TestRequestLog_FiltersAndNames(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	made := a.post(t, "/v2/keys", `{"name":"Shop","scopes":["read"]}`).ok()
	a.call(t, made.str("secret"), "GET", "/v2/balance", "").ok()
	a.call(t, made.str("secret"), "GET", "/v2/usage?from=soon", "").refusal(400, "invalid_params")
	for query, want := range map[string]int{
		"&key_id=" + made.str("id"): 2, "&status=error": 1, "&status=success&method=GET": 1, "&status=400": 1,
		"&method=POST": 1, "&operation=create-key": 1, "&created_before=2020-01-01T00:00:00Z": 0,
		"&created_after=2020-01-01T00:00:00Z": 3, "&key_id=key_00000000": 0,
	} {
		if got := a.logged(t, query); len(got) != want {
			t.Errorf("%s finds %d lines, want %d", query, len(got), want)
		}
	}
	if got := a.logged(t, "&key_id="+made.str("id")); got[0]["key_name"] != "Shop" {
		t.Errorf("the line is %v", got[0])
	}
	for _, query := range []string{
		"status=6xx", "status=fine", "method=get", "created_after=soon",
		"created_after=2026-04-26T00:00:00Z&created_before=2026-04-25T00:00:00Z", "cursor=x",
	} {
		a.get(t, "/v2/requests?"+query).refusal(400, "invalid_params")
	}

	// A cursor is for the same filters.
	first := a.get(t, "/v2/requests?limit=1&method=GET").ok()
	next := url.QueryEscape(first.str("next_cursor"))
	a.get(t, "/v2/requests?limit=1&method=GET&cursor="+next).ok()
	a.get(t, "/v2/requests?limit=1&cursor="+next).refusal(400, "invalid_params")
}

// The last use of a key is shown with the key.
func TestRequestLog_LastUse(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	a.get(t, "/v2/balance").ok()
	a.Do(t, a.requests.Flush)
	key := a.get(t, "/v2/keys").ok().json["data"].([]any)[0].(map[string]any)
	if key["last_used_at"] != a.Clock.Now().Format(time.RFC3339) || key["last_used_from"] != "192.0.2.1" {
		t.Errorf("the key is %v", key)
	}
}

func TestAuditLog_Actors(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	a.Clock.Add(time.Second)
	made := a.post(t, "/v2/keys", `{"name":"Shop","scopes":["admin"]}`, "User-Agent", "test/1").ok()
	a.call(t, made.str("secret"), "PATCH", "/v2/account", `{"help_text":"Call 0470123456"}`).ok()
	a.Clock.Add(time.Second)
	a.call(t, a.live, "PUT", "/v2/opt-outs/%2B32470123456", "").ok()

	rows := func(key, query string) (out []map[string]any) {
		t.Helper()
		for _, v := range a.call(t, key, "GET", "/v2/audit?limit=100"+query, "").ok().json["data"].([]any) {
			out = append(out, v.(map[string]any))
		}
		return out
	}

	changed := rows(a.test, "&action=account")
	if len(changed) != 1 {
		t.Fatalf("the changes of the account are %v", changed)
	}
	actor, _ := changed[0]["actor"].(map[string]any)
	change, _ := changed[0]["changes"].([]any)[0].(map[string]any)
	if actor["kind"] != "key" || actor["id"] != made.str("id") || actor["name"] != "Shop" ||
		changed[0]["address"] != "192.0.2.1" || changed[0]["mode"] != "test" || change["field"] != "help_text" ||
		change["after"] != "Call 04701•••••56" {
		t.Errorf("the row is %v", changed[0])
	}

	for query, want := range map[string]int{
		"&object=" + made.str("id"): 1, "&actor=" + made.str("id"): 1, "&actor=Shop": 1, "&actor=system": 1,
		"&action=key.created": 2, "&action=key": 2, "&action=ke": 0, "&created_before=2020-01-01T00:00:00Z": 0,
	} {
		if got := rows(a.test, query); len(got) != want {
			t.Errorf("%s finds %d rows, want %d: %v", query, len(got), want, got)
		}
	}

	// Live keys see what belongs to both modes, and nothing of the sandbox; numbers are masked.
	live := rows(a.live, "")
	var actions []string
	for _, row := range live {
		actions = append(actions, row["action"].(string))
	}
	if got := strings.Join(actions, " "); got != "opt_out.added key.created account.created" &&
		got != "opt_out.added account.created key.created" { // both at once
		t.Errorf("a live key sees %s", got)
	}
	if live[0]["object"] != "+3247•••••56" || live[0]["mode"] != "live" {
		t.Errorf("the rows are %v", live)
	}
	if got := rows(a.live, "&object="+url.QueryEscape("+3247•••••56")); len(got) != 1 {
		t.Errorf("a masked number finds %v", got)
	}
}

// TestAuditLog_Installation: who operates the installation reads its log, which has what no account has.
func TestAuditLog_Installation(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	operator := a.key(t, id.Live, account.ScopeAdmin, account.ScopeOperator)
	a.call(t, operator, "POST", "/v2/carriers/smsc/pause", "").ok()
	for name, c := range map[string]struct {
		key, of string
		want    int
	}{
		"of the installation":     {operator, "&of=installation", 1},
		"of the account":          {operator, "&of=account", 0},
		"of the account, unnamed": {operator, "", 0},
		"by a key of the account": {a.live, "&of=installation", -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := a.call(t, c.key, "GET", "/v2/audit?action=carrier.paused"+c.of, "")
			if c.want < 0 {
				if got.refusal(401, "unauthorized").detail("reason") != "missing_scope" {
					t.Errorf("it was refused with %s", got.detail("reason"))
				}
				return
			}
			if rows := got.ok().json["data"].([]any); len(rows) != c.want {
				t.Errorf("%d rows, want %d: %v", len(rows), c.want, rows)
			}
		})
	}
	a.get(t, "/v2/audit?of=others").refusal(400, "invalid_params")
}

// TestAuditLog_Pages goes through a log that is longer than what is read for one page.
func TestAuditLog_Pages(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	for range 30 {
		k := a.post(t, "/v2/keys", `{"scopes":["read"]}`).ok()
		a.call(t, a.test, "DELETE", "/v2/keys/"+k.str("id"), "").ok()
	}

	seen := map[string]bool{}
	cursor := ""
	for pages := 0; ; pages++ {
		w := a.get(t, "/v2/audit?action=key.revoked&limit=7&cursor="+cursor).ok()
		for _, v := range w.json["data"].([]any) {
			seen[v.(map[string]any)["id"].(string)] = true
		}
		if cursor = w.str("next_cursor"); cursor == "" || pages > 100 {
			break
		}
	}
	if len(seen) != 30 {
		t.Errorf("%d rows were listed", len(seen))
	}
	a.get(t, "/v2/audit?cursor=x").refusal(400, "invalid_params")
}

// BenchmarkRequestLog is a request that is refused early, without the log and with it. Requests a second apart are kept,
// and stored with 250 others; of those at one time nearly all are only counted.
func BenchmarkRequestLog(b *testing.B) {
	for _, c := range []struct {
		name    string
		off     bool
		advance time.Duration
	}{
		{name: "at once/off", off: true},
		{name: "at once/counted"},
		{name: "a second apart/off", off: true, advance: time.Second},
		{name: "a second apart/kept", advance: time.Second},
	} {
		b.Run(c.name, func(b *testing.B) {
			a := newAPI(b, testworld.Options{Credits: 100})
			if c.off {
				a.server.Requests = nil
			}
			r := httptest.NewRequest(http.MethodGet, "/v2/otp/otp_x", nil)
			r.Header.Set("Authorization", "Bearer "+a.test)
			r.Header.Set("User-Agent", "syssecure-go/0.1.0")
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				a.ServeHTTP(httptest.NewRecorder(), r)
				if c.advance > 0 {
					a.Clock.Add(c.advance)
				}
				if i%250 == 249 {
					a.Do(b, a.requests.Flush)
				}
			}
		})
	}
}
