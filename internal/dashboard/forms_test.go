package dashboard_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/dashboard"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

// heading is the title of a screen.
var heading = regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`)

// refusedTo are the titles of the screens that a role may not open.
func (b *browser) refusedTo(t *testing.T, owner *browser, mode id.Mode) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, row := range rows() {
		if row.Method != http.MethodGet || row.Access != "member" || strings.HasSuffix(row.Path, "/live") {
			continue
		}
		path := b.w.target(row.Path, b.w.Account, mode)
		if p := owner.get(t, path); p.StatusCode == 200 && b.get(t, path).StatusCode == 403 {
			if title := heading.FindStringSubmatch(p.raw); title != nil {
				out[title[1]] = true
			}
		}
	}

	return out
}

// TestForms_Refused sends every form with bad fields, as each role in both modes: no answer is a screen that the same
// role may not open.
func TestForms_Refused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	w.sendCode(t, id.Test, "+32470123456")
	bad := url.Values{}
	for _, field := range []string{
		"to", "advance", "number", "name", "numbers", "credits", "credits_low", "status", "outcome", "once", "event",
		"user",
		"role", "invite", "email",
	} {
		bad.Set(field, "zzz")
	}

	for _, role := range signin.Roles {
		b := owner
		if role != signin.Owner {
			b = w.user(t, w.Account, role)
		}
		for _, mode := range []id.Mode{id.Test, id.Live} {
			closed := b.refusedTo(t, owner, mode)
			if (role != signin.Owner) != (len(closed) > 0) {
				t.Errorf("%s may not open %d screens", role, len(closed))
			}
			for _, row := range rows() {
				if row.Method != http.MethodPost || row.Access != "member" {
					continue
				}
				p := b.post(t, w.target(row.Path, w.Account, mode), bad)
				if title := heading.FindStringSubmatch(p.raw); title != nil && closed[title[1]] {
					t.Errorf("%s in %s mode: POST %s shows %q, which GET refuses", role, mode, row.Path, title[1])
				}
			}
		}
	}
}

// TestForms_ScreensAreNamed: a screen without a permission would be shown to all who may send its form.
func TestForms_ScreensAreNamed(t *testing.T) {
	t.Parallel()
	for _, s := range dashboard.Sets() {
		for name, may := range s.May {
			if _, err := s.Templates.Open("templates/" + name + ".html.tmpl"); err != nil || may == "" {
				t.Errorf("%s needs %q: %v", name, may, err)
			}
		}
	}
}

// TestForms_OtherScreen: a route that shows a screen is refused by the screen's permission, and one that no set names
// answers no form.
func TestForms_OtherScreen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	support := w.user(t, w.Account, signin.Support)
	shows := func(name string) func(*screen.Request) (screen.Answer, error) {
		return func(*screen.Request) (screen.Answer, error) {
			return screen.Page{Template: name, Status: http.StatusBadRequest, Data: map[string]any{}}, nil
		}
	}
	f, err := screen.New(w.verbs, nil, append(dashboard.Sets(), screen.Set{Routes: []screen.Route{
		screen.Post("/closed", signin.SeeMessages, shows("keys")),
		screen.Post("/unnamed", signin.SeeMessages, shows("nowhere")),
	}}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)

	for path, want := range map[string]int{"/closed": 403, "/unnamed": 500} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, w.base+w.at(id.Test, path), nil)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.AddCookie(&http.Cookie{Name: "ss", Value: support.token.Reveal()})
		answer := httptest.NewRecorder()
		if f.ServeHTTP(answer, r); answer.Code != want {
			t.Errorf("%s: answered %d, want %d: %s", path, answer.Code, want, short(answer.Body.String()))
		}
	}
}

// TestSends_ByMode: support neither sends again nor cancels, in either mode. What a person does to a code has its audit
// row.
func TestSends_ByMode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	support, developer := w.user(t, w.Account, signin.Support), w.user(t, w.Account, signin.Developer)
	text := func(mode id.Mode) string {
		caller := w.Test
		if mode == id.Live {
			caller = w.Live
		}
		sent, _, err := w.SendSMS(t.Context(), caller, engine.SMSRequest{
			To: "+32470123457", Body: "Hello", ScheduledAt: w.Clock.Now().Add(time.Hour),
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return w.at(mode, "/messages/"+sent.Message.ID.String())
	}

	for _, mode := range []id.Mode{id.Test, id.Live} {
		code, plain := w.at(mode, "/verifications/"+w.sendCode(t, mode, "+32470123456").String()), text(mode)
		support.get(t, code).shows(t, 200).lacks(t, "/cancel", "/resend", "+32470123456")
		for _, path := range []string{code + "/resend", code + "/cancel", plain + "/cancel"} {
			support.post(t, path, url.Values{}).shows(t, 403)
		}

		w.Clock.Add(time.Minute)
		developer.post(t, code+"/resend", url.Values{}).shows(t, 303)
		developer.post(t, code+"/cancel", url.Values{}).shows(t, 303)
		developer.post(t, plain+"/cancel", url.Values{}).shows(t, 303)
		got := map[string]bool{}
		for _, row := range w.audits(t) {
			got[row.Action] = got[row.Action] || row.Mode == mode && row.ActorKind == audit.User
		}
		for _, action := range []string{audit.VerificationResent, audit.VerificationCanceled, audit.MessageCanceled} {
			if !got[action] {
				t.Errorf("in %s mode there is no row %s: %v", mode, action, got)
			}
		}
	}
}

// TestInbox_Roles: who may send in the sandbox sees what arrives there. Support sees no whole number, and so no inbox.
func TestInbox_Roles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	developer := w.user(t, w.Account, signin.Developer)
	path := w.at(id.Test, "/inbox")
	developer.get(t, w.at(id.Test, "/overview")).shows(t, 200, path)
	developer.post(t, path+"/send", url.Values{"to": {"+15005550006"}}).shows(t, 303)
	developer.get(t, path).shows(t, 200, "A code was sent to +15005550006", `data-copy="000000"`)
	for _, role := range []signin.Role{signin.Support, signin.Billing} {
		other := w.user(t, w.Account, role)
		other.get(t, w.at(id.Test, "/analytics")).shows(t, 200).lacks(t, path)
		for _, p := range []page{other.get(t, path), other.post(t, path+"/clock", url.Values{"advance": {"zzz"}})} {
			p.shows(t, 403).lacks(t, "15005550006", "000000")
		}
	}
}

// TestForms_Size: a form that is larger than its screen can need is refused before it costs memory, first of all that of a
// stranger.
func TestForms_Size(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, stranger := w.user(t, w.Account, signin.Owner), w.browser(t, noToken)
	for name, c := range map[string]struct {
		who   *browser
		path  string
		bytes int
		too   bool
	}{
		"a sign-in":                  {stranger, "/dashboard/sign-in", 17 << 10, true},
		"a sign-in that may be":      {stranger, "/dashboard/sign-in", 15 << 10, false},
		"a code":                     {stranger, "/dashboard/sign-in/code", 17 << 10, true},
		"a one-time link":            {stranger, "/dashboard/setup", 17 << 10, true},
		"a webhook":                  {owner, w.at(id.Test, "/webhooks/new"), 65 << 10, true},
		"a template":                 {owner, w.at(id.Test, "/templates/preview"), 257 << 10, true},
		"a template that may be":     {owner, w.at(id.Test, "/templates/preview"), 250 << 10, false},
		"a file of numbers":          {owner, w.at(id.Test, "/opt-outs/add"), 1025 << 10, true},
		"a file of numbers that may": {owner, w.at(id.Test, "/opt-outs/add"), 1000 << 10, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := c.who.post(t, c.path, url.Values{"x": {strings.Repeat("a", c.bytes)}})
			if too := strings.Contains(p.text, "or larger than"); too != c.too || too && p.StatusCode != http.StatusBadRequest {
				t.Errorf("answered %d, refused for its size: %v, want %v", p.StatusCode, too, c.too)
			}
		})
	}
}
