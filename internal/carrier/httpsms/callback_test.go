package httpsms

import (
	"context"
	"errors"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

type unreadable struct{ t *testing.T }

func (u unreadable) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, errors.New("the body was read")
}

func (unreadable) Close() error { return nil }

const bearer = "Bearer " + token

// callbackCases are requests of gateways, and the status of each answer.
var callbackCases = []struct {
	name, method, callback, auth, body string
	sink                               error
	want                               int
}{
	{
		name: "receipt", method: "POST", callback: "receipts", auth: bearer, body: `{"id":"a","status":"delivered"}`,
		want: 204,
	},
	{
		name: "receipt with unknown fields", method: "POST", callback: "receipts", auth: bearer,
		body: `{"id":"a","status":"failed","reason":"x","x":{"y":[1]}}`, want: 204,
	},
	{
		name: "scheme in lower case", method: "POST", callback: "receipts", auth: "bearer " + token,
		body: `{"id":"a","status":"read"}`, want: 204,
	},
	{
		name: "inbound", method: "POST", callback: "inbound", auth: bearer,
		body: `{"from":"+324","to":"8080","body":"STOP"}`, want: 204,
	},
	{
		name: "sink fails", method: "POST", callback: "receipts", auth: bearer,
		body: `{"id":"a","status":"delivered"}`, sink: errors.New("disk full"), want: 503,
	},
	{
		name: "sink fails on inbound", method: "POST", callback: "inbound", auth: bearer,
		body: `{"from":"+324","to":"1","body":"x"}`, sink: errors.New("disk full"), want: 503,
	},
	{
		name: "matches nothing", method: "POST", callback: "receipts", auth: bearer,
		body: `{"id":"a","status":"delivered"}`, want: 202,
	},
	{
		name: "cannot be read", method: "POST", callback: "inbound", auth: bearer,
		body: `{"from":"0470","to":"1","body":"x"}`, want: 202,
	},
	{name: "no id", method: "POST", callback: "receipts", auth: bearer, body: `{"status":"delivered"}`, want: 400},
	{
		name: "other status", method: "POST", callback: "receipts", auth: bearer, body: `{"id":"a","status":"sent"}`,
		want: 400,
	},
	{name: "not JSON", method: "POST", callback: "receipts", auth: bearer, body: `id=a&status=delivered`, want: 400},
	{
		name: "two values", method: "POST", callback: "receipts", auth: bearer, body: `{"id":"a","status":"read"} {}`,
		want: 400,
	},
	{name: "wrong type", method: "POST", callback: "inbound", auth: bearer, body: `{"from":"1","body":7}`, want: 400},
	{name: "no from", method: "POST", callback: "inbound", auth: bearer, body: `{"to":"1","body":"x"}`, want: 400},
	{
		name: "too large", method: "POST", callback: "inbound", auth: bearer,
		body: `{"from":"1","body":"` + strings.Repeat("x", 70000) + `"}`, want: 413,
	},
	{name: "unknown callback", method: "POST", callback: "status", auth: bearer, body: `{}`, want: 404},
	{name: "wrong method", method: "GET", callback: "receipts", auth: bearer, want: 405},
	{name: "no token", method: "POST", callback: "receipts", want: 401},
	{name: "wrong token", method: "POST", callback: "receipts", auth: "Bearer nope", want: 401},
	{name: "token without scheme", method: "POST", callback: "receipts", auth: token, want: 401},
	{name: "other scheme", method: "POST", callback: "inbound", auth: "Basic " + token, want: 401},
	{name: "token with more", method: "POST", callback: "inbound", auth: bearer + "x", want: 401},
}

func TestCallback_Status(t *testing.T) {
	t.Parallel()
	for _, c := range callbackCases {
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
				t.Errorf("answered %+v", f)
			}
		})
	}
}

// fieldCases are bodies of callbacks, and their invalid fields.
var fieldCases = []struct {
	name, callback, body string
	fields               []string // the invalid ones
}{
	{
		name: "message instead of body", callback: "inbound", body: `{"from":"+32470123461","message":"STOP"}`,
		fields: []string{"to", "body"},
	},
	{name: "no body", callback: "inbound", body: `{"from":"+32470123461","to":"8080"}`, fields: []string{"body"}},
	{name: "no to", callback: "inbound", body: `{"from":"+32470123461","body":"STOP"}`, fields: []string{"to"}},
	{name: "no from", callback: "inbound", body: `{"to":"8080","body":"STOP"}`, fields: []string{"from"}},
	{name: "nothing", callback: "inbound", body: `{}`, fields: []string{"from", "to", "body"}},
	{name: "null", callback: "inbound", body: `{"from":null,"to":"8080","body":"STOP"}`, fields: []string{"from"}},
	{
		name: "empty from", callback: "inbound", body: `{"from":"","to":"8080","body":"STOP"}`,
		fields: []string{"from"},
	},
	{
		name: "body is a number", callback: "inbound", body: `{"from":"+32470123461","to":"8080","body":7}`,
		fields: []string{"body"},
	},
	{
		name: "from is a list", callback: "inbound", body: `{"from":["+32470123461"],"to":"8080","body":"x"}`,
		fields: []string{"from"},
	},
	{
		name: "to is an object", callback: "inbound", body: `{"from":"+32470123461","to":{},"body":"x"}`,
		fields: []string{"to"},
	},
	{
		name: "from is true", callback: "inbound", body: `{"from":true,"to":"8080","body":"x"}`,
		fields: []string{"from"},
	},
	{
		name: "long from", callback: "inbound",
		body: `{"from":"` + strings.Repeat("1", carrier.MaxID+1) + `","to":"8080","body":"x"}`, fields: []string{"from"},
	},
	{name: "numbers", callback: "inbound", body: `{"from":32470123461,"to":8080,"body":"x"}`},
	{name: "empty to and body", callback: "inbound", body: `{"from":"+32470123461","to":"","body":""}`},
	{
		name: "more fields", callback: "inbound",
		body: `{"from":"+32470123461","to":"8080","body":"x","id":{"a":1},"parts":[1,2]}`,
	},
	{name: "other case", callback: "inbound", body: `{"From":"+32470123461","TO":"8080","Body":"x"}`},
	{
		name: "byte order mark", callback: "inbound",
		body: "\ufeff" + `{"from":"+32470123461","to":"8080","body":"x"}`,
	},
	{name: "no id", callback: "receipts", body: `{"status":"delivered"}`, fields: []string{"id"}},
	{name: "no status", callback: "receipts", body: `{"id":"a"}`, fields: []string{"status"}},
	{name: "other status", callback: "receipts", body: `{"id":"a","status":"sent"}`, fields: []string{"status"}},
	{name: "status is a number", callback: "receipts", body: `{"id":"a","status":1}`, fields: []string{"status"}},
	{
		name: "reason is a number", callback: "receipts", body: `{"id":"a","status":"failed","reason":1}`,
		fields: []string{"reason"},
	},
	{name: "id is an object", callback: "receipts", body: `{"id":{},"status":"read"}`, fields: []string{"id"}},
	{
		name: "reason is null", callback: "receipts",
		body: `{"id":7,"status":"failed","reason":null,"code":{},"at":"now"}`,
	},
}

// TestCallback_Fields: all fields that are missing or have a wrong type are named; unknown ones are ignored.
func TestCallback_Fields(t *testing.T) {
	t.Parallel()
	for _, c := range fieldCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("POST", "/carriers/any-http/"+c.callback, strings.NewReader(c.body))
			r.Header.Set("Authorization", bearer)
			f := newCarrier(t, Config{URL: "http://127.0.0.1:1/"}).ServeCallback(httptest.NewRecorder(), r, c.callback,
				carrier.Sink{
					Receipt: func(context.Context, carrier.Receipt) (bool, error) { return true, nil },
					Inbound: func(context.Context, carrier.Inbound) (bool, error) { return true, nil },
				})

			var got []string
			if f != nil {
				for _, e := range f.Details.Errors {
					got = append(got, e.Field)
				}
				if f.Status != 400 || f.Details.Field != got[0] || !strings.HasPrefix(f.Message, got[0]+" ") {
					t.Errorf("answered %+v", f)
				}
			}
			if !slices.Equal(got, c.fields) {
				t.Errorf("%v are wrong, want %v", got, c.fields)
			}
		})
	}
}

// TestCallback_Inbound: messages from phones are read in UTF-8 and in Latin-1.
func TestCallback_Inbound(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]carrier.Inbound{
		`{"from":"+32470123461","to":"8080","body":"ARR\u00caT","id":"mo-1"}`: {
			From: "+32470123461", To: "8080",
			Body: secret.NewString("ARRÊT"), ID: "mo-1",
		},
		"{\"from\":\"0470123461\",\"to\":\"Acme\",\"body\":\"ARR\xcaT\"}": {
			From: "0470123461", To: "Acme",
			Body: secret.NewString("ARRÊT"),
		},
		`{"from":32470123461,"to":8080,"body":"x","id":7}`: {
			From: "32470123461", To: "8080",
			Body: secret.NewString("x"), ID: "7",
		},
	} {
		got, f := parseInbound([]byte(body))
		if f != nil || got.From != want.From || got.To != want.To || got.ID != want.ID ||
			got.Body.Reveal() != want.Body.Reveal() {
			t.Errorf("%q: %+v %q, %v", body, got, got.Body.Reveal(), f)
		}
	}
}

func TestCallback_ContentType(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]bool{
		"": true, "application/json": true, "application/json; charset=utf-8": true, "Application/JSON": true,
		"text/json": true, "application/vnd.gateway+json": true,
		"text/plain": false, "application/x-www-form-urlencoded": false, "application/xml": false, ";": false,
	} {
		r := httptest.NewRequest("POST", "/carriers/any-http/receipts", strings.NewReader(`{"id":"a","status":"read"}`))
		r.Header.Set("Authorization", bearer)
		if contentType != "" {
			r.Header.Set("Content-Type", contentType)
		}

		f := newCarrier(t, Config{URL: "http://127.0.0.1:1/"}).ServeCallback(httptest.NewRecorder(), r, "receipts",
			carrier.Sink{
				Receipt: func(context.Context, carrier.Receipt) (bool, error) { return true, nil },
			})
		if (f == nil) != want || f != nil && f.Status != 415 {
			t.Errorf("%q: %v", contentType, f)
		}
	}
}

func TestCallback_Receipt(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]carrier.Receipt{
		`{"id":"a","status":"delivered","reason":"busy"}`: {ID: "a", Ref: "a", Status: carrier.Delivered},
		`{"id":77,"status":"failed","reason":"unreachable","code":5}`: {
			ID: "77", Ref: "77", Status: carrier.Failed,
			Reason: message.Unreachable, CarrierCode: "5",
		},
		`{"id":"a","status":"failed","reason":"gone","code":"a b"}`: {
			ID: "a", Ref: "a", Status: carrier.Failed,
			Reason: message.UnknownReason,
		},
		`{"id":"msg_1","status":"failed","code":"0x0000000b"}`: {
			ID: "msg_1", Ref: "msg_1",
			Status: carrier.Failed, Reason: message.UnknownReason, CarrierCode: "0x0000000b",
		},
	} {
		if got, err := parseReceipt([]byte(body)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v, want %+v", body, got, err, want)
		}
	}
}

func FuzzCallback(f *testing.F) {
	for _, seed := range []string{
		`{"id":"a","status":"failed","reason":"busy","code":7}`,
		`{"from":"1","to":"2","body":"x"}`, `{"id":[]}`, `null`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if r, err := parseReceipt(body); err == nil && (r.ID == "" || len(r.ID) > carrier.MaxID || r.ID != r.Ref ||
			r.Status == carrier.Buffered || len(r.CarrierCode) > 64) {
			t.Errorf("%q: %+v", body, r)
		} else if err != nil && len(err.Error()) > 120 {
			t.Errorf("%q: the error is long: %v", body, err)
		}
		if m, err := parseInbound(body); err == nil && (m.From == "" || len(m.From) > carrier.MaxID) {
			t.Errorf("%q: %+v", body, m)
		}
	})
}
