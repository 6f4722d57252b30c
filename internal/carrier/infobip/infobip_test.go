package infobip

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
	"github.com/syssecure/syssecure/internal/webcall"
)

func TestSend_Request(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		common  carrier.Common
		message carrier.Message
		want    string
	}{
		"a code, with receipts": {
			common:  carrier.Common{From: "Acme", Receipts: true, PublicURL: "https://otp.example.com"},
			message: carrier.Message{Ref: "msg_1", Validity: 5 * time.Minute},
			want: `{"messages":[{"sender":"Acme","destinations":[{"to":"32470000001"}],"content":{"text":"735190"},` +
				`"options":{"validityPeriod":{"amount":300,"timeUnit":"SECONDS"}},"webhooks":{"delivery":` +
				`{"url":"https://otp.example.com/carriers/infobip/receipts?token=callbacks+%26+more","notify":true},` +
				`"contentType":"application/json","callbackData":"msg_1"}}]}`,
		},
		"a message's sender, without receipts": {
			common:  carrier.Common{From: "Acme"},
			message: carrier.Message{Ref: "msg_1", From: "+15005550006"},
			want: `{"messages":[{"sender":"15005550006","destinations":[{"to":"32470000001"}],` +
				`"content":{"text":"735190"},"webhooks":{"delivery":{"notify":false}}}]}`,
		},
		"a validity beyond Infobip's": {
			common:  carrier.Common{From: "Acme"},
			message: carrier.Message{Validity: 100 * time.Hour},
			want: `{"messages":[{"sender":"Acme","destinations":[{"to":"32470000001"}],"content":{"text":"735190"},` +
				`"options":{"validityPeriod":{"amount":172800,"timeUnit":"SECONDS"}},"webhooks":{"delivery":{"notify":false}}}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.message.To, c.message.Body = "+32470000001", secret.NewString("735190")
			var body strings.Builder
			encoder := json.NewEncoder(&body)
			encoder.SetEscapeHTML(false)
			if err := encoder.Encode(newTest(t, c.common, "http://127.0.0.1:1").request(c.message)); err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimSpace(body.String()); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestAnswer_Result(t *testing.T) {
	t.Parallel()
	one := func(status string) string { return `{"messages":[{"messageId":"m1","status":` + status + `}]}` }
	for name, c := range map[string]struct {
		status int
		body   string
		want   carrier.Outcome
		reason message.Reason
		code   string
		cause  string
	}{
		"pending":              {status: 200, body: one(`{"groupId":1,"id":26}`), want: carrier.Accepted},
		"accepted":             {status: 200, body: one(`{"groupId":0,"id":0}`), want: carrier.Accepted},
		"no such number":       {status: 200, body: one(`{"groupId":5,"id":52,"name":"REJECTED_DESTINATION"}`), want: carrier.Rejected, reason: message.InvalidDestination, code: "REJECTED_DESTINATION"},
		"sender":               {status: 200, body: one(`{"groupId":5,"id":11}`), want: carrier.Rejected, reason: message.SenderNotAllowed, code: "11"},
		"a new status":         {status: 200, body: one(`{"groupId":2,"id":777,"name":"a text, 735190"}`), want: carrier.Rejected, reason: message.CarrierRejected, code: "777"},
		"a new group":          {status: 200, body: one(`{"groupId":9,"id":1}`), want: carrier.Rejected, reason: message.CarrierRejected, code: "1"},
		"no credit":            {status: 200, body: one(`{"groupId":5,"id":12,"name":"REJECTED_NOT_ENOUGH_CREDITS"}`), want: carrier.Retry, reason: message.CarrierError, code: "REJECTED_NOT_ENOUGH_CREDITS", cause: "top it up"},
		"internal":             {status: 200, body: one(`{"groupId":5,"id":21}`), want: carrier.Retry, reason: message.CarrierError, code: "21", cause: "internal"},
		"broken off":           {status: 200, body: `{"messages":[{"mess`, want: carrier.Unknown, reason: message.CarrierError, code: "answer", cause: "read"},
		"no messages":          {status: 200, body: `{}`, want: carrier.Unknown, reason: message.CarrierError, code: "answer", cause: "read"},
		"no status":            {status: 200, body: `{"messages":[{"messageId":"m1"}]}`, want: carrier.Unknown, reason: message.CarrierError, code: "answer", cause: "read"},
		"wrong key":            {status: 401, body: `{"errorCode":"E401"}`, want: carrier.Retry, reason: message.CarrierError, code: "E401", cause: "api_key"},
		"wrong key, old form":  {status: 401, body: `{"requestError":{"serviceException":{"messageId":"UNAUTHORIZED"}}}`, want: carrier.Retry, reason: message.CarrierError, code: "UNAUTHORIZED", cause: "api_key"},
		"a request that fails": {status: 400, body: `{"errorCode":"E400"}`, want: carrier.Retry, reason: message.CarrierError, code: "E400", cause: "rejects the request"},
		"too many":             {status: 429, body: `{}`, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 429", cause: carrier.Throttled},
		"HTTP 500":             {status: 500, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 500", cause: "internal"},
		"HTTP 504":             {status: 504, want: carrier.Unknown, reason: message.CarrierError, code: "HTTP 504", cause: "in time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(webcall.Answer{Status: c.status, Body: []byte(c.body)}, "+32470000001", time.Now())
			if got.Outcome != c.want || got.Reason != c.reason || got.CarrierCode != c.code ||
				!strings.Contains(got.Cause, c.cause) || (c.cause == "") != (got.Cause == "") {
				t.Errorf("got %+v", got)
			}
			if (got.Outcome == carrier.Accepted) != slices.Equal(got.IDs, []string{"m1"}) {
				t.Errorf("ids %q", got.IDs)
			}
		})
	}
}

func TestReceipt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body   string
		want   carrier.Status
		reason message.Reason
		code   string
		optOut bool
		unread string
	}{
		"a new group":               {body: `"status":{"groupId":9,"id":90}`, unread: "9"},
		"on the handset":            {body: `"status":{"groupId":3,"id":5}`, want: carrier.Delivered},
		"at the operator":           {body: `"status":{"groupId":3,"id":2}`},
		"pending":                   {body: `"status":{"groupId":1,"id":7}`},
		"no status":                 {body: `"price":{}`},
		"absent":                    {body: `"status":{"groupId":2,"id":9},"error":{"groupId":1,"id":27,"name":"EC_ABSENT_SUBSCRIBER"}`, want: carrier.Failed, reason: message.Unreachable, code: "EC_ABSENT_SUBSCRIBER"},
		"unknown subscriber":        {body: `"status":{"groupId":2,"id":9},"error":{"groupId":1,"id":1}`, want: carrier.Failed, reason: message.InvalidDestination, code: "1"},
		"replied STOP":              {body: `"status":{"groupId":2,"id":4},"error":{"groupId":2,"id":603}`, want: carrier.Failed, reason: message.OptedOut, code: "603", optOut: true},
		"a new error of a group":    {body: `"status":{"groupId":2,"id":9},"error":{"groupId":3,"id":9999}`, want: carrier.Failed, reason: message.CarrierError, code: "9999"},
		"a new error of none":       {body: `"status":{"groupId":2,"id":9},"error":{"groupId":9,"id":9999}`, want: carrier.Failed, reason: message.UnknownReason, code: "9999"},
		"expired":                   {body: `"status":{"groupId":4,"id":15,"name":"EXPIRED_EXPIRED"},"error":{"id":0}`, want: carrier.Failed, reason: message.ExpiredInTransit, code: "EXPIRED_EXPIRED"},
		"expired, perhaps not":      {body: `"status":{"groupId":4,"id":29}`, want: carrier.Failed, reason: message.UnknownReason, code: "29"},
		"rejected after acceptance": {body: `"status":{"groupId":5,"id":10}`, want: carrier.Failed, reason: message.BlockedByRecipient, code: "10"},
		"no credit by then":         {body: `"status":{"groupId":5,"id":12}`, want: carrier.Failed, reason: message.UnknownReason, code: "12"},
	} {
		reports, texts, f := parse(receipts,
			[]byte(`{"results":[{"messageId":"m","callbackData":"r","to":"32470000001",`+c.body+`}]}`))
		if f != nil || len(reports) != 1 {
			t.Fatalf("%s: %v %v", name, reports, f)
		}
		got := reports[0]
		if got.ID != "m" || got.Ref != "r" || got.Status != c.want || got.Reason != c.reason || got.CarrierCode != c.code ||
			got.Unknown != c.unread {
			t.Errorf("%s: got %+v", name, got)
		}
		if optOut := len(texts) == 1 && texts[0].From == "+32470000001" && texts[0].Body.Reveal() == "STOP"; optOut != c.optOut {
			t.Errorf("%s: %+v", name, texts)
		}
	}
}

func TestCallback_Refusals(t *testing.T) {
	t.Parallel()
	made := newTest(t, carrier.Common{From: "Acme", Receipts: true, PublicURL: "https://otp.example.com"}, "http://127.0.0.1:1")
	calls := 0
	failing := errors.New("disk full")
	var sinkError error
	sink := carrier.Sink{
		Receipt: func(context.Context, carrier.Receipt) (bool, error) { calls++; return false, sinkError },
		Inbound: func(context.Context, carrier.Inbound) (bool, error) { calls++; return true, sinkError },
	}

	const receipt, query = `{"results":[{"messageId":"a","status":{"groupId":3,"id":5}},{"messageId":"b"}]}`, "?token=callbacks%20%26%20more"
	for _, c := range []struct {
		name, callback, query, body, header, method string
		sink                                        error
		want, calls                                 int
	}{
		{name: "receipts of no message", callback: "receipts", query: query, body: receipt, want: 200, calls: 2},
		{name: "by header", callback: "receipts", header: "Bearer " + token, body: receipt, want: 200, calls: 2},
		{name: "not stored", callback: "receipts", query: query, body: receipt, sink: failing, want: 503, calls: 1},
		{name: "one without an id", callback: "receipts", query: query, body: `{"results":[{"messageId":"a"},{}]}`, want: 400, calls: 1},
		{name: "no sender", callback: "inbound", query: query, body: `{"results":[{"text":"STOP"}]}`, want: 400},
		{name: "no results", callback: "inbound", query: query, body: `{}`, want: 400},
		{name: "no JSON", callback: "inbound", query: query, body: `<xml>`, want: 400},
		{name: "another callback", callback: "gather", query: query, body: receipt, want: 404},
		{name: "no token", callback: "receipts", body: receipt, want: 401},
		{name: "an empty token", callback: "receipts", query: "?token=", body: receipt, want: 401},
		{name: "another token", callback: "receipts", query: "?token=callbacks", header: "Bearer x", body: receipt, want: 401},
		{name: "GET", callback: "receipts", query: query, method: "GET", want: 405},
		{name: "oversized", callback: "receipts", query: query, body: strings.Repeat(" ", maxBody+1), want: 413},
	} {
		calls, sinkError = 0, c.sink
		r, err := post("https://otp.example.com/carriers/infobip/"+c.callback+c.query, c.body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", c.header)
		if c.method != "" {
			r.Method = c.method
		}

		w := httptest.NewRecorder()
		f := made.ServeCallback(w, r, c.callback, sink)
		status := w.Code
		if f != nil {
			status = f.Status
		}
		if status != c.want || calls != c.calls {
			t.Errorf("%s: %d after %d calls, want %d after %d", c.name, status, calls, c.want, c.calls)
		}
		if f != nil && strings.Contains(f.Error(), token) {
			t.Errorf("%s: the answer has the token", c.name)
		}
	}
}

// Without a token in the configuration, nothing is let in.
func TestCallback_NoToken(t *testing.T) {
	t.Parallel()
	c := Config{APIKey: secret.NewString(apiKey), APIBase: defaultBase}
	made, err := c.Make(carrier.Common{Name: "infobip", From: "Acme"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"", "?token="} {
		r := httptest.NewRequest(http.MethodPost, "/"+query, strings.NewReader("{}"))
		if f := made.(*Carrier).ServeCallback(httptest.NewRecorder(), r, receipts, carrier.Sink{}); f == nil || f.Status != 401 {
			t.Errorf("%q: %v, want 401", query, f)
		}
	}
}

func TestConfig_Problems(t *testing.T) {
	t.Parallel()
	good := Config{APIKey: secret.NewString("x"), CallbackToken: secret.NewString("y"), APIBase: defaultBase}
	common := carrier.Common{Name: "a", From: "Acme", Receipts: true, PublicURL: "https://otp.example.com"}
	for name, c := range map[string]struct {
		spoil func(*Config, *carrier.Common)
		want  string
	}{
		"nothing":                 {spoil: func(*Config, *carrier.Common) {}},
		"no sender":               {spoil: func(_ *Config, o *carrier.Common) { o.From = "" }, want: "from is missing"},
		"no token for receipts":   {spoil: func(c *Config, _ *carrier.Common) { c.CallbackToken = secret.String{} }, want: "callback_token is missing"},
		"no token, and none come": {spoil: func(c *Config, o *carrier.Common) { c.CallbackToken, o.Receipts = secret.String{}, false }},
		"receipts, no address":    {spoil: func(_ *Config, o *carrier.Common) { o.PublicURL = "" }, want: "public_url"},
		"key":                     {spoil: func(c *Config, _ *carrier.Common) { c.APIKey = secret.String{} }, want: "api_key must not be empty"},
		"base":                    {spoil: func(c *Config, _ *carrier.Common) { c.APIBase = "api" }, want: "api_base must be"},
	} {
		config, o := good, common
		c.spoil(&config, &o)
		var found setting.Findings
		config.Check(&o, &found)
		switch err := found.Err(""); {
		case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(200, []byte(`{"messages":[{"messageId":"a","status":{"groupId":5,"id":12,"name":"x"}}]}`))
	f.Add(400, []byte(`{"errorCode":"E400"}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		got := read(webcall.Answer{Status: status, Body: body}, "+32470000001", time.Time{})
		if got.Outcome == carrier.Accepted && status/100 != 2 || len(got.CarrierCode) > carrier.MaxCode ||
			got.Outcome != carrier.Accepted && len(got.IDs) > 0 {
			t.Errorf("%d %q: %+v", status, body, got)
		}
		if got.Outcome != carrier.Accepted && !slices.Contains(message.Reasons, got.Reason) {
			t.Errorf("%d %q: reason %q", status, body, got.Reason)
		}
	})
}

func FuzzCallback(f *testing.F) {
	f.Add(true, []byte(`{"results":[{"messageId":"a","status":{"groupId":2},"error":{"groupId":1,"id":1}}]}`))
	f.Add(false, []byte(`{"results":[{"from":"1","text":"STOP"}]}`))
	f.Fuzz(func(t *testing.T, isReceipt bool, body []byte) {
		callback := inbound
		if isReceipt {
			callback = receipts
		}
		reports, _, _ := parse(callback, body)
		for _, r := range reports {
			if (r.Status == carrier.Failed) != (r.Reason != "") || len(r.CarrierCode) > carrier.MaxCode || r.ID == "" {
				t.Errorf("%q: %+v", body, r)
			}
		}
	})
}

// A 2xx whose body breaks off says that the provider has the message: sent again, it would arrive twice.
func TestAnswer_BreaksOff(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]carrier.Outcome{200: carrier.Accepted, 500: carrier.Retry, 401: carrier.Retry} {
		got := read(webcall.Answer{Status: status, Broken: true}, "+32470000001", time.Now())
		if got.Outcome != want || len(got.IDs) > 0 {
			t.Errorf("%d: %+v", status, got)
		}
	}
	if got := read(webcall.Answer{Status: 200, Body: []byte("<html>")}, "+32470000001", time.Now()); got.Outcome != carrier.Unknown {
		t.Errorf("a whole answer that cannot be read: %+v", got)
	}
}
