package httpapi_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/carrier/httpsms"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/httpapi"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/testworld"
)

// gatewayAPI is a server whose carrier is a gateway in Belgium.
func gatewayAPI(t *testing.T) *api {
	t.Helper()
	g, err := carriertest.StartGateway(carriertest.GatewayOptions{Token: "token"})
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(g.Close)
	log := slog.New(slog.DiscardHandler)
	k, err := httpsms.New(httpsms.Config{
		Name: "gw", Channel: message.SMS, URL: g.URL(), Token: secret.NewString("token"), Country: "BE",
	}, log)
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(k.Close)
	a := &api{World: testworld.New(t, testworld.Options{Carriers: []carrier.Carrier{k}})}
	a.Handler = httpapi.New(httpapi.Config{
		Engine: a.Engine, Answers: a.Answers, OptOuts: a.OptOuts, Query: a.Dispatcher.Query, Sink: a.Sink(),
		Numbers: a.Dispatcher.Config.Numbers, Keys: a.Dispatcher.Config.Keys, Admin: a.Admin,
		Gate: &admin.Authenticator{Admin: a.Admin}, Log: log, Callbacks: map[string]carrier.CallbackHandler{"gw": k},
	})

	return a
}

// calledBack posts a callback as the gateway would.
func (a *api) calledBack(path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/carriers/gw/"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer token")
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

// TestCallbacks_Inbound: a STOP reaches the account that wrote to the number, in every form of the sender.
func TestCallbacks_Inbound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, to, body string }{
		{
			name: "other form of the sender", to: "+525512345678",
			body: `{"from":"+5215512345678","to":"Acme","body":"STOP"}`,
		},
		{name: "00", to: "+32470123456", body: `{"from":"0032470123456","to":"Acme","body":"ARRETE"}`},
		{name: "national", to: "+32470123456", body: `{"from":"0470123456","to":"Acme","body":"Stop-all","more":1}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := gatewayAPI(t)
			text := engine.SMSRequest{To: c.to, Body: "Hello"}
			if _, _, err := a.SendSMS(t.Context(), a.Live, text, nil); err != nil {
				t.Fatal(err)
			}
			w := a.calledBack("inbound", strings.Replace(c.body, `"body":"`, `"x":1,"body":"Hello, `, 1))
			if w.Code != 204 {
				t.Errorf("a text is answered %d %s", w.Code, w.Body)
			}

			list, _, err := a.Dispatcher.Query.ListInbound(t.Context(), a.Live, query.InboundFilter{}, [16]byte{}, 10)
			if err != nil || len(list) != 1 || list[0].From.E164() != c.to || list[0].Carrier != "gw" {
				t.Errorf("received %+v, %v", list, err)
			}
			if w := a.calledBack("inbound", c.body); w.Code != 204 || w.Body.Len() != 0 {
				t.Errorf("the keyword is answered %d %s", w.Code, w.Body)
			}

			_, _, err = a.SendSMS(t.Context(), a.Live, text, nil)
			if f := testworld.Refused(t, err, fault.InvalidPhone); f.Details.Reason != "opted_out" {
				t.Errorf("refused with %+v", f.Details)
			}
		})
	}
}

// TestCallbacks_Answers: 400 in the API's shape names the field; 202 is for what matches nothing.
func TestCallbacks_Answers(t *testing.T) {
	t.Parallel()
	a := gatewayAPI(t)
	for _, c := range []struct {
		name, path, body string
		status           int
		field            string
	}{
		{
			name: "field missing", path: "inbound", body: `{"from":"+32470123461","to":"8080","message":"STOP"}`,
			status: 400, field: "body",
		},
		{
			name: "wrong type", path: "inbound", body: `{"from":"+32470123461","to":"8080","body":[]}`, status: 400,
			field: "body",
		},
		{name: "not JSON", path: "inbound", body: `from=%2B32470123461`, status: 400},
		{name: "status missing", path: "receipts", body: `{"id":"a"}`, status: 400, field: "status"},
		{
			name: "a receipt for nothing", path: "receipts", body: `{"id":"unknown","status":"delivered"}`,
			status: 202,
		},
		{name: "an unreadable sender", path: "inbound", body: `{"from":"Acme","to":"8080","body":"STOP"}`, status: 202},
		{
			name: "a text to no account", path: "inbound", body: `{"from":"+32470123461","to":"8080","body":"Hello"}`,
			status: 202,
		},
	} {
		w := a.calledBack(c.path, c.body)
		if w.Code != c.status {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
			continue
		}
		if c.status == 202 {
			continue
		}

		var f struct {
			Code, Message string
			RequestID     string `json:"request_id"`
			Details       struct{ Field string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil || f.Code != "invalid_params" || f.Message == "" ||
			f.RequestID == "" ||
			f.RequestID != w.Header().Get("X-Request-Id") || f.Details.Field != c.field {
			t.Errorf("%s: %v %s", c.name, err, w.Body)
		}
	}
}
