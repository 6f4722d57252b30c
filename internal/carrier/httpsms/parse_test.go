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
	"github.com/syssecure/syssecure/internal/secret"
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
		{"302", 302, "", ``, carrier.Result{Outcome: retry, Reason: message.CarrierError, CarrierCode: "HTTP 302"}},
		{"400 plain", 400, "", `bad`, carrier.Result{Outcome: rejected, Reason: message.CarrierRejected, CarrierCode: "HTTP 400"}},
		{"400 with an id is still rejected", 400, "", `{"id":"a1"}`, carrier.Result{Outcome: rejected, Reason: message.CarrierRejected, CarrierCode: "HTTP 400"}},
		{"422 with reason and code", 422, "", `{"reason":"invalid_destination","code":"E21"}`, carrier.Result{Outcome: rejected, Reason: message.InvalidDestination, CarrierCode: "E21"}},
		{"404 with a number as code", 404, "", `{"reason":"blocked_by_recipient","code":21610}`, carrier.Result{Outcome: rejected, Reason: message.BlockedByRecipient, CarrierCode: "21610"}},
		{"403 with an invented reason", 403, "", `{"reason":"because"}`, carrier.Result{Outcome: retry, Reason: message.CarrierError, CarrierCode: "HTTP 403"}},
		{"429 with a reason of the list", 429, "", `{"reason":"unreachable"}`, carrier.Result{Outcome: rejected, Reason: message.Unreachable, CarrierCode: "HTTP 429"}},
		{"408 with a reason of the list", 408, "", `{"reason":"unknown"}`, carrier.Result{Outcome: rejected, Reason: message.UnknownReason, CarrierCode: "HTTP 408"}},
		{"500 with a reason of the list", 500, "", `{"reason":"unreachable"}`, carrier.Result{Outcome: retry, Reason: message.CarrierError, CarrierCode: "HTTP 500", Doubtful: true}},
		{"400 with a text as code", 400, "", `{"code":"735190 is your code"}`, carrier.Result{Outcome: rejected, Reason: message.CarrierRejected, CarrierCode: "HTTP 400"}},
		{"429 with seconds", 429, "7", `{}`, carrier.Result{Outcome: retry, Reason: message.CarrierError, CarrierCode: "HTTP 429", RetryAfter: 7 * time.Second}},
		{"429 without", 429, "", ``, carrier.Result{Outcome: retry, Reason: message.CarrierError, CarrierCode: "HTTP 429"}},
		{"500", 500, "", ``, carrier.Result{Outcome: retry, Reason: message.CarrierError, CarrierCode: "HTTP 500", Doubtful: true}},
		{"503 with a date", 503, "Sat, 25 Apr 2026 15:28:30 GMT", ``, carrier.Result{Outcome: retry, Reason: message.CarrierError, CarrierCode: "HTTP 503", RetryAfter: 90 * time.Second}},
		{"503 with a date gone by", 503, "Sat, 25 Apr 2026 15:00:00 GMT", ``, carrier.Result{Outcome: retry, Reason: message.CarrierError, CarrierCode: "HTTP 503"}},
		{"503 with nonsense", 503, "-5", ``, carrier.Result{Outcome: retry, Reason: message.CarrierError, CarrierCode: "HTTP 503"}},
		{"503 with a year", 503, "31536000", `{"code":"BUSY"}`, carrier.Result{Outcome: retry, Reason: message.CarrierError, CarrierCode: "BUSY", RetryAfter: 24 * time.Hour}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := judge(c.status, c.after, []byte(c.body), now)
			if got.Outcome != c.want.Outcome || !slices.Equal(got.IDs, c.want.IDs) || got.Reason != c.want.Reason || got.CarrierCode != c.want.CarrierCode || got.RetryAfter != c.want.RetryAfter || got.Doubtful != c.want.Doubtful {
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

func TestAnswer_IsReadToALimit(t *testing.T) {
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
		{"sink fails on inbound", "POST", "inbound", good, `{"from":"+324","to":"1","body":"x"}`, errors.New("disk full"), 503},
		{"matches nothing", "POST", "receipts", good, `{"id":"a","status":"delivered"}`, nil, 202},
		{"cannot be read", "POST", "inbound", good, `{"from":"0470","to":"1","body":"x"}`, nil, 202},
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
			f := newCarrier(t, Config{URL: "http://127.0.0.1:1/"}).ServeCallback(w, r, c.callback, carrier.Sink{
				Receipt: func(context.Context, carrier.Receipt) (bool, error) { return c.want != 202, c.sink },
				Inbound: func(context.Context, carrier.Inbound) (bool, error) { return c.want != 202, c.sink },
			})

			if c.want < 300 {
				if f != nil || w.Code != c.want || w.Body.Len() != 0 {
					t.Fatalf("got %d %s, %v, want %d", w.Code, w.Body, f, c.want)
				}
				return
			}
			if f == nil || f.Status != c.want || w.Body.Len() != 0 {
				t.Fatalf("got %v, and %d %s, want %d", f, w.Code, w.Body, c.want)
			}
			if f.Message == "" || strings.Contains(f.Message, "disk") || (f.RetryAfter > 0) != (c.want == 503) {
				t.Errorf("refused with %+v", f)
			}
		})
	}
}

// TestCallback_Fields: a field that is missing or of a wrong type is named, all of them at once; others are let be.
func TestCallback_Fields(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, callback, body string
		fields               []string // nil: taken
	}{
		{"message instead of body", "inbound", `{"from":"+32470123461","message":"STOP"}`, []string{"to", "body"}},
		{"no body", "inbound", `{"from":"+32470123461","to":"8080"}`, []string{"body"}},
		{"no to", "inbound", `{"from":"+32470123461","body":"STOP"}`, []string{"to"}},
		{"no from", "inbound", `{"to":"8080","body":"STOP"}`, []string{"from"}},
		{"nothing", "inbound", `{}`, []string{"from", "to", "body"}},
		{"null", "inbound", `{"from":null,"to":"8080","body":"STOP"}`, []string{"from"}},
		{"empty from", "inbound", `{"from":"","to":"8080","body":"STOP"}`, []string{"from"}},
		{"body is a number", "inbound", `{"from":"+32470123461","to":"8080","body":7}`, []string{"body"}},
		{"from is a list", "inbound", `{"from":["+32470123461"],"to":"8080","body":"x"}`, []string{"from"}},
		{"to is an object", "inbound", `{"from":"+32470123461","to":{},"body":"x"}`, []string{"to"}},
		{"from is true", "inbound", `{"from":true,"to":"8080","body":"x"}`, []string{"from"}},
		{"long from", "inbound", `{"from":"` + strings.Repeat("1", maxID+1) + `","to":"8080","body":"x"}`, []string{"from"}},
		{"numbers", "inbound", `{"from":32470123461,"to":8080,"body":"x"}`, nil},
		{"empty to and body", "inbound", `{"from":"+32470123461","to":"","body":""}`, nil},
		{"more fields", "inbound", `{"from":"+32470123461","to":"8080","body":"x","id":{"a":1},"parts":[1,2]}`, nil},
		{"other case", "inbound", `{"From":"+32470123461","TO":"8080","Body":"x"}`, nil},
		{"byte order mark", "inbound", "\ufeff" + `{"from":"+32470123461","to":"8080","body":"x"}`, nil},
		{"no id", "receipts", `{"status":"delivered"}`, []string{"id"}},
		{"no status", "receipts", `{"id":"a"}`, []string{"status"}},
		{"other status", "receipts", `{"id":"a","status":"sent"}`, []string{"status"}},
		{"status is a number", "receipts", `{"id":"a","status":1}`, []string{"status"}},
		{"reason is a number", "receipts", `{"id":"a","status":"failed","reason":1}`, []string{"reason"}},
		{"id is an object", "receipts", `{"id":{},"status":"read"}`, []string{"id"}},
		{"reason is null", "receipts", `{"id":7,"status":"failed","reason":null,"code":{},"at":"now"}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("POST", "/carriers/any-http/"+c.callback, strings.NewReader(c.body))
			r.Header.Set("Authorization", "Bearer "+token)
			f := newCarrier(t, Config{URL: "http://127.0.0.1:1/"}).ServeCallback(httptest.NewRecorder(), r, c.callback, carrier.Sink{
				Receipt: func(context.Context, carrier.Receipt) (bool, error) { return true, nil },
				Inbound: func(context.Context, carrier.Inbound) (bool, error) { return true, nil },
			})

			var got []string
			if f != nil {
				for _, e := range f.Details.Errors {
					got = append(got, e.Field)
				}
				if f.Status != 400 || f.Details.Field != got[0] || !strings.HasPrefix(f.Message, got[0]+" ") {
					t.Errorf("refused with %+v", f)
				}
			}
			if !slices.Equal(got, c.fields) {
				t.Errorf("%v are wrong, want %v", got, c.fields)
			}
		})
	}
}

// TestCallback_Inbound: what a message from a phone carries, in the octets that gateways write.
func TestCallback_Inbound(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]carrier.Inbound{
		`{"from":"+32470123461","to":"8080","body":"ARR\u00caT","id":"mo-1"}`: {From: "+32470123461", To: "8080", Body: secret.NewString("ARRÊT"), ID: "mo-1"},
		"{\"from\":\"0470123461\",\"to\":\"Acme\",\"body\":\"ARR\xcaT\"}":     {From: "0470123461", To: "Acme", Body: secret.NewString("ARRÊT")},
		`{"from":32470123461,"to":8080,"body":"x","id":7}`:                    {From: "32470123461", To: "8080", Body: secret.NewString("x"), ID: "7"},
	} {
		got, f := parseInbound([]byte(body))
		if f != nil || got.From != want.From || got.To != want.To || got.ID != want.ID || got.Body.Reveal() != want.Body.Reveal() {
			t.Errorf("%q: %+v %q, %v", body, got, got.Body.Reveal(), f)
		}
	}
}

func TestCallback_ContentType(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]bool{
		"": true, "application/json": true, "application/json; charset=utf-8": true, "Application/JSON": true, "text/json": true,
		"application/vnd.gateway+json": true, "text/plain": false, "application/x-www-form-urlencoded": false, "application/xml": false, ";": false,
	} {
		r := httptest.NewRequest("POST", "/carriers/any-http/receipts", strings.NewReader(`{"id":"a","status":"read"}`))
		r.Header.Set("Authorization", "Bearer "+token)
		if contentType != "" {
			r.Header.Set("Content-Type", contentType)
		}

		f := newCarrier(t, Config{URL: "http://127.0.0.1:1/"}).ServeCallback(httptest.NewRecorder(), r, "receipts", carrier.Sink{
			Receipt: func(context.Context, carrier.Receipt) (bool, error) { return true, nil },
		})
		if (f == nil) != want || f != nil && f.Status != 415 {
			t.Errorf("%q: %v", contentType, f)
		}
	}
}

func TestParseReceipt(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]carrier.Receipt{
		`{"id":"a","status":"delivered","reason":"busy"}`:             {ID: "a", Ref: "a", Status: carrier.Delivered},
		`{"id":77,"status":"failed","reason":"unreachable","code":5}`: {ID: "77", Ref: "77", Status: carrier.Failed, Reason: message.Unreachable, CarrierCode: "5"},
		`{"id":"a","status":"failed","reason":"gone","code":"a b"}`:   {ID: "a", Ref: "a", Status: carrier.Failed, Reason: message.UnknownReason},
		`{"id":"msg_1","status":"failed","code":"0x0000000b"}`:        {ID: "msg_1", Ref: "msg_1", Status: carrier.Failed, Reason: message.UnknownReason, CarrierCode: "0x0000000b"},
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
		if len(got.CarrierCode) > 64 || strings.ContainsAny(strings.TrimPrefix(got.CarrierCode, "HTTP "), " \n\"") || got.RetryAfter < 0 || got.RetryAfter > 24*time.Hour {
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
		if r, err := parseReceipt(body); err == nil && (r.ID == "" || len(r.ID) > maxID || r.ID != r.Ref || r.Status == carrier.Buffered || len(r.CarrierCode) > 64) {
			t.Errorf("%q: %+v", body, r)
		} else if err != nil && len(err.Error()) > 120 {
			t.Errorf("%q: the error is long: %v", body, err)
		}
		if m, err := parseInbound(body); err == nil && (m.From == "" || len(m.From) > maxID) {
			t.Errorf("%q: %+v", body, m)
		}
	})
}
