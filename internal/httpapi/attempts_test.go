package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/testworld"
)

// attemptFields are the values of a field in the attempts of an OTP or a message.
func attemptFields(t *testing.T, w answer, field string) (out []string) {
	t.Helper()
	list, _ := w.ok().json["attempts"].([]any)
	for _, a := range list {
		v, ok := a.(map[string]any)[field]
		if !ok {
			v = "absent"
		}
		out = append(out, fmt.Sprint(v))
	}

	return out
}

// TestAttempts_Chosen: the attempts of codes and texts say why they were made over their carrier.
func TestAttempts_Chosen(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100, Routes: []route.Rule{
		{Channel: message.SMS, Prefix: "+1", Carriers: []string{"smsc"}},
		{Channel: message.SMS, Carriers: []string{"smsc"}},
		{Channel: message.WhatsApp, Carriers: []string{"wa"}},
	}})
	a.wa.Script(testworld.Rejects(message.Unreachable))
	code := a.call(t, a.live, "POST", "/v2/otp/send", `{"to":"+32470123456","channels":["whatsapp","sms"]}`).ok()
	text := a.liveText(t, ``)

	for path, want := range map[string]string{
		"/v2/otp/" + code.str("otp_id"):          "[route 3, order route 2, order]",
		"/v2/messages/" + text.str("message_id"): "[route 2, order]",
	} {
		got := fmt.Sprint(attemptFields(t, a.call(t, a.live, "GET", path, ""), "chosen"))
		if got != want {
			t.Errorf("%s was chosen because of %s, want %s", path, got, want)
		}
	}
}

// TestCosts_OperatorOnly: what messages cost the operator is shown by attempts and usage, to keys with the scope operator
// and no others. A failed receipt does not change it.
func TestCosts_OperatorOnly(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100, Costs: []route.Cost{
		{Channel: message.SMS, Credits: 5}, {Channel: message.SMS, Carrier: "smsc", Credits: 2},
	}})
	operator := a.key(t, id.Live, account.ScopeSend, account.ScopeRead, account.ScopeOperator)
	a.wa.Script(testworld.Rejects(message.Unreachable))
	a.sms.Script(testworld.AcceptsAs("lost"))
	code := a.call(t, a.live, "POST", "/v2/otp/send", `{"to":"+32470123456","channels":["whatsapp","sms"]}`).ok()
	ofCode := "/v2/otp/" + code.str("otp_id")
	if _, err := a.Dispatcher.Receipt(t.Context(), carrier.Receipt{
		Carrier: "smsc", ID: "lost", Status: carrier.Failed, Reason: message.Unreachable,
	}); err != nil {
		t.Fatal(err)
	}
	a.Sweep(t)

	a.Clock.Add(time.Hour)
	text := a.call(t, a.live, "POST", "/v2/sms/send", `{"to":"+32470123456","body":"`+strings.Repeat("x", 161)+`"}`).ok()
	ofText := "/v2/messages/" + text.str("message_id")

	for path, want := range map[string]string{
		ofCode: "[absent 2]", ofText: "[4]",
	} {
		if got := fmt.Sprint(attemptFields(t, a.call(t, operator, "GET", path, ""), "cost")); got != want {
			t.Errorf("%s cost %s, want %s", path, got, want)
		}
	}
	if w := a.call(t, operator, "GET", "/v2/usage?group_by=channel", "").ok(); asText(w.json["data"]) !=
		`[{"channel":"sms","cost":6,"credits":16,"messages":2,"segments":3}]` ||
		asText(w.json["total"]) != `{"cost":6,"credits":16,"messages":2,"segments":3}` {
		t.Errorf("usage %s", w.text)
	}

	for _, path := range []string{ofCode, ofText, "/v2/otp", "/v2/messages", "/v2/usage"} {
		if w := a.call(t, operator, "GET", path, "").ok(); !strings.Contains(w.text, `"cost":`) {
			t.Errorf("%s shows the operator no cost: %s", path, w.text)
		}
		if w := a.call(t, a.live, "GET", path, "").ok(); strings.Contains(w.text, `"cost"`) {
			t.Errorf("%s shows a customer what it cost: %s", path, w.text)
		}
	}
}

// TestCosts_StoredAnswers: an answer that is stored for an Idempotency-Key shows no costs, since a key of a customer may
// get it, too.
func TestCosts_StoredAnswers(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100, Costs: []route.Cost{{Channel: message.SMS, Credits: 5}}})
	operator := a.key(t, id.Live, account.ScopeSend, account.ScopeRead, account.ScopeOperator)
	code := a.call(t, a.live, "POST", "/v2/otp/send", `{"to":"+32470123456","channels":["sms"]}`).ok()
	path := "/v2/otp/" + code.str("otp_id") + "/cancel"
	for _, key := range []string{operator, a.live} {
		w := a.call(t, key, "POST", path, "", "Idempotency-Key", "cancel").ok()
		if strings.Contains(w.text, `"cost"`) || len(attemptFields(t, w, "channel")) != 1 {
			t.Errorf("canceled: %s", w.text)
		}
	}
}

// TestCosts_Sandbox: in the sandbox nothing costs anything.
func TestCosts_Sandbox(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Costs: []route.Cost{{Channel: message.SMS, Credits: 5}}})
	operator := a.key(t, id.Test, account.ScopeRead, account.ScopeOperator)
	w := a.call(t, operator, "GET", "/v2/otp/"+a.send(t, "+15005550006", `"sms"`), "")
	if got := fmt.Sprint(attemptFields(t, w, "cost")); got != "[absent]" {
		t.Errorf("cost %s: %s", got, w.text)
	}
	if w := a.call(t, operator, "GET", "/v2/usage", "").ok(); asText(w.json["total"]) !=
		`{"cost":0,"credits":0,"messages":1,"segments":1}` {
		t.Errorf("usage %s", w.text)
	}
}
