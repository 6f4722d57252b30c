package httpapi_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/carrier/sandbox"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/httpapi"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/memory"
)

func TestSmoke(t *testing.T) {
	keys, _ := secret.NewKeyring(secret.NewMasterKey())
	st := store.Open(memory.New())
	sb := sandbox.New()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	e := engine.New(engine.Config{Store: st, Keys: keys, Index: secret.NewIndexKey(), Sandbox: sb, Epoch: 1, Now: time.Now, Log: log})
	sb.Connect(e.Show, e.Sink())
	a := &admin.Admin{Store: st, Keys: keys, Now: time.Now}
	ctx := context.Background()
	acct, err := a.CreateAccount(ctx, "Acme", 0)
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := a.CreateKey(ctx, acct.ID, id.Test, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := httpapi.New(httpapi.Config{Engine: e, Admin: a, Gate: &admin.Gate{Admin: a}, Ready: func(context.Context) error { return nil }, Log: log})
	call := func(method, path, body string, h ...string) string {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+key.Reveal())
		r.Header.Set("Content-Type", "application/json")
		for i := 0; i+1 < len(h); i += 2 {
			r.Header.Set(h[i], h[i+1])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		out := fmt.Sprintf("%d %v %s", w.Code, w.Header().Get("Retry-After"), w.Body.String())
		fmt.Println(method, path, body, "→", strings.TrimSpace(out))
		return w.Body.String()
	}
	_ = http.MethodGet
	sent := call("POST", "/v2/otp/send", `{"to":"+32470123456","channels":["whatsapp","sms"],"expires_in":300,"length":6,"locale":"en","metadata":{"user_id":"usr_abc123","n":12345678901234567890}}`)
	otp := sent[strings.Index(sent, "otp_"):][:30]
	call("GET", "/v2/sandbox/messages?to=%2B32470123456", "")
	call("GET", "/v2/otp/"+otp, "")
	call("POST", "/v2/otp/verify", `{"otp_id":"`+otp+`","code":"111111"}`)
	call("POST", "/v2/otp/verify", `{"otp_id":"`+otp+`","code":"11111"}`)
	call("POST", "/v2/otp/verify", `{"otp_id":"`+otp+`","code":"000000"}`)
	call("POST", "/v2/otp/verify", `{"otp_id":"`+otp+`","code":"000000"}`)
	for _, n := range []string{"01", "02", "03", "04", "06", "09", "10", "11", "12", "13", "14", "15", "16", "18", "19", "20"} {
		call("POST", "/v2/otp/send", `{"to":"+150055500`+n+`","channels":["whatsapp","sms"]}`)
	}
	call("POST", "/v2/otp/send", `{"to":"+15005550002","channels":["sms"]}`, "Idempotency-Key", "abc")
	call("POST", "/v2/otp/send", `{"to":"+15005550002","channels":["sms"]}`, "Idempotency-Key", "abc")
	call("POST", "/v2/otp/send", `{"to":"+15005550002", "channels":["sms"]}`, "Idempotency-Key", "abc")
	call("POST", "/v2/sandbox/clock", `{"advance":"21s"}`)
	call("GET", "/v2/otp?limit=3", "")
	call("POST", "/v2/sandbox/clock", `{"advance":"301s"}`)
	call("GET", "/v2/otp?limit=3", "")
	call("GET", "/v2/balance", "")
	for _, bad := range []string{``, `{`, `[]`, `{"to":1}`, `{"to":"+32470123456"}`, `{"to":"+32470123456","channels":[]}`, `{"to":"+32470123456","channels":["sms","sms"]}`,
		`{"to":"+32470123456","channels":["fax"]}`, `{"to":"+32470123456","channels":["sms"],"foo":1}`, `{"to":"+32470123456","channels":["sms"],"expires_in":0}`,
		`{"to":"+32470123456","channels":["sms"],"expires_in":3601}`, `{"to":"+32470123456","channels":["sms"],"length":3}`, `{"to":"0470","channels":["sms"]}`,
		`{"to":"+32470123456","to":"+32470123457","channels":["sms"]}`, `{"to":"+32470123456","channels":["telegram"],"length":10}`,
		`{"to":"+32470123456","channels":["sms"],"metadata":[]}`, `{"to":"+32470123456","channels":["sms"],"metadata":{"a":{"b":{"c":{"d":{"e":1}}}}}}`, `{"to":"+32470123456","channels":["sms"],"fallback":{"after":1}}`,
		`{"to":"+32470123456","channels":["sms"],"client_ip":"x"}`, `{"TO":"+32470123456","channels":["sms"]}`, `{"to":"+32470123456","channels":["sms"],"template":"tmpl_x"}`, `{"to":"+32470123456","channels":["sms"],"length":"6"}`} {
		call("POST", "/v2/otp/send", bad)
	}
	call("GET", "/v2/nope", "")
	call("DELETE", "/v2/otp/send", "")
	call("POST", "/v2/otp/send", "a=b", "Content-Type", "application/x-www-form-urlencoded")
	call("POST", "/v2/otp/send", strings.Repeat(" ", 70000))
	call("POST", "/v2/otp/"+otp+"/resend", "")
	call("POST", "/v2/otp/"+otp+"/cancel", "")
	call("GET", "/v2/otp?limit=0", "")
	call("GET", "/v2/otp?foo=0", "")
	call("GET", "/v2/otp/otp_x", "")
	call("GET", "/healthz", "")
	call("GET", "/openapi.json", "")
}
