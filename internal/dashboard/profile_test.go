package dashboard_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
)

// nasty is what a stranger could write into a field to run a script in the page of another user.
var nasty = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' autofocus onfocus='alert(1)`, `</title><svg/onload=alert(1)>`,
	`{{.Email}}`, "javascript:alert(1)",
}

// escaped fails when a page has a text as HTML, and not as text.
func (p page) escaped(t testing.TB, text string) page {
	t.Helper()
	if !strings.Contains(p.text, text) {
		t.Errorf("%s lacks %q", p.Request.URL.Path, text)
	}
	if strings.ContainsAny(text, `<"'`) && strings.Contains(p.raw, text) {
		t.Errorf("%s has %q as HTML", p.Request.URL.Path, text)
	}

	return p
}

// field reads the value of a hidden field.
func (p page) field(t testing.TB, name string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(p.raw)
	if found == nil {
		t.Fatalf("%s has no field %s: %s", p.Request.URL.Path, name, short(p.text))
	}
	return found[1]
}

// emailOf is the address of a user that world.user made.
func emailOf(of id.Account, role signin.Role) string {
	return string(role) + "-" + strings.ToLower(of.String()[10:]) + "@example.com"
}

// enter signs a user in, in a new browser with an agent.
func (w *world) enter(t testing.TB, email, agent string) *browser {
	t.Helper()
	b := w.browser(t, noToken)
	b.post(t, "/dashboard/sign-in", url.Values{"email": {email}, "password": {password}}, "User-Agent",
		agent).leadsTo(t, "/dashboard")
	return b
}

func TestProfile_Save(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.user(t, w.Account, signin.Support)
	for name, c := range map[string]struct {
		name, zone, shortcuts string
		status                int
		shows                 []string
	}{
		"all": {"Ada", "Europe/Brussels", "on", 303, []string{
			`value="Europe/Brussels"`, `value="Ada"`,
			"checked",
		}},
		"no shortcuts": {"Ada", "Asia/Tokyo", "", 303, []string{`data-shortcuts="off"`, `value="Asia/Tokyo"`}},
		"no name": {"  ", "Asia/Tokyo", "on", 400, []string{
			"Name must have 1 to 100 characters",
			`href="#f-name"`,
		}},
		"a line break": {"Ada\nB", "Asia/Tokyo", "on", 400, []string{"without line breaks"}},
		"a strange zone": {"Ada", "Mars/Base", "on", 400, []string{
			"Time zone must be", `value="Mars/Base"`,
			`aria-invalid="true"`,
		}},
		"a path":           {"Ada", "../../etc/passwd", "on", 400, []string{"Time zone must be"}},
		"the server's":     {"Ada", "Local", "on", 400, []string{"Time zone must be"}},
		"two are wrong":    {"", "Mars", "", 400, []string{"Name must have", "Time zone must be"}},
		"a field too many": {"Ada", "UTC", "on", 303, []string{`value="UTC"`}},
	} {
		t.Run(name, func(t *testing.T) {
			form := url.Values{
				"name": {c.name}, "zone": {c.zone}, "shortcuts": {c.shortcuts}, "operator": {"true"},
				"email": {"x@example.com"},
			}
			p := b.post(t, "/dashboard/profile", form)
			if c.status == http.StatusSeeOther {
				p = b.get(t, p.leadsTo(t, "/dashboard/profile").Header.Get("Location")).shows(t, 200)
			}
			if c.status != http.StatusSeeOther && p.StatusCode != c.status {
				t.Fatalf("answered %d, want %d: %s", p.StatusCode, c.status, short(p.text))
			}
			p.shows(t, p.StatusCode, c.shows...)
			if v := b.visit(t); v.Operator || v.Email != emailOf(w.Account, signin.Support) {
				t.Errorf("the form changed what it has no field for: %+v", v)
			}
		})
	}

	for _, text := range nasty {
		b.post(t, "/dashboard/profile", url.Values{"name": {text}, "zone": {text}}).escaped(t, text)
		b.post(t, "/dashboard/profile", url.Values{"name": {text}, "zone": {"UTC"}}).leadsTo(t, "/dashboard/profile")
		b.get(t, "/dashboard/profile").shows(t, 200).escaped(t, text)
	}
}

func TestProfile_Theme(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.user(t, w.Account, signin.Support)
	for theme, shows := range map[string]string{
		"dark": `data-theme="dark"`, "light": `data-theme="light"`,
		"": `<html lang="en">`,
	} {
		b.post(t, "/dashboard/profile/theme", url.Values{"theme": {theme}}).leadsTo(t, "/dashboard/profile")
		b.get(t, "/dashboard/profile").shows(t, 200, shows)
	}
	b.post(t, "/dashboard/profile/theme", url.Values{"theme": {"pink"}}).shows(t, 400, "theme must be")
}

// TestProfile_Zone: the browser's zone is taken once, and never over one that the user chose.
func TestProfile_Zone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.user(t, w.Account, signin.Owner)
	b.get(t, w.at(id.Test, "/verifications")).shows(t, 200, `data-zone="/dashboard/profile/zone"`)
	b.post(t, "/dashboard/profile/zone", url.Values{"zone": {"Nowhere"}}).shows(t, 400)
	b.post(t, "/dashboard/profile/zone", url.Values{"zone": {"Asia/Calcutta"}}).shows(t, 204)
	b.post(t, "/dashboard/profile/zone", url.Values{"zone": {"Asia/Tokyo"}}).shows(t, 204)
	b.get(t, "/dashboard/profile").shows(t, 200, `value="Asia/Calcutta"`).lacks(t, "data-zone")
}

func TestPassword_Change(t *testing.T) {
	t.Parallel()
	const next = "another sentence of words"
	w := newWorld(t)
	b := w.user(t, w.Account, signin.Owner)
	other := w.enter(t, emailOf(w.Account, signin.Owner), "Firefox")
	change := func(current, next string) page {
		return b.post(t, "/dashboard/profile/password", url.Values{"current": {current}, "password": {next}})
	}
	change("not it at all", next).shows(t, 401, "The current password is not right", `href="#f-current"`).lacks(t, next)
	change(password, "short").shows(t, 400, "at least 12 characters", `href="#f-password"`)
	change(password, emailOf(w.Account, signin.Owner)).shows(t, 400, "must not be the e-mail address")
	before := b.session()
	w.Clock.Add(time.Second)
	change(password, next).leadsTo(t, "/dashboard/profile")
	b.get(t, "/dashboard/profile").shows(t, 200, "Your password was changed", "Your accounts")
	if !other.get(t, "/dashboard/profile").toSignIn() || !w.browser(t, before).get(t, "/dashboard/profile").toSignIn() {
		t.Error("an earlier session goes on")
	}
	change(password, next).shows(t, 401) // sent twice: nothing changes
	w.browser(t, noToken).post(t, "/dashboard/sign-in", url.Values{
		"email": {emailOf(w.Account, signin.Owner)}, "password": {next},
	}).leadsTo(t, "/dashboard")
}

// TestAuthenticator: add an app by its secret, sign in with it, use a recovery code, renew them, and remove it.
func TestAuthenticator(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, email := w.user(t, w.Account, signin.Owner), emailOf(w.Account, signin.Owner)
	p := b.get(t, "/dashboard/profile/authenticator").shows(t, 200, `<svg class="qr"`, "autocomplete=\"one-time-code\"")
	text := regexp.MustCompile(`<code id="secret">([A-Z2-7 ]+)</code>`).FindStringSubmatch(p.raw)[1]
	key := decodeSecret(t, strings.ReplaceAll(text, " ", ""))
	confirm := func(code, state string) page {
		form := url.Values{"code": {code}, "state": {state}, "once": {screen.NewOnce()}}
		return b.post(t, "/dashboard/profile/authenticator", form)
	}

	wrong := confirm("000000", p.field(t, "state")).shows(t, 400, "The code is not right", text, `aria-invalid="true"`)
	confirm("000000", "forged").shows(t, 400, "Begin again")
	theirs := w.operator.get(t, "/dashboard/profile/authenticator").shows(t, 200)
	confirm("000000", theirs.field(t, "state")).shows(t, 400, "Begin again") // made for another user
	if sec, err := w.people.Security(t.Context(), b.visit(t)); err != nil || sec.TOTP {
		t.Errorf("a wrong code turned it on: %v", err)
	}
	codes := codesOf(t, confirm(signin.TOTP(key, w.Clock.Now()), wrong.field(t, "state")).shows(t, 200,
		"They are shown only now"))
	b.get(t, "/dashboard/profile").shows(t, 200, "Recovery codes left: <strong>10").lacks(t, codes[0], text)

	w.Clock.Add(time.Minute)
	again := w.browser(t, noToken)
	in := url.Values{"email": {email}, "password": {password}}
	again.post(t, "/dashboard/sign-in", in).leadsTo(t, "/dashboard/sign-in/code?next=%2Fdashboard")
	again.post(t, "/dashboard/sign-in/code", url.Values{"code": {"000000"}}).shows(t, 401, "The code is not right")
	again.post(t, "/dashboard/sign-in/code", url.Values{"code": {codes[0]}}).leadsTo(t, "/dashboard")
	once := w.browser(t, noToken)
	once.post(t, "/dashboard/sign-in", in)
	once.post(t, "/dashboard/sign-in/code", url.Values{"code": {codes[0]}}).shows(t, 401)
	once.post(t, "/dashboard/sign-in/code", url.Values{"code": {signin.TOTP(key, w.Clock.Now())}}).leadsTo(t,
		"/dashboard")

	renew := url.Values{"once": {b.once(t, "/dashboard/profile")}}
	renewed := codesOf(t, b.post(t, "/dashboard/profile/recovery-codes", renew).shows(t, 200))
	if renewed[1] == codes[1] {
		t.Error("the recovery codes are the same")
	}
	b.post(t, "/dashboard/profile/authenticator/off", url.Values{}).leadsTo(t, "/dashboard/profile")
	renew.Set("once", screen.NewOnce())
	b.post(t, "/dashboard/profile/recovery-codes", renew).shows(t, 400, "add one first")
	w.enter(t, email, "Firefox")
}

// codesOf reads the recovery codes of a page, and compares them with the file that it offers.
func codesOf(t testing.TB, p page) []string {
	t.Helper()
	codes := regexp.MustCompile(`[0-9A-Z]{5}-[0-9A-Z]{5}`).FindAllString(mainPart.FindString(p.raw), -1)
	if len(codes) != 2*signin.RecoveryCodes || codes[0] != codes[signin.RecoveryCodes] {
		t.Fatalf("the page has the codes %q, want each twice: %s", codes, short(p.raw))
	}
	return codes[:signin.RecoveryCodes]
}

func TestPasskeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.user(t, w.Account, signin.Owner)
	b.get(t, "/dashboard/profile/passkeys", "User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0").shows(t,
		200, `value="Chrome on Linux"`)
	register := func(b *browser, name string) page {
		t.Helper()
		options, err := virtualwebauthn.ParseAttestationOptions(b.post(t, "/dashboard/profile/passkeys/options",
			url.Values{}).shows(t, 200).raw)
		if err != nil {
			t.Fatal(err)
		}
		k := newPasskey(options.UserID)
		answer := virtualwebauthn.CreateAttestationResponse(w.party(), k.phone, k.key, *options)
		form := url.Values{"credential": {answer}, "name": {name}}
		p := b.post(t, "/dashboard/profile/passkeys", form)
		if p.StatusCode == http.StatusSeeOther {
			b.post(t, "/dashboard/profile/passkeys", form).shows(t, 401) // sent twice
		}

		return p
	}
	register(b, "").shows(t, 400, "Name must have 1 to 100 characters", `aria-invalid="true"`)
	b.post(t, "/dashboard/profile/passkeys", url.Values{"name": {"x"}, "credential": {"{}"}}).shows(t, 401)
	for _, text := range nasty {
		register(b, text).leadsTo(t, "/dashboard/profile")
		b.get(t, "/dashboard/profile").shows(t, 200).escaped(t, text)
	}

	key := b.get(t, "/dashboard/profile").field(t, "passkey")
	other := w.user(t, w.Account, signin.Developer)
	for _, path := range []string{"/rename", "/remove"} { // those of another user are not there
		form := url.Values{"passkey": {key}, "name": {"Mine"}}
		other.post(t, "/dashboard/profile/passkeys"+path, form).shows(t, 404, "no such passkey")
	}
	b.post(t, "/dashboard/profile/passkeys/rename", url.Values{"passkey": {key}, "name": {""}}).shows(t, 400,
		"name must have").lacks(t, `href="#f-name"`)
	b.post(t, "/dashboard/profile/passkeys/rename", url.Values{"passkey": {key}, "name": {"Blue key"}}).leadsTo(t,
		"/dashboard/profile")
	b.get(t, "/dashboard/profile").shows(t, 200, "Blue key")
	b.post(t, "/dashboard/profile/passkeys/remove", url.Values{"passkey": {key}}).leadsTo(t, "/dashboard/profile")
	b.post(t, "/dashboard/profile/passkeys/remove", url.Values{"passkey": {key}}).shows(t, 404)
	b.get(t, "/dashboard/profile").lacks(t, "Blue key</th>")
}

func TestSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, email := w.user(t, w.Account, signin.Owner), emailOf(w.Account, signin.Owner)
	phone := w.enter(t, email, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1")
	odd := w.enter(t, email, nasty[0])
	p := b.get(t, "/dashboard/profile").shows(t, 200, "Safari on iPhone", "Unknown browser", "192.0.2.1",
		"this browser").lacks(t, nasty[0])
	if n := strings.Count(p.raw, "this browser"); n != 1 {
		t.Errorf("%d sessions are marked as this one", n)
	}

	sessions, err := w.people.Sessions(t.Context(), phone.visit(t))
	if err != nil {
		t.Fatal(err)
	}
	var own string
	for _, s := range sessions {
		if s.Current {
			own = s.ID
		}
	}
	w.operator.post(t, "/dashboard/profile/sessions/end", url.Values{"session": {own}}).shows(t, 404, "no such session")
	b.post(t, "/dashboard/profile/sessions/end", url.Values{"session": {"none"}}).shows(t, 404)
	b.post(t, "/dashboard/profile/sessions/end", url.Values{"session": {own}}).leadsTo(t, "/dashboard/profile")
	b.post(t, "/dashboard/profile/sessions/end", url.Values{"session": {own}}).shows(t, 404) // sent twice
	if !phone.get(t, "/dashboard/profile").toSignIn() {
		t.Error("the session goes on")
	}
	b.post(t, "/dashboard/profile/sessions/end-others", url.Values{}).leadsTo(t, "/dashboard/profile")
	b.post(t, "/dashboard/profile/sessions/end-others", url.Values{}).leadsTo(t, "/dashboard/profile")
	if !odd.get(t, "/dashboard/profile").toSignIn() {
		t.Error("another session goes on")
	}
	b.get(t, "/dashboard/profile").shows(t, 200)
}

// TestStepUp: ten minutes after the sign-in, what changes who gets in leads to the proof first, and changes nothing.
func TestStepUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.user(t, w.Account, signin.Owner)
	w.user(t, w.Account, signin.Support)
	b.addPasskey(t)
	w.Clock.Add(signin.StepUpValid + time.Second)
	from := []string{"Referer", w.base + "/dashboard/profile"}
	const back = "/dashboard/confirm?next=%2Fdashboard%2Fprofile"
	for _, path := range []string{
		"/dashboard/profile/authenticator", "/dashboard/profile/authenticator/off", "/dashboard/profile/recovery-codes",
		"/dashboard/profile/passkeys", "/dashboard/profile/passkeys/options", "/dashboard/profile/passkeys/remove",
		"/dashboard/profile/leave", w.at(id.Test, "/team/invite"), w.at(id.Live, "/team/role"), w.at(id.Test,
			"/team/remove"),
		w.at(id.Test, "/team/withdraw"),
	} {
		b.post(t, path, url.Values{"name": {"x"}}, from...).leadsTo(t, back)
		b.post(t, path, url.Values{}, "Referer", "https://evil.example/dashboard/x").leadsTo(t,
			"/dashboard/confirm?next=%2Fdashboard")
	}
	b.get(t, "/dashboard/profile/authenticator").leadsTo(t, back+"%2Fauthenticator")
	b.post(t, "/dashboard/profile", url.Values{"name": {"Still works"}}).leadsTo(t, "/dashboard/profile")
	if sec, err := w.people.Security(t.Context(), b.visit(t)); err != nil || len(sec.Passkeys) != 1 || sec.TOTP {
		t.Errorf("something changed: %+v, %v", sec, err)
	}
	b.post(t, "/dashboard/confirm", url.Values{"password": {password}, "next": {"/dashboard/profile"}}).leadsTo(t,
		"/dashboard/profile")
	b.get(t, "/dashboard/profile/authenticator").shows(t, 200)
}

// TestLeave: members leave an account by themselves, but not the last owner.
func TestLeave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	of := url.Values{"account": {w.Account.String()}}
	support.get(t, "/dashboard/profile").shows(t, 200, "Leave")
	support.post(t, "/dashboard/profile/leave", url.Values{"account": {w.other.String()}}).shows(t, 404,
		"no such account")
	support.post(t, "/dashboard/profile/leave", url.Values{"account": {"x"}}).shows(t, 404)
	owner.post(t, "/dashboard/profile/leave", of).shows(t, 400, "the account's last owner")
	support.post(t, "/dashboard/profile/leave", of).leadsTo(t, "/dashboard")
	if _, err := w.people.SignIn(t.Context(), people.Attempt{
		Email: emailOf(w.Account, signin.Support), Password: secret.NewString(password),
	}); err == nil {
		t.Error("a user without an account can sign in")
	}
}
