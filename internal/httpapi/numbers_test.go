package httpapi_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// TestNumbers_OperatorPolicy: [numbers] applies to everything that is sent, with live and test keys, and to lookups.
func TestNumbers_OperatorPolicy(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{
		Credits: 1000, Numbers: phone.Policy{AlsoValid: []string{"+3244012"}, Never: []string{"+32471"}},
	})
	for _, c := range []struct {
		name, number, reason, lookup string
	}{
		{
			name: "of a plan", number: "+32470123456",
			lookup: `{"country":"BE","international":"+32 470 12 34 56","national":"0470 12 34 56",` +
				`"number":"+32470123456","type":"mobile","valid":true}`,
		},
		{
			name: "no plan has it", number: "+32440123456",
			lookup: `{"country":"BE","international":"+32 440 12 34 56","national":"0440 12 34 56",` +
				`"number":"+32440123456","type":"unknown","valid":true}`,
		},
		{name: "next to it", number: "+32440223456", reason: "impossible"},
		{
			name: "never", number: "+32471123456", reason: "not_served",
			lookup: `{"country":"BE","international":"+32 471 12 34 56","national":"0471 12 34 56",` +
				`"number":"+32471123456","type":"mobile","valid":false}`,
		},
		{name: "a mobile phone of a satellite", number: "+870301234567", reason: "not_served"},
		{name: "an international network", number: "+883510000000094", reason: "not_served"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, key := range []string{a.live, a.test} {
				for path, body := range map[string]string{
					"/v2/otp/send": `{"to":"` + c.number + `","channels":["sms"]}`,
					"/v2/sms/send": `{"to":"` + c.number + `","body":"Hi"}`,
				} {
					w := a.call(t, key, "POST", path, body)
					if c.reason == "" {
						w.ok()
						continue
					}

					w.refusal(422, "invalid_phone")
					if w.detail("reason") != c.reason || w.detail("field") != "to" {
						t.Errorf("%s: %s", path, w.text)
					}
				}
				if w := a.call(t, key, "GET", "/v2/lookup/"+c.number, "").ok(); c.lookup != "" &&
					asText(w.json) != c.lookup {
					t.Errorf("%s, want %s", asText(w.json), c.lookup)
				}
			}
		})
	}
}

// TestNumbers_NewRange: Japan's 060 numbers are in use since July 2026.
func TestNumbers_NewRange(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 1000})
	w := a.get(t, "/v2/lookup/+816012345678").ok()
	want := `{"country":"JP","international":"+81 60-1234-5678","national":"060-1234-5678",` +
		`"number":"+816012345678","type":"mobile","valid":true}`
	if asText(w.json) != want {
		t.Errorf("%s, want %s", asText(w.json), want)
	}
	a.call(t, a.live, "POST", "/v2/otp/send", `{"to":"+816012345678","channels":["sms"]}`).ok()
}

// TestNumbers_SandboxWithLiveKey: sandbox numbers need a test key.
func TestNumbers_SandboxWithLiveKey(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 1000})
	for _, number := range []string{"+15005550006", "+15005550001", "+15005550021", "+15005559999"} {
		for path, body := range map[string]string{
			"/v2/otp/send": `{"to":"` + number + `","channels":["sms"]}`,
			"/v2/sms/send": `{"to":"` + number + `","body":"Hi"}`,
		} {
			w := a.call(t, a.live, "POST", path, body).refusal(422, "invalid_phone")
			if w.detail("reason") != "sandbox_number" || w.detail("field") != "to" ||
				!strings.Contains(w.str("message"), "test key (sk_test_") {
				t.Errorf("%s of %s: %s", path, number, w.text)
			}
		}
	}
}

// TestNumbers_TestNumber: only a live OTP to a test number is shown with test_number; its events are the usual ones.
func TestNumbers_TestNumber(t *testing.T) {
	t.Parallel()
	const number = "+32470000000"
	a := newAPI(t, testworld.Options{TestNumbers: map[phone.Number]secret.String{number: secret.NewString("314159")}})
	a.call(t, a.live, "POST", "/v2/webhooks",
		`{"url":"https://hooks.example.com/","events":["message.sent","message.delivered","otp.verified"]}`).ok()
	live := func(method, path, body string) answer { t.Helper(); return a.call(t, a.live, method, path, body) }

	sent := live("POST", "/v2/otp/send", `{"to":"`+number+`","channels":["telegram","voice"],"length":9}`).ok()
	o := sent.str("otp_id")
	if sent.str("status") != "sent" || sent.str("channel") != "telegram" {
		t.Errorf("answered %s", sent.text)
	}

	for _, path := range []string{"/v2/otp/" + o, "/v2/otp"} {
		w := live("GET", path, "").ok()
		if !strings.Contains(w.text, `"test_number":true`) || !strings.Contains(w.text, `"carrier":"test-number"`) ||
			!strings.Contains(w.text, `"status":"delivered"`) || strings.Contains(w.text, "314159") {
			t.Errorf("%s: %s", path, w.text)
		}
	}

	live("POST", "/v2/otp/verify", `{"otp_id":"`+o+`","code":"271828"}`).ok()
	if w := live("POST", "/v2/otp/verify", `{"otp_id":"`+o+`","code":"314159"}`).ok(); w.json["valid"] != true {
		t.Errorf("answered %s", w.text)
	}
	if w := live("POST", "/v2/sms/send", `{"to":"`+number+`","body":"Hello"}`).ok(); w.json["credits"] != 0.0 {
		t.Errorf("answered %s", w.text)
	}

	var events []string
	for _, g := range a.Receiver.Wait(t, 5) {
		events = append(events, g.Header[webhook.HeaderEvent])
	}

	slices.Sort(events)
	if want := []string{
		"message.delivered", "message.delivered", "message.sent", "message.sent", "otp.verified",
	}; !slices.Equal(events, want) {
		t.Errorf("events %v, want %v", events, want)
	}

	other := a.post(t, "/v2/otp/send", `{"to":"`+number+`","channels":["sms"]}`).ok()
	if w := a.get(t, "/v2/otp/"+other.str("otp_id")).ok(); strings.Contains(w.text, "test_number") {
		t.Errorf("in the sandbox: %s", w.text)
	}
}
