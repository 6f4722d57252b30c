package httpapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/testworld"
)

const both, sms = `"whatsapp","sms"`, `"sms"`

// sandboxNumbers is the published table, by the last two digits.
var sandboxNumbers = []struct {
	number, channels string
	status           int
	code, reason     string // of a refusal
	answer, channel  string // of a send
	end              string // what GET says after the send
	shown            int    // texts in the inbox
	later, laterEnd  string // after the clock was advanced
}{
	{
		number: "06", channels: both, answer: "sent", channel: "whatsapp", end: "delivered", shown: 1, later: "60s",
		laterEnd: "delivered",
	},
	{number: "01", channels: both, status: 422, code: "invalid_phone", reason: "impossible"},
	{number: "02", channels: both, answer: "sent", channel: "sms", end: "delivered", shown: 1},
	{number: "02", channels: sms, answer: "pending", channel: "sms", end: "pending", later: "5s", laterEnd: "failed"},
	{number: "03", channels: both, status: 422, code: "invalid_phone", reason: "country_not_allowed"},
	{number: "04", channels: both, answer: "sent", channel: "whatsapp", end: "delivered", shown: 1},
	{number: "09", channels: `"sms","telegram","voice"`, answer: "sent", channel: "voice", end: "delivered", shown: 1},
	{number: "09", channels: both, answer: "pending", channel: "sms", end: "pending", later: "5s", laterEnd: "failed"},
	{
		number: "10", channels: both, answer: "sent", channel: "whatsapp", end: "sent", shown: 1, later: "21s",
		laterEnd: "delivered",
	},
	{
		number: "10", channels: sms, answer: "sent", channel: "sms", end: "sent", shown: 1, later: "60s",
		laterEnd: "sent",
	},
	{
		number: "11", channels: `"whatsapp","sms","voice"`, status: 422, code: "invalid_phone",
		reason: "invalid_destination",
	},
	{number: "12", channels: both, answer: "sent", channel: "whatsapp", end: "delivered", shown: 1},
	{
		number: "13", channels: both, answer: "sent", channel: "whatsapp", end: "sent", shown: 1, later: "21s",
		laterEnd: "delivered",
	},
	{number: "14", channels: both, status: 402, code: "insufficient_credits"},
	{number: "15", channels: both, status: 429, code: "rate_limit_exceeded"},
	{number: "16", channels: both, status: 500, code: "internal_error"},
	{number: "18", channels: both, answer: "sent", channel: "whatsapp", end: "delivered", shown: 1},
	{
		number: "19", channels: both, answer: "sent", channel: "whatsapp", end: "delivered", shown: 1, later: "1s",
		laterEnd: "expired",
	},
	{number: "20", channels: both, answer: "sent", channel: "whatsapp", end: "delivered", shown: 1},
}

// TestSandbox_NumbersByOTP tests every row of the published table.
func TestSandbox_NumbersByOTP(t *testing.T) {
	t.Parallel()
	for _, c := range sandboxNumbers {
		t.Run(c.number+" over "+c.channels, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, testworld.Options{})
			to := "+150055500" + c.number
			w := a.post(t, "/v2/otp/send", `{"to":"`+to+`","channels":[`+c.channels+`]}`)
			if c.status != 0 {
				w.refusal(c.status, c.code)
				if c.reason != "" && w.detail("reason") != c.reason {
					t.Errorf("reason %q, want %q", w.detail("reason"), c.reason)
				}
				return
			}

			w.ok()
			if w.str("status") != c.answer || w.str("channel") != c.channel || w.str("to") != to {
				t.Errorf("answered %s", w.text)
			}

			state := func() string { t.Helper(); return a.get(t, "/v2/otp/"+w.str("otp_id")).ok().str("status") }
			if got := state(); got != c.end {
				t.Errorf("status %s, want %s", got, c.end)
			}

			inbox := a.get(t, "/v2/sandbox/messages?to=%2B"+to[1:]).ok().json["data"].([]any)
			if len(inbox) != c.shown {
				t.Errorf("%d texts on the phone, want %d", len(inbox), c.shown)
			}

			if c.later != "" {
				a.post(t, "/v2/sandbox/clock", `{"advance":"`+c.later+`"}`).ok()
				if got := state(); got != c.laterEnd {
					t.Errorf("status %s after %s, want %s", got, c.later, c.laterEnd)
				}
			}
		})
	}
}

// TestSandbox_SendToVerify is the published first example, in the sandbox.
func TestSandbox_SendToVerify(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for length := 4; length <= 10; length++ {
		to := fmt.Sprintf("+3247012340%d", length%10)
		o := a.post(t, "/v2/otp/send",
			fmt.Sprintf(`{"to":%q,"channels":["sms"],"length":%d}`, to, length)).ok().str("otp_id")
		text := a.get(t, "/v2/sandbox/messages?limit=1&to=%2B"+to[1:]).ok().json["data"].([]any)[0].(map[string]any)
		zeros := strings.Repeat("0", length)
		if text["to"] != to || text["channel"] != "sms" || !strings.Contains(text["body"].(string), zeros) ||
			text["at"] == "" {
			t.Errorf("length %d: the phone shows %v", length, text)
		}

		w := a.post(t, "/v2/otp/verify", `{"otp_id":"`+o+`","code":"`+zeros+`"}`).ok()
		if w.json["valid"] != true || w.str("otp_id") != o || w.str("verified_at") == "" || len(w.json) != 3 {
			t.Errorf("length %d: %s", length, w.text)
		}
	}
}

func TestVerify_OneAttempt(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	o := a.send(t, "+15005550020", `"sms"`)
	for _, want := range []string{
		`{"valid":false,"otp_id":"` + o + `","reason":"incorrect","attempts_remaining":0}`,
		`{"valid":false,"otp_id":"` + o + `","reason":"max_attempts"}`,
	} {
		got := a.post(t, "/v2/otp/verify", `{"otp_id":"`+o+`","code":"111111"}`).ok().text
		if strings.TrimSpace(got) != want {
			t.Errorf("answered %s, want %s", got, want)
		}
	}
}

func TestSandbox_Clock(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	o := a.send(t, phoneA, `"sms"`)
	w := a.post(t, "/v2/sandbox/clock", `{"advance":"301s"}`).ok()
	if w.str("offset") != "5m1s" || w.str("now") != "2026-04-25T15:32:01Z" || w.json["done"] != true ||
		len(w.json) != 3 {
		t.Errorf("answered %s", w.text)
	}
	if got := a.get(t, "/v2/otp/"+o).ok().str("status"); got != "expired" {
		t.Errorf("status %s", got)
	}

	w = a.post(t, "/v2/otp/verify", `{"otp_id":"`+o+`","code":"000000"}`).ok()
	if w.str("reason") != "expired" {
		t.Errorf("answered %s", w.text)
	}

	for _, advance := range []string{"", "-1s", "1", "soon", "720h", "99999999999h"} {
		a.post(t, "/v2/sandbox/clock", `{"advance":"`+advance+`"}`).refusal(400, "invalid_params")
	}

	a.call(t, a.live, "POST", "/v2/sandbox/clock", `{"advance":"1s"}`).refusal(400, "invalid_params")
	a.call(t, a.live, "GET", "/v2/sandbox/messages", "").refusal(400, "invalid_params")
	// A repeat under an Idempotency-Key is not a second step.
	first := a.post(t, "/v2/sandbox/clock", `{"advance":"10s"}`, "Idempotency-Key", "k").ok()
	again := a.post(t, "/v2/sandbox/clock", `{"advance":"10s"}`, "Idempotency-Key", "k").ok()
	if first.text != again.text || again.str("offset") != "5m11s" {
		t.Errorf("first %s, again %s", first.text, again.text)
	}
	a.post(t, "/v2/sandbox/clock", `{"advance":"11s"}`, "Idempotency-Key", "k").refusal(400, "invalid_params")
}
