package dashboard_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

var wasField = regexp.MustCompile(`name="was" value="([0-9a-f]*)"`)

// TestTemplates is the life of a template: created once, changed, not changed over another's change, deleted by its name.
func TestTemplates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	list := w.at(id.Test, "/templates")
	owner.get(t, list).shows(t, 200, "No template yet", "Create a template")

	const text = `{{code}} is “yours”`
	form := url.Values{
		"name": {"Login"}, "tag": {"en", ""}, "text": {text, ""}, "once": {owner.once(t, list+"/new")},
	}
	one := owner.post(t, list+"/new", form).shows(t, 303).Header.Get("Location")
	if again := owner.post(t, list+"/new", form).shows(t, 303).Header.Get("Location"); again != one {
		t.Errorf("the form made %s and %s", one, again)
	}
	p := owner.get(t, one).shows(t, 200, "123456 is <mark>“</mark>yours", "1, 2, 3, 4, 5, 6 is “yours”", "UCS-2",
		"1 segment", "53 characters left", text)
	owner.get(t, list).shows(t, 200, "Login", ">en<")
	owner.get(t, strings.Replace(one, "/test/", "/live/", 1)).shows(t, 404)

	was := wasField.FindStringSubmatch(p.raw)[1]
	change := url.Values{
		"name": {"Log in"}, "tag": {"en", "de"}, "text": {"{{code}} is yours", "{{code}} ist deiner"}, "was": {was},
	}
	owner.post(t, one, change).shows(t, 303)
	owner.get(t, one).shows(t, 200, "123456 ist deiner", "GSM-7")
	owner.post(t, one, change).shows(t, 303) // the same again has nothing to save

	owner.post(t, one+"/delete", url.Values{"confirm": {"Login"}}).shows(t, 400, "Type the name")
	owner.post(t, one+"/delete", url.Values{"confirm": {"Log in"}}).shows(t, 303)
	owner.get(t, one).shows(t, 404)
}

func TestTemplates_Forms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path := w.at(id.Test, "/templates/new")
	const script = `<script>alert(1)</script>`
	for name, form := range map[string]url.Values{
		"nothing":          {},
		"no name":          {"tag": {"en"}, "text": {"{{code}}"}},
		"no code":          {"name": {"A"}, "tag": {"en"}, "text": {"hello"}},
		"no language":      {"name": {"A"}, "tag": {"!!"}, "text": {"{{code}}"}},
		"a script":         {"name": {script}, "tag": {script}, "text": {script}},
		"a language twice": {"name": {"A"}, "tag": {"en", "en"}, "text": {"{{code}}", "{{code}}!"}},
	} {
		t.Run(name, func(t *testing.T) {
			form.Set("once", owner.once(t, path))
			p := owner.post(t, path, form).shows(t, 400, "Please check the form")
			preview := owner.post(t, w.at(id.Test, "/templates/preview"), form, "X-Fragment", "preview").
				shows(t, 200).lacks(t, "<html")
			if strings.Contains(p.raw, script) || strings.Contains(preview.raw, script) {
				t.Error("what was typed is not escaped")
			}
		})
	}
	owner.get(t, w.at(id.Test, "/templates")).shows(t, 200, "No template yet")
}

// TestTemplates_Meanwhile: of two users who save at once what they began with, one is shown both texts and keeps what was
// typed; saving again then replaces the other's.
func TestTemplates_Meanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	users := map[string]*browser{
		"ann": w.user(t, w.Account, signin.Owner), "bob": w.user(t, w.Account, signin.Developer),
	}
	one := w.newTemplate(t, users["ann"], url.Values{"tag": {"en"}, "text": {"{{code}}"}})
	was := wasField.FindStringSubmatch(users["ann"].get(t, one).raw)[1]
	form := func(name, was string) url.Values {
		return url.Values{"name": {"Login"}, "tag": {"en"}, "text": {"{{code}} of " + name}, "was": {was}}
	}
	var saving sync.WaitGroup
	pages := make(chan page, len(users))
	for name, b := range users {
		saving.Go(func() { pages <- b.post(t, one, form(name, was)) })
	}
	saving.Wait()
	close(pages)

	lost := 0
	for p := range pages {
		if p.StatusCode == 303 {
			continue
		}
		lost++
		p.shows(t, 400, "somebody else changed", "{{code}} of ann", "{{code}} of bob", "Saved:", "Typed by you:")
		typed := wasField.FindStringSubmatch(p.raw)[1]
		users["bob"].post(t, one, form("cid", typed)).shows(t, 303)
	}
	if lost != 1 {
		t.Errorf("%d of two users were told", lost)
	}
	users["ann"].get(t, one).shows(t, 200, "{{code}} of cid")
}

// newTemplate makes a template by its form, and gives its path.
func (w *world) newTemplate(t testing.TB, b *browser, form url.Values) string {
	t.Helper()
	path := w.at(id.Test, "/templates/new")
	form.Set("once", b.once(t, path))
	if form.Get("name") == "" {
		form.Set("name", "Login")
	}
	return b.post(t, path, form).shows(t, 303).Header.Get("Location")
}

// TestTemplates_Editor is what the editor shows for what was typed: its tabs, the variants and the warnings.
func TestTemplates_Editor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path := w.at(id.Test, "/templates/preview")
	two := func(more url.Values) url.Values {
		form := url.Values{
			"name": {"Login"}, "tag": {"de", "en"}, "text": {"{{code}} ist deiner", "{{code}} is yours"},
			"spoken": {"", ""},
		}
		for name, v := range more {
			form[name] = v
		}
		return form
	}
	for name, c := range map[string]struct {
		form  url.Values
		shows []string
		lacks []string
	}{
		"the default language is marked": {form: two(nil), shows: []string{
			`<label for="tab-1">en <span class="badge grey">default</span>`, `id="tab-0" data-view checked>`,
			"1, 2, 3, 4, 5, 6 ist deiner",
		}},
		"the tab that was shown stays": {
			form: two(url.Values{"shown": {"1"}}), shows: []string{`id="tab-1" data-view checked>`},
		},
		"a language is added with the server's text": {
			form: two(url.Values{"new-tag": {"fr"}, "add": {"yes"}}),
			shows: []string{
				`id="tab-2" data-view checked><label for="tab-2">fr`, "Votre code est {{code}}",
				`data-unsaved="changed"`,
			},
		},
		"a language is added with the first text": {
			form:  two(url.Values{"new-tag": {"tlh"}, "add": {"yes"}}),
			shows: []string{`id="tab-2" data-view checked><label for="tab-2">tlh`},
		},
		"no language is added": {
			form: two(url.Values{"add": {"yes"}}), shows: []string{
				"write which language to add",
				`id="tab-new" data-view checked`,
			},
		},
		"a language is removed": {
			form: two(url.Values{"remove": {"0"}}), shows: []string{`<label for="tab-0">en`},
			lacks: []string{"ist deiner"},
		},
		"a spoken text": {
			form:  two(url.Values{"spoken": {"", "Your code: {{code}}."}}),
			shows: []string{"Your code: 1, 2, 3, 4, 5, 6.", "Call · de", "no spoken text"},
			lacks: []string{"1, 2, 3, 4, 5, 6 ist deiner"},
		},
		"a language of calls only": {
			form: url.Values{"name": {"A"}, "tag": {"en", "de"}, "text": {"{{code}}", ""}, "spoken": {
				"",
				"Hallo: {{code}}",
			}},
			shows: []string{"Call · de", "Hallo: 1, 2, 3, 4, 5, 6"}, lacks: []string{"SMS · de"},
		},
		"WhatsApp's template": {
			form: url.Values{
				"name": {"A"}, "tag": {"en"}, "text": {"{{app}}: {{code}}"}, "whatsapp-name": {"login_code"},
				"whatsapp-language": {"pt_BR"},
			},
			shows: []string{
				"WhatsApp · pt_BR", "<code>login_code</code>",
				"<dt>app</dt><dd>Acme</dd><dt>code</dt><dd>123456</dd>",
			},
		},
		"WhatsApp's name is wrong": {
			form:  two(url.Values{"whatsapp-name": {"Login Code"}}),
			shows: []string{"SMS · en"}, lacks: []string{"WhatsApp · "},
		},
		"a line that binds the code": {
			form:  url.Values{"tag": {"en"}, "text": {"{{code}}\n@example.com #{{code}}"}},
			lacks: []string{"will not fill"},
		},
		"a line that does not": {
			form:  url.Values{"tag": {"en"}, "text": {"@example.com #{{code}}\nis yours"}},
			shows: []string{"browsers will not fill the code in", "@example.com #{{code}}"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			owner.post(t, path, c.form).shows(t, 200, c.shows...).lacks(t, c.lacks...)
		})
	}
}

// TestTemplates_Variants: what the form stores is what it shows again.
func TestTemplates_Variants(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	one := w.newTemplate(t, owner, url.Values{
		"tag": {"en", "de"}, "text": {"{{code}}", ""}, "spoken": {"", "Hallo: {{code}}"},
		"whatsapp-name": {"login_code"}, "whatsapp-language": {"de"},
	})
	p := owner.get(t, one).shows(t, 200, "Hallo: {{code}}", `value="login_code"`, "WhatsApp · de")
	form := url.Values{
		"name": {"Login"}, "tag": {"en"}, "text": {"{{code}}"},
		"was": {wasField.FindStringSubmatch(p.raw)[1]},
	}
	for name, c := range map[string]struct {
		form  url.Values
		field string
	}{
		"no text at all":      {url.Values{"tag": {"en", "de"}, "text": {"{{code}}", ""}}, "#f-text-1"},
		"a bad spoken text":   {url.Values{"spoken": {"Hello"}}, "#f-spoken-0"},
		"half of WhatsApp's":  {url.Values{"whatsapp-name": {"login_code"}}, "#f-whatsapp-language"},
		"not added yet":       {url.Values{"new-tag": {"fr"}}, "#f-text-1"},
		"a fault in one tab":  {url.Values{"tag": {"en", "de"}, "text": {"{{code}}", "Hallo"}}, "#f-text-1"},
		"no language of that": {url.Values{"tag": {"!!"}}, "#f-text-0"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := url.Values{}
			for _, from := range []url.Values{form, c.form} {
				for field, v := range from {
					bad[field] = v
				}
			}
			owner.post(t, one, bad).shows(t, 400, `href="`+c.field+`"`)
		})
	}
	owner.post(t, one, form).shows(t, 303)
	owner.get(t, one).shows(t, 200).lacks(t, "Hallo", `value="login_code"`)
}

// TestTemplates_List: templates are found by their names and texts, and say when they were used.
func TestTemplates_List(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	list := w.at(id.Test, "/templates")
	for name, text := range map[string]string{"Login": "{{code}} lets you in", "Payment": "{{code}} pays"} {
		w.newTemplate(t, owner, url.Values{"name": {name}, "tag": {"en"}, "text": {text}})
	}
	for query, c := range map[string]struct{ shows, lacks []string }{
		"":            {shows: []string{"Login", "Payment"}},
		"?q=login":    {shows: []string{"Login"}, lacks: []string{"Payment"}},
		"?q=LETS+you": {shows: []string{"Login"}, lacks: []string{"Payment"}},
		"?q=nothing": {shows: []string{"Nothing matches", "Clear the filters"}, lacks: []string{
			"Payment",
			"No template yet",
		}},
	} {
		t.Run(query, func(t *testing.T) { owner.get(t, list+query).shows(t, 200, c.shows...).lacks(t, c.lacks...) })
	}

	owner.get(t, list+"?q="+url.QueryEscape(nasty[0])).shows(t, 200, "Nothing matches").escaped(t, nasty[0])
	one := w.newTemplate(t, owner, url.Values{"name": {"Sign-up"}, "tag": {"en"}, "text": {"{{code}}"}})
	owner.get(t, list+"?q=sign-up").shows(t, 200, `<td>en</td><td><span class="dim">–</span>`)
	owner.post(t, one+"/test", url.Values{"to": {"+15005550006"}, "channel": {"sms"}, "once": {owner.once(t,
		one)}}).shows(t, 303)
	owner.get(t, list+"?q=sign-up").shows(t, 200, `<td>en</td><td><time datetime="2026-04-25T15:27:00Z"`)
}

// TestTemplates_Test: a code is sent with the template once for each form, and in live mode after the cost was confirmed.
func TestTemplates_Test(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	one := w.newTemplate(t, owner, url.Values{"tag": {"en", "de"}, "text": {
		"{{code}} is yours",
		"{{code}} ist deiner",
	}})
	form := url.Values{
		"to": {"+1 500 555 0006"}, "channel": {"sms"}, "locale": {"de"}, "once": {owner.once(t, one)},
	}
	sent := owner.post(t, one+"/test", form).shows(t, 303).Header.Get("Location")
	if again := owner.post(t, one+"/test", form).shows(t, 303).Header.Get("Location"); again != sent {
		t.Errorf("the form sent %s and %s", sent, again)
	}
	owner.get(t, strings.TrimSuffix(sent, "#test")).shows(t, 200, "The code was sent", w.at(id.Test, "/inbox"),
		"/verifications/otp_")
	owner.get(t, w.at(id.Test, "/inbox")).shows(t, 200, "000000 ist deiner")
	owner.get(t, w.at(id.Test, "/audit")).shows(t, 200, "Template tested")
	owner.post(t, one+"/test", url.Values{"to": {"abc"}, "channel": {"sms"}, "once": {"1"}}).shows(t, 422,
		`href="#f-to"`)
	owner.post(t, one+"/test", url.Values{"to": {"+15005550006"}, "channel": {"fax"}}).shows(t, 400,
		`href="#f-channel"`)
	owner.post(t, one+"/test", url.Values{"to": {"+15005550006"}, "channel": {"sms"}}).shows(t, 400, "not complete")
}

// TestTemplates_TestLive: nothing is sent before exactly this send was confirmed.
func TestTemplates_TestLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path := w.at(id.Live, "/templates/new")
	one := owner.post(t, path, url.Values{
		"name": {"Login"}, "tag": {"en"}, "text": {"{{code}} " + strings.Repeat("é", 200)}, "once": {owner.once(t,
			path)},
	}).shows(t, 303).Header.Get("Location")
	form := url.Values{"to": {"+32470123456"}, "channel": {"sms"}, "once": {owner.once(t, one)}}
	ask := owner.post(t, one+"/test", form).shows(t, 200, "real message to +32470123456", "Send it for 16 credits")
	owner.get(t, w.at(id.Live, "/verifications")).shows(t, 200, "No verification yet")

	form.Set("yes", html.UnescapeString(yesField.FindStringSubmatch(ask.raw)[1]))
	form.Set("to", "+32470123457")
	owner.post(t, one+"/test", form).shows(t, 200, "real message to +32470123457")
	form.Set("to", "+32470123456")
	owner.post(t, one+"/test", form).shows(t, 303)
	owner.get(t, w.at(id.Live, "/verifications")).shows(t, 200).lacks(t, "No verification yet")
	if b := w.Balance(t); b.Credits+b.Held != 1_000_000-16 && b.Credits != 1_000_000-16 {
		t.Errorf("the balance is %+v", b)
	}
	owner.post(t, one+"/test", url.Values{"to": {"abc"}, "channel": {"sms"}}).shows(t, 422, `href="#f-to"`)
}

var yesField = regexp.MustCompile(`name="yes" value="([^"]*)"`)
