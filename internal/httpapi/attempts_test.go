package httpapi_test

import (
	"fmt"
	"testing"

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
