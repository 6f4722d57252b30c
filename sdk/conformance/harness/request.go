package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// expect says how a request must look. What it leaves out is not compared.
type expect struct {
	Method     string              `json:"method"`
	Path       string              `json:"path"`
	Query      map[string]expected `json:"query"`
	RawQuery   *string             `json:"raw_query"`
	Headers    map[string]expected `json:"headers"`
	Absent     []string            `json:"absent"`
	JSON       json.RawMessage     `json:"json"`
	Body       *expected           `json:"body"`
	NoBody     bool                `json:"no_body"`
	Same       []string            `json:"same"`
	Differs    []string            `json:"differs"`
	Connection string              `json:"connection"`
	Proxied    *bool               `json:"proxied"`
}

func (e *expect) check(hasFirst bool) error {
	if !hasFirst && (len(e.Same) > 0 || len(e.Differs) > 0 || e.Connection != "") {
		return errors.New("same, differs and connection need a request before")
	}
	if !slices.Contains([]string{"", "same", "new"}, e.Connection) {
		return fmt.Errorf("connection %q is neither same nor new", e.Connection)
	}
	return nil
}

// request is one that arrived whole.
type request struct {
	method, path, rawQuery string

	header     http.Header
	body       []byte
	connection int
	// proxied is set when the client took this server for a proxy.
	proxied bool
}

func newRequest(r *http.Request, body []byte, connection int, tunnel bool) *request {
	target, proxied := r.RequestURI, tunnel
	if _, after, absolute := strings.Cut(target, "://"); absolute && !strings.HasPrefix(target, "/") {
		proxied = true
		_, rest, _ := strings.Cut(after, "/")
		target = "/" + rest
	}
	path, query, _ := strings.Cut(target, "?")
	r.Header.Set("Host", r.Host)
	return &request{r.Method, path, query, r.Header, body, connection, proxied}
}

// part returns a header's values, or the body.
func (r *request) part(name string) []string {
	if name == "body" {
		return []string{string(r.body)}
	}
	return r.header.Values(name)
}

// differences compares the request with what was expected. first and previous are nil for the first one.
func (r *request) differences(e *expect, first, previous *request) []string {
	var out []string
	note := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }

	if e.Method != "" && r.method != e.Method {
		note("method is %s, want %s", r.method, e.Method)
	}

	if e.Path != "" && r.path != e.Path {
		note("path is %s, want %s", r.path, e.Path)
	}
	if e.RawQuery != nil && r.rawQuery != *e.RawQuery {
		note("raw query is %q, want %q", r.rawQuery, *e.RawQuery)
	}

	if e.Proxied != nil && r.proxied != *e.Proxied {
		note("it came through a proxy: %t, want %t", r.proxied, *e.Proxied)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
		if d := e.Headers[name].difference(r.header.Values(name)); d != "" {
			note("header %s %s", name, d)
		}
	}

	for _, name := range e.Absent {
		if values := r.header.Values(name); len(values) > 0 {
			note("header %s %s, want it to be absent", name, show(values))
		}
	}
	if e.Query != nil {
		out = append(out, r.queryDifferences(e.Query)...)
	}

	out = append(out, r.bodyDifferences(e)...)
	if first != nil {
		out = append(out, r.otherDifferences(e, first, previous)...)
	}
	return out
}

// queryDifferences decodes strictly: a plus sign is no space, because it is one in forms only.
func (r *request) queryDifferences(want map[string]expected) []string {
	got := map[string][]string{}
	for part := range strings.SplitSeq(r.rawQuery, "&") {
		if part == "" {
			continue
		}
		rawName, rawValue, _ := strings.Cut(part, "=")
		name, errName := url.PathUnescape(rawName)
		value, errValue := url.PathUnescape(rawValue)
		if errName != nil || errValue != nil {
			return []string{fmt.Sprintf("query: %q is not percent-encoded", part)}
		}
		got[name] = append(got[name], value)
	}

	var out []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if d := want[name].difference(got[name]); d != "" {
			out = append(out, fmt.Sprintf("query %s %s", name, d))
		}
	}

	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok {
			out = append(out, fmt.Sprintf("query %s %s, but is not wanted", name, show(got[name])))
		}
	}
	return out
}

func (r *request) bodyDifferences(e *expect) []string {
	if e.NoBody {
		if len(r.body) > 0 || r.header.Get("Content-Type") != "" {
			return []string{fmt.Sprintf("body is %q with the content type %q, want neither",
				shorten(string(r.body)), r.header.Get("Content-Type"))}
		}
		return nil
	}

	var out []string
	if e.Body != nil {
		if d := e.Body.difference([]string{string(r.body)}); d != "" {
			out = append(out, "body "+d)
		}
	}

	if e.JSON == nil {
		return out
	}
	got, err := decode(r.body)
	if err != nil {
		return append(out, fmt.Sprintf("body is no JSON (%v): %q", err, shorten(string(r.body))))
	}

	return append(out, compareJSON("json", e.JSON, got, true)...)
}

func (r *request) otherDifferences(e *expect, first, previous *request) []string {
	var out []string
	for _, name := range e.Same {
		got, want := r.part(name), first.part(name)
		if len(want) == 0 || !slices.Equal(got, want) {
			out = append(out, fmt.Sprintf("%s %s, but in the first request it %s", name, show(got), show(want)))
		}
	}

	for _, name := range e.Differs {
		if got := r.part(name); len(got) == 0 || slices.Equal(got, first.part(name)) {
			out = append(out, fmt.Sprintf("%s %s, want it to differ from the first request's", name, show(got)))
		}
	}
	if e.Connection != "" {
		if same := r.connection == previous.connection; same != (e.Connection == "same") {
			out = append(out, fmt.Sprintf("connection: the same as before: %t, want %s", same, e.Connection))
		}
	}

	return out
}
