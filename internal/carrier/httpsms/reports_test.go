package httpsms

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/secret"
)

func TestTemplatedCallback_Refusals(t *testing.T) {
	t.Parallel()
	config := Config{
		URL: "http://127.0.0.1:1", CallbackToken: secret.NewString("other"),
		ReceiptList: "/r", ReceiptID: "/id/x", ReceiptStatus: "s", ReceiptStatuses: []string{"1=delivered"},
		InboundFrom: "from", InboundText: "text",
	}
	made, own := newCarrier(t, config), config
	own.InboundFrom, own.InboundText = "", ""
	halfPlain := newCarrier(t, own)
	signed := newProfile(t, "plivo", "", "https://otp.example.com")
	calls := 0
	failing := errors.New("disk full")
	var sinkError error
	sink := carrier.Sink{
		Receipt: func(context.Context, carrier.Receipt) (bool, error) { calls++; return false, sinkError },
		Inbound: func(context.Context, carrier.Inbound) (bool, error) { calls++; return true, sinkError },
	}

	const list, form = `{"r":[{"id":{"x":"a"},"s":1},{"id":{"x":"b"},"s":7}]}`, "application/x-www-form-urlencoded"
	for _, c := range []struct {
		name, callback, query, body, method, kind, bearer string
		of                                                *Carrier
		sink                                              error
		want, calls                                       int
	}{
		{name: "a list", callback: "receipts", query: "?token=other", body: list, want: 200, calls: 2},
		{name: "by header", callback: "receipts", bearer: "other", body: list, want: 200, calls: 2},
		{name: "not stored", callback: "receipts", query: "?token=other", body: list, sink: failing, want: 503, calls: 1},
		{name: "one without an id", callback: "receipts", query: "?token=other", body: `{"r":[{"id":{"x":"a"},"s":1},{"s":1}]}`, want: 400, calls: 1},
		{name: "no status", callback: "receipts", query: "?token=other", body: `{"id":{"x":"a"}}`, want: 400},
		{name: "a long id", callback: "receipts", query: "?token=other", body: `{"id":{"x":"` + strings.Repeat("x", 256) + `"},"s":1}`, want: 400},
		{name: "a text by GET", callback: "inbound", query: "?token=other&from=1&text=STOP", method: "GET", want: 200, calls: 1},
		{name: "a text as a form", callback: "inbound", query: "?token=other", body: "from=1&text=STOP", kind: form, want: 200, calls: 1},
		{name: "a sender in the query", callback: "inbound", query: "?token=other&from=1", body: "text=STOP", kind: form, want: 200, calls: 1},
		{name: "no sender", callback: "inbound", query: "?token=other", body: "text=STOP", kind: form, want: 400},
		{name: "no form", callback: "inbound", query: "?token=other", body: "%%", kind: form, want: 400},
		{name: "no JSON", callback: "inbound", query: "?token=other", body: "<x>", want: 400},
		{name: "two values of JSON", callback: "inbound", query: "?token=other", body: "{}{}", want: 400},
		{name: "no token", callback: "receipts", body: list, want: 401},
		{name: "the token of requests", callback: "receipts", query: "?token=" + token, body: list, want: 401},
		{name: "another callback", callback: "gather", query: "?token=other", body: list, want: 404},
		{name: "PUT", callback: "receipts", query: "?token=other", method: "PUT", body: list, want: 405},
		{name: "oversized", callback: "receipts", query: "?token=other", body: strings.Repeat(" ", maxReports+1), want: 413},
		{name: "the plain form beside it", callback: "inbound", of: halfPlain, bearer: "other", body: `{"from":"1","to":"2","body":"x"}`, kind: "application/json", want: 204, calls: 1},
		{name: "the plain form has no query", callback: "inbound", of: halfPlain, query: "?token=other", body: `{}`, kind: "application/json", want: 401},
		{name: "unsigned", callback: "receipts", of: signed, query: "?token=" + token, body: "MessageUUID=1&Status=sent", kind: form, want: 401},
	} {
		calls, sinkError = 0, c.sink
		if c.method == "" {
			c.method = http.MethodPost
		}
		r := httptest.NewRequest(c.method, "/carriers/a/"+c.callback+c.query, strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		if c.bearer != "" {
			r.Header.Set("Authorization", "Bearer "+c.bearer)
		}
		if c.of == nil {
			c.of = made
		}

		w := httptest.NewRecorder()
		f := c.of.ServeCallback(w, r, c.callback, sink)
		status := w.Code
		if f != nil {
			status = f.Status
		}
		if status != c.want || calls != c.calls {
			t.Errorf("%s: %d after %d calls, want %d after %d", c.name, status, calls, c.want, c.calls)
		}
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	d, ok := readJSON([]byte("\ufeff" + `{"a":{"b/c":[{"n":12345678901234567890,"t":true,"x":null}]},"top":"v"}`))
	if !ok {
		t.Fatal("not read")
	}
	d.fields = map[string][]string{"q": {"1"}, "top": {"2"}}
	for path, want := range map[string]string{
		"/a/b~1c/0/n": "12345678901234567890", "/a/b~1c/0/t": "true", "/a/b~1c/0/x": "", "/a/b~1c/1/n": "",
		"/a/b~1c/-1/n": "", "/a/b~1c/x": "", "/top": "v", "top": "v", "q": "1", "a": "", "": "", "/": "", "/top/x": "",
	} {
		if got := d.text(path); got != want {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
}

func TestInbound_Charset(t *testing.T) {
	t.Parallel()
	for charset, text := range map[string]string{
		"UTF-16BE": "\x00A\x00r\x00r\x00\xea\x00t", "windows-1252": "Arr\xeat", "UTF-8": "Arrêt", "": "Arrêt", "gsm": "Arrêt",
	} {
		if got := decodeText(text, charset); got != "Arrêt" {
			t.Errorf("%s: got %q", charset, got)
		}
	}
}

func FuzzReports(f *testing.F) {
	statuses, err := verdicts([]string{"1=delivered", "2=failed:busy", "3=failed"})
	if err != nil {
		f.Fatal(err)
	}
	rules := &templated{
		receipt: &receiptRules{list: "/r", id: "/id", status: "s", code: "c", to: "to", statuses: statuses},
		inbound: &inboundRules{list: "/r", from: "from", text: "/text"},
	}
	f.Add("receipts", "application/json", []byte(`{"r":[{"id":1,"s":3,"c":"x"}]}`))
	f.Add("inbound", "application/x-www-form-urlencoded", []byte(`from=1&text=x`))
	f.Fuzz(func(t *testing.T, callback, contentType string, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Header.Set("Content-Type", contentType)
		d, bad := readDocument(r, body)
		if bad != nil {
			return
		}
		receipts, inbound, _ := rules.read(callback, d, func(string) {})
		for _, one := range receipts {
			if (one.Status == carrier.Failed) != (one.Reason != "") || one.ID == "" || len(one.CarrierCode) > carrier.MaxCode {
				t.Errorf("%q: %+v", body, one)
			}
		}
		for _, one := range inbound {
			if one.From == "" && one.Body.Reveal() != "STOP" {
				t.Errorf("%q: %+v", body, one)
			}
		}
	})
}
