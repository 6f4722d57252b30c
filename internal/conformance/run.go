package conformance

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Runner runs scenarios against a server.
type Runner struct {
	// URL is the server's URL without /v2.
	URL string
	// Key is a key of the sandbox with every scope.
	Key    string
	Client *http.Client
	// Pace is the time between two steps. It is more than a millisecond, because lists are sorted by ids of that
	// precision.
	Pace time.Duration
}

// New makes a runner. Its client follows no redirects, because they could send the key elsewhere.
func New(base, key string) (*Runner, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%q is not the URL of a server; write one such as http://127.0.0.1:8080", base)
	}
	if !strings.HasPrefix(key, "sk_test_") {
		return nil, fmt.Errorf("the key must begin with sk_test_, because the scenarios send messages")
	}

	return &Runner{
		URL: strings.TrimSuffix(strings.TrimSuffix(base, "/"), "/v2"), Key: key, Pace: 2 * time.Millisecond,
		Client: &http.Client{
			Timeout:       30 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Failure is a step with an unexpected answer.
type Failure struct {
	Step     int    // from 1
	Of       int    // the number of steps
	Sent     string // the request, without its key
	Answered string
	Want     []string // the differences
}

func (f *Failure) Error() string {
	return fmt.Sprintf("step %d of %d\nsent      %s\nanswered  %s\n- %s", f.Step, f.Of, f.Sent, f.Answered,
		strings.Join(f.Want, "\n- "))
}

// KeyRefused is the error when the server does not accept the runner's key, so that no scenario can run.
type KeyRefused struct {
	URL     string
	Key     string // its public part
	Scope   bool   // the server knows it, but it lacks a scope
	Message string // the server's own
}

func (e *KeyRefused) Error() string {
	what, fix := "refuses",
		"it is not a key of this server, was revoked or has expired; syssecure key list shows the keys of the server"
	if e.Scope {
		what, fix = "accepts, but not for everything,",
			"the scenarios need a key with every scope: send, verify, read and admin"
	}
	return fmt.Sprintf("the server at %s %s the key %s…: %s\n  it answered: %s\n"+
		"  make a key with syssecure key create --account ID --mode test, "+
		"and pass it as SYSSECURE_API_KEY or --key", e.URL, what, e.Key, fix, e.Message)
}

// refused returns a *KeyRefused when the answer refuses the runner's own key and the step did not expect that.
func (r *Runner) refused(s Step, got response) error {
	for name := range s.Headers {
		if http.CanonicalHeaderKey(name) == "Authorization" {
			return nil // the step sends another key, or none
		}
	}
	if got.status != http.StatusUnauthorized || s.Expect.Status == http.StatusUnauthorized {
		return nil
	}

	body, _ := got.body.(map[string]any)
	details, _ := body["details"].(map[string]any)
	message, _ := body["message"].(string)
	const public = len("sk_test_") + 8 // the rest is the secret

	return &KeyRefused{
		URL: r.URL, Key: r.Key[:min(public, len(r.Key))], Message: message,
		Scope: details["reason"] == "missing_scope",
	}
}

// Run runs a scenario. The error is a *Failure when an answer was unexpected, or a *KeyRefused, or one of the
// connection.
func (r *Runner) Run(ctx context.Context, s Scenario) error {
	n := givenValues()
	for i, step := range s.Steps {
		sent, err := r.prepare(step, n)
		if err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
		if err := wait(ctx, r.Pace); err != nil {
			return err
		}

		got, err := r.send(ctx, sent)
		if err != nil {
			return fmt.Errorf("step %d: %s: %w", i+1, sent.text(), err)
		}
		if err := r.refused(step, got); err != nil {
			return err
		}
		if want := check(n, step.Expect, got); len(want) > 0 {
			return &Failure{i + 1, len(s.Steps), sent.text(), got.text(), want}
		}
	}

	return nil
}

// givenValues makes the values of Given.
func givenValues() Names {
	n := Names{}
	for _, name := range Given {
		n[name] = rand.Text()
		if strings.HasPrefix(name, "number") {
			var b [8]byte
			_, _ = rand.Read(b[:]) // it never fails
			n[name] = fmt.Sprintf("+3247%07d", binary.BigEndian.Uint64(b[:])%10_000_000)
		}
	}

	return n
}

// request is a step with its names replaced by values.
type request struct {
	method, path string
	headers      map[string]*string
	body         []byte
}

func (r request) text() string {
	text := r.method + " " + r.path
	for _, name := range sortedHeaders(r.headers) {
		if v := r.headers[name]; v == nil {
			text += " (no " + name + ")"
		} else if http.CanonicalHeaderKey(name) != "Authorization" {
			text += fmt.Sprintf(" (%s: %s)", name, *v)
		}
	}

	return strings.TrimSpace(text + " " + string(r.body))
}

func (r *Runner) prepare(s Step, n Names) (out request, err error) {
	call, err := n.text(s.Call, percent)
	if err != nil {
		return out, err
	}

	out.method, out.path, _ = strings.Cut(call, " ")
	out.headers = map[string]*string{}
	for name, v := range s.Headers {
		if v != nil {
			filled, err := n.text(*v, func(s string) string { return s })
			if err != nil {
				return out, err
			}
			v = &filled
		}
		out.headers[name] = v
	}

	switch {
	case s.Raw != nil:
		text, err := n.text(*s.Raw, func(s string) string { return s })
		if err != nil {
			return out, err
		}
		out.body = []byte(text)
	case s.Body != nil:
		filled, err := n.fill(s.Body)
		if err != nil {
			return out, err
		}
		if out.body, err = json.Marshal(filled); err != nil {
			return out, err
		}
	}

	return out, nil
}

// response is what came back.
type response struct {
	status int
	header http.Header
	raw    string
	body   any
	bad    error // why the body is not JSON
}

func (r response) text() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", r.status, r.raw))
}

// maxAnswer is the largest answer that is read.
const maxAnswer = 4 << 20

// send repeats a request until the key's rate allows it: that limit is the server's configuration, not the scenario's
// subject.
func (r *Runner) send(ctx context.Context, q request) (response, error) {
	for {
		got, err := r.once(ctx, q)
		after := got.rateLimited()
		if err != nil || after == 0 {
			return got, err
		}
		if err := wait(ctx, after); err != nil {
			return got, err
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return ctx.Err()
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *Runner) once(ctx context.Context, q request) (got response, err error) {
	h, err := http.NewRequestWithContext(ctx, q.method, r.URL+q.path, bytes.NewReader(q.body))
	if err != nil {
		return got, err
	}

	h.Header.Set("Authorization", "Bearer "+r.Key)
	if len(q.body) > 0 {
		h.Header.Set("Content-Type", "application/json")
	}

	for name, v := range q.headers {
		if v == nil {
			h.Header.Del(name)
		} else {
			h.Header.Set(name, *v)
		}
	}

	resp, err := r.Client.Do(h)
	if err != nil {
		return got, err
	}

	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if closed := resp.Body.Close(); err == nil {
		err = closed
	}

	got = response{status: resp.StatusCode, header: resp.Header, raw: string(b)}
	if len(b) > 0 {
		got.bad = json.Unmarshal(b, &got.body)
	}

	return got, err
}

// rateLimited is how long to wait for the key's rate; 0 when that did not refuse the request.
func (r response) rateLimited() time.Duration {
	body, _ := r.body.(map[string]any)
	details, _ := body["details"].(map[string]any)
	if r.status != http.StatusTooManyRequests || details["reason"] != "requests_per_key" {
		return 0
	}

	seconds, err := strconv.Atoi(r.header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		return 0
	}

	return time.Duration(seconds) * time.Second
}

// check lists what is wrong with an answer, by what the step expects and by the rules for every answer.
func check(n Names, want Expect, got response) (out []string) {
	if got.status != want.Status {
		out = append(out, fmt.Sprintf("status: want %d, got %d", want.Status, got.status))
	}
	for _, name := range sortedHeaders(want.Headers) {
		values := got.header.Values(name)
		switch absent := want.Headers[name] == "$absent"; {
		case absent && len(values) > 0:
			out = append(out, fmt.Sprintf("header %s is present and must not be", name))
		case !absent && len(values) == 0:
			out = append(out, fmt.Sprintf("header %s is missing", name))
		case !absent:
			out = append(out, n.Match("header "+name, want.Headers[name], strings.Join(values, ", "))...)
		}
	}
	if got.bad != nil {
		return append(out, fmt.Sprintf("the body is not JSON: %v", got.bad))
	}
	if want.Body != nil {
		out = append(out, n.Match("body", want.Body, got.body)...)
	}

	return append(out, checkContract(got)...)
}

var (
	wholeSeconds = regexp.MustCompile(`^[1-9][0-9]*$`)
	codes        = []string{
		"invalid_params", "unauthorized", "insufficient_credits", "not_found", "invalid_phone",
		"rate_limit_exceeded", "internal_error",
	}
)

// checkContract lists what is wrong with an answer by the rules for every answer: an id, JSON, and errors in the
// published shape.
func checkContract(got response) (out []string) {
	id := got.header.Get("X-Request-Id")
	if id == "" {
		out = append(out, "header X-Request-Id is missing")
	}
	if got.raw != "" && got.header.Get("Content-Type") != "application/json" {
		out = append(out, fmt.Sprintf("header Content-Type: want application/json, got %s",
			got.header.Get("Content-Type")))
	}
	if got.status < http.StatusBadRequest {
		return out
	}

	n := Names{"id": id}
	want := map[string]any{"code": "$any", "message": "~.", "request_id": "$id"}
	if got.status == http.StatusTooManyRequests {
		want["details"] = map[string]any{"limit": "~."}
	}

	out = append(out, n.Match("body", want, got.body)...)
	body, _ := got.body.(map[string]any)
	if code, _ := body["code"].(string); !slices.Contains(codes, code) {
		out = append(out, fmt.Sprintf("body.code: %q is not a published code", code))
	}

	for _, name := range sorted(body) {
		if want[name] == nil && name != "details" {
			out = append(out, fmt.Sprintf("body.%s is not a field of an error", name))
		}
	}

	wait := got.status == http.StatusTooManyRequests || got.status == http.StatusServiceUnavailable
	if after := got.header.Get("Retry-After"); wait && !wholeSeconds.MatchString(after) {
		out = append(out, fmt.Sprintf("header Retry-After: want whole seconds, got %q", after))
	}

	return out
}

func sortedHeaders[V any](m map[string]V) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
