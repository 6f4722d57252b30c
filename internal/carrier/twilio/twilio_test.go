package twilio

import (
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
	const service = "MG00000000000000000000000000000002"
	m := carrier.Message{To: "+32470000001", Body: secret.NewString("735190 is your code"), Validity: 5 * time.Minute}
	from := m
	from.From = "Acme"
	old := m
	old.Validity = 48 * time.Hour

	for name, c := range map[string]struct {
		common  carrier.Common
		service string
		message carrier.Message
		want    url.Values
	}{
		"the carrier's sender": {
			common: carrier.Common{From: "+15005550006"}, message: m,
			want: url.Values{"From": {"+15005550006"}, "ValidityPeriod": {"300"}},
		},
		"a service": {
			service: service, message: m, want: url.Values{"MessagingServiceSid": {service}, "ValidityPeriod": {"300"}},
		},
		"a message's sender wins over the service": {
			service: service, message: from, want: url.Values{"From": {"Acme"}, "ValidityPeriod": {"300"}},
		},
		"receipts, and a long validity": {
			common:  carrier.Common{From: "8080", Receipts: true, PublicURL: "https://otp.example.com/sms"},
			message: old,
			want: url.Values{
				"From": {"8080"}, "ValidityPeriod": {"36000"},
				"StatusCallback": {"https://otp.example.com/sms/carriers/twilio/receipts?ref=" + old.Ref},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made := newTest(t, c.common, Config{APIBase: "http://127.0.0.1:1", MessagingServiceSID: c.service})
			c.want.Set("To", "+32470000001")
			c.want.Set("Body", "735190 is your code")
			if got := made.form(c.message); got.Encode() != c.want.Encode() {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestAnswer_Result(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		want   carrier.Outcome
		reason message.Reason
		code   string
		cause  string
	}{
		"created":              {status: 201, body: `{"sid":"SM1"}`, want: carrier.Accepted},
		"created, broken off":  {status: 201, body: `{"sid":"S`, want: carrier.Accepted},
		"no such number":       {status: 400, body: `{"code":21211}`, want: carrier.Rejected, reason: message.InvalidDestination, code: "21211"},
		"landline":             {status: 400, body: `{"code":21614}`, want: carrier.Rejected, reason: message.NotOnChannel, code: "21614"},
		"opted out":            {status: 400, body: `{"code":21610}`, want: carrier.Rejected, reason: message.OptedOut, code: "21610"},
		"a new code of 21xxx":  {status: 400, body: `{"code":21999}`, want: carrier.Rejected, reason: message.CarrierRejected, code: "21999"},
		"wrong keys":           {status: 401, body: `{"code":20003}`, want: carrier.Retry, reason: message.CarrierError, code: "20003", cause: "auth_token"},
		"country not enabled":  {status: 400, body: `{"code":21408}`, want: carrier.Retry, reason: message.CarrierError, code: "21408", cause: "Geo permissions"},
		"a 400 without a code": {status: 400, body: `<html>`, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 400", cause: "keys"},
		"too many":             {status: 429, body: `{"code":20429}`, want: carrier.Retry, reason: message.CarrierError, code: "20429", cause: carrier.Throttled},
		"internal error":       {status: 500, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 500", cause: "internal"},
		"unavailable":          {status: 503, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 503", cause: "internal"},
		"no answer behind it":  {status: 504, want: carrier.Unknown, reason: message.CarrierError, code: "HTTP 504", cause: "in time"},
		"redirect":             {status: 302, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 302", cause: "api_base"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(webcall.Answer{Status: c.status, Body: []byte(c.body)}, "+32470000001", time.Now())
			if got.Outcome != c.want || got.Reason != c.reason || got.CarrierCode != c.code ||
				!strings.Contains(got.Cause, c.cause) || (c.cause == "") != (got.Cause == "") {
				t.Errorf("got %+v", got)
			}
			if mirrored := len(got.Inbound) == 1 && got.Inbound[0].From == "+32470000001"; mirrored != (c.code == "21610") {
				t.Errorf("opt-outs %+v", got.Inbound)
			}
			if got.MaybeAccepted != (c.status == 500) || got.Throttled != (c.status == 429) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// The vector is Twilio's own (twilio.com/docs/usage/security).
func TestSignature_Vector(t *testing.T) {
	t.Parallel()
	s := signer{token: []byte("12345"), publicURL: "https://mycompany.com"}
	at := &url.URL{Path: "/myapp.php", RawQuery: "foo=1&bar=2"}
	form := url.Values{
		"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675310"}, "Digits": {"1234"}, "From": {"+14158675310"},
		"To": {"+18005551212"},
	}
	const good = "GvWf1cFY/Q7PnoempGyD5oXAezc="
	if !s.signed(at, form, good) {
		t.Error("the vector is refused")
	}

	for name, spoil := range map[string]func() bool{
		"another field": func() bool { return s.signed(at, url.Values{"To": {"+18005551213"}}, good) },
		"another query": func() bool { return s.signed(&url.URL{Path: "/myapp.php", RawQuery: "foo=2&bar=2"}, form, good) },
		"no signature":  func() bool { return s.signed(at, form, "") },
		"no base64":     func() bool { return s.signed(at, form, "%%%") },
		"another token": func() bool { return signer{[]byte("12346"), s.publicURL}.signed(at, form, good) },
		"a cut one":     func() bool { return s.signed(at, form, good[:8]) },
	} {
		if spoil() {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestCallback_Refusals(t *testing.T) {
	t.Parallel()
	made := newTest(t, carrier.Common{From: "8080", Receipts: true, PublicURL: "https://otp.example.com"},
		Config{APIBase: "http://127.0.0.1:1"})
	calls := 0
	failing := errors.New("disk full")
	var sinkError error
	sink := carrier.Sink{
		Receipt: func(context.Context, carrier.Receipt) (bool, error) { calls++; return false, sinkError },
		Inbound: func(context.Context, carrier.Inbound) (bool, error) { calls++; return true, sinkError },
	}

	const base = "https://otp.example.com/carriers/twilio/"
	receipt := url.Values{"MessageSid": {"SM1"}, "MessageStatus": {"delivered"}}
	for _, c := range []struct {
		name, callback string
		form           url.Values
		spoil          func(*http.Request)
		sink           error
		want, calls    int
	}{
		{name: "a receipt of no message", callback: "receipts", form: receipt, want: 202, calls: 1},
		{name: "not stored", callback: "receipts", form: receipt, sink: failing, want: 503, calls: 1},
		{name: "a state on the way", callback: "receipts", form: url.Values{"MessageSid": {"SM1"}, "MessageStatus": {"queued"}}, want: 202, calls: 1},
		{name: "no id", callback: "receipts", form: url.Values{"MessageStatus": {"delivered"}}, want: 400},
		{name: "no sender", callback: "inbound", form: url.Values{"Body": {"STOP"}}, want: 400},
		{name: "another callback", callback: "gather", form: receipt, want: 404},
		{name: "forged", callback: "receipts", form: receipt, spoil: func(r *http.Request) { r.Header.Set("X-Twilio-Signature", "AAAA") }, want: 401},
		{name: "unsigned", callback: "receipts", form: receipt, spoil: func(r *http.Request) { r.Header.Del("X-Twilio-Signature") }, want: 401},
		{name: "GET", callback: "receipts", form: receipt, spoil: func(r *http.Request) { r.Method = "GET" }, want: 405},
		{name: "oversized", callback: "receipts", form: url.Values{"Body": {strings.Repeat("x", maxBody)}}, want: 413},
	} {
		calls, sinkError = 0, c.sink
		r, err := signedRequest(base+c.callback, c.form)
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

// A number that replied STOP at Twilio is opted out here as well.
func TestCallback_MirrorsOptOut(t *testing.T) {
	t.Parallel()
	made := newTest(t, carrier.Common{From: "8080", Receipts: true, PublicURL: "https://otp.example.com"},
		Config{APIBase: "http://127.0.0.1:1"})
	var got []string
	sink := carrier.Sink{
		Receipt: func(_ context.Context, r carrier.Receipt) (bool, error) {
			got = append(got, r.ID+" "+string(r.Reason)+" "+r.CarrierCode)
			return true, nil
		},
		Inbound: func(_ context.Context, m carrier.Inbound) (bool, error) {
			got = append(got, m.From+" "+m.Body.Reveal())
			return true, nil
		},
	}

	r, err := signedRequest("https://otp.example.com/carriers/twilio/receipts", url.Values{
		"MessageSid": {"SM1"}, "MessageStatus": {"failed"}, "ErrorCode": {"21610"}, "To": {"+32470000001"},
	})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if f := made.ServeCallback(w, r, receipts, sink); f != nil || w.Code != http.StatusNoContent {
		t.Fatalf("%d %v", w.Code, f)
	}
	if want := []string{"SM1 opted_out 21610", "+32470000001 STOP"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// With Advanced Opt-Out, an account has its own keywords, and Twilio says what it made of a text.
func TestCallback_OptOutType(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{"STOP": "STOP", "START": "START", "HELP": "arrêter svp", "": "arrêter svp"} {
		made := newTest(t, carrier.Common{From: "8080", PublicURL: "https://otp.example.com"}, Config{APIBase: "http://127.0.0.1:1"})
		var got []string
		sink := carrier.Sink{Inbound: func(_ context.Context, m carrier.Inbound) (bool, error) {
			got = append(got, m.From+" "+m.Body.Reveal())
			return true, nil
		}}

		form := url.Values{"MessageSid": {"SM1"}, "From": {"+32470000001"}, "To": {"8080"}, "Body": {"arrêter svp"}}
		if kind != "" {
			form.Set("OptOutType", kind)
		}
		r, err := signedRequest("https://otp.example.com/carriers/twilio/inbound", form)
		if err != nil {
			t.Fatal(err)
		}
		f := made.ServeCallback(httptest.NewRecorder(), r, inbound, sink)
		if f != nil || !slices.Equal(got, []string{"+32470000001 " + want}) {
			t.Errorf("%q: %v, %q, want %q", kind, f, got, want)
		}
	}
}

func TestConfig_Problems(t *testing.T) {
	t.Parallel()
	good := Config{AccountSID: sid, AuthToken: secret.NewString(token), APIBase: defaultBase}
	for name, c := range map[string]struct {
		common carrier.Common
		spoil  func(*Config)
		want   string
	}{
		"nothing":              {common: carrier.Common{Name: "a", From: "8080"}},
		"no sender":            {common: carrier.Common{Name: "a"}, want: "from or messaging_service_sid"},
		"receipts, no address": {common: carrier.Common{Name: "a", From: "8080", Receipts: true}, want: "public_url"},
		"account":              {common: carrier.Common{Name: "a", From: "8080"}, spoil: func(c *Config) { c.AccountSID = "SK1" }, want: "account_sid must be AC"},
		"token":                {common: carrier.Common{Name: "a", From: "8080"}, spoil: func(c *Config) { c.AuthToken = secret.String{} }, want: "auth_token must not be empty"},
		"service":              {common: carrier.Common{Name: "a"}, spoil: func(c *Config) { c.MessagingServiceSID = "x" }, want: "messaging_service_sid must be MG"},
		"base":                 {common: carrier.Common{Name: "a", From: "8080"}, spoil: func(c *Config) { c.APIBase = "api" }, want: "api_base must be"},
	} {
		config := good
		if c.spoil != nil {
			c.spoil(&config)
		}
		var found setting.Findings
		config.Check(&c.common, &found)
		switch err := found.Err(""); {
		case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(400, []byte(`{"code":21610,"sid":"x"}`))
	f.Add(201, []byte(`{"sid":7}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		got := read(webcall.Answer{Status: status, Body: body}, "+32470000001", time.Time{})
		if got.Outcome == carrier.Accepted != (status/100 == 2) || len(got.CarrierCode) > 64 {
			t.Errorf("%d %q: %+v", status, body, got)
		}
		if got.Outcome != carrier.Accepted && !slices.Contains(message.Reasons, got.Reason) {
			t.Errorf("%d %q: reason %q", status, body, got.Reason)
		}
	})
}
