package httpapi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/testworld"
)

// silent is the sandbox's number from which no receipt comes.
const silent = "+15005550010"

// forced sends over channels to the silent number, and returns the id of the message.
func (a *api) forced(t *testing.T, channels string) (otp, message string) {
	t.Helper()
	otp = a.send(t, silent, channels)
	inbox := a.get(t, "/v2/sandbox/messages?to=%2B15005550010").ok().json["data"].([]any)
	return otp, inbox[0].(map[string]any)["message_id"].(string)
}

func TestInbox_NamesMessages(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	otp, code := a.forced(t, `"sms"`)
	a.Clock.Add(time.Second)
	text := a.post(t, "/v2/sms/send", `{"to":"+32470123456","body":"Hello"}`).ok().str("message_id")

	list := a.get(t, "/v2/sandbox/messages").ok().json["data"].([]any)
	want := []string{
		`"message_id":"` + text + `","otp_id":null,"status":"delivered"`,
		`"message_id":"` + code + `","otp_id":"` + otp + `","status":"sent"`,
	}
	for i, row := range list {
		for field := range strings.SplitSeq(want[i], ",") {
			if !strings.Contains(asText(row), field) {
				t.Errorf("row %d is %s, without %s", i, asText(row), field)
			}
		}
	}
	if len(list) != 2 {
		t.Errorf("%d rows", len(list))
	}
}

func TestInbox_Clear(t *testing.T) {
	t.Parallel()
	for name, fresh := range testworld.Backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, testworld.Options{Backend: fresh(t)})
			var otps []string
			for _, to := range []string{testworld.Number(1), testworld.Number(1), testworld.Number(2), testworld.Number(3)} {
				a.Clock.Add(time.Minute)
				w := a.post(t, "/v2/otp/send", `{"to":"`+to+`","channels":["sms"],"force_new":true}`).ok()
				otps = append(otps, w.str("otp_id"))
			}

			one := a.call(t, a.test, "DELETE", "/v2/sandbox/messages?to=%2B"+testworld.Number(1)[1:], "").ok()
			if asText(one.json) != `{"cleared":2}` {
				t.Errorf("one phone: %s", one.text)
			}
			all := a.call(t, a.test, "DELETE", "/v2/sandbox/messages", "").ok()
			if asText(all.json) != `{"cleared":2}` {
				t.Errorf("the others: %s", all.text)
			}
			if left := a.get(t, "/v2/sandbox/messages").ok(); asText(left.json["data"]) != `[]` {
				t.Errorf("left: %s", left.text)
			}
			for _, o := range otps {
				a.get(t, "/v2/otp/"+o).ok()
			}
		})
	}
}

// TestInbox_ClearMany: more texts than one transaction removes.
func TestInbox_ClearMany(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	const texts = 501
	for range texts {
		a.Clock.Add(time.Second)
		a.post(t, "/v2/sms/send", `{"to":"+32470123456","body":"Hello"}`).ok()
	}
	if w := a.call(t, a.test, "DELETE", "/v2/sandbox/messages", "").ok(); asText(w.json) != `{"cleared":501}` {
		t.Errorf("answered %s", w.text)
	}
}

func TestOutcome_Forced(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, channels, body string
		status, reason       string // of the message
		otp                  string // its state after all that follows
	}{
		{
			name: "delivered", channels: `"sms"`, body: `{"status":"delivered"}`, status: "delivered", otp: "delivered",
		},
		{name: "read", channels: `"whatsapp"`, body: `{"status":"read"}`, status: "read", otp: "delivered"},
		{
			name: "failed", channels: `"sms"`, body: `{"status":"failed"}`, status: "failed", reason: "unreachable",
			otp: "failed",
		},
		{
			name: "failed for a reason", channels: `"sms"`, body: `{"status":"failed","reason":"blocked_by_recipient"}`,
			status: "failed", reason: "blocked_by_recipient", otp: "failed",
		},
		{
			name: "failed with a fallback", channels: `"whatsapp","sms"`, body: `{"status":"failed"}`, otp: "delivered",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, testworld.Options{})
			otp, m := a.forced(t, c.channels)
			w := a.post(t, "/v2/sandbox/messages/"+m+"/outcome", c.body).ok()
			a.settle(t)

			if c.status != "" && (w.str("status") != c.status || w.str("reason") != c.reason) {
				t.Errorf("answered %s", w.text)
			}
			if got := a.get(t, "/v2/otp/"+otp).ok(); got.str("status") != c.otp {
				t.Errorf("the code is %s, want %s", got.text, c.otp)
			}
			if c.status != "" {
				a.post(t, "/v2/sandbox/messages/"+m+"/outcome", c.body).ok() // a receipt may come twice
			}
		})
	}
}

// TestOutcome_TellsWebhooks: what a receipt begins happens.
func TestOutcome_TellsWebhooks(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	a.post(t, "/v2/webhooks", `{"url":"https://example.com/hook","events":["message.failed"]}`).ok()
	_, m := a.forced(t, `"sms"`)
	a.post(t, "/v2/sandbox/messages/"+m+"/outcome", `{"status":"failed","reason":"busy"}`).ok()
	a.settle(t)

	got := a.Receiver.Wait(t, 1)
	if len(got) != 1 || !strings.Contains(got[0].Body, m) || !strings.Contains(got[0].Body, `"busy"`) {
		t.Errorf("posted %+v", got)
	}
}

func TestOutcome_Refused(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	_, m := a.forced(t, `"sms"`)
	a.post(t, "/v2/sandbox/messages/"+m+"/outcome", `{"status":"delivered"}`).ok()
	planned := a.post(t, "/v2/sms/send",
		`{"to":"+32470123456","body":"Hello","scheduled_at":"2026-04-26T09:00:00Z"}`).ok().str("message_id")
	live := a.call(t, a.live, "POST", "/v2/sms/send", `{"to":"+32470123456","body":"Hello"}`).ok().str("message_id")

	for _, c := range []struct {
		name, key, message, body string
		status                   int
		code, reason, field      string
	}{
		{
			name: "final", key: a.test, message: m, body: `{"status":"failed"}`, status: 400, code: "invalid_params",
			reason: "final", field: "status",
		},
		{
			name: "scheduled", key: a.test, message: planned, body: `{"status":"delivered"}`, status: 400,
			code: "invalid_params", reason: "not_submitted", field: "status",
		},
		{
			name: "live key", key: a.live, message: live, body: `{"status":"failed"}`, status: 400, code: "invalid_params",
			field: "Authorization",
		},
		{name: "live message", key: a.test, message: live, body: `{"status":"failed"}`, status: 404, code: "not_found"},
		{name: "no id", key: a.test, message: "msg_x", body: `{"status":"failed"}`, status: 404, code: "not_found"},
		{
			name: "a reason of a success", key: a.test, message: m, body: `{"status":"read","reason":"busy"}`, status: 400,
			code: "invalid_params", field: "reason",
		},
		{
			name: "no such status", key: a.test, message: m, body: `{"status":"sent"}`, status: 400, code: "invalid_params",
			field: "status",
		},
		{
			name: "no such reason", key: a.test, message: m, body: `{"status":"failed","reason":"weather"}`, status: 400,
			code: "invalid_params", field: "reason",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := a.call(t, c.key, "POST", "/v2/sandbox/messages/"+c.message+"/outcome", c.body).refusal(c.status, c.code)
			if w.detail("reason") != c.reason || w.detail("field") != c.field {
				t.Errorf("answered %s", w.text)
			}
		})
	}
}

// TestOutcome_ReasonsAreAll: the schema has the whole list of reasons.
func TestOutcome_ReasonsAreAll(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for _, one := range message.Reasons {
		reason := string(one)
		_, m := a.forced(t, `"sms"`)
		w := a.post(t, "/v2/sandbox/messages/"+m+"/outcome", `{"status":"failed","reason":"`+reason+`"}`).ok()
		if w.str("reason") != reason {
			t.Errorf("%s: answered %s", reason, w.text)
		}
		a.Clock.Add(10 * time.Minute)
	}
}
