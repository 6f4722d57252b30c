package telnyx

import (
	"context"
	"crypto/ed25519"
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
		profile string
		message carrier.Message
		want    string
	}{
		"a code, with receipts": {
			common:  carrier.Common{From: "+15005550006", Receipts: true, PublicURL: "https://otp.example.com"},
			message: carrier.Message{Ref: "msg_1-A-0", Validity: time.Minute},
			want: `{"from":"+15005550006","to":"+32470000001","text":"735190","type":"SMS",` +
				`"webhook_url":"https://otp.example.com/carriers/telnyx/receipts?ref=msg_1-A-0","use_profile_webhooks":false}`,
		},
		"a profile's pool": {
			profile: "p1", message: carrier.Message{Ref: "msg_1-A-0"},
			want: `{"messaging_profile_id":"p1","to":"+32470000001","text":"735190","type":"SMS"}`,
		},
		"a name as the message's sender": {
			profile: "p1", message: carrier.Message{From: "Acme"},
			want: `{"from":"Acme","messaging_profile_id":"p1","to":"+32470000001","text":"735190","type":"SMS"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.message.To, c.message.Body = "+32470000001", secret.NewString("735190")
			body, err := json.Marshal(newTest(t, c.common, c.profile, "http://127.0.0.1:1").request(c.message))
			if err != nil || string(body) != c.want {
				t.Errorf("%v\ngot  %s\nwant %s", err, body, c.want)
			}
		})
	}
}

func TestAnswer_Result(t *testing.T) {
	t.Parallel()
	fails := func(code, title, pointer string) string {
		return `{"errors":[{"code":"` + code + `","title":"` + title + `","source":{"pointer":"` + pointer + `"}}]}`
	}
	for name, c := range map[string]struct {
		status int
		body   string
		want   carrier.Outcome
		reason message.Reason
		code   string
		cause  string
	}{
		"accepted":                   {status: 200, body: `{"data":{"id":"m1"}}`, want: carrier.Accepted},
		"accepted, broken off":       {status: 200, body: `{"data":{"i`, want: carrier.Accepted},
		"no such number":             {status: 400, body: fails("40310", "t", ""), want: carrier.Rejected, reason: message.InvalidDestination, code: "40310"},
		"no number at all":           {status: 422, body: fails("10002", "t", "/to"), want: carrier.Rejected, reason: message.InvalidDestination, code: "10002"},
		"no number as sender":        {status: 422, body: fails("10016", "t", "/from"), want: carrier.Rejected, reason: message.SenderNotAllowed, code: "10016"},
		"no number somewhere":        {status: 422, body: fails("10002", "t", ""), want: carrier.Rejected, reason: message.CarrierRejected, code: "10002"},
		"landline":                   {status: 400, body: fails("40001", "t", ""), want: carrier.Rejected, reason: message.NotOnChannel, code: "40001"},
		"replied STOP":               {status: 400, body: fails("40300", "Blocked due to STOP message", ""), want: carrier.Rejected, reason: message.OptedOut, code: "40300"},
		"replied STOP, no title":     {status: 400, body: `{"errors":[{"code":40300}]}`, want: carrier.Rejected, reason: message.OptedOut, code: "40300"},
		"the same code, another say": {status: 403, body: fails("40300", "Number not on a profile", ""), want: carrier.Rejected, reason: message.CarrierRejected, code: "40300"},
		"wrong key":                  {status: 401, body: fails("10009", "t", ""), want: carrier.Retry, reason: message.CarrierError, code: "10009", cause: "api_key"},
		"wrong key, no body":         {status: 401, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 401", cause: "api_key"},
		"no credit":                  {status: 402, body: fails("20100", "t", ""), want: carrier.Retry, reason: message.CarrierError, code: "20100", cause: "top it up"},
		"queue full":                 {status: 400, body: fails("40318", "t", ""), want: carrier.Retry, reason: message.CarrierError, code: "40318", cause: carrier.Throttled},
		"too many":                   {status: 429, body: fails("10011", "t", ""), want: carrier.Retry, reason: message.CarrierError, code: "10011", cause: carrier.Throttled},
		"a new code":                 {status: 400, body: fails("99999", "t", ""), want: carrier.Retry, reason: message.CarrierError, code: "99999", cause: "rejects the request"},
		"a text as code":             {status: 400, body: fails("735190 is", "t", ""), want: carrier.Retry, reason: message.CarrierError, code: "HTTP 400", cause: "rejects the request"},
		"HTTP 500":                   {status: 500, body: fails("10007", "t", ""), want: carrier.Retry, reason: message.CarrierError, code: "10007", cause: "internal"},
		"HTTP 504":                   {status: 504, want: carrier.Unknown, reason: message.CarrierError, code: "HTTP 504", cause: "in time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(webcall.Answer{Status: c.status, Body: []byte(c.body)}, "+32470000001", time.Now())
			if got.Outcome != c.want || got.Reason != c.reason || got.CarrierCode != c.code ||
				!strings.Contains(got.Cause, c.cause) || (c.cause == "") != (got.Cause == "") {
				t.Errorf("got %+v", got)
			}
			if mirrored := len(got.Inbound) == 1 && got.Inbound[0].From == "+32470000001"; mirrored != (c.reason == message.OptedOut) {
				t.Errorf("opt-outs %+v", got.Inbound)
			}
			if got.Throttled != (c.cause == carrier.Throttled) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestReceipt(t *testing.T) {
	t.Parallel()
	const blocked = `{"code":"40300","title":"Blocked due to STOP message"}`
	for name, c := range map[string]struct {
		event, status, err string
		want               carrier.Status
		reason             message.Reason
		code               string
	}{
		"sent":                    {event: "message.sent", status: "sent"},
		"delivered":               {event: "message.finalized", status: "delivered", want: carrier.Delivered},
		"nobody knows":            {event: "message.finalized", status: "delivery_unconfirmed"},
		"failed":                  {event: "message.finalized", status: "delivery_failed", err: `{"code":"40012"}`, want: carrier.Failed, reason: message.InvalidDestination, code: "40012"},
		"failed without a code":   {event: "message.finalized", status: "sending_failed", want: carrier.Failed, reason: message.UnknownReason},
		"failed with a new code":  {event: "message.finalized", status: "delivery_failed", err: `{"code":"1"}`, want: carrier.Failed, reason: message.UnknownReason, code: "1"},
		"failed by the operator":  {event: "message.finalized", status: "sending_failed", err: `{"code":"20100"}`, want: carrier.Failed, reason: message.UnknownReason, code: "20100"},
		"expired":                 {event: "message.finalized", status: "expired", want: carrier.Failed, reason: message.ExpiredInTransit},
		"blocked after STOP":      {event: "message.finalized", status: "sending_failed", err: blocked, want: carrier.Failed, reason: message.OptedOut, code: "40300"},
		"the same code otherwise": {event: "message.finalized", status: "sending_failed", err: `{"code":"40300","title":"t"}`, want: carrier.Failed, reason: message.CarrierRejected, code: "40300"},
	} {
		reports, texts, f := parse([]byte(`{"data":{"event_type":"` + c.event + `","payload":{"id":"m",` +
			`"webhook_url":"https://otp.example.com/carriers/telnyx/receipts?ref=r",` +
			`"to":[{"phone_number":"+32470000001","status":"` + c.status + `"}],"errors":[` + c.err + `]}}}`))
		if f != nil || len(reports) != 1 {
			t.Fatalf("%s: %v %v", name, reports, f)
		}
		got := reports[0]
		if got.ID != "m" || got.Ref != "r" || got.Status != c.want || got.Reason != c.reason || got.CarrierCode != c.code {
			t.Errorf("%s: got %+v", name, got)
		}
		if mirrored := len(texts) == 1 && texts[0].From == "+32470000001"; mirrored != (c.reason == message.OptedOut) {
			t.Errorf("%s: %+v", name, texts)
		}
	}
}

func TestSignature(t *testing.T) {
	t.Parallel()
	now := time.Unix(1795381200, 0)
	public := private.Public().(ed25519.PublicKey)
	request := func() (http.Header, []byte) {
		r, err := eventRequest("https://otp.example.com/", "message.sent", `"id":"m"`, now)
		if err != nil {
			t.Fatal(err)
		}
		body := make([]byte, r.ContentLength)
		if _, err := r.Body.Read(body); err != nil {
			t.Fatal(err)
		}
		return r.Header, body
	}

	for name, c := range map[string]struct {
		spoil func(h http.Header, body []byte)
		key   ed25519.PublicKey
		at    time.Time
		want  bool
	}{
		"good":            {key: public, at: now, want: true},
		"at the limit":    {key: public, at: now.Add(tolerance), want: true},
		"too late":        {key: public, at: now.Add(tolerance + time.Second)},
		"from the future": {key: public, at: now.Add(-tolerance - time.Second)},
		"no key":          {at: now},
		"another key":     {key: ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey), at: now},
		"another body":    {key: public, at: now, spoil: func(_ http.Header, body []byte) { body[20] ^= 1 }},
		"another time":    {key: public, at: now, spoil: func(h http.Header, _ []byte) { h.Set("Telnyx-Timestamp", "1795381201") }},
		"no time":         {key: public, at: now, spoil: func(h http.Header, _ []byte) { h.Del("Telnyx-Timestamp") }},
		"no signature":    {key: public, at: now, spoil: func(h http.Header, _ []byte) { h.Del("Telnyx-Signature-Ed25519") }},
		"no base64":       {key: public, at: now, spoil: func(h http.Header, _ []byte) { h.Set("Telnyx-Signature-Ed25519", "%%") }},
	} {
		header, body := request()
		if c.spoil != nil {
			c.spoil(header, body)
		}
		if got := signed(c.key, header, body, c.at); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestCallback_Refusals(t *testing.T) {
	t.Parallel()
	made := newTest(t, carrier.Common{From: "8080", Receipts: true, PublicURL: "https://otp.example.com"}, "", "http://127.0.0.1:1")
	calls := 0
	failing := errors.New("disk full")
	var sinkError error
	sink := carrier.Sink{
		Receipt: func(context.Context, carrier.Receipt) (bool, error) { calls++; return false, sinkError },
		Inbound: func(context.Context, carrier.Inbound) (bool, error) { calls++; return true, sinkError },
	}

	const receipt = `"id":"m","to":[{"status":"delivered"}]`
	now := time.Now()
	for _, c := range []struct {
		name, callback, event, payload string
		at                             time.Time
		spoil                          func(*http.Request)
		sink                           error
		want, calls                    int
	}{
		{name: "a receipt of no message", callback: "receipts", event: "message.finalized", payload: receipt, at: now, want: 200, calls: 1},
		{name: "a receipt at the profile's address", callback: "inbound", event: "message.finalized", payload: receipt, at: now, want: 200, calls: 1},
		{name: "an event of another kind", callback: "inbound", event: "10dlc.brand.update", payload: `"id":"m"`, at: now, want: 200},
		{name: "not stored", callback: "receipts", event: "message.finalized", payload: receipt, at: now, sink: failing, want: 503, calls: 1},
		{name: "no id", callback: "receipts", event: "message.finalized", payload: `"to":[{}]`, at: now, want: 400},
		{name: "no receiver", callback: "receipts", event: "message.finalized", payload: `"id":"m"`, at: now, want: 400},
		{name: "no sender", callback: "inbound", event: "message.received", payload: `"text":"STOP"`, at: now, want: 400},
		{name: "no JSON", callback: "inbound", event: "message.received", payload: `x`, at: now, want: 400},
		{name: "another callback", callback: "gather", event: "message.finalized", payload: receipt, at: now, want: 404},
		{name: "replayed", callback: "receipts", event: "message.finalized", payload: receipt, at: now.Add(-time.Hour), want: 401},
		{name: "unsigned", callback: "receipts", event: "message.finalized", payload: receipt, at: now, spoil: func(r *http.Request) { r.Header.Del("Telnyx-Signature-Ed25519") }, want: 401},
		{name: "GET", callback: "receipts", event: "message.finalized", payload: receipt, at: now, spoil: func(r *http.Request) { r.Method = "GET" }, want: 405},
		{name: "oversized", callback: "inbound", event: "message.received", payload: strings.Repeat(" ", maxBody), at: now, want: 413},
	} {
		calls, sinkError = 0, c.sink
		r, err := eventRequest("https://otp.example.com/carriers/telnyx/"+c.callback, c.event, c.payload, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if c.spoil != nil {
			c.spoil(r)
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
	}
}

func TestConfig_Problems(t *testing.T) {
	t.Parallel()
	good := Config{APIKey: secret.NewString("x"), PublicKey: "e2q9FcGoT1Qe5yDdXCSBUIsz2Wc/CzVEpWfqiGxdeGc=", APIBase: defaultBase}
	common := carrier.Common{Name: "a", From: "8080", Receipts: true, PublicURL: "https://otp.example.com"}
	for name, c := range map[string]struct {
		spoil func(*Config, *carrier.Common)
		want  string
	}{
		"nothing":               {spoil: func(*Config, *carrier.Common) {}},
		"a profile, no sender":  {spoil: func(c *Config, o *carrier.Common) { c.MessagingProfileID, o.From = "p", "" }},
		"no sender":             {spoil: func(_ *Config, o *carrier.Common) { o.From = "" }, want: "from or messaging_profile_id is missing"},
		"no key for receipts":   {spoil: func(c *Config, _ *carrier.Common) { c.PublicKey = "" }, want: "public_key is missing"},
		"no key, and none come": {spoil: func(c *Config, o *carrier.Common) { c.PublicKey, o.Receipts = "", false }},
		"no base64":             {spoil: func(c *Config, _ *carrier.Common) { c.PublicKey = "%" }, want: "public_key must be 32 bytes"},
		"a short key":           {spoil: func(c *Config, _ *carrier.Common) { c.PublicKey = "AAAA" }, want: "public_key must be 32 bytes"},
		"receipts, no address":  {spoil: func(_ *Config, o *carrier.Common) { o.PublicURL = "" }, want: "public_url"},
		"API key":               {spoil: func(c *Config, _ *carrier.Common) { c.APIKey = secret.String{} }, want: "api_key must not be empty"},
		"base":                  {spoil: func(c *Config, _ *carrier.Common) { c.APIBase = "api" }, want: "api_base must be"},
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
	f.Add(400, []byte(`{"errors":[{"code":"40300","title":"STOP"}]}`))
	f.Add(200, []byte(`{"data":{"id":7}}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		got := read(webcall.Answer{Status: status, Body: body}, "+32470000001", time.Time{})
		if (got.Outcome == carrier.Accepted) != (status/100 == 2) || len(got.CarrierCode) > carrier.MaxCode ||
			got.Outcome != carrier.Accepted && len(got.IDs) > 0 {
			t.Errorf("%d %q: %+v", status, body, got)
		}
		if got.Outcome != carrier.Accepted && !slices.Contains(message.Reasons, got.Reason) {
			t.Errorf("%d %q: reason %q", status, body, got.Reason)
		}
	})
}

func FuzzCallback(f *testing.F) {
	f.Add([]byte(`{"data":{"event_type":"message.finalized","payload":{"id":"m","to":[{"status":"expired"}],"errors":[{"code":1}]}}}`))
	f.Add([]byte(`{"data":{"event_type":"message.received","payload":{"from":{"phone_number":"+1"}}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		reports, _, _ := parse(body)
		for _, r := range reports {
			if (r.Status == carrier.Failed) != (r.Reason != "") || len(r.CarrierCode) > carrier.MaxCode || r.ID == "" {
				t.Errorf("%q: %+v", body, r)
			}
		}
	})
}
