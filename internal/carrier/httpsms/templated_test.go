package httpsms

import (
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

func TestTemplatedAnswer_Result(t *testing.T) {
	t.Parallel()
	codes, err := meanings([]string{
		"0=accepted", "=sender_not_allowed", "1=invalid_destination", "2=opted_out", "3=operator", "4=throttled", "5=retry",
		"HTTP 402=operator", "HTTP 503=throttled",
	})
	if err != nil {
		t.Fatal(err)
	}
	rules := &answerRules{id: "/m/0/id", code: "/m/0/code", codes: codes}
	body := func(code string) string { return `{"m":[{"id":7,"code":` + code + `}]}` }
	for name, c := range map[string]struct {
		status int
		body   string
		want   carrier.Outcome
		reason message.Reason
		code   string
		cause  string
	}{
		"accepted":                        {status: 200, body: body("0"), want: carrier.Accepted},
		"accepted, as a text":             {status: 201, body: body(`"0"`), want: carrier.Accepted},
		"a code of the table":             {status: 200, body: body("1"), want: carrier.Rejected, reason: message.InvalidDestination, code: "1"},
		"opted out":                       {status: 200, body: body("2"), want: carrier.Rejected, reason: message.OptedOut, code: "2"},
		"the operator":                    {status: 200, body: body("3"), want: carrier.Retry, reason: message.CarrierError, code: "3", cause: "account"},
		"throttled":                       {status: 200, body: body("4"), want: carrier.Retry, reason: message.CarrierError, code: "4", cause: carrier.Throttled},
		"not now":                         {status: 200, body: body("5"), want: carrier.Retry, reason: message.CarrierError, code: "5", cause: "internal"},
		"a new code":                      {status: 200, body: body("9"), want: carrier.Rejected, reason: message.CarrierRejected, code: "9"},
		"no code":                         {status: 200, body: `{"m":[]}`, want: carrier.Rejected, reason: message.SenderNotAllowed, code: "HTTP 200"},
		"broken off":                      {status: 200, body: `{"m":[{"co`, want: carrier.Unknown, reason: message.CarrierError, code: "answer", cause: "read"},
		"a code with an HTTP error":       {status: 400, body: body("1"), want: carrier.Rejected, reason: message.InvalidDestination, code: "1"},
		"a new code with an HTTP error":   {status: 400, body: body("9"), want: carrier.Rejected, reason: message.CarrierRejected, code: "9"},
		"accepted, says an HTTP error":    {status: 401, body: body("0"), want: carrier.Retry, reason: message.CarrierError, code: "0", cause: "token"},
		"no code with an HTTP error":      {status: 401, body: `no`, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 401", cause: "token"},
		"an HTTP status of the table":     {status: 402, body: `no`, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 402", cause: "account"},
		"a rejection by HTTP status":      {status: 422, body: `no`, want: carrier.Rejected, reason: message.CarrierRejected, code: "HTTP 422"},
		"a code of a server that fails":   {status: 500, body: body("1"), want: carrier.Retry, reason: message.CarrierError, code: "1", cause: "internal"},
		"a status of a server that fails": {status: 503, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 503", cause: carrier.Throttled},
		"no answer behind it":             {status: 504, body: body("1"), want: carrier.Unknown, reason: message.CarrierError, code: "1", cause: "in time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := rules.read(webcall.Answer{Status: c.status, Body: []byte(c.body)}, "+32470000001", time.Now())
			if got.Outcome != c.want || got.Reason != c.reason || got.CarrierCode != c.code ||
				!strings.Contains(got.Cause, c.cause) || (c.cause == "") != (got.Cause == "") {
				t.Errorf("got %+v", got)
			}
			if (got.Outcome == carrier.Accepted) != slices.Equal(got.IDs, []string{"7"}) {
				t.Errorf("ids %q", got.IDs)
			}
			if (len(got.Inbound) == 1) != (c.reason == message.OptedOut) {
				t.Errorf("opt-outs %+v", got.Inbound)
			}
		})
	}
}

// TestPlivo_Vectors: the signatures were made by another program, and npm's plivo accepts them.
func TestPlivo_Vectors(t *testing.T) {
	t.Parallel()
	check := plivoSigned(secret.NewString("MTIzNDU2"), "https://otp.example.com")
	const (
		receipts = "8WoYbHS58rR3PZcg5gFf30RNHKo2GOLY1ZDuNU5JVUM="
		inbound  = "J6rDj8yFcE3YQKytM+hLLIR8imJdyX+vlIAVVlTO5Qc="
		receipt  = "MessageUUID=m1&Status=delivered&ErrorCode=000&To=%2B32470000001"
	)
	for name, c := range map[string]struct {
		path, body, signature, nonce string
		want                         bool
	}{
		"a form":            {path: "/carriers/plivo/receipts", body: receipt, signature: receipts, want: true},
		"a form and query":  {path: "/carriers/plivo/inbound?b=x%20y&a=2&a=1", body: "From=%2B1&Text=Hi+%C3%A9", signature: inbound, want: true},
		"one of several":    {path: "/carriers/plivo/receipts", body: receipt, signature: "AAAA, " + receipts, want: true},
		"another body":      {path: "/carriers/plivo/receipts", body: receipt + "1", signature: receipts},
		"another path":      {path: "/carriers/plivo/inbound", body: receipt, signature: receipts},
		"another nonce":     {path: "/carriers/plivo/receipts", body: receipt, signature: receipts, nonce: "1"},
		"none":              {path: "/carriers/plivo/receipts", body: receipt},
		"no base64":         {path: "/carriers/plivo/receipts", body: receipt, signature: "%%"},
		"no form":           {path: "/carriers/plivo/receipts", body: "%%", signature: receipts},
		"another's in list": {path: "/carriers/plivo/receipts", body: receipt, signature: inbound + "," + inbound},
	} {
		r := httptest.NewRequest(http.MethodPost, c.path, nil)
		r.Header.Set("X-Plivo-Signature-V3", c.signature)
		if c.nonce == "" {
			c.nonce = "05429567804466091622"
		}
		r.Header.Set("X-Plivo-Signature-V3-Nonce", c.nonce)
		if got := check(r, []byte(c.body)); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestTemplated_Problems(t *testing.T) {
	t.Parallel()
	kannel := Config{Profile: "kannel", Token: secret.NewString("t"), Channel: message.SMS, Values: []string{"username=u"}}
	plivo := Config{Profile: "plivo", Token: secret.NewString("t"), Channel: message.SMS, Values: []string{"username=u"}}
	own := Config{URL: "https://sms.example.com/send", Token: secret.NewString("t"), Channel: message.SMS, IDPath: "/id"}
	with := func(c Config, spoil func(*Config)) Config {
		spoil(&c)
		return c
	}
	public := carrier.Common{Name: "a", From: "Acme", Receipts: true, PublicURL: "https://otp.example.com"}
	for name, c := range map[string]struct {
		config Config
		common carrier.Common
		want   string
	}{
		"kannel":                  {config: kannel, common: public},
		"plivo":                   {config: plivo, common: public},
		"one's own":               {config: own, common: carrier.Common{Name: "a", Receipts: true}},
		"no user":                 {config: with(kannel, func(c *Config) { c.Values = nil }), common: public, want: `values must have "username=…"`},
		"no pair":                 {config: with(kannel, func(c *Config) { c.Values = []string{"username"} }), common: public, want: `must be a list of "name=value"`},
		"no address for receipts": {config: kannel, common: carrier.Common{Name: "a", Receipts: true}, want: "public_url"},
		"no address, and none":    {config: kannel, common: carrier.Common{Name: "a"}},
		"a token for Kannel":      {config: with(kannel, func(c *Config) { c.CallbackToken = secret.NewString("a%b") }), common: public, want: "Kannel reads a %"},
		"no sender":               {config: plivo, common: carrier.Common{Name: "a", PublicURL: "https://otp.example.com"}, want: "from is missing"},
		"no address to sign":      {config: plivo, common: carrier.Common{Name: "a", From: "1"}, want: "public_url"},
		"no url":                  {config: with(own, func(c *Config) { c.URL = "" }), common: public, want: "url is missing"},
		"a url without a host":    {config: with(own, func(c *Config) { c.URL = "{{to}}" }), common: public, want: "url must be"},
		"a host of the message":   {config: with(own, func(c *Config) { c.URL = "https://{{from}}/x" }), common: public, want: "url must be"},
		"an unknown placeholder":  {config: with(own, func(c *Config) { c.Body = "{{txt}}" }), common: public, want: "body has the unknown placeholder {{txt}}"},
		"a header of two lines":   {config: with(own, func(c *Config) { c.Headers = []string{"A: b\r\nC: d"} }), common: public, want: "number 1 is not"},
		"a header without a name": {config: with(own, func(c *Config) { c.Headers = []string{"x y: 1"} }), common: public, want: "headers must be a list"},
		"a header's placeholder":  {config: with(own, func(c *Config) { c.Headers = []string{"X: {{y}}"} }), common: public, want: "headers has the unknown"},
		"a body with GET":         {config: with(own, func(c *Config) { c.Method, c.Body = "GET", "x" }), common: public, want: "body cannot be sent with GET"},
		"a path that is none":     {config: with(own, func(c *Config) { c.IDPath = "id" }), common: public, want: "id_path must be a pointer"},
		"no meaning":              {config: with(own, func(c *Config) { c.Errors = []string{"1=bad"} }), common: public, want: "errors must give a reason"},
		"no status":               {config: with(own, func(c *Config) { c.ReceiptStatuses = []string{"1=done"} }), common: public, want: "receipt_statuses must give"},
		"a reason of delivery":    {config: with(own, func(c *Config) { c.ReceiptStatuses = []string{"1=read:busy"} }), common: public, want: "receipt_statuses must give"},
		"no reason":               {config: with(own, func(c *Config) { c.ReceiptReasons = []string{"1=operator"} }), common: public, want: "receipt_reasons must give"},
		"half a receipt":          {config: with(own, func(c *Config) { c.ReceiptID = "id" }), common: public, want: "must be given together"},
		"half a text":             {config: with(own, func(c *Config) { c.InboundFrom = "f" }), common: public, want: "must be given together"},
	} {
		var found setting.Findings
		c.config.Check(&c.common, &found)
		switch err := found.Err(""); {
		case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// Only what departs from the plain contract is templated: a header of one's own leaves the rest as it was.
func TestTemplated_KeepsTheRest(t *testing.T) {
	t.Parallel()
	var header http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header = r.Header
		if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %v", r.Method, r.Header)
		}
		_, _ = w.Write([]byte(`{"id":"x1"}`))
	}))
	defer server.Close()

	c := newCarrier(t, Config{URL: server.URL, Headers: []string{"X-Key: {{token}}", "X-To: {{to}}"}})
	if r := c.Send(t.Context(), testMessage()); r.Outcome != carrier.Accepted || !slices.Equal(r.IDs, []string{"x1"}) {
		t.Fatalf("got %+v", r)
	}
	if header.Get("X-Key") != token || header.Get("X-To") != "+32470000001" || header.Get("Authorization") != "" {
		t.Errorf("headers %v", header)
	}
}

func FuzzTemplatedAnswer(f *testing.F) {
	codes, err := meanings([]string{"0=accepted", "=busy", "1=opted_out", "2=operator", "*=retry"})
	if err != nil {
		f.Fatal(err)
	}
	rules := &answerRules{id: "/a/0", code: "/c", codes: codes}
	f.Add(200, []byte(`{"a":["x"],"c":0}`))
	f.Add(400, []byte(`{"c":"1"}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		got := rules.read(webcall.Answer{Status: status, Body: body}, "+32470000001", time.Time{})
		if got.Outcome == carrier.Accepted && status/100 != 2 || len(got.CarrierCode) > carrier.MaxCode ||
			got.Outcome != carrier.Accepted && len(got.IDs) > 0 {
			t.Errorf("%d %q: %+v", status, body, got)
		}
		if got.Outcome != carrier.Accepted && !slices.Contains(message.Reasons, got.Reason) {
			t.Errorf("%d %q: reason %q", status, body, got.Reason)
		}
	})
}
