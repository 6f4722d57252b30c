package dashboard_test

import (
	"html"
	"net/url"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

// marked fails unless a page says at a field what is wrong with it, in the words of its label, and lists it at the top.
func (p page) marked(t *testing.T, field, atField, inList string) {
	t.Helper()
	raw := html.UnescapeString(p.raw)
	for _, want := range []string{
		`<p class="error" id="e-` + field + `" lang="en">` + atField, `<a href="#f-` + field + `">` + inList, `aria-describedby="e-` + field,
	} {
		if strings.Count(raw, want) != 1 {
			t.Errorf("%s: the page has %d times %q", field, strings.Count(raw, want), want)
		}
	}
}

// TestForms_Words: what is wrong stands at the field, in the words of its label and not of the API.
func TestForms_Words(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	long := strings.Repeat("x", 65)
	for name, c := range map[string]struct {
		path            string
		form            url.Values
		field           string
		atField, inList string
	}{
		"address of an endpoint": {
			"/webhooks/new", url.Values{"url": {"ftp://x"}, "which": {"all"}}, "url", "Address must", "Address must",
		},
		"description": {
			"/webhooks/new",
			url.Values{"url": {"https://a.example"}, "which": {"all"}, "description": {strings.Repeat("x", 201)}},
			"description", "Description must have at most 200", "Description must have at most 200",
		},
		"events": {
			"/webhooks/new",
			url.Values{"url": {"https://a.example"}, "which": {"some"}},
			"events",
			"Choose at least one type", "Which events?: Choose at least one type",
		},
		"name of a key": {
			"/keys/new",
			url.Values{"name": {long}, "scopes": {"send"}},
			"name", "Name must have", "Name must have",
		},
		"scopes": {
			"/keys/new",
			url.Values{},
			"scopes", "Choose at least one scope", "What it may do: Choose at least",
		},
		"invitation": {
			"/team/invite",
			url.Values{"email": {"ada"}, "role": {"owner"}},
			"email", "E-mail must be", "E-mail must be",
		},
		"setting": {
			"/settings",
			url.Values{"spend_cap_day": {"-1"}},
			"spend_cap_day", "Most credits in a day must", "Most credits in a day must",
		},
		"cap": {
			"/credits/caps",
			url.Values{"spend_cap_day": {"-1"}},
			"spend_cap_day", "Most credits in a day must", "Most credits in a day must",
		},
		"opt-outs": {"/opt-outs/add", url.Values{}, "numbers", "The list is empty", "Numbers: The list is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			c.form.Set("once", "x"+name)
			owner.post(t, w.at(id.Live, c.path), c.form).shows(t, 400).marked(t, c.field, c.atField, c.inList)
		})
	}

	owner.post(t, w.at(id.Test, "/inbox/send"), url.Values{"to": {"0470"}}).
		marked(t, "to", "Phone number is not", "Number: Phone number is not")
	owner.get(t, w.at(id.Live, "/history?to=x")).marked(t, "to", "", "Number")
}

// TestForms_Setup: a link's form says everything that is wrong at once.
func TestForms_Setup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.operator.visit(t)
	link, err := w.people.Invite(t.Context(), v, w.other, "new@example.com", "owner")
	if err != nil {
		t.Fatal(err)
	}
	p := w.browser(t, noToken).post(t, "/dashboard/setup", url.Values{
		"token": {link.Token.Reveal()}, "password": {"short"},
	}).shows(t, 400)
	p.marked(t, "name", "Your name must have 1 to 100", "Your name must have 1 to 100")
	p.marked(t, "password", "The password must have at least 12", "Password: The password must have at least 12")
}
