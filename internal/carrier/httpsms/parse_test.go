package httpsms

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
)

var now = time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC)

func TestJudge(t *testing.T) {
	t.Parallel()
	const accepted, rejected, retry, unknown = carrier.Accepted, carrier.Rejected, carrier.Retry, carrier.Unknown
	for _, c := range []struct {
		name   string
		status int
		after  string
		body   string
		want   carrier.Result
	}{
		{"200 with an id", 200, "", `{"id":"a1"}`, carrier.Result{Outcome: accepted, IDs: []string{"a1"}}},
		{"202 with a number", 202, "", `{"id":12345678901234567890,"more":[1]}`, carrier.Result{Outcome: accepted, IDs: []string{"12345678901234567890"}}},
		{"200 with odd other fields", 200, "", `{"id":"a1","code":{},"reason":7}`, carrier.Result{Outcome: accepted, IDs: []string{"a1"}}},
		{"200 without an id", 200, "", `{"ok":true}`, carrier.Result{Outcome: accepted}},
		{"200 with an empty id", 200, "", `{"id":""}`, carrier.Result{Outcome: accepted}},
		{"200 with an id of another type", 200, "", `{"id":{"a":1}}`, carrier.Result{Outcome: accepted}},
		{"200 with a long id", 200, "", `{"id":"` + strings.Repeat("x", 255) + `"}`, carrier.Result{Outcome: accepted, IDs: []string{strings.Repeat("x", 255)}}},
		{"200 with an endless id", 200, "", `{"id":"` + strings.Repeat("x", 256) + `"}`, carrier.Result{Outcome: accepted}},
		{"200 with a page", 200, "", `<html>ok</html>`, carrier.Result{Outcome: accepted}},
		{"200 with OK", 200, "", `OK`, carrier.Result{Outcome: accepted}},
		{"200 with half an object", 200, "", `{"id":"a1"`, carrier.Result{Outcome: accepted}},
		{"200 behind a byte order mark", 200, "", "\ufeff" + `{"id":"a1"}`, carrier.Result{Outcome: accepted, IDs: []string{"a1"}}},
		{"202 with nothing", 202, "", ``, carrier.Result{Outcome: accepted}},
		{"204", 204, "", ``, carrier.Result{Outcome: accepted}},
		{"302", 302, "", ``, carrier.Result{Outcome: retry, Reason: message.CarrierError, Code: "HTTP 302"}},
		{"400 plain", 400, "", `bad`, carrier.Result{Outcome: rejected, Reason: message.CarrierRejected, Code: "HTTP 400"}},
		{"400 with an id is still rejected", 400, "", `{"id":"a1"}`, carrier.Result{Outcome: rejected, Reason: message.CarrierRejected, Code: "HTTP 400"}},
		{"422 with reason and code", 422, "", `{"reason":"invalid_destination","code":"E21"}`, carrier.Result{Outcome: rejected, Reason: message.InvalidDestination, Code: "E21"}},
		{"404 with a number as code", 404, "", `{"reason":"blocked_by_recipient","code":21610}`, carrier.Result{Outcome: rejected, Reason: message.BlockedByRecipient, Code: "21610"}},
		{"403 with an invented reason", 403, "", `{"reason":"because"}`, carrier.Result{Outcome: retry, Reason: message.CarrierError, Code: "HTTP 403"}},
		{"429 with a reason of the list", 429, "", `{"reason":"unreachable"}`, carrier.Result{Outcome: rejected, Reason: message.Unreachable, Code: "HTTP 429"}},
		{"408 with a reason of the list", 408, "", `{"reason":"unknown"}`, carrier.Result{Outcome: rejected, Reason: message.UnknownReason, Code: "HTTP 408"}},
		{"500 with a reason of the list", 500, "", `{"reason":"unreachable"}`, carrier.Result{Outcome: retry, Reason: message.CarrierError, Code: "HTTP 500", Doubtful: true}},
		{"400 with a text as code", 400, "", `{"code":"735190 is your code"}`, carrier.Result{Outcome: rejected, Reason: message.CarrierRejected, Code: "HTTP 400"}},
		{"429 with seconds", 429, "7", `{}`, carrier.Result{Outcome: retry, Reason: message.CarrierError, Code: "HTTP 429", RetryAfter: 7 * time.Second}},
		{"429 without", 429, "", ``, carrier.Result{Outcome: retry, Reason: message.CarrierError, Code: "HTTP 429"}},
		{"500", 500, "", ``, carrier.Result{Outcome: retry, Reason: message.CarrierError, Code: "HTTP 500", Doubtful: true}},
		{"503 with a date", 503, "Sat, 25 Apr 2026 15:28:30 GMT", ``, carrier.Result{Outcome: retry, Reason: message.CarrierError, Code: "HTTP 503", RetryAfter: 90 * time.Second}},
		{"503 with a date gone by", 503, "Sat, 25 Apr 2026 15:00:00 GMT", ``, carrier.Result{Outcome: retry, Reason: message.CarrierError, Code: "HTTP 503"}},
		{"503 with nonsense", 503, "-5", ``, carrier.Result{Outcome: retry, Reason: message.CarrierError, Code: "HTTP 503"}},
		{"503 with a year", 503, "31536000", `{"code":"BUSY"}`, carrier.Result{Outcome: retry, Reason: message.CarrierError, Code: "BUSY", RetryAfter: 24 * time.Hour}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := judge(c.status, c.after, []byte(c.body), now)
			if got.Outcome != c.want.Outcome || !slices.Equal(got.IDs, c.want.IDs) || got.Reason != c.want.Reason || got.Code != c.want.Code || got.RetryAfter != c.want.RetryAfter || got.Doubtful != c.want.Doubtful {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// Every status that a gateway may answer with, and what it means without a word in the body.
func TestJudge_Status(t *testing.T) {
	t.Parallel()
	want := map[int]carrier.Outcome{408: carrier.Unknown, 504: carrier.Unknown, 500: carrier.Retry, 502: carrier.Retry, 503: carrier.Retry}
	for _, status := range []int{400, 402, 406, 409, 410, 422} {
		want[status] = carrier.Rejected
	}
	for status := 200; status < 600; status++ {
		outcome, listed := want[status]
		switch {
		case listed:
		case status < 300:
			outcome = carrier.Accepted
		case status < 500:
			outcome = carrier.Retry
		default:
			outcome = carrier.Unknown
		}
		got := judge(status, "", nil, now)
		if got.Outcome != outcome || got.Outcome == carrier.Rejected && got.Reason != message.CarrierRejected {
			t.Errorf("%d is %v, want %v", status, got.Outcome, outcome)
		}
		if broken := got.Outcome == carrier.Retry || got.Outcome == carrier.Unknown; broken != (got.Cause != "") {
			t.Errorf("%d has the cause %q", status, got.Cause)
		}
	}
}

func TestAnswerIsReadToALimit(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"id":"x","pad":"` + strings.Repeat("x", 1<<20) + `"}`))
	}))
	defer server.Close()
	if r := newCarrier(t, Config{URL: server.URL}).Send(t.Context(), testMessage()); r.Outcome != carrier.Accepted || len(r.IDs) != 0 {
		t.Errorf("got %+v, want accepted without an id", r)
	}
}

type unreadable struct{ t *testing.T }

func (u unreadable) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, errors.New("the body was read")
}

func (unreadable) Close() error { return nil }

func TestCallback(t *testing.T) {
	t.Parallel()
	const good = "Bearer " + token
	for _, c := range []struct {
		name, method, callback, auth, body string
		sink                               error
		want                               int
	}{
		{"receipt", "POST", "receipts", good, `{"id":"a","status":"delivered"}`, nil, 204},
		{"receipt with unknown fields", "POST", "receipts", good, `{"id":"a","status":"failed","reason":"x","x":{"y":[1]}}`, nil, 204},
		{"scheme in lower case", "POST", "receipts", "bearer " + token, `{"id":"a","status":"read"}`, nil, 204},
		{"inbound", "POST", "inbound", good, `{"from":"+324","to":"8080","body":"STOP"}`, nil, 204},
		{"sink fails", "POST", "receipts", good, `{"id":"a","status":"delivered"}`, errors.New("disk full"), 503},
		{"sink fails on inbound", "POST", "inbound", good, `{"from":"+324","body":"x"}`, errors.New("disk full"), 503},
		{"no id", "POST", "receipts", good, `{"status":"delivered"}`, nil, 400},
		{"other status", "POST", "receipts", good, `{"id":"a","status":"sent"}`, nil, 400},
		{"no JSON", "POST", "receipts", good, `id=a&status=delivered`, nil, 400},
		{"two values", "POST", "receipts", good, `{"id":"a","status":"read"} {}`, nil, 400},
		{"wrong type", "POST", "inbound", good, `{"from":"1","body":7}`, nil, 400},
		{"no from", "POST", "inbound", good, `{"to":"1","body":"x"}`, nil, 400},
		{"too large", "POST", "inbound", good, `{"from":"1","body":"` + strings.Repeat("x", 70000) + `"}`, nil, 413},
		{"unknown callback", "POST", "status", good, `{}`, nil, 404},
		{"wrong method", "GET", "receipts", good, ``, nil, 405},
		{"no token", "POST", "receipts", "", "", nil, 401},
		{"wrong token", "POST", "receipts", "Bearer nope", "", nil, 401},
		{"token without scheme", "POST", "receipts", token, "", nil, 401},
		{"other scheme", "POST", "inbound", "Basic " + token, "", nil, 401},
		{"token with more", "POST", "inbound", good + "x", "", nil, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(c.method, "/carriers/any-http/"+c.callback, strings.NewReader(c.body))
			if c.want == 401 {
				r.Body = unreadable{t}
			}
			if c.auth != "" {
				r.Header.Set("Authorization", c.auth)
			}
			w := httptest.NewRecorder()
			newCarrier(t, Config{URL: "http://127.0.0.1:1/"}).ServeCallback(w, r, c.callback, carrier.Sink{
				Receipt: func(context.Context, carrier.Receipt) (bool, error) { return true, c.sink },
				Inbound: func(context.Context, carrier.Inbound) (bool, error) { return true, c.sink },
			})
			if w.Code != c.want {
				t.Fatalf("got %d %s, want %d", w.Code, w.Body, c.want)
			}
			if body := w.Body.String(); c.want != 204 && (!strings.HasPrefix(body, `{"code":"`) || !strings.Contains(body, `"message":"`) || strings.Contains(body, "disk")) {
				t.Errorf("body %s", body)
			}
			if (w.Header().Get("Retry-After") != "") != (c.want == 503) {
				t.Errorf("Retry-After %q with %d", w.Header().Get("Retry-After"), c.want)
			}
		})
	}
}

func TestParseReceipt(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]carrier.Receipt{
		`{"id":"a","status":"delivered","reason":"busy"}`:             {ID: "a", Ref: "a", Status: carrier.Delivered},
		`{"id":77,"status":"failed","reason":"unreachable","code":5}`: {ID: "77", Ref: "77", Status: carrier.Failed, Reason: message.Unreachable, Code: "5"},
		`{"id":"a","status":"failed","reason":"gone","code":"a b"}`:   {ID: "a", Ref: "a", Status: carrier.Failed, Reason: message.UnknownReason},
		`{"id":"msg_1","status":"failed","code":"0x0000000b"}`:        {ID: "msg_1", Ref: "msg_1", Status: carrier.Failed, Reason: message.UnknownReason, Code: "0x0000000b"},
	} {
		if got, err := parseReceipt([]byte(body)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v, want %+v", body, got, err, want)
		}
	}
}

func FuzzJudge(f *testing.F) {
	for _, seed := range []string{`{"id":"a"}`, `{"id":1e5,"reason":"busy","code":"x"}`, `[]`, `{"id":null}`, "\xff"} {
		f.Add(200, seed, []byte(seed))
		f.Add(429, "7", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, after string, body []byte) {
		got := judge(status, after, body, now)
		if (got.Outcome == carrier.Accepted) != (status/100 == 2) || len(got.IDs) > 0 && got.Outcome != carrier.Accepted {
			t.Errorf("%d %q: %+v", status, body, got)
		}
		if len(got.Code) > 64 || strings.ContainsAny(strings.TrimPrefix(got.Code, "HTTP "), " \n\"") || got.RetryAfter < 0 || got.RetryAfter > 24*time.Hour {
			t.Errorf("%d %q %q: %+v", status, after, body, got)
		}
		if got.Outcome != carrier.Accepted && !slices.Contains(message.Reasons, got.Reason) {
			t.Errorf("%d %q: reason %q", status, body, got.Reason)
		}
	})
}

func FuzzCallback(f *testing.F) {
	for _, seed := range []string{`{"id":"a","status":"failed","reason":"busy","code":7}`, `{"from":"1","to":"2","body":"x"}`, `{"id":[]}`, `null`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if r, err := parseReceipt(body); err == nil && (r.ID == "" || len(r.ID) > maxID || r.ID != r.Ref || r.Status == carrier.Buffered || len(r.Code) > 64) {
			t.Errorf("%q: %+v", body, r)
		} else if err != nil && len(err.Error()) > 120 {
			t.Errorf("%q: the error is long: %v", body, err)
		}
		if m, err := parseInbound(body); err == nil && (m.From == "" || len(m.From) > maxID) {
			t.Errorf("%q: %+v", body, m)
		}
	})
}
