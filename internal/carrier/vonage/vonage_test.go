package vonage

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
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

func TestSend_Form(t *testing.T) {
	t.Parallel()
	const code = "735190 is your code"
	long := strings.Repeat("x", 161)
	for name, c := range map[string]struct {
		common  carrier.Common
		message carrier.Message
		want    url.Values
	}{
		"a code": {
			message: carrier.Message{Ref: "msg_1", Body: secret.NewString(code), Validity: 5 * time.Minute},
			want:    url.Values{"text": {code}, "type": {"text"}, "ttl": {"300000"}, "client-ref": {"msg_1"}, "from": {"Acme"}},
		},
		"another alphabet, and a number as the sender": {
			message: carrier.Message{Ref: "msg_1", Body: secret.NewString("код"), From: "+15005550006"},
			want:    url.Values{"text": {"код"}, "type": {"unicode"}, "client-ref": {"msg_1"}, "from": {"15005550006"}},
		},
		"a long text has no reference, because receipts of all parts repeat it": {
			message: carrier.Message{Ref: "msg_1", Body: secret.NewString(long), Validity: time.Second},
			want:    url.Values{"text": {long}, "type": {"text"}, "ttl": {"20000"}, "from": {"Acme"}},
		},
		"receipts": {
			common:  carrier.Common{Receipts: true, PublicURL: "https://otp.example.com"},
			message: carrier.Message{Body: secret.NewString(code), Validity: 1000 * time.Hour},
			want: url.Values{
				"text": {code}, "type": {"text"}, "ttl": {"604800000"}, "from": {"Acme"},
				"callback": {"https://otp.example.com/carriers/vonage/receipts"},
			},
		},
		"receipts to an address that is too long for a request": {
			common:  carrier.Common{Receipts: true, PublicURL: "https://" + strings.Repeat("x", 70) + ".example.com"},
			message: carrier.Message{Body: secret.NewString(code)},
			want:    url.Values{"text": {code}, "type": {"text"}, "from": {"Acme"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.common.From, c.message.To = "Acme", "+32470000001"
			c.want.Set("to", "32470000001")
			c.want.Set("api_key", apiKey)
			c.want.Set("api_secret", apiSecret)
			if got := newTest(t, c.common, "http://127.0.0.1:1").form(c.message); got.Encode() != c.want.Encode() {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestAnswer_Result(t *testing.T) {
	t.Parallel()
	parts := func(statuses ...string) string {
		var list []string
		for i, s := range statuses {
			list = append(list, `{"message-id":"id`+string(rune('1'+i))+`","status":"`+s+`"}`)
		}
		return `{"messages":[` + strings.Join(list, ",") + `]}`
	}
	for name, c := range map[string]struct {
		status int
		body   string
		want   carrier.Outcome
		ids    int
		reason message.Reason
		code   string
		cause  string
		maybe  bool
	}{
		"accepted":                   {status: 200, body: parts("0"), want: carrier.Accepted, ids: 1},
		"accepted in three parts":    {status: 200, body: parts("0", "0", "0"), want: carrier.Accepted, ids: 3},
		"a status that is a number":  {status: 200, body: `{"messages":[{"status":0}]}`, want: carrier.Accepted},
		"number no longer active":    {status: 200, body: parts("33"), want: carrier.Rejected, reason: message.InvalidDestination, code: "33"},
		"sender":                     {status: 200, body: parts("15"), want: carrier.Rejected, reason: message.SenderNotAllowed, code: "15"},
		"a new status":               {status: 200, body: parts("77"), want: carrier.Rejected, reason: message.CarrierRejected, code: "77"},
		"throttled":                  {status: 200, body: parts("1"), want: carrier.Retry, reason: message.CarrierError, code: "1", cause: carrier.Throttled},
		"internal":                   {status: 200, body: parts("5"), want: carrier.Retry, reason: message.CarrierError, code: "5", cause: "internal", maybe: true},
		"wrong keys":                 {status: 200, body: parts("4"), want: carrier.Retry, reason: message.CarrierError, code: "4", cause: "api_secret"},
		"no credit":                  {status: 200, body: parts("9"), want: carrier.Retry, reason: message.CarrierError, code: "9", cause: "top it up"},
		"half, then throttled":       {status: 200, body: parts("0", "1"), want: carrier.Retry, reason: message.CarrierError, code: "1", cause: "some parts", maybe: true},
		"half, then refused":         {status: 200, body: parts("0", "7"), want: carrier.Rejected, reason: message.CarrierRejected, code: "7"},
		"broken off":                 {status: 200, body: `{"messages":[{"sta`, want: carrier.Unknown, reason: message.CarrierError, code: "answer", cause: "read"},
		"no messages":                {status: 200, body: `{"messages":[]}`, want: carrier.Unknown, reason: message.CarrierError, code: "answer", cause: "read"},
		"no status":                  {status: 200, body: `{"messages":[{}]}`, want: carrier.Unknown, reason: message.CarrierError, code: "answer", cause: "read"},
		"wrong keys, by HTTP status": {status: 401, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 401", cause: "api_secret"},
		"HTTP 500":                   {status: 500, body: parts("0"), want: carrier.Retry, reason: message.CarrierError, code: "HTTP 500", cause: "internal", maybe: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(webcall.Answer{Status: c.status, Body: []byte(c.body)}, "+32470000001", time.Now())
			if got.Outcome != c.want || got.Reason != c.reason || got.CarrierCode != c.code || len(got.IDs) != c.ids ||
				!strings.Contains(got.Cause, c.cause) || (c.cause == "") != (got.Cause == "") || got.MaybeAccepted != c.maybe {
				t.Errorf("got %+v", got)
			}
			if throttled := got.Throttled && got.RetryAfter > 0; throttled != (c.code == "1") {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestReceipt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status, err string
		want        carrier.Status
		reason      message.Reason
		code        string
	}{
		"delivered":             {status: "delivered", err: "0", want: carrier.Delivered},
		"on the way":            {status: "accepted", err: "0"},
		"waits":                 {status: "buffered"},
		"a new word":            {status: "seen", err: "1"},
		"expired":               {status: "expired", err: "1", want: carrier.Failed, reason: message.ExpiredInTransit, code: "1"},
		"absent":                {status: "failed", err: "2", want: carrier.Failed, reason: message.Unreachable, code: "2"},
		"barred":                {status: "rejected", err: "4", want: carrier.Failed, reason: message.BlockedByRecipient, code: "4"},
		"a new code":            {status: "failed", err: "777", want: carrier.Failed, reason: message.UnknownReason, code: "777"},
		"failed without a code": {status: "failed", want: carrier.Failed, reason: message.UnknownReason},
		"unknown, no error":     {status: "unknown", err: "0"},
		"unknown, an error":     {status: "unknown", err: "1", want: carrier.Failed, reason: message.UnknownReason, code: "1"},
	} {
		got := readReceipt(params{"messageId": "m", "client-ref": "r", "status": c.status, "err-code": c.err})
		want := carrier.Receipt{ID: "m", Ref: "r", Status: c.want, Reason: c.reason, CarrierCode: c.code}
		if got.ID != want.ID || got.Ref != want.Ref || got.Status != want.Status || got.Reason != want.Reason ||
			got.CarrierCode != want.CarrierCode {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
		if logged := got.Unknown == "seen"; logged != (c.status == "seen") {
			t.Errorf("%s: the unknown status is %q", name, got.Unknown)
		}
	}
}

// The base string and the digests, one for each method that an account may choose, were computed by another program from
// Vonage's page on signed messages.
func TestSignature_Vectors(t *testing.T) {
	t.Parallel()
	at := time.Unix(1795381200, 0)
	vector := func(sig string) params {
		return params{
			"api-key": "abcd1234", "client-ref": "a&b=c", "err-code": "0", "message-timestamp": "2026-11-22 21:00:00",
			"messageId": "0C000000217B7F02", "msisdn": "447700900123", "network-code": "23410", "nonce": "aaaa-bbbb",
			"price": "0.03330000", "scts": "2611222100", "status": "delivered", "timestamp": "1795381200",
			"to": "SysSecure", "sig": sig,
		}
	}
	const (
		md5hash = "6604cb4afc2b00f7d3950da7deff79d3"
		md5MAC  = "1f89b8dd8e266c03c36cdafa40d19594"
		sha1MAC = "1997177bc92aee56a3eb15327d5777b8740a4acb"
		sha     = "844485F617088E66DE419EA51A3FBCA5E6CFC5464DC74C6312121A42869F8919"
		sha512  = "de2fd6ff49273452fc6b90b26db28ac0ba35d0327622111d85075f934cd3d6a4" +
			"9772f44b1f4060620adf266f8c54b3f69fc7c3b5e6bc099838cd3e7acfb488ad"
		text = "&api-key=abcd1234&client-ref=a_b_c&err-code=0&message-timestamp=2026-11-22 21:00:00" +
			"&messageId=0C000000217B7F02&msisdn=447700900123&network-code=23410&nonce=aaaa-bbbb&price=0.03330000" +
			"&scts=2611222100&status=delivered&timestamp=1795381200&to=SysSecure"
	)
	if got := vector(sha).signedText(); got != text {
		t.Errorf("got  %s\nwant %s", got, text)
	}
	key := secret.NewString("secret99")
	for _, sig := range []string{md5hash, strings.ToUpper(md5hash), md5MAC, sha1MAC, sha, strings.ToLower(sha), sha512} {
		if !vector(sig).signed(key, at) || !vector(sig).signed(key, at.Add(tolerance)) {
			t.Errorf("%s is refused", sig)
		}
	}

	forged := vector(sha)
	forged["status"] = "failed"
	unsigned := vector("")
	undated := vector(sha)
	delete(undated, "timestamp")
	for name, refused := range map[string]bool{
		"another value":   forged.signed(key, at),
		"another secret":  vector(sha).signed(secret.NewString("secret98"), at),
		"no secret":       vector(sha).signed(secret.String{}, at),
		"no signature":    unsigned.signed(key, at),
		"a cut one":       vector(sha[:10]).signed(key, at),
		"no hexadecimal":  vector("%%").signed(key, at),
		"no time":         undated.signed(key, at),
		"too late":        vector(sha).signed(key, at.Add(tolerance+time.Second)),
		"from the future": vector(sha).signed(key, at.Add(-tolerance-time.Second)),
	} {
		if refused {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestCallback_Refusals(t *testing.T) {
	t.Parallel()
	made := newTest(t, carrier.Common{From: "Acme", Receipts: true}, "http://127.0.0.1:1")
	calls := 0
	failing := errors.New("disk full")
	var sinkError error
	sink := carrier.Sink{
		Receipt: func(context.Context, carrier.Receipt) (bool, error) { calls++; return false, sinkError },
		Inbound: func(context.Context, carrier.Inbound) (bool, error) { calls++; return true, sinkError },
	}

	receipt := func() url.Values { return url.Values{"messageId": {"m"}, "status": {"delivered"}} }
	now := time.Now()
	for _, c := range []struct {
		name, callback string
		form           url.Values
		spoil          func(*http.Request)
		sink           error
		want, calls    int
	}{
		{name: "a receipt of no message", callback: "receipts", form: sign(receipt(), now), want: 200, calls: 1},
		{name: "not stored", callback: "receipts", form: sign(receipt(), now), sink: failing, want: 503, calls: 1},
		{name: "no id", callback: "receipts", form: sign(url.Values{"status": {"delivered"}}, now), want: 400},
		{name: "no sender", callback: "inbound", form: sign(url.Values{"text": {"STOP"}}, now), want: 400},
		{name: "another callback", callback: "gather", form: sign(receipt(), now), want: 404},
		{name: "unsigned", callback: "receipts", form: receipt(), want: 401},
		{name: "replayed", callback: "receipts", form: sign(receipt(), now.Add(-time.Hour)), want: 401},
		{name: "PUT", callback: "receipts", form: sign(receipt(), now), spoil: func(r *http.Request) { r.Method = "PUT" }, want: 405},
		{name: "no JSON", callback: "receipts", form: sign(receipt(), now), spoil: func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, want: 400},
		{name: "oversized", callback: "inbound", form: sign(url.Values{"text": {strings.Repeat("x", maxBody)}}, now), want: 413},
	} {
		calls, sinkError = 0, c.sink
		r, err := post("https://otp.example.com/carriers/vonage/"+c.callback, c.form)
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

// A callback says the same as a query, a form and JSON.
func TestCallback_Forms(t *testing.T) {
	t.Parallel()
	want := params{"messageId": "m", "price": "0.03", "text": "a=b&ü"}
	const query = "messageId=m&price=0.03&text=a%3Db%26%C3%BC"
	for name, c := range map[string]struct{ method, query, kind, body string }{
		"query":           {http.MethodGet, "?" + query, "", ""},
		"form":            {http.MethodPost, "", "application/x-www-form-urlencoded", query},
		"form, not named": {http.MethodPost, "", "", query},
		"JSON": {
			http.MethodPost, "", "application/json; charset=utf-8", `{"messageId":"m","price":0.03,"text":"a=b&ü"}`,
		},
	} {
		r := httptest.NewRequest(c.method, "/"+c.query, strings.NewReader(c.body))
		if c.kind != "" {
			r.Header.Set("Content-Type", c.kind)
		}
		got, f := readParams(httptest.NewRecorder(), r)
		if f != nil || got.signedText() != want.signedText() {
			t.Errorf("%s: got %v, %v, want %v", name, got, f, want)
		}
	}
}

// A parameter that comes twice is refused: the signature covers only one of them.
func TestCallback_Repeated(t *testing.T) {
	t.Parallel()
	const query = "messageId=m&messageId=n"
	for method, r := range map[string]*http.Request{
		"GET":  httptest.NewRequest(http.MethodGet, "/?"+query, nil),
		"POST": httptest.NewRequest(http.MethodPost, "/", strings.NewReader(query)),
	} {
		if _, f := readParams(httptest.NewRecorder(), r); f == nil || f.Status != http.StatusBadRequest {
			t.Errorf("%s: %v", method, f)
		}
	}
}

func TestConfig_Problems(t *testing.T) {
	t.Parallel()
	good := Config{APIKey: apiKey, APISecret: secret.NewString("x"), SignatureSecret: secret.NewString("y"), APIBase: defaultBase}
	common := carrier.Common{Name: "a", From: "Acme", Receipts: true}
	for name, c := range map[string]struct {
		spoil func(*Config, *carrier.Common)
		want  string
	}{
		"nothing":                  {spoil: func(*Config, *carrier.Common) {}},
		"no sender":                {spoil: func(_ *Config, o *carrier.Common) { o.From = "" }, want: "from is missing"},
		"no secret for receipts":   {spoil: func(c *Config, _ *carrier.Common) { c.SignatureSecret = secret.String{} }, want: "signature_secret is missing"},
		"no secret, and none come": {spoil: func(c *Config, o *carrier.Common) { c.SignatureSecret, o.Receipts = secret.String{}, false }},
		"key":                      {spoil: func(c *Config, _ *carrier.Common) { c.APIKey = "" }, want: "api_key must not be empty"},
		"secret":                   {spoil: func(c *Config, _ *carrier.Common) { c.APISecret = secret.String{} }, want: "api_secret must not be empty"},
		"base":                     {spoil: func(c *Config, _ *carrier.Common) { c.APIBase = "api" }, want: "api_base must be"},
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
	f.Add(200, []byte(`{"messages":[{"message-id":"a","status":"0"},{"status":"1"}]}`))
	f.Add(200, []byte(`{"messages":[{"status":{}}]}`))
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
	f.Add("application/json", []byte(`{"status":"failed","err-code":9,"messageId":"m"}`))
	f.Add("", []byte(`status=failed&err-code=%00&messageId=m`))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		got, f := readParams(httptest.NewRecorder(), r)
		if f != nil {
			return
		}
		receipt := readReceipt(got)
		if (receipt.Status == carrier.Failed) != (receipt.Reason != "") || len(receipt.CarrierCode) > carrier.MaxCode {
			t.Errorf("%q: %+v", body, receipt)
		}
		if got.signed(secret.NewString(signKey), time.Now()) {
			t.Errorf("%q is signed", body)
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
