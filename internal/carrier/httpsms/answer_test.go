package httpsms

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/webcall"
)

var now = time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC)

// answerCases are answers of gateways, and the result of each.
var answerCases = []struct {
	name   string
	status int
	after  string
	body   string
	want   carrier.Result
}{
	{
		name: "200 with an id", status: 200, body: `{"id":"a1"}`,
		want: carrier.Result{Outcome: carrier.Accepted, IDs: []string{"a1"}},
	},
	{
		name: "202 with a number", status: 202, body: `{"id":12345678901234567890,"more":[1]}`,
		want: carrier.Result{Outcome: carrier.Accepted, IDs: []string{"12345678901234567890"}},
	},
	{
		name: "200 with other fields of other types", status: 200, body: `{"id":"a1","code":{},"reason":7}`,
		want: carrier.Result{Outcome: carrier.Accepted, IDs: []string{"a1"}},
	},
	{name: "200 without an id", status: 200, body: `{"ok":true}`, want: carrier.Result{Outcome: carrier.Accepted}},
	{name: "200 with an empty id", status: 200, body: `{"id":""}`, want: carrier.Result{Outcome: carrier.Accepted}},
	{
		name: "200 with an id of another type", status: 200, body: `{"id":{"a":1}}`,
		want: carrier.Result{Outcome: carrier.Accepted},
	},
	{
		name: "200 with a long id", status: 200, body: `{"id":"` + strings.Repeat("x", 255) + `"}`,
		want: carrier.Result{Outcome: carrier.Accepted, IDs: []string{strings.Repeat("x", 255)}},
	},
	{
		name: "200 with an id that is too long", status: 200, body: `{"id":"` + strings.Repeat("x", 256) + `"}`,
		want: carrier.Result{Outcome: carrier.Accepted},
	},
	{name: "200 with a page", status: 200, body: `<html>ok</html>`, want: carrier.Result{Outcome: carrier.Accepted}},
	{name: "200 with OK", status: 200, body: `OK`, want: carrier.Result{Outcome: carrier.Accepted}},
	{name: "200 with half an object", status: 200, body: `{"id":"a1"`, want: carrier.Result{Outcome: carrier.Accepted}},
	{
		name: "200 with a byte order mark", status: 200, body: "\ufeff" + `{"id":"a1"}`,
		want: carrier.Result{Outcome: carrier.Accepted, IDs: []string{"a1"}},
	},
	{name: "202 with nothing", status: 202, want: carrier.Result{Outcome: carrier.Accepted}},
	{name: "204", status: 204, want: carrier.Result{Outcome: carrier.Accepted}},
	{
		name: "302", status: 302,
		want: carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 302"},
	},
	{
		name: "400 plain", status: 400, body: `bad`,
		want: carrier.Result{Outcome: carrier.Rejected, Reason: message.CarrierRejected, CarrierCode: "HTTP 400"},
	},
	{
		name: "400 with an id is still rejected", status: 400, body: `{"id":"a1"}`,
		want: carrier.Result{Outcome: carrier.Rejected, Reason: message.CarrierRejected, CarrierCode: "HTTP 400"},
	},
	{
		name: "422 with reason and code", status: 422, body: `{"reason":"invalid_destination","code":"E21"}`,
		want: carrier.Result{Outcome: carrier.Rejected, Reason: message.InvalidDestination, CarrierCode: "E21"},
	},
	{
		name: "404 with a number as code", status: 404, body: `{"reason":"blocked_by_recipient","code":21610}`,
		want: carrier.Result{Outcome: carrier.Rejected, Reason: message.BlockedByRecipient, CarrierCode: "21610"},
	},
	{
		name: "403 with an unknown reason", status: 403, body: `{"reason":"because"}`,
		want: carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 403"},
	},
	{
		name: "429 with a reason of the list", status: 429, body: `{"reason":"unreachable"}`,
		want: carrier.Result{Outcome: carrier.Rejected, Reason: message.Unreachable, CarrierCode: "HTTP 429"},
	},
	{
		name: "408 with a reason of the list", status: 408, body: `{"reason":"unknown"}`,
		want: carrier.Result{Outcome: carrier.Rejected, Reason: message.UnknownReason, CarrierCode: "HTTP 408"},
	},
	{
		name: "500 with a reason of the list", status: 500, body: `{"reason":"unreachable"}`,
		want: carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 500", MaybeAccepted: true},
	},
	{
		name: "400 with a text as code", status: 400, body: `{"code":"735190 is your code"}`,
		want: carrier.Result{Outcome: carrier.Rejected, Reason: message.CarrierRejected, CarrierCode: "HTTP 400"},
	},
	{
		name: "429 with seconds", status: 429, after: "7", body: `{}`,
		want: carrier.Result{
			Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 429",
			RetryAfter: 7 * time.Second,
		},
	},
	{
		name: "429 without", status: 429,
		want: carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 429"},
	},
	{
		name: "500", status: 500,
		want: carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 500", MaybeAccepted: true},
	},
	{
		name: "503 with a date", status: 503, after: "Sat, 25 Apr 2026 15:28:30 GMT",
		want: carrier.Result{
			Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 503",
			RetryAfter: 90 * time.Second,
		},
	},
	{
		name: "503 with a date in the past", status: 503, after: "Sat, 25 Apr 2026 15:00:00 GMT",
		want: carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 503"},
	},
	{
		name: "503 with nonsense", status: 503, after: "-5",
		want: carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 503"},
	},
	{
		name: "503 with a year", status: 503, after: "31536000", body: `{"code":"BUSY"}`,
		want: carrier.Result{
			Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "BUSY",
			RetryAfter: 24 * time.Hour,
		},
	},
}

func answerOf(status int, after, body string) webcall.Answer {
	return webcall.Answer{Status: status, Header: http.Header{"Retry-After": {after}}, Body: []byte(body)}
}

func TestAnswer_Result(t *testing.T) {
	t.Parallel()
	for _, c := range answerCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := resultOf(answerOf(c.status, c.after, c.body), now)
			c.want.Cause, c.want.Throttled = got.Cause, got.Throttled // see TestAnswer_Status
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// TestAnswer_Status: the outcome of every status of an answer without a body.
func TestAnswer_Status(t *testing.T) {
	t.Parallel()
	want := map[int]carrier.Outcome{
		408: carrier.Unknown, 504: carrier.Unknown, 500: carrier.Retry, 502: carrier.Retry,
		503: carrier.Retry,
	}
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

		got := resultOf(webcall.Answer{Status: status}, now)
		if got.Outcome != outcome || got.Outcome == carrier.Rejected && got.Reason != message.CarrierRejected {
			t.Errorf("%d is %v, want %v", status, got.Outcome, outcome)
		}
		if broken := got.Outcome == carrier.Retry || got.Outcome == carrier.Unknown; broken != (got.Cause != "") {
			t.Errorf("%d has the cause %q", status, got.Cause)
		}
	}
}

func TestAnswer_SizeLimit(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"id":"x","pad":"` + strings.Repeat("x", 1<<20) + `"}`))
	}))

	defer server.Close()
	if r := newCarrier(t, Config{URL: server.URL}).Send(t.Context(), testMessage()); r.Outcome != carrier.Accepted ||
		len(r.IDs) != 0 {
		t.Errorf("got %+v, want accepted without an id", r)
	}
}

func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{`{"id":"a"}`, `{"id":1e5,"reason":"busy","code":"x"}`, `[]`, `{"id":null}`, "\xff"} {
		f.Add(200, seed, []byte(seed))
		f.Add(429, "7", []byte(seed))
	}

	f.Fuzz(func(t *testing.T, status int, after string, body []byte) {
		got := resultOf(answerOf(status, after, string(body)), now)
		if (got.Outcome == carrier.Accepted) != (status/100 == 2) || len(got.IDs) > 0 &&
			got.Outcome != carrier.Accepted {
			t.Errorf("%d %q: %+v", status, body, got)
		}
		if len(got.CarrierCode) > 64 || strings.ContainsAny(strings.TrimPrefix(got.CarrierCode, "HTTP "), " \n\"") ||
			got.RetryAfter < 0 || got.RetryAfter > 24*time.Hour {
			t.Errorf("%d %q %q: %+v", status, after, body, got)
		}
		if got.Outcome != carrier.Accepted && !slices.Contains(message.Reasons, got.Reason) {
			t.Errorf("%d %q: reason %q", status, body, got.Reason)
		}
	})
}
