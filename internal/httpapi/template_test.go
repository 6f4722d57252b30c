package httpapi_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
)

const login = `{"name":"Login","translations":{"en":"{{code}} is your {{app}} code","pt_br":"{{code}} {{metadata.name}} é"}}`

// template makes one of the sandbox's and gives its id.
func (a *api) template(t *testing.T, body string) string {
	t.Helper()
	return a.post(t, "/v2/templates", body).ok().str("id")
}

func (a *api) patch(t *testing.T, path, body string) answer {
	t.Helper()
	return a.call(t, a.test, "PATCH", path, body)
}

func TestTemplatesFromEndToEnd(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	made := a.post(t, "/v2/templates", `{"name":"Login","translations":{"en":"{{code}} & <b>","pt_br":"{{code}} é"},`+
		`"channels":{"whatsapp":{"name":"login","language":"pt_BR"},"voice":{"translations":{"DE":"Code {{code}}"}}}}`).ok()
	want := `{"id":"` + made.str("id") + `","name":"Login","translations":{"en":"{{code}} & <b>","pt-BR":"{{code}} é"},` +
		`"channels":{"whatsapp":{"name":"login","language":"pt_BR"},"voice":{"translations":{"de":"Code {{code}}"}}},"created_at":"2026-04-25T15:27:00Z"}`
	path := "/v2/templates/" + made.str("id")
	if got := a.get(t, path).ok().text; strings.TrimSpace(made.text) != want || strings.TrimSpace(got) != want {
		t.Errorf("made %s, read %s, want %s", made.text, got, want)
	}
	if _, err := id.ParseTemplate(made.str("id")); err != nil {
		t.Errorf("id %q", made.str("id"))
	}
	if w := a.patch(t, path, `{}`).ok(); strings.TrimSpace(w.text) != want {
		t.Errorf("a change of nothing: %s", w.text)
	}

	changed := a.patch(t, path, `{"name":"Sign-in","channels":{}}`).ok()
	if changed.str("name") != "Sign-in" || changed.json["channels"] != nil || len(changed.json["translations"].(map[string]any)) != 2 {
		t.Errorf("changed: %s", changed.text)
	}

	texts := a.patch(t, path, `{"translations":{"fr":"{{code}}"}}`).ok()
	if got := texts.json["translations"]; !reflect.DeepEqual(got, map[string]any{"fr": "{{code}}"}) || texts.str("name") != "Sign-in" {
		t.Errorf("other texts: %s", texts.text)
	}
	if w := a.get(t, path).ok(); w.text != texts.text {
		t.Errorf("read after changes: %s", w.text)
	}

	gone := a.call(t, a.test, "DELETE", path, "").ok()
	if strings.TrimSpace(gone.text) != `{"id":"`+made.str("id")+`","deleted":true}` {
		t.Errorf("deleted: %s", gone.text)
	}

	a.get(t, path).refusal(404, "not_found")
	a.patch(t, path, `{"name":"x"}`).refusal(404, "not_found")
	a.call(t, a.test, "DELETE", path, "").refusal(404, "not_found")
	a.post(t, path+"/preview", ``).refusal(404, "not_found")
	if w := a.post(t, "/v2/otp/send", `{"to":"`+phoneA+`","channels":["sms"],"template":"`+made.str("id")+`"}`).refusal(404, "not_found"); w.detail("field") != "template" {
		t.Errorf("sent with a deleted template: %s", w.text)
	}
	if n := len(a.get(t, "/v2/templates").ok().json["data"].([]any)); n != 0 {
		t.Errorf("%d templates are listed", n)
	}
}

func TestTheListOfTemplatesHasPages(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	var want, got []string
	for range 5 {
		want = append([]string{a.template(t, login)}, want...)
		a.Clock.Add(time.Millisecond)
	}

	for cursor := ""; ; {
		w := a.get(t, "/v2/templates?limit=2"+cursor).ok()
		for _, d := range w.json["data"].([]any) {
			got = append(got, d.(map[string]any)["id"].(string))
		}

		next := w.str("next_cursor")
		if next == "" {
			break
		}
		cursor = "&cursor=" + next
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if live := a.call(t, a.live, "GET", "/v2/templates", "").ok(); len(live.json["data"].([]any)) != 0 {
		t.Errorf("the sandbox's templates are seen live: %s", live.text)
	}
	for _, query := range []string{"limit=0", "limit=101", "cursor=x", "cursor=" + id.NewOTP(time.Now()).String(), "name=x"} {
		a.get(t, "/v2/templates?"+query).refusal(400, "invalid_params")
	}
}

// badTemplates are bodies, and the field that the refusal names.
var badTemplates = map[string]struct{ body, field, fix string }{
	"nothing":                {``, "", "send a JSON object"},
	"no name":                {`{"translations":{"en":"{{code}}"}}`, "name", "required"},
	"empty name":             {`{"name":"","translations":{"en":"{{code}}"}}`, "name", "of 1 to 100 characters"},
	"name of spaces":         {`{"name":"  ","translations":{"en":"{{code}}"}}`, "name", "give the template a name"},
	"name too long":          {`{"name":"` + strings.Repeat("é", 101) + `","translations":{"en":"{{code}}"}}`, "name", "100"},
	"no translations":        {`{"name":"a"}`, "translations", "required"},
	"empty translations":     {`{"name":"a","translations":{}}`, "translations", "1"},
	"translations as a text": {`{"name":"a","translations":"{{code}}"}`, "translations", "object"},
	"a number as a text":     {`{"name":"a","translations":{"en":1}}`, "translations.en", "must be a string"},
	"null as a text":         {`{"name":"a","translations":{"en":null}}`, "translations.en", "string"},
	"no code":                {`{"name":"a","translations":{"en":"hello"}}`, "translations.en", "put it where the code belongs"},
	"empty text":             {`{"name":"a","translations":{"en":""}}`, "translations.en", "{{code}}"},
	"unknown variable":       {`{"name":"a","translations":{"en":"{{code}} {{user}}"}}`, "translations.en", "{{user}} is not a variable"},
	"unclosed braces":        {`{"name":"a","translations":{"en":"{{code}} {{app"}}`, "translations.en", "write }}"},
	"1,601 characters":       {`{"name":"a","translations":{"en":"{{code}}` + strings.Repeat("é", 1593) + `"}}`, "translations.en", "1600"},
	"bad tag":                {`{"name":"a","translations":{"english language":"{{code}}"}}`, "translations.english language", "use BCP 47"},
	"two forms of a tag":     {`{"name":"a","translations":{"pt-BR":"{{code}}","pt_br":"{{code}}"}}`, "translations.pt_br", "keep one"},
	"the same tag twice":     {`{"name":"a","translations":{"en":"{{code}}","en":"{{code}}"}}`, "", "send it once"},
	"value as a host":        {`{"name":"a","translations":{"en":"{{code}} https://{{metadata.host}}/"}}`, "translations.en", "link's host"},
	"value as an origin":     {`{"name":"a","translations":{"en":"x\n@{{metadata.host}} #{{code}}"}}`, "translations.en", "begins with @"},
	"unknown field":          {`{"name":"a","translations":{"en":"{{code}}"},"text":"x"}`, "text", "remove it"},
	"unknown channel":        {`{"name":"a","translations":{"en":"{{code}}"},"channels":{"fax":{}}}`, "channels.fax", "remove it"},
	"whatsapp without name":  {`{"name":"a","translations":{"en":"{{code}}"},"channels":{"whatsapp":{"language":"en"}}}`, "channels.whatsapp.name", "required"},
	"whatsapp name":          {`{"name":"a","translations":{"en":"{{code}}"},"channels":{"whatsapp":{"name":"Log in","language":"en"}}}`, "channels.whatsapp.name", "lower-case"},
	"whatsapp language":      {`{"name":"a","translations":{"en":"{{code}}"},"channels":{"whatsapp":{"name":"login","language":"pt-BR"}}}`, "channels.whatsapp.language", "pt_BR"},
	"voice without code":     {`{"name":"a","translations":{"en":"{{code}}"},"channels":{"voice":{"translations":{"en":"hello"}}}}`, "channels.voice.translations.en", "{{code}}"},
	"voice without a text":   {`{"name":"a","translations":{"en":"{{code}}"},"channels":{"voice":{}}}`, "channels.voice.translations", "required"},
}

func TestBadTemplates(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	kept := a.template(t, login)
	before := a.get(t, "/v2/templates").ok().text
	for name, c := range badTemplates {
		refusals := []answer{a.post(t, "/v2/templates", c.body, "Idempotency-Key", "bad")}
		if !strings.HasPrefix(c.fix, "required") && c.field != "translations" && c.field != "name" {
			refusals = append(refusals, a.patch(t, "/v2/templates/"+kept, c.body))
		}
		if draft := strings.Replace(c.body, `"name":"a",`, "", 1); draft != c.body {
			refusals = append(refusals, a.post(t, "/v2/templates/preview", draft))
		}

		for _, w := range refusals {
			w.refusal(400, "invalid_params")
			if w.detail("field") != c.field || !strings.Contains(w.str("message"), c.fix) {
				t.Errorf("%s: %s", name, w.text)
			}
		}
	}
	if after := a.get(t, "/v2/templates").ok().text; after != before {
		t.Errorf("before %s, after %s", before, after)
	}
	// A key that refused requests came with is free.
	a.post(t, "/v2/templates", login, "Idempotency-Key", "bad").ok()
}

func TestPreviews(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	tmpl := a.template(t, login)
	texts := strings.Replace(strings.TrimSuffix(login, "}"), `"name":"Login",`, "", 1)
	for _, c := range []struct{ sample, locale, text, encoding string }{
		{``, "en", "123456 is your Acme code", "gsm7"},
		{`{"locale":"pt-PT","code":"0042","metadata":{"name":"Zoë https://x.y"}}`, "pt-BR", "0042 Zoë https:/ /x. y é", "ucs2"},
		{`{"locale":"nonsense!","expires_in":60}`, "en", "123456 is your Acme code", "gsm7"},
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
		if saved.str("text") != c.text || saved.str("locale") != c.locale || saved.str("encoding") != c.encoding || saved.json["segments"] != float64(1) {
			t.Errorf("%s: %s", c.sample, saved.text)
		}

		sms := saved.json["channels"].(map[string]any)["sms"].(map[string]any)
		if sms["text"] != c.text || sms["encoding"] != c.encoding || sms["segments"] != float64(1) {
			t.Errorf("%s: %s", c.sample, saved.text)
		}
	}

	long := a.post(t, "/v2/templates/preview", `{"translations":{"en":"{{code}}`+strings.Repeat("€", 100)+`"},`+
		`"channels":{"whatsapp":{"name":"login","language":"en"},"voice":{"translations":{"en":"Say {{code}} {{minutes}}"}}},"expires_in":121}`).ok()
	channels := long.json["channels"].(map[string]any)
	whatsapp := map[string]any{"name": "login", "language": "en", "variables": []any{map[string]any{"name": "code", "value": "123456"}}}
	if long.json["segments"] != float64(2) || !reflect.DeepEqual(channels["whatsapp"], whatsapp) ||
		!reflect.DeepEqual(channels["voice"], map[string]any{"text": "Say 123456 2"}) {
		t.Errorf("variants: %s", long.text)
	}

	for _, bad := range []string{`{"code":"abcdef"}`, `{"code":"1"}`, `{"expires_in":0}`, `{"metadata":[]}`, `{"metadata":{"a":[[[[[1]]]]]}}`, `{"channel":"sms"}`, `[]`} {
		a.post(t, "/v2/templates/"+tmpl+"/preview", bad).refusal(400, "invalid_params")
	}

	for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
		if w := a.call(t, a.test, method, "/v2/templates/preview", `{}`).refusal(405, "invalid_params"); w.Header().Get("Allow") != "POST" {
			t.Errorf("%s: Allow %q", method, w.Header().Get("Allow"))
		}
	}
}

// TestWhatAPreviewShowsIsWhatThePhoneShows, for every channel of the sandbox.
func TestWhatAPreviewShowsIsWhatThePhoneShows(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	tmpl := a.template(t, `{"name":"a","translations":{"en":"{{code}} {{metadata.name}}","fr":"{{code}} pour {{metadata.name}}, {{minutes}} min"},`+
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

func TestATemplateOfAnotherAccountOrModeNeverExisted(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	mine := a.template(t, login)
	live := a.call(t, a.live, "POST", "/v2/templates", login).ok().str("id")
	other, err := a.Admin.CreateAccount(t.Context(), "Other", 0)
	if err != nil {
		t.Fatal(err)
	}

	_, foreign, err := a.Admin.CreateKey(t.Context(), other.ID, id.Test, nil)
	if err != nil {
		t.Fatal(err)
	}

	read, sent := map[string]string{}, map[string]string{}
	for what, c := range map[string][2]string{
		"another account's": {foreign.Reveal(), mine}, "the other mode's": {a.test, live}, "the sandbox's": {a.live, mine},
		"never made": {a.test, id.NewTemplate(time.Now()).String()}, "malformed": {a.test, "tmpl_x"}, "another kind": {a.test, "otp_" + mine[5:]},
		"lower case": {a.test, strings.ToLower(mine)},
	} {
		path := "/v2/templates/" + c[1]
		for _, r := range [][3]string{{"GET", path, ""}, {"PATCH", path, `{"name":"x"}`}, {"DELETE", path, ""}, {"POST", path + "/preview", ""}} {
			w := a.call(t, c[0], r[0], r[1], r[2]).refusal(404, "not_found")
			read[strings.Replace(w.text, w.str("request_id"), "", 1)] = what
		}

		w := a.call(t, c[0], "POST", "/v2/otp/send", `{`+good+`,"template":"`+c[1]+`"}`)
		if _, err := id.ParseTemplate(c[1]); err != nil {
			w.refusal(400, "invalid_params") // what is no id at all tells nothing
			continue
		}
		if w.refusal(404, "not_found").detail("field") != "template" {
			t.Errorf("%s: %s", what, w.text)
		}
		sent[strings.NewReplacer(w.str("request_id"), "", c[1], "").Replace(w.text)] = what
	}
	if len(read) != 1 || len(sent) != 1 {
		t.Errorf("answers can be told apart: %v %v", read, sent)
	}
	if a.get(t, "/v2/templates/"+mine).ok().str("name") != "Login" {
		t.Error("another caller changed it")
	}
}

func TestWhoMayDoWhatWithTemplates(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	tmpl := a.template(t, login)
	path := "/v2/templates/" + tmpl
	for _, scope := range account.Scopes {
		key := a.key(t, id.Test, scope)
		for _, r := range []struct {
			method, path, body string
			needs              account.Scope
		}{
			{"GET", "/v2/templates", "", account.ScopeRead},
			{"GET", path, "", account.ScopeRead},
			{"POST", path + "/preview", "", account.ScopeRead},
			{"POST", "/v2/templates/preview", `{"translations":{"en":"{{code}}"}}`, account.ScopeRead},
			{"POST", "/v2/templates", login, account.ScopeAdmin},
			{"PATCH", path, `{"name":"x"}`, account.ScopeAdmin},
			{"DELETE", path, "", account.ScopeAdmin},
		} {
			w := a.call(t, key, r.method, r.path, r.body)
			if scope == r.needs {
				w.ok()
			} else if w.refusal(401, "unauthorized").detail("reason") != "missing_scope" {
				t.Errorf("%s %s with %s: %s", r.method, r.path, scope, w.text)
			}
			a.call(t, "", r.method, r.path, r.body, "Authorization", "").refusal(401, "unauthorized")
		}
	}
}

func TestARepeatedCreateIsOneTemplate(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	tmpl := a.template(t, login)
	for path, bodies := range map[string][2]string{
		"/v2/templates":                      {login, strings.Replace(login, "Login", "Other", 1)},
		"/v2/templates/preview":              {`{"translations":{"en":"{{code}}"}}`, `{"translations":{"fr":"{{code}}"}}`},
		"/v2/templates/" + tmpl + "/preview": {``, `{"locale":"pt"}`},
	} {
		first := a.post(t, path, bodies[0], "Idempotency-Key", "k"+path).ok()
		a.Clock.Add(time.Second)
		if path != "/v2/templates" {
			a.patch(t, "/v2/templates/"+tmpl, `{"translations":{"en":"other {{code}}"}}`).ok()
		}
		if again := a.post(t, path, bodies[0], "Idempotency-Key", "k"+path).ok(); again.text != first.text {
			t.Errorf("%s: first %s, again %s", path, first.text, again.text)
		}
		if w := a.post(t, path, bodies[1], "Idempotency-Key", "k"+path).refusal(400, "invalid_params"); w.detail("reason") != "idempotency_key_reused" {
			t.Errorf("%s: %s", path, w.text)
		}
	}
	if n := len(a.get(t, "/v2/templates").ok().json["data"].([]any)); n != 2 {
		t.Errorf("%d templates", n)
	}
}

func TestTemplatesWithoutADatabase(t *testing.T) {
	t.Parallel()
	b := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
	a := newAPI(t, testworld.Options{Backend: b, Credits: 100})
	tmpl := a.template(t, login)
	path := "/v2/templates/" + tmpl
	for _, r := range [][3]string{
		{"POST", "/v2/templates", login}, {"PATCH", path, `{"name":"x"}`}, {"DELETE", path, ""}, {"GET", path, ""}, {"GET", "/v2/templates", ""},
	} {
		b.NoWrites.Store(r[0] != "GET")
		b.Out.Store(r[0] == "GET")
		a.call(t, a.test, r[0], r[1], r[2], "Idempotency-Key", "k").refusal(503, "internal_error")
	}

	b.NoWrites.Store(false)
	b.Out.Store(false)
	if w := a.get(t, "/v2/templates").ok(); len(w.json["data"].([]any)) != 1 || a.get(t, path).ok().str("name") != "Login" {
		t.Errorf("after the outage: %s", w.text)
	}
	b.AfterView(func() { b.Out.Store(true) }) // the key is known, the template is not
	a.Clock.Add(time.Second)
	a.post(t, "/v2/otp/send", `{"to":"`+phoneA+`","channels":["sms"],"template":"`+tmpl+`"}`).refusal(503, "internal_error")
}
