package dashboard_test

import (
	"net/url"
	"regexp"
	"strings"
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
	p := owner.get(t, one).shows(t, 200, "123456 is “yours”", "UCS-2", "1 segment", "53 characters left", text)
	owner.get(t, list).shows(t, 200, "Login", ">en<")
	owner.get(t, strings.Replace(one, "/test/", "/live/", 1)).shows(t, 404)

	was := wasField.FindStringSubmatch(p.raw)[1]
	change := url.Values{
		"name": {"Log in"}, "tag": {"en", "de"}, "text": {"{{code}} is yours", "{{code}} ist deiner"}, "was": {was},
	}
	owner.post(t, one, change).shows(t, 303)
	owner.get(t, one).shows(t, 200, "123456 ist deiner", "GSM-7")
	owner.post(t, one, change).shows(t, 400, "changed by somebody else")

	owner.post(t, one+"/delete", url.Values{"confirm": {"Login"}}).shows(t, 400, "type the name")
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
