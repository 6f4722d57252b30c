package harness

import (
	"strings"
	"testing"
)

// Each row is a case of which only the interesting part is given, and the failures that it must have.
func TestRun(t *testing.T) {
	const (
		get  = `{"method": "GET", "url": "${base}/v2/x"}`
		post = `{"method": "POST", "url": "${base}/v2/x?a=1&b=x%20y", "headers": {"K": "1"},
			"body": "{\"n\": 9007199254740993}"}`
		ok   = `"want": {"ok": {"id": "1"}}`
		said = `"report": {"ok": {"id": "1", "more": 2}}`
	)

	r := startPuppet(t, "obedient")
	t.Cleanup(func() { r.Close() })

	for _, row := range []struct {
		name, args, rest string
		want             []string
	}{
		{"all is right", `"send": [` + get + `], ` + said, `"server": [{}], ` + ok, nil},
		{"the wrong result", `"report": {"ok": {"id": "2"}}`, ok, []string{`ok.id: is "2", want "1"`}},
		{"an error instead", `"report": {"error": {"type": "APIStatusError"}}`, ok, []string{"the call failed"}},
		{"a success instead", said, `"want": {"error": {}}`, []string{"the call succeeded"}},
		{
			"a bug instead", `"report": {"error": {"type": "Unexpected"}}`, `"want": {"error": {}}`,
			[]string{"the call failed"},
		},
		{
			"the wrong text", `"report": {"error": {"text": "a"}}`, `"want": {"error": {}, "contains": ["b"]}`,
			[]string{"hold \"b\""},
		},
		{"a request too many", `"send": [` + get + `], ` + said, ok, []string{"request 1 (GET /v2/x) is not expected"}},
		{"a request too few", said, `"server": [{}], ` + ok, []string{"0 requests arrived, want 1"}},
		{
			"everything as expected", `"send": [` + post + `], ` + said, `"server": [{"expect": {"method": "POST",
			"path": "/v2/x", "raw_query": "a=1&b=x%20y", "query": {"a": "1", "b": {"matches": "^x y$"}},
			"headers": {"k": "1"}, "absent": ["L"], "json": {"n": 9007199254740993},
			"body": "{\"n\": 9007199254740993}", "proxied": false}}], ` + ok, nil,
		},
		{
			"nothing as expected", `"send": [` + post + `], ` + said, `"server": [{"expect": {"method": "PUT",
			"path": "/v2/y", "query": {"a": "2"}, "headers": {"l": {"matches": "."}}, "absent": ["K"],
			"json": {"n": 9007199254740992}}}], ` + ok,
			[]string{
				"method is POST, want PUT", "path is /v2/x", "header l is absent", `header K is "1"`, `query a is "1"`,
				`query b is "x y", but is not wanted`, "json.n: is 9007199254740993, want 9007199254740992",
			},
		},
		{
			"a body that should not be there", `"send": [` + post + `], ` + said,
			`"server": [{"expect": {"no_body": true}}], ` + ok,
			[]string{"body is"},
		},
		{
			"another header on the retry", `"send": [` + post + `, ` + get + `], ` + said,
			`"server": [{}, {"expect": {"same": ["K"]}}], ` + ok,
			[]string{"request 2: K is absent"},
		},
		{
			"the same header again", `"send": [` + post + `, ` + post + `], ` + said,
			`"server": [{}, {"expect": {"differs": ["K", "body"]}}], ` + ok,
			[]string{"request 2: K", "request 2: body"},
		},
		{
			"the same connection", `"send": [` + get + `, ` + get + `], ` + said,
			`"server": [{}, {"expect": {"connection": "same"}}], ` + ok, nil,
		},
		{
			"no new connection", `"send": [` + get + `, ` + get + `], ` + said,
			`"server": [{}, {"expect": {"connection": "new"}}], ` + ok,
			[]string{"want new"},
		},
		{
			"a new connection after an unannounced close", `"send": [` + get + `, ` + get + `], ` + said,
			`"server": [{"reply": {"close": true}}, {"expect": {"connection": "new"}}], ` + ok, nil,
		},
		{
			"the right waits", `"report": {"ok": {}, "sleeps_ms": [375, 800]}`,
			`"want": {"ok": {}, "sleeps_ms": [[375, 375], [500, 1000]]}`, nil,
		},
		{
			"a wait too short", `"report": {"ok": {}, "sleeps_ms": [374]}`,
			`"want": {"ok": {}, "sleeps_ms": [[375, 375]]}`,
			[]string{"sleeps_ms: are [374]"},
		},
		{
			"a wait too many", `"report": {"ok": {}, "sleeps_ms": [1]}`, `"want": {"ok": {}, "sleeps_ms": []}`,
			[]string{"sleeps_ms"},
		},
		{
			"a log line is missing", `"report": {"ok": {}}`, `"want": {"ok": {}, "logs": ["^GET"]}`,
			[]string{"no line matches ^GET"},
		},
		{
			"a number in the log", `"report": {"ok": {}, "logs": ["+32"]}`, `"want": {"ok": {}, "never": ["+32"]}`,
			[]string{"must not"},
		},
		{
			"the key in the log", `"report": {"ok": {}, "logs": ["a sk_test_key"]}`, `"want": {"ok": {}}`,
			[]string{"the key occurs"},
		},
		{
			"the key in an error", `"report": {"error": {"details": {"a": ["sk_test_key"]}}}`, `"want": {"error": {}}`,
			[]string{"key occurs"},
		},
		{
			"the key in a text form", `"report": {"ok": {"texts": ["sk_test_key"]}}`, `"want": {"ok": {}}`,
			[]string{"key occurs"},
		},
		{"places of the driver", `"report": {"ok": "puppet 1"}`, `"want": {"ok": "${sdk} ${version}"}`, nil},
		{"the key in the result", `"report": {"ok": {"key": "sk_test_key"}}`, `"want": {"ok": {}}`, nil},
		{
			"another request id", `"report": {"ok": {}, "request_id": "a"}`, `"want": {"ok": {}, "request_id": "b"}`,
			[]string{"request_id"},
		},
		{
			"serve", `"send": [` + get + `, ` + post + `], ` + said,
			`"serve": {"times": 2, "max_connections": 1, "expect": {"path": "/v2/x"}, "distinct": ["K"]}, ` + ok, nil,
		},
		{
			"serve without enough requests", `"send": [` + post + `, ` + post + `], ` + said,
			`"serve": {"times": 3, "distinct": ["K"]}, ` + ok,
			[]string{"two requests have the K [1]", "2 requests arrived, want 3"},
		},
		{
			"serve with too many connections", `"send": [` + get + `, ` + get + `], ` + said,
			`"serve": {"times": 2, "max_connections": 1, "reply": {"close": true}}, ` + ok,
			[]string{"2 connections were opened"},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			call := `"call": {"cmd": "call", "args": {` + row.args + `}}`
			c, err := newCase([]byte(`{"id": "a.b", "rule": "X-1", ` + call + `, ` + row.rest + `}`))
			if err != nil {
				t.Fatal(err)
			}
			checkFailures(t, r.Run(c).Failures, row.want)
		})
	}
}

// checkFailures wants each failure to hold the text that stands at its place.
func checkFailures(t *testing.T, got, want []string) {
	t.Helper()
	same := len(got) == len(want)
	for i := 0; same && i < len(want); i++ {
		same = strings.Contains(got[i], want[i])
	}
	if !same {
		t.Errorf("failures:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRun_Skips(t *testing.T) {
	r := startPuppet(t, "obedient")
	t.Cleanup(func() { r.Close() })
	for _, row := range []struct{ name, limits, want string }{
		{"what the SDK lacks", `"needs": ["proxy"]`, "the SDK lacks proxy"},
		{"the other mode", `"modes": ["async"]`, "it is for the mode async"},
		{"what it has", `"needs": ["gzip"], "modes": ["sync"]`, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, err := newCase([]byte(`{"id": "a.b", "rule": "X-1", ` + row.limits + `, "call": {"cmd": "call", "args":
				{"report": {"ok": 1}}}, "want": {"ok": 1}}`))
			if err != nil {
				t.Fatal(err)
			}
			if result := r.Run(c); result.Skipped != row.want || len(result.Failures) > 0 {
				t.Errorf("%+v, want %q", result, row.want)
			}
		})
	}
}
