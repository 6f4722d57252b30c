package httpapi_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/testworld"
)

func TestPreview(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	tmpl := a.template(t, login)
	texts := strings.Replace(strings.TrimSuffix(login, "}"), `"name":"Login",`, "", 1)
	for _, c := range []struct{ sample, locale, text, encoding string }{
		{locale: "en", text: "123456 is your Acme code", encoding: "gsm7"},
		{
			sample: `{"locale":"pt-PT","code":"0042","metadata":{"name":"Zoë https://x.y"}}`, locale: "pt-BR",
			text: "0042 Zoë https:/ /x. y é", encoding: "ucs2",
		},
		{
			sample: `{"locale":"nonsense!","expires_in":60}`, locale: "en", text: "123456 is your Acme code",
			encoding: "gsm7",
		},
	} {
		saved := a.post(t, "/v2/templates/"+tmpl+"/preview", c.sample).ok()
		inner := strings.TrimSuffix(strings.TrimPrefix(c.sample, "{"), "}")
		if inner != "" {
			inner = "," + inner
		}

		draft := a.post(t, "/v2/templates/preview", texts+inner+"}").ok()
		if saved.text != draft.text {
			t.Errorf("saved %s, draft %s", saved.text, draft.text)
		}
		if saved.str("text") != c.text || saved.str("locale") != c.locale || saved.str("encoding") != c.encoding ||
			saved.json["segments"] != float64(1) {
			t.Errorf("%s: %s", c.sample, saved.text)
		}

		sms := saved.json["channels"].(map[string]any)["sms"].(map[string]any)
		if sms["text"] != c.text || sms["encoding"] != c.encoding || sms["segments"] != float64(1) {
			t.Errorf("%s: %s", c.sample, saved.text)
		}
	}

	long := a.post(t, "/v2/templates/preview", `{"translations":{"en":"{{code}}`+strings.Repeat("€", 100)+`"},`+
		`"channels":{"whatsapp":{"name":"login","language":"en"},"voice":{"translations":{`+
		`"en":"Say {{code}} {{minutes}}"}}},"expires_in":121}`).ok()
	channels := long.json["channels"].(map[string]any)
	whatsapp := map[string]any{
		"name": "login", "language": "en", "variables": []any{map[string]any{"name": "code", "value": "123456"}},
	}
	if long.json["segments"] != float64(2) || !reflect.DeepEqual(channels["whatsapp"], whatsapp) ||
		!reflect.DeepEqual(channels["voice"], map[string]any{"text": "Say 123456 2"}) {
		t.Errorf("variants: %s", long.text)
	}

	for _, bad := range []string{
		`{"code":"abcdef"}`, `{"code":"1"}`, `{"expires_in":0}`, `{"metadata":[]}`,
		`{"metadata":{"a":[[[[[1]]]]]}}`, `{"channel":"sms"}`, `[]`,
	} {
		a.post(t, "/v2/templates/"+tmpl+"/preview", bad).refusal(400, "invalid_params")
	}

	for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
		w := a.call(t, a.test, method, "/v2/templates/preview", `{}`).refusal(405, "invalid_params")
		if w.Header().Get("Allow") != "POST" {
			t.Errorf("%s: Allow %q", method, w.Header().Get("Allow"))
		}
	}
}

// TestPreview_MatchesSentText, for every channel of the sandbox.
func TestPreview_MatchesSentText(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	tmpl := a.template(t,
		`{"name":"a","translations":{"en":"{{code}} {{metadata.name}}",`+
			`"fr":"{{code}} pour {{metadata.name}}, {{minutes}} min"},`+
			`"channels":{"voice":{"translations":{"fr":"Le code : {{code}}"}}}}`)
	sample := `"locale":"fr-CA","expires_in":90,"metadata":{"name":"Ann\nX"}`
	preview := a.post(t, "/v2/templates/"+tmpl+"/preview", `{"code":"000000",`+sample+`}`).ok()
	for i, channel := range []string{"whatsapp", "sms", "telegram", "voice"} {
		to := testworld.Number(i)
		a.post(t, "/v2/otp/send", `{"to":"`+to+`","channels":["`+channel+`"],"template":"`+tmpl+`",`+sample+`}`).ok()
		shown := a.get(t, "/v2/sandbox/messages?to=%2B"+to[1:]).ok().json["data"].([]any)[0].(map[string]any)["body"]
		want := preview.json["channels"].(map[string]any)[channel].(map[string]any)["text"]
		if shown != want || want == "" || !strings.Contains(want.(string), "000000") {
			t.Errorf("%s: the phone shows %q, the preview %q", channel, shown, want)
		}
	}
	if preview.str("text") != "000000 pour Ann X, 1 min" {
		t.Errorf("preview %s", preview.text)
	}
}

// TestPreview_Minutes: whole minutes, or <1.
func TestPreview_Minutes(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for expires, want := range map[string]string{"300": "123456 for 5", "119": "123456 for 1", "59": "123456 for <1"} {
		w := a.post(t, "/v2/templates/preview",
			`{"translations":{"en":"{{code}} for {{minutes}}"},"expires_in":`+expires+`}`).ok()
		if w.str("text") != want {
			t.Errorf("%s s: %q, want %q", expires, w.str("text"), want)
		}
	}
}
