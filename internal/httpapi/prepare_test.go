package httpapi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/secret"
)

func makeOTP(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	w := a.call(t, key, "POST", "/v2/otp/send", `{"to":"+32470123456","channels":["whatsapp"]}`).ok()
	r.ownerData = append(r.ownerData, w.str("otp_id"))
}

// pendingOTP makes an OTP and puts its id, and in the sandbox its code, into the request.
func pendingOTP(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	makeOTP(t, a, key, r)
	r.name("otp_id", r.ownerData[0])
	if body, ok := r.body.(map[string]any); ok && body["code"] != nil {
		body["code"] = "000000" // the right code in the sandbox; with a live key a wrong one, which is answered, too
	}
}

func makeText(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	w := a.call(t, key, "POST", "/v2/sms/send", `{"to":"+32470123456","body":"Hello","from":"Acme"}`).ok()
	r.ownerData = append(r.ownerData, w.str("message_id"))
	r.name("message_id", w.str("message_id"))
}

// silentText makes a text of which no receipt has come.
func silentText(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	if !strings.HasPrefix(key, "sk_test_") {
		makeText(t, a, key, r)
		return
	}
	w := a.call(t, key, "POST", "/v2/sms/send", `{"to":"+15005550010","body":"Hello","from":"Acme"}`).ok()
	r.ownerData = append(r.ownerData, w.str("message_id"))
	r.name("message_id", w.str("message_id"))
}

func scheduledText(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	w := a.call(t, key, "POST", "/v2/sms/send",
		`{"to":"+32470123456","body":"Hello","from":"Acme","scheduled_at":"2026-04-26T09:00:00Z"}`).ok()
	r.ownerData = append(r.ownerData, w.str("message_id"))
	r.name("message_id", w.str("message_id"))
}

func capped(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	a.call(t, key, "PATCH", "/v2/account", `{"spend_cap_countries":{"BE":20000,"*":500}}`).ok()
	r.ownerData = append(r.ownerData, `"BE":20000`)
}

// makeInbound makes an inbound message.
func makeInbound(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	if strings.HasPrefix(key, "sk_test_") {
		a.call(t, key, "POST", "/v2/sms/send", `{"to":"+15005550021","body":"Hello","from":"Acme"}`).ok()
	} else {
		makeText(t, a, key, &call{})
		_, err := a.Inbound(t.Context(),
			carrier.Inbound{
				Carrier: "smsc", From: "+32470123456", To: "Acme", Body: secret.NewString("Is my parcel on its way?"),
			})
		if err != nil {
			t.Fatal(err)
		}
	}
	w := a.call(t, key, "GET", "/v2/inbound", "").ok()
	r.ownerData = append(r.ownerData, w.json["data"].([]any)[0].(map[string]any)["inbound_id"].(string))
}

func makeOptOut(t *testing.T, a *api, key string, _ *call) {
	t.Helper()
	a.call(t, key, "PUT", "/v2/opt-outs/+32470123456", "").ok()
}

func makeTemplate(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	w := a.call(t, key, "POST", "/v2/templates",
		`{"name":"Login","translations":{"en":"{{code}} is your Acme code",`+
			`"pt-BR":"{{code}} é o seu código Acme"}}`).ok()
	r.ownerData = append(r.ownerData, w.str("id"))
	r.name("template_id", w.str("id"))
}

func makeHook(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	w := a.call(t, key, "POST", "/v2/webhooks",
		`{"url":"https://example.com/hook","events":["message.delivered"]}`).ok()
	r.ownerData = append(r.ownerData, w.str("id"))
	r.name("webhook_id", w.str("id"))
}

// makeDelivery makes an endpoint and an event that was delivered to it.
func makeDelivery(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	w := a.call(t, key, "POST", "/v2/webhooks", `{"url":"https://example.com/hook","events":["message.sent"]}`).ok()
	whe := w.str("id")
	r.ownerData = append(r.ownerData, whe)
	r.name("webhook_id", whe)
	a.call(t, key, "POST", "/v2/otp/send", `{"to":"+32470123456","channels":["sms"]}`).ok()
	a.Receiver.Wait(t, 1)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		for _, d := range a.call(t, key, "GET", "/v2/webhooks/"+whe+"/deliveries", "").ok().json["data"].([]any) {
			if d := d.(map[string]any); d["status"] == "delivered" {
				r.name("event_id", d["id"].(string))
				r.ownerData = append(r.ownerData, d["id"].(string))
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing was delivered")
		}
	}
}

// nameCarrier names a carrier of the key's mode.
func nameCarrier(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	if strings.HasPrefix(key, "sk_test_") {
		r.name("carrier", "sandbox")
		return
	}
	r.name("carrier", a.sms.Name())
}

func makeKey(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	a.Clock.Add(time.Second) // keys are listed by their times
	w := a.call(t, key, "POST", "/v2/keys", `{"name":"Backup","scopes":["admin"]}`).ok()
	r.ownerData = append(r.ownerData, w.str("id"))
	r.name("key_id", w.str("id"))
}

// makeRequest makes a request that is in the request log.
func makeRequest(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	w := a.call(t, key, "GET", "/v2/balance", "", "User-Agent", "syssecure-go/0.1.0").ok()
	r.ownerData = append(r.ownerData, w.Header().Get("X-Request-Id"))
	a.Do(t, a.requests.Flush)
}

// nameAccount names the account of the test.
func nameAccount(_ *testing.T, a *api, _ string, r *call) { r.name("account_id", a.Account.String()) }
