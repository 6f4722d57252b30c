package httpapi_test

import (
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/testworld"
)

func TestOTP_ShowsPurpose(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	login := a.post(t, "/v2/otp/send", `{`+good+`,"purpose":"login"}`).ok().str("otp_id")
	pay := a.post(t, "/v2/otp/send", `{`+good+`,"purpose":"payment"}`).ok().str("otp_id")
	plain := a.post(t, "/v2/otp/send", `{`+good+`}`).ok().str("otp_id")
	a.post(t, "/v2/otp/verify", `{"otp_id":"`+login+`","code":"000000"}`).ok()
	a.post(t, "/v2/otp/"+pay+"/cancel", "").ok()
	a.post(t, "/v2/otp/verify", `{"otp_id":"`+plain+`","code":"000000"}`).ok()

	want := map[string]any{login: "login", pay: "payment", plain: nil}
	for o, purpose := range want {
		if w := a.get(t, "/v2/otp/"+o).ok(); w.json["purpose"] != purpose {
			t.Errorf("%s reads %s", o, w.text)
		}
	}

	for _, row := range a.get(t, "/v2/otp").ok().json["data"].([]any) {
		if o := row.(map[string]any); o["purpose"] != want[o["otp_id"].(string)] {
			t.Errorf("listed %v", o)
		}
	}

	events := 0
	for _, row := range a.get(t, "/v2/events").ok().json["data"].([]any) {
		payload := row.(map[string]any)["payload"].(map[string]any)
		if event := payload["event"].(string); strings.HasPrefix(event, "otp.") {
			events++
			if payload["purpose"] != want[payload["otp_id"].(string)] {
				t.Errorf("event %v", payload)
			}
		}
	}
	if events != 3 {
		t.Errorf("%d otp events", events)
	}
	a.post(t, "/v2/otp/send", `{`+good+`,"purpose":"`+strings.Repeat("x", 65)+`"}`).refusal(400, "invalid_params")
	a.post(t, "/v2/otp/send", `{`+good+`,"purpose":"\u0000"}`).refusal(400, "invalid_params")
	a.post(t, "/v2/otp/send", `{`+good+`,"purpose":null}`).ok()
}
