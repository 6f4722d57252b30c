package snippets

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// prepare makes what a sample needs, and returns the variables that it may use.
func (w *world) prepare(t *testing.T, operation string) []string {
	t.Helper()
	w.sends++
	number := fmt.Sprintf("+3247012%04d", w.sends) // another one each time, so that no code is pending
	otp := w.call(t, "POST", "/v2/otp/send", `{"to":"`+number+`","channels":["sms"]}`, "otp_id")
	recipient := number
	if operation == "force-outcome" {
		recipient = "+15005550010" // reports nothing, so that the message can still end in any way
	}
	text := `{"to":"` + recipient + `","body":"Hello","from":"Acme"`
	if operation == "cancel-message" {
		text += `,"scheduled_at":"` + time.Now().Add(time.Hour).UTC().Format(time.RFC3339) + `"`
	}
	out := []string{"ACCOUNT_ID=" + w.account, "OTP_ID=" + otp}
	out = append(out, "MESSAGE_ID="+w.call(t, "POST", "/v2/sms/send", text+"}", "message_id"))
	out = append(out, "TEMPLATE_ID="+w.call(t, "POST", "/v2/templates",
		`{"name":"Login","translations":{"en":"{{code}} is your Acme code"}}`, "id"))
	w.optedOut(t, operation)
	w.rows(t, operation, otp)

	if operation == "rotate-key" || operation == "revoke-key" {
		out = append(out, "KEY_ID="+w.call(t, "POST", "/v2/keys", `{"name":"Shop backend","scopes":["send"]}`, "id"))
	}
	if strings.Contains(operation, "webhook") || operation == "redeliver" || operation == "list-deliveries" {
		out = append(out, w.hook(t, operation)...)
	}

	return out
}

// optedOut lets the number of the samples opt out, if the sample shows that. Otherwise the number is let in again, since
// it would be refused after another sample.
func (w *world) optedOut(t *testing.T, operation string) {
	t.Helper()
	w.call(t, "PUT", "/v2/opt-outs/+32470123456", "", "number")
	if operation != "delete-opt-out" && operation != "list-opt-outs" {
		w.call(t, "DELETE", "/v2/opt-outs/+32470123456", "", "number")
	}
}

// rows makes what a list of the samples shows.
func (w *world) rows(t *testing.T, operation, otp string) {
	t.Helper()
	send := func(number string) {
		w.call(t, "POST", "/v2/sms/send", `{"to":"`+number+`","body":"Hello","from":"Acme"}`, "message_id")
	}
	switch operation {
	case "list-otps":
		w.call(t, "POST", "/v2/otp/verify", `{"otp_id":"`+otp+`","code":"000000"}`, "otp_id")
	case "list-messages":
		send("+15005550002") // the only channel fails
		w.until(t, "/v2/messages?status=failed&country=US", "status", "failed")
	case "list-inbound":
		send("+15005550021") // replies
		w.until(t, "/v2/inbound", "body", "Hello")
	case "list-requests":
		w.until(t, "/v2/requests?status=success&limit=1", "method", "GET")
	case "list-audit":
		w.call(t, "POST", "/v2/keys", `{"name":"Shop backend","scopes":["send"]}`, "id")
	case "sandbox-messages":
		send("+32470123456")
		w.until(t, "/v2/sandbox/messages?to=%2B32470123456", "body", "Hello")
	}
}

// hook makes an endpoint of this machine, and for some samples an event that was delivered to it. What was made before is
// deleted, since an account may have few endpoints.
func (w *world) hook(t *testing.T, operation string) []string {
	t.Helper()
	for old := w.call(t, "GET", "/v2/webhooks", "", "id"); old != ""; old = w.call(t, "GET", "/v2/webhooks", "", "id") {
		w.call(t, "DELETE", "/v2/webhooks/"+old, "", "id")
	}
	whe := w.call(t, "POST", "/v2/webhooks", `{"url":"`+w.hooks+`/hook","events":["message.sent"]}`, "id")
	out := []string{"WEBHOOK_ID=" + whe}
	if operation != "redeliver" && operation != "list-deliveries" {
		return out
	}

	w.call(t, "POST", "/v2/otp/send", fmt.Sprintf(`{"to":"+3247019%04d","channels":["sms"]}`, w.sends), "otp_id")
	list := "/v2/webhooks/" + whe + "/deliveries"
	w.until(t, list, "status", "delivered")

	return append(out, "EVENT_ID="+w.call(t, "GET", list, "", "id"))
}

// until waits until the first row of a list has a value.
func (w *world) until(t *testing.T, list, field, value string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); w.call(t, "GET", list, "", field) != value; {
		if time.Now().After(deadline) {
			t.Fatalf("%s has no row whose %s is %s", list, field, value)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
