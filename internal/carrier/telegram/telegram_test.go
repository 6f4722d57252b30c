package telegram

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
	"github.com/syssecure/syssecure/internal/webcall"
)

func codeFor(ref string) carrier.Message {
	return carrier.Message{
		Ref: ref, Channel: message.Telegram, To: "+32470000001", Body: secret.NewString("735190 is your code"),
		Code: secret.NewString("735190"), Validity: 5 * time.Minute,
	}
}

func TestSend_Requests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		common   carrier.Common
		sender   string
		validity time.Duration
		want     string
	}{
		"without a callback": {
			validity: 5 * time.Minute,
			want:     `{"phone_number":"+32470000001","request_id":"req-1","code":"735190","payload":"ref","ttl":300}`,
		},
		"with a callback and a sender": {
			common: carrier.Common{PublicURL: "https://otp.example.com"}, sender: "@acme", validity: 5 * time.Minute,
			want: `{"phone_number":"+32470000001","request_id":"req-1","sender_username":"acme","code":"735190",` +
				`"callback_url":"https://otp.example.com/carriers/telegram/callback","payload":"ref","ttl":300}`,
		},
		"a public_url that Telegram does not take": {
			common: carrier.Common{PublicURL: "http://otp.example.com"}, validity: 90500 * time.Millisecond,
			want: `{"phone_number":"+32470000001","request_id":"req-1","code":"735190","payload":"ref","ttl":90}`,
		},
		"a code that is about to expire": {
			validity: 2 * time.Second,
			want:     `{"phone_number":"+32470000001","request_id":"req-1","code":"735190","payload":"ref","ttl":30}`,
		},
		"no validity": {
			want: `{"phone_number":"+32470000001","request_id":"req-1","code":"735190","payload":"ref","ttl":3600}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := startAPI(t)
			c.common.Receipts = true
			made := newTest(t, c.common, Config{APIBase: a.server.URL + "/", SenderUsername: c.sender})
			m := codeFor("ref")
			m.Validity, m.From = c.validity, "Acme"
			if got := made.Send(t.Context(), m); got.Outcome != carrier.Accepted || !slices.Equal(got.IDs, []string{"req-1"}) {
				t.Fatalf("got %+v", got)
			}
			want := []string{`checkSendAbility {"phone_number":"+32470000001"}`, "sendVerificationMessage " + c.want}
			if !slices.Equal(a.calls, want) {
				t.Errorf("got  %q\nwant %q", a.calls, want)
			}
		})
	}
}

func TestSend_OnlyCodes(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	made := a.connected(t, carrier.Common{})
	for _, code := range []string{"", "735", "735190123", "73519a", "７３５１９０"} {
		m := codeFor("ref")
		m.Code = secret.NewString(code)
		if got := made.Send(t.Context(), m); got.Outcome != carrier.Rejected || got.Reason != message.CarrierRejected {
			t.Errorf("%q: %+v", code, got)
		}
	}
	if len(a.calls) != 0 {
		t.Errorf("Telegram was called: %q", a.calls)
	}
}

// A submit without an answer is repeated under the same request, which Telegram carries out once.
func TestSend_Repeats(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults map[string]string // of the second submit
		want   carrier.Outcome
		code   string
		checks int // of the ability, in three submits
	}{
		"recognised": {want: carrier.Accepted, checks: 1},
		"recognised, status not answered": {
			faults: map[string]string{"checkVerificationStatus": "reset"}, want: carrier.Unknown, code: alreadySent, checks: 1,
		},
		"recognised by another error": {
			faults: map[string]string{"sendVerificationMessage": unknownID}, want: carrier.Accepted, checks: 1,
		},
		"unknown to Telegram": {
			faults: map[string]string{"sendVerificationMessage": unknownID, "checkVerificationStatus": unknownID},
			want:   carrier.Retry, code: unknownID, checks: 2,
		},
		"unreadable again": {
			faults: map[string]string{"sendVerificationMessage": "200"}, want: carrier.Unknown, code: "answer", checks: 1,
		},
		"a bad gateway": {
			faults: map[string]string{"sendVerificationMessage": "502"}, want: carrier.Retry, code: "HTTP 502", checks: 1,
		},
		"too many": {
			faults: map[string]string{"sendVerificationMessage": "FLOOD_WAIT_0"}, want: carrier.Retry, code: "FLOOD_WAIT_0",
			checks: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := startAPI(t)
			made := a.connected(t, carrier.Common{})
			a.fail("sendVerificationMessage", "reset")
			if got := made.Send(t.Context(), codeFor("ref")); got.Outcome != carrier.Unknown {
				t.Fatalf("got %+v, want unknown", got)
			}
			for method, fault := range c.faults {
				a.fail(method, fault)
			}

			got := made.Send(t.Context(), codeFor("ref"))
			if got.Outcome != c.want || got.CarrierCode != c.code || (got.Cause == "") != (c.want == carrier.Accepted) {
				t.Errorf("the second submit: %+v", got)
			}
			if c.want != carrier.Accepted {
				if got := made.Send(t.Context(), codeFor("ref")); got.Outcome != carrier.Accepted {
					t.Errorf("the third submit: %+v", got)
				}
			}
			if n := a.called("checkSendAbility"); n != c.checks {
				t.Errorf("%d paid requests, want %d", n, c.checks)
			}
			if _, kept := made.ids.of("ref"); kept {
				t.Error("the id is kept after it was used")
			}
		})
	}
}

// Nothing was sent when the check of the number had no good end, so the submit is never unknown.
func TestSend_CheckFails(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]carrier.Outcome{
		"reset": carrier.Retry, "502": carrier.Retry, "200": carrier.Retry, "PHONE_NUMBER_NOT_FOUND": carrier.Rejected,
		"BALANCE_NOT_ENOUGH": carrier.Retry, "FLOOD_WAIT_3": carrier.Retry,
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			a := startAPI(t)
			made := a.connected(t, carrier.Common{})
			a.fail("checkSendAbility", fault)
			got := made.Send(t.Context(), codeFor("ref"))
			if got.Outcome != want || a.called("sendVerificationMessage") != 0 {
				t.Errorf("got %+v after %q", got, a.calls)
			}
		})
	}
}

func TestAnswer_Result(t *testing.T) {
	t.Parallel()
	refusal := func(code string) string { return `{"ok":false,"error":"` + code + `"}` }
	for name, c := range map[string]struct {
		status int
		body   string
		want   carrier.Outcome
		reason message.Reason
		code   string
		cause  string
		wait   time.Duration
	}{
		"accepted":            {status: 200, body: `{"ok":true,"result":{"request_id":"1"}}`, want: carrier.Accepted},
		"true":                {status: 200, body: `{"ok":true,"result":true}`, want: carrier.Accepted},
		"without an id":       {status: 200, body: `{"ok":true,"result":{}}`, reason: message.CarrierError, code: "answer", cause: "could not be read"},
		"not on Telegram":     {status: 200, body: refusal("PHONE_NUMBER_NOT_FOUND"), want: carrier.Rejected, reason: message.NotOnChannel, code: "PHONE_NUMBER_NOT_FOUND"},
		"cannot get codes":    {status: 400, body: refusal("PHONE_NUMBER_NOT_AVAILABLE"), want: carrier.Rejected, reason: message.NotOnChannel, code: "PHONE_NUMBER_NOT_AVAILABLE"},
		"no number":           {status: 400, body: refusal("PHONE_NUMBER_INVALID"), want: carrier.Rejected, reason: message.InvalidDestination, code: "PHONE_NUMBER_INVALID"},
		"a bad code":          {status: 400, body: refusal("CODE_INVALID"), want: carrier.Rejected, reason: message.CarrierRejected, code: "CODE_INVALID"},
		"wrong token":         {status: 401, body: refusal("ACCESS_TOKEN_INVALID"), want: carrier.Retry, reason: message.CarrierError, code: "ACCESS_TOKEN_INVALID", cause: "token"},
		"sender":              {status: 400, body: refusal("SENDER_NOT_VERIFIED"), want: carrier.Retry, reason: message.CarrierError, code: "SENDER_NOT_VERIFIED", cause: "sender_username"},
		"no funds":            {status: 400, body: refusal("BALANCE_NOT_ENOUGH"), want: carrier.Retry, reason: message.CarrierError, code: "BALANCE_NOT_ENOUGH", cause: "add funds"},
		"callback":            {status: 400, body: refusal("CALLBACK_URL_INVALID"), want: carrier.Retry, reason: message.CarrierError, code: "CALLBACK_URL_INVALID", cause: "public_url"},
		"method":              {status: 404, body: refusal("UNKNOWN_METHOD"), want: carrier.Retry, reason: message.CarrierError, code: "UNKNOWN_METHOD", cause: "api_base"},
		"too many":            {status: 200, body: refusal("FLOOD_WAIT_7"), want: carrier.Retry, reason: message.CarrierError, code: "FLOOD_WAIT_7", cause: carrier.Throttled, wait: 7 * time.Second},
		"too many, no time":   {status: 429, body: refusal("FLOOD_WAIT"), want: carrier.Retry, reason: message.CarrierError, code: "FLOOD_WAIT", cause: carrier.Throttled},
		"too many, for ever":  {status: 429, body: refusal("FLOOD_WAIT_99999999999"), want: carrier.Retry, reason: message.CarrierError, code: "FLOOD_WAIT_99999999999", cause: carrier.Throttled, wait: maxWait * time.Second},
		"too many, by status": {status: 429, body: `<html>`, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 429", cause: carrier.Throttled},
		"a new error":         {status: 400, body: refusal("SOMETHING_NEW"), want: carrier.Retry, reason: message.CarrierError, code: "SOMETHING_NEW", cause: "does not document"},
		"an error that quotes": {
			status: 400, body: refusal("code 735190 is bad"), want: carrier.Retry, reason: message.CarrierError,
			cause: "does not document",
		},
		"broken off":      {status: 200, body: `{"ok":true,"res`, reason: message.CarrierError, code: "answer", cause: "could not be read"},
		"not Telegram":    {status: 200, body: `{"status":"up"}`, reason: message.CarrierError, code: "answer", cause: "could not be read"},
		"bad gateway":     {status: 502, body: `<html>`, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 502", cause: "internal error"},
		"time-out":        {status: 408, body: ``, reason: message.CarrierError, code: "HTTP 408", cause: "in time"},
		"another server":  {status: 404, body: `<html>`, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 404", cause: "api_base"},
		"a redirect":      {status: 301, body: ``, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 301", cause: "api_base"},
		"a message there": {status: 200, body: refusal(alreadySent), want: carrier.Retry, reason: message.CarrierError, code: alreadySent, cause: "does not document"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := read(webcall.Answer{Status: c.status, Body: []byte(c.body)}, time.Now())
			if got.Outcome != c.want || got.Reason != c.reason || got.CarrierCode != c.code || got.RetryAfter != c.wait ||
				!strings.Contains(got.Cause, c.cause) || (c.cause == "") != (got.Cause == "") {
				t.Errorf("got %+v", got)
			}
			if got.Throttled != (c.cause == carrier.Throttled) {
				t.Errorf("throttled %t", got.Throttled)
			}
		})
	}
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	made := a.connected(t, carrier.Common{})
	made.Send(t.Context(), codeFor("ref"))
	if err := made.Revoke(t.Context(), "req-1", "ref"); err != nil || !slices.Equal(a.revoked, []string{"req-1"}) {
		t.Errorf("revoked %q, %v", a.revoked, err)
	}
	if due := made.watch.take(time.Now().Add(time.Hour), 10); len(due) != 0 {
		t.Errorf("%d messages are still asked about", len(due))
	}

	if err := made.Revoke(t.Context(), "req-9", "ref"); err == nil || !strings.Contains(err.Error(), unknownID) {
		t.Errorf("an unknown request: %v", err)
	}
	a.fail("revokeVerificationMessage", "reset")
	if err := made.Revoke(t.Context(), "req-1", "ref"); err == nil || !strings.Contains(err.Error(), "link") {
		t.Errorf("no answer: %v", err)
	}
}

func TestConfig_Problems(t *testing.T) {
	t.Parallel()
	good := Config{Token: secret.NewString(token), APIBase: defaultBase}
	for name, c := range map[string]struct {
		common        carrier.Common
		spoil         func(*Config)
		want, warning string
	}{
		"nothing":            {},
		"a callback":         {common: carrier.Common{PublicURL: "https://otp.example.com"}},
		"plain callback":     {common: carrier.Common{PublicURL: "http://10.0.0.1"}, warning: "only to https"},
		"plain, no receipts": {common: carrier.Common{PublicURL: "http://10.0.0.1", Receipts: false, From: "none"}},
		"long callback":      {common: carrier.Common{PublicURL: "https://" + strings.Repeat("a", 230)}, warning: "256 characters"},
		"token":              {spoil: func(c *Config) { c.Token = secret.String{} }, want: "token must not be empty"},
		"sender":             {spoil: func(c *Config) { c.SenderUsername = "Acme Ltd" }, want: "sender_username must be"},
		"base":               {spoil: func(c *Config) { c.APIBase = "gateway" }, want: "api_base must be"},
	} {
		config := good
		if c.spoil != nil {
			c.spoil(&config)
		}
		c.common.Name, c.common.Receipts = "a", c.common.From == ""
		var found setting.Findings
		config.Check(&c.common, &found)
		switch err := found.Err(""); {
		case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		warned := len(found.Warnings) > 0
		if warned != (c.warning != "") || warned && !strings.Contains(found.Warnings[0].Text, c.warning) {
			t.Errorf("%s: warnings %+v, want %q", name, found.Warnings, c.warning)
		}
	}
}

func TestRequestIDs_Bounds(t *testing.T) {
	t.Parallel()
	var ids requestIDs
	at := time.Now()
	has := func(ref string) bool { _, known := ids.of(ref); return known }
	ids.forget("nothing")
	ids.keep("old", "1", at)
	ids.keep("young", "2", at.Add(keepID-time.Second))
	ids.keep("young", "3", at.Add(keepID-time.Second))
	ids.keep("now", "4", at.Add(keepID))
	if id, _ := ids.of("young"); has("old") || id != "3" || !has("now") {
		t.Errorf("kept %d: old %t, young %q", ids.order.Len(), has("old"), id)
	}

	for n := range maxIDs {
		ids.keep(strconv.Itoa(n), "5", at.Add(keepID))
	}
	if has("young") || !has("0") || len(ids.byRef) != maxIDs || ids.order.Len() != maxIDs {
		t.Errorf("kept %d and %d", len(ids.byRef), ids.order.Len())
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(200, []byte(`{"ok":false,"error":"FLOOD_WAIT_3"}`))
	f.Add(200, []byte(`{"ok":true,"result":{"request_id":"1","delivery_status":{"status":"read"}}}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		got, _ := read(webcall.Answer{Status: status, Body: body}, time.Time{})
		if len(got.CarrierCode) > 64 || got.RetryAfter < 0 || got.RetryAfter > maxWait*time.Second {
			t.Errorf("%d %q: %+v", status, body, got)
		}
		if got.Outcome != carrier.Accepted && !slices.Contains(message.Reasons, got.Reason) {
			t.Errorf("%d %q: reason %q", status, body, got.Reason)
		}
	})
}
