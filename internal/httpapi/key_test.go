package httpapi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/testworld"
)

func TestIdempotencyKey_Refused(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for name, key := range map[string]string{
		"spaces": "   ", "a no-break space": "\u00a0", "256 characters": strings.Repeat("é", 256),
		"a tab within": "a\tb", "a control character": "a\x01b",
		"an invisible character": "a\u200bb", "no UTF-8": "a\xffb",
	} {
		t.Run(name, func(t *testing.T) {
			w := a.post(t, "/v2/otp/send", `{`+good+`}`, "Idempotency-Key", key).refusal(400, "invalid_params")
			if w.detail("field") != "Idempotency-Key" {
				t.Errorf("%s", w.text)
			}
		})
	}

	for _, path := range []string{
		"/v2/otp/send", "/v2/otp/verify", "/v2/sms/send", "/v2/templates", "/v2/webhooks",
		"/v2/sandbox/clock", "/v2/otp/otp_x/resend",
	} {
		w := a.raw(t, "POST", path, "{}", "Idempotency-Key: ").refusal(400, "invalid_params")
		if !strings.Contains(w.text, "Idempotency-Key is blank") {
			t.Errorf("%s: %s", path, w.text)
		}
		w = a.raw(t, "POST", path, "{}", "Idempotency-Key: a", "Idempotency-Key: b").refusal(400, "invalid_params")
		if !strings.Contains(w.text, "Idempotency-Key appears twice") {
			t.Errorf("%s: %s", path, w.text)
		}
	}
	a.post(t, "/v2/otp/send", `{`+good+`}`, "Idempotency-Key", strings.Repeat("é", 255)).ok()
	a.raw(t, "GET", "/v2/otp", "", "Idempotency-Key: ").ok()
}

func TestAuthorization_SentTwice(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for _, path := range []string{"/v2/otp", "/v2/nope", "/carriers/x/receipts"} {
		w := a.raw(t, "GET", path, "", "Authorization: Bearer "+a.live).refusal(400, "invalid_params")
		if w.detail("field") != "Authorization" {
			t.Errorf("%s: %s", path, w.text)
		}
	}
}

// TestIdempotency_Stored: good answers, and refusals after a carrier was tried. Every other refusal had no effect,
// and the same request with the same key may succeed later.
func TestIdempotency_Stored(t *testing.T) {
	t.Parallel()
	b := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
	a := newAPI(t, testworld.Options{
		Backend: b, Credits: 16, Limits: engine.Limits{SendsPerNumber: []guard.Rate{{N: 1, Per: time.Hour}}},
	})
	send := func(key, number string) answer {
		return a.call(t, a.live, "POST", "/v2/otp/send", `{"to":"`+number+`","channels":["sms"]}`, "Idempotency-Key",
			key)
	}

	// 503: nothing was done.
	b.NoWrites.Store(true)
	send("k1", phoneA).refusal(503, "internal_error")
	b.NoWrites.Store(false)
	first := send("k1", phoneA).ok()
	if again := send("k1", phoneA).ok(); again.text != first.text {
		t.Errorf("a repeat: %s", again.text)
	}

	// 429, until the number's hour is over.
	send("k2", phoneA).refusal(429, "rate_limit_exceeded")
	a.Clock.Add(time.Hour)
	send("k2", phoneA).ok()

	// 402, until there is credit.
	send("k3", testworld.Number(3)).refusal(402, "insufficient_credits")
	if _, err := a.Admin.Credit(t.Context(), a.Account, 100); err != nil {
		t.Fatal(err)
	}

	send("k3", testworld.Number(3)).ok()

	// 422 after a carrier was asked: the same again, and no other submit.
	a.sms.Script(testworld.Rejects(message.InvalidDestination), testworld.Accepts)
	refused := send("k4", testworld.Number(4)).refusal(422, "invalid_phone")
	before := len(a.sms.Sent())
	if again := send("k4", testworld.Number(4)); again.Code != 422 || again.text != refused.text ||
		len(a.sms.Sent()) != before {
		t.Errorf("a repeat: %s", again.text)
	}

	// 401: a key that lacks the scope.
	a.call(t, a.key(t, 1, "read"), "POST", "/v2/otp/send", `{"to":"`+testworld.Number(5)+`","channels":["sms"]}`,
		"Idempotency-Key", "k5").refusal(401, "unauthorized")
	send("k5", testworld.Number(5)).ok()
}
