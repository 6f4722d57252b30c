package httpapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/testworld"
)

// TestScheduledAt_Formats: the world's clock is at 2026-04-25T15:27:00Z.
func TestScheduledAt_Formats(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for at, want := range map[string]string{
		"2026-05-01T10:00Z":            "2026-05-01T10:00:00Z",
		"2026-05-01T10:00:00+0100":     "2026-05-01T09:00:00Z",
		"2026-05-01T10:00:00z":         "2026-05-01T10:00:00Z",
		"2026-05-01T10:00:00+02":       "2026-05-01T08:00:00Z",
		"20260501T100000Z":             "2026-05-01T10:00:00Z",
		"2026-05-01T10:00:00.75-03:30": "2026-05-01T13:30:00Z",
		"2026-04-25T15:27:01Z":         "2026-04-25T15:27:01Z",
		"2026-05-25T15:27:00Z":         "2026-05-25T15:27:00Z",
	} {
		w := a.post(t, "/v2/sms/send", `{`+goodText+`,"scheduled_at":"`+at+`"}`).ok()
		if w.str("scheduled_at") != want || w.str("status") != "scheduled" {
			t.Errorf("%s: %s", at, w.text)
		}
	}

	for at, fix := range map[string]string{
		"2026-05-01T10:00:00-24:00": "from -12:00 to +14:00",
		"2026-05-01T10:00:00+14:01": "from -12:00 to +14:00",
		"2026-05-01T24:00:00Z":      "hour from 00 to 23",
		"2026-05-01T10:00:00":       "write 2026-05-01T10:00:00Z for UTC",
		"2026-02-30T10:00:00Z":      "day of the calendar",
		"2026-W20-1T10:00:00Z":      "write 2026-",
		"2026-04-25T15:27:00Z":      "future",
		"2026-05-25T15:27:01Z":      "30 days",
		"2026-05-01":                "write 2026-",
	} {
		w := a.post(t, "/v2/sms/send", `{`+goodText+`,"scheduled_at":"`+at+`"}`).refusal(400, "invalid_params")
		if w.detail("field") != "scheduled_at" || !strings.Contains(w.str("message"), fix) {
			t.Errorf("%s: %s", at, w.text)
		}
	}
	// In a query a plus that was not escaped is a space.
	for _, at := range []string{"2026-04-25T15:27:00%2B02:00", "2026-04-25T15:27:00+02:00", "20260425T1527Z"} {
		a.get(t, "/v2/messages?created_after="+at).ok()
	}
}

// TestCallbackURL_CheckedAsEndpoint: both refuse the same URLs with the same messages.
func TestCallbackURL_CheckedAsEndpoint(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for _, url := range []string{
		"https://example.com/hook", "https://example.com:8443/a?b=c", "http://example.com/hook", "https://127.0.0.1/",
		"https://10.0.0.5:8080/",
		"https://[::1]/", "https://169.254.169.254/latest", "https://user:pass@example.com/", "https://example.com/#a",
		"ftp://example.com/", "example.com",
		"https://", "https://example.com:0/", "https://example.com:99999/", "//example.com/", "https://exämple.com/",
		"https://[fe80::1%25eth0]/", " https://example.com/",
		"https://0x7f.1/", "https://2130706433/", "javascript:alert(1)",
		"https://example.com/" + strings.Repeat("a", 2048),
	} {
		quoted, err := json.Marshal(url)
		if err != nil {
			t.Fatal(err)
		}

		hook := a.post(t, "/v2/webhooks", `{"url":`+string(quoted)+`}`)
		text := a.post(t, "/v2/sms/send", `{`+goodText+`,"callback_url":`+string(quoted)+`}`)
		ofHook := strings.ReplaceAll(hook.str("message"), "url", "callback_url")
		if hook.Code/100 != text.Code/100 || !sameBut(ofHook, text.str("message")) {
			t.Errorf("%.60s: an endpoint is answered %d %s, a text %d %s", url, hook.Code, hook.str("message"),
				text.Code, text.str("message"))
		}
	}
}

// sameBut compares messages up to their examples.
func sameBut(a, b string) bool {
	a, _, _ = strings.Cut(a, "; write ")
	b, _, _ = strings.Cut(b, "; write ")
	return a == b
}

func TestCode_AsPasted(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for i, code := range []string{
		" 000 000 ", "000-000", "000\u00a0000", "000\u2013000",
		"\u0660\u0660\u0660\u0660\u0660\u0660", "\uff10\uff10\uff10\uff10\uff10\uff10", "\u200f000000\u200e",
	} {
		o := a.send(t, testworld.Number(i), `"sms"`)
		if w := a.post(t, "/v2/otp/verify", `{"otp_id":"`+o+`","code":"`+code+`"}`).ok(); w.json["valid"] != true {
			t.Errorf("%q: %s", code, w.text)
		}
	}

	o := a.send(t, testworld.Number(99), `"sms"`)
	w := a.post(t, "/v2/otp/verify", `{"otp_id":"`+o+`","code":0}`).refusal(400, "invalid_params")
	if w.detail("field") != "code" || !strings.Contains(w.str("message"), `write "code": "847291"`) {
		t.Errorf("a number: %s", w.text)
	}
	if got := a.get(t, "/v2/otp/"+o).ok().json["attempts_remaining"]; got != float64(5) {
		t.Errorf("%v attempts left", got)
	}
}

func TestLocale_NeverFails(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for i, c := range [][2]string{
		{"fr_FR@euro", "Votre code"},
		{"fr_FR.UTF-8", "Votre code"},
		{"fr-CH, fr;q=0.9", "Votre code"},
		{"*", "is your"},
		{"C", "is your"},
		{"", "is your"},
		{"de;q=0.1, fr;q=0.9", "Votre code"},
		{"!!", "is your"},
		{strings.Repeat("x-", 5000), "is your"},
	} {
		to := testworld.Number(i)
		a.post(t, "/v2/otp/send", `{"to":"`+to+`","channels":["sms"],"locale":"`+c[0]+`"}`).ok()
		shown := a.get(t, "/v2/sandbox/messages?to=%2B"+to[1:]).ok().text
		if !strings.Contains(shown, c[1]) {
			t.Errorf("%.40q: the phone shows %s", c[0], shown)
		}
	}
}
