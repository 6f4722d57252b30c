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

const login = `{"name":"Login","translations":{"en":"{{code}} is your {{app}} code",` +
	`"pt_br":"{{code}} {{metadata.name}} é"}}`

// template makes one of the sandbox's and gives its id.
func (a *api) template(t *testing.T, body string) string {
	t.Helper()
	return a.post(t, "/v2/templates", body).ok().str("id")
}

func (a *api) patch(t *testing.T, path, body string) answer {
	t.Helper()
	return a.call(t, a.test, "PATCH", path, body)
}

func TestTemplates_Lifecycle(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	made := a.post(t, "/v2/templates", `{"name":"Login","translations":{"en":"{{code}} & <b>","pt_br":"{{code}} é"},`+
		`"channels":{"whatsapp":{"name":"login","language":"pt_BR"},`+
		`"voice":{"translations":{"DE":"Code {{code}}"}}}}`).ok()
	want := `{"id":"` + made.str("id") +
		`","name":"Login","translations":{"en":"{{code}} & <b>","pt-BR":"{{code}} é"},` +
		`"channels":{"whatsapp":{"name":"login","language":"pt_BR"},` +
		`"voice":{"translations":{"de":"Code {{code}}"}}},"created_at":"2026-04-25T15:27:00Z"}`
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
	if changed.str("name") != "Sign-in" || changed.json["channels"] != nil ||
		len(changed.json["translations"].(map[string]any)) != 2 {
		t.Errorf("changed: %s", changed.text)
	}

	texts := a.patch(t, path, `{"translations":{"fr":"{{code}}"}}`).ok()
	if got := texts.json["translations"]; !reflect.DeepEqual(got, map[string]any{"fr": "{{code}}"}) ||
		texts.str("name") != "Sign-in" {
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
	w := a.post(t, "/v2/otp/send",
		`{"to":"`+phoneA+`","channels":["sms"],"template":"`+made.str("id")+`"}`).refusal(404, "not_found")
	if w.detail("field") != "template" {
		t.Errorf("sent with a deleted template: %s", w.text)
	}
	if n := len(a.get(t, "/v2/templates").ok().json["data"].([]any)); n != 0 {
		t.Errorf("%d templates are listed", n)
	}
}

func TestTemplates_Pages(t *testing.T) {
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
	for _, query := range []string{
		"limit=0", "limit=101", "cursor=x", "cursor=" + id.NewOTP(time.Now()).String(), "name=x",
	} {
		a.get(t, "/v2/templates?"+query).refusal(400, "invalid_params")
	}
}

// badTemplates are bodies, and the field that the refusal names.
var badTemplates = map[string]struct{ body, field, fix string }{
	"nothing":    {fix: "send a JSON object"},
	"no name":    {body: `{"translations":{"en":"{{code}}"}}`, field: "name", fix: "required"},
	"empty name": {body: `{"name":"","translations":{"en":"{{code}}"}}`, field: "name", fix: "of 1 to 100 characters"},
	"name of spaces": {
		body: `{"name":"  ","translations":{"en":"{{code}}"}}`, field: "name", fix: "give the template a name",
	},
	"name too long": {
		body: `{"name":"` + strings.Repeat("é", 101) + `","translations":{"en":"{{code}}"}}`, field: "name", fix: "100",
	},
	"no translations":        {body: `{"name":"a"}`, field: "translations", fix: "required"},
	"empty translations":     {body: `{"name":"a","translations":{}}`, field: "translations", fix: "1"},
	"translations as a text": {body: `{"name":"a","translations":"{{code}}"}`, field: "translations", fix: "object"},
	"a number as a text": {
		body: `{"name":"a","translations":{"en":1}}`, field: "translations.en", fix: "must be a string",
	},
	"null as a text": {body: `{"name":"a","translations":{"en":null}}`, field: "translations.en", fix: "string"},
	"no code": {
		body: `{"name":"a","translations":{"en":"hello"}}`, field: "translations.en",
		fix: "put it where the code belongs",
	},
	"empty text": {body: `{"name":"a","translations":{"en":""}}`, field: "translations.en", fix: "{{code}}"},
	"unknown variable": {
		body: `{"name":"a","translations":{"en":"{{code}} {{user}}"}}`, field: "translations.en",
		fix: "{{user}} is not a variable",
	},
	"unclosed braces": {
		body: `{"name":"a","translations":{"en":"{{code}} {{app"}}`, field: "translations.en", fix: "write }}",
	},
	"1,601 characters": {
		body:  `{"name":"a","translations":{"en":"{{code}}` + strings.Repeat("é", 1593) + `"}}`,
		field: "translations.en", fix: "1600",
	},
	"bad tag": {
		body:  `{"name":"a","translations":{"english language":"{{code}}"}}`,
		field: "translations.english language", fix: "use BCP 47",
	},
	"two forms of a tag": {
		body:  `{"name":"a","translations":{"pt-BR":"{{code}}","pt_br":"{{code}}"}}`,
		field: "translations.pt_br", fix: "keep one",
	},
	"the same tag twice": {body: `{"name":"a","translations":{"en":"{{code}}","en":"{{code}}"}}`, fix: "send it once"},
	"value as a host": {
		body:  `{"name":"a","translations":{"en":"{{code}} https://{{metadata.host}}/"}}`,
		field: "translations.en", fix: "link's host",
	},
	"value as an origin": {
		body:  `{"name":"a","translations":{"en":"x\n@{{metadata.host}} #{{code}}"}}`,
		field: "translations.en", fix: "begins with @",
	},
	"unknown field": {
		body: `{"name":"a","translations":{"en":"{{code}}"},"text":"x"}`, field: "text", fix: "remove it",
	},
	"unknown channel": {
		body:  `{"name":"a","translations":{"en":"{{code}}"},"channels":{"fax":{}}}`,
		field: "channels.fax", fix: "remove it",
	},
	"whatsapp without name": {
		body:  `{"name":"a","translations":{"en":"{{code}}"},"channels":{"whatsapp":{"language":"en"}}}`,
		field: "channels.whatsapp.name", fix: "required",
	},
	"whatsapp name": {
		body:  `{"name":"a","translations":{"en":"{{code}}"},"channels":{"whatsapp":{"name":"Log in","language":"en"}}}`,
		field: "channels.whatsapp.name", fix: "lower-case",
	},
	"whatsapp language": {
		body: `{"name":"a","translations":{"en":"{{code}}"},"channels":{"whatsapp":{"name":"login",` +
			`"language":"pt-BR"}}}`, field: "channels.whatsapp.language", fix: "pt_BR",
	},
	"voice without code": {
		body:  `{"name":"a","translations":{"en":"{{code}}"},"channels":{"voice":{"translations":{"en":"hello"}}}}`,
		field: "channels.voice.translations.en", fix: "{{code}}",
	},
	"voice without a text": {
		body:  `{"name":"a","translations":{"en":"{{code}}"},"channels":{"voice":{}}}`,
		field: "channels.voice.translations", fix: "required",
	},
}

func TestTemplates_BadInput(t *testing.T) {
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
	// A refused request does not use its Idempotency-Key up.
	a.post(t, "/v2/templates", login, "Idempotency-Key", "bad").ok()
}

func TestTemplates_OtherAccountOrMode(t *testing.T) {
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
		"another account's": {foreign.Reveal(), mine},
		"the other mode's":  {a.test, live},
		"the sandbox's":     {a.live, mine},
		"never made":        {a.test, id.NewTemplate(time.Now()).String()},
		"malformed":         {a.test, "tmpl_x"},
		"another kind":      {a.test, "otp_" + mine[5:]},
		"lower case":        {a.test, strings.ToLower(mine)},
	} {
		path := "/v2/templates/" + c[1]
		for _, r := range [][3]string{
			{"GET", path, ""},
			{"PATCH", path, `{"name":"x"}`},
			{"DELETE", path, ""},
			{"POST", path + "/preview", ""},
		} {
			w := a.call(t, c[0], r[0], r[1], r[2]).refusal(404, "not_found")
			read[strings.Replace(w.text, w.str("request_id"), "", 1)] = what
		}

		w := a.call(t, c[0], "POST", "/v2/otp/send", `{`+good+`,"template":"`+c[1]+`"}`)
		if _, err := id.ParseTemplate(c[1]); err != nil {
			w.refusal(400, "invalid_params") // not an id
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

func TestTemplates_Scopes(t *testing.T) {
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
			{method: "GET", path: "/v2/templates", needs: account.ScopeRead},
			{method: "GET", path: path, needs: account.ScopeRead},
			{method: "POST", path: path + "/preview", needs: account.ScopeRead},
			{
				method: "POST", path: "/v2/templates/preview", body: `{"translations":{"en":"{{code}}"}}`,
				needs: account.ScopeRead,
			},
			{method: "POST", path: "/v2/templates", body: login, needs: account.ScopeAdmin},
			{method: "PATCH", path: path, body: `{"name":"x"}`, needs: account.ScopeAdmin},
			{method: "DELETE", path: path, needs: account.ScopeAdmin},
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

func TestTemplates_Repeats(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	tmpl := a.template(t, login)
	for path, bodies := range map[string][2]string{
		"/v2/templates": {login, strings.Replace(login, "Login", "Other", 1)},
		"/v2/templates/preview": {
			`{"translations":{"en":"{{code}}"}}`,
			`{"translations":{"fr":"{{code}}"}}`,
		},
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
		w := a.post(t, path, bodies[1], "Idempotency-Key", "k"+path).refusal(400, "invalid_params")
		if w.detail("reason") != "idempotency_key_reused" {
			t.Errorf("%s: %s", path, w.text)
		}
	}
	if n := len(a.get(t, "/v2/templates").ok().json["data"].([]any)); n != 2 {
		t.Errorf("%d templates", n)
	}
}

func TestTemplates_DatabaseDown(t *testing.T) {
	t.Parallel()
	b := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
	a := newAPI(t, testworld.Options{Backend: b, Credits: 100})
	tmpl := a.template(t, login)
	path := "/v2/templates/" + tmpl
	for _, r := range [][3]string{
		{"POST", "/v2/templates", login},
		{"PATCH", path, `{"name":"x"}`},
		{"DELETE", path, ""},
		{"GET", path, ""},
		{"GET", "/v2/templates", ""},
	} {
		b.NoWrites.Store(r[0] != "GET")
		b.Out.Store(r[0] == "GET")
		a.call(t, a.test, r[0], r[1], r[2], "Idempotency-Key", "k").refusal(503, "internal_error")
	}

	b.NoWrites.Store(false)
	b.Out.Store(false)
	if w := a.get(t, "/v2/templates").ok(); len(w.json["data"].([]any)) != 1 || a.get(t,
		path).ok().str("name") != "Login" {
		t.Errorf("after the outage: %s", w.text)
	}
	b.AfterView(func() { b.Out.Store(true) }) // the key is known, the template is not
	a.Clock.Add(time.Second)
	a.post(t, "/v2/otp/send", `{"to":"`+phoneA+`","channels":["sms"],"template":"`+tmpl+`"}`).refusal(503,
		"internal_error")
}
