package dashboard_test

import (
	"encoding/base32"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
)

// passkey is a passkey in a phone.
type passkey struct {
	phone virtualwebauthn.Authenticator
	key   virtualwebauthn.Credential
}

// visit is the visit of a browser's session.
func (b *browser) visit(t testing.TB) people.Visit {
	t.Helper()
	v, err := b.w.people.Look(t.Context(), b.session())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// session is the token that the browser sends.
func (b *browser) session() secret.String {
	u, _ := url.Parse(b.w.base)
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == "ss" {
			return secret.NewString(c.Value)
		}
	}
	return noToken
}

// party is the server as phones know it.
func (w *world) party() virtualwebauthn.RelyingParty {
	return virtualwebauthn.RelyingParty{Name: "SysSecure", ID: "localhost", Origin: w.base}
}

// newPasskey makes a key that the library writes whole: it leaves leading zeros out, which the standard does not allow.
func newPasskey(handle string) passkey {
	for {
		c := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		if len(c.Key.AttestationData()) == 77 {
			return passkey{virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{
				UserHandle: []byte(handle),
			}), c}
		}
	}
}

// addPasskey adds a passkey to the user of a browser.
func (b *browser) addPasskey(t testing.TB) passkey {
	t.Helper()
	v := b.visit(t)
	c, err := b.w.people.BeginRegister(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	options, err := virtualwebauthn.ParseAttestationOptions(string(c.Options))
	if err != nil {
		t.Fatal(err)
	}

	k := newPasskey(options.UserID)
	answer := virtualwebauthn.CreateAttestationResponse(b.w.party(), k.phone, k.key, *options)
	if err := b.w.people.FinishRegister(t.Context(), v, c.State, "Phone", []byte(answer)); err != nil {
		t.Fatal(err)
	}

	return k
}

// usePasskey is what the script of a page does: it gets the options and sends the answer of the phone.
func (b *browser) usePasskey(t testing.TB, k passkey, path, next string) page {
	t.Helper()
	p := b.post(t, path+"/options", url.Values{}).shows(t, 200)
	if kind := p.Header.Get("Content-Type"); kind != "application/json" {
		t.Errorf("the options are %s", kind)
	}
	options, err := virtualwebauthn.ParseAssertionOptions(p.raw)
	if err != nil {
		t.Fatal(err)
	}
	answer := virtualwebauthn.CreateAssertionResponse(b.w.party(), k.phone, k.key, *options)

	return b.post(t, path, url.Values{"credential": {answer}, "next": {next}})
}

// addTOTP gives the user of a browser an authenticator app, and returns its secret.
func (b *browser) addTOTP(t testing.TB) []byte {
	t.Helper()
	v := b.visit(t)
	made, err := b.w.people.BeginTOTP(v)
	if err != nil {
		t.Fatal(err)
	}
	key := decodeSecret(t, made.Text)
	if _, err := b.w.people.ConfirmTOTP(t.Context(), v, made.State, signin.TOTP(key, b.w.Clock.Now())); err != nil {
		t.Fatal(err)
	}
	b.w.Clock.Add(time.Minute) // a code counts once

	return key
}

// decodeSecret reads the secret of an app.
func decodeSecret(t testing.TB, text string) []byte {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// leadsTo fails unless an answer sends the browser to an address.
func (p page) leadsTo(t testing.TB, to string) page {
	t.Helper()
	if got := p.Header.Get("Location"); p.StatusCode != http.StatusSeeOther || got != to {
		t.Fatalf("%s: answered %d and leads to %q, want %q: %s", p.Request.URL.Path, p.StatusCode, got, to,
			short(p.text))
	}
	return p
}

// TestConfirm: who signed in long ago proves again who it is, in each of the three ways.
func TestConfirm(t *testing.T) {
	t.Parallel()
	const next = "/dashboard/profile?x=1"
	for name, c := range map[string]struct {
		proof  func(t *testing.T, b *browser) page
		status int
		text   string
	}{
		"a password": {status: 303, proof: func(t *testing.T, b *browser) page {
			return b.post(t, "/dashboard/confirm", url.Values{"password": {password}, "next": {next}})
		}},
		"a passkey": {status: 303, proof: func(t *testing.T, b *browser) page {
			return b.usePasskey(t, b.addPasskey(t), "/dashboard/confirm/passkey", next)
		}},
		"a code": {status: 303, proof: func(t *testing.T, b *browser) page {
			code := signin.TOTP(b.addTOTP(t), b.w.Clock.Now())
			return b.post(t, "/dashboard/confirm", url.Values{"code": {code}, "next": {next}})
		}},
		"a wrong password": {status: 401, text: "The password is not right", proof: func(t *testing.T,
			b *browser,
		) page {
			return b.post(t, "/dashboard/confirm", url.Values{"password": {"not it"}, "next": {next}})
		}},
		"a wrong code": {status: 401, text: "The code is not right", proof: func(t *testing.T, b *browser) page {
			b.addTOTP(t)
			return b.post(t, "/dashboard/confirm", url.Values{"code": {"000000"}, "next": {next}})
		}},
		"nothing": {status: 401, text: "The password is not right", proof: func(t *testing.T, b *browser) page {
			return b.post(t, "/dashboard/confirm", url.Values{"next": {next}})
		}},
		"the passkey of another": {status: 401, text: "the passkey was not accepted", proof: func(t *testing.T,
			b *browser,
		) page {
			w := b.w
			other := w.browser(t, w.operator.token)
			k := other.addPasskey(t)
			return b.usePasskey(t, k, "/dashboard/confirm/passkey", next)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.user(t, w.Account, signin.Owner)
			p := c.proof(t, b)
			if c.status != 303 {
				p.shows(t, c.status, c.text, `value="`+next+`"`)
				return
			}
			p.leadsTo(t, next)
			if !b.visit(t).SteppedUp(w.Clock.Now()) {
				t.Error("the session is not confirmed")
			}
		})
	}
}

// TestConfirm_Page: the page asks only for what the user has.
func TestConfirm_Page(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.user(t, w.Account, signin.Owner)
	b.get(t, "/dashboard/confirm").shows(t, 200, `name="password"`).lacks(t, `name="code"`, "Confirm with a passkey")
	b.addTOTP(t)
	b.addPasskey(t)
	b.get(t, "/dashboard/confirm").shows(t, 200, `name="password"`, `name="code"`, "Confirm with a passkey")
}

// TestNext: no form of the ways in leads to another site, or out of the dashboard.
func TestNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.user(t, w.Account, signin.Owner)
	for _, next := range []string{
		"", "https://evil.example/", "//evil.example", `/\evil.example`, `\\evil.example`, "https:/dashboard", "/dashboardx",
		"/dashboard/../v2/account", "/dashboard/..//evil.example", "/dashboard/%2e%2e//evil.example", "javascript:alert(1)",
		"/dashboard\t/x", "/dashboard\r\nSet-Cookie: a=b", " /dashboard", "/Dashboard/x", `/dashboard/\..\evil`,
		"data:text/html,x", "evil.example/dashboard", "/dashboard/%zz", "?/dashboard",
	} {
		t.Run(next, func(t *testing.T) {
			b.post(t, "/dashboard/confirm", url.Values{"password": {password}, "next": {next}}).leadsTo(t, "/dashboard")
			b.get(t, "/dashboard/sign-in?next="+url.QueryEscape(next)).leadsTo(t, "/dashboard")
			form := w.browser(t, noToken).get(t, "/dashboard/sign-in?next="+url.QueryEscape(next)).shows(t, 200)
			if !strings.Contains(form.raw, `name="next" value="/dashboard">`) {
				t.Errorf("the form keeps another address: %s", short(form.raw))
			}
		})
	}
	for _, next := range []string{
		"/dashboard", "/dashboard?x=1", "/dashboard/profile",
		"/dashboard/a/test/keys?q=%2B32&x=/../",
	} {
		b.post(t, "/dashboard/confirm", url.Values{"password": {password}, "next": {next}}).leadsTo(t, next)
	}
}

// TestAlive: a page that is open says when its session ends, and can put that off.
func TestAlive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.user(t, w.Account, signin.Owner)
	screen := w.at(id.Test, "/verifications")
	b.get(t, screen).shows(t, 200, `data-idle="1740" data-alive="/dashboard/alive"`)
	for range 24 { // of the last half hour, all but a minute
		w.Clock.Add(29 * time.Minute)
		b.get(t, "/dashboard/alive").shows(t, 204)
	}
	b.get(t, screen).shows(t, 200, `data-idle="1440"`).lacks(t, "data-alive")
	w.Clock.Add(24 * time.Minute)
	if !b.get(t, "/dashboard/alive").toSignIn() {
		t.Error("the session goes on after 12 hours")
	}
}

// TestAlive_Unattended: what a page asks for by itself does not keep the session of a user alive who has left.
func TestAlive_Unattended(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path    string
		headers []string
		goesOn  bool
	}{
		"a stream opened again":     {path: "/verifications/live", headers: []string{"Accept", "text/event-stream"}},
		"a part that renews itself": {path: "/verifications", headers: []string{"X-Fragment", "rows", "X-Refresh", "yes"}},
		"a changed filter":          {path: "/verifications", headers: []string{"X-Fragment", "rows"}, goesOn: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.user(t, w.Account, signin.Owner)
			for range 7 {
				w.Clock.Add(5 * time.Minute)
				// A stream has an end then.
				b.do(t, b.request(t, http.MethodHead, w.at(id.Test, c.path), "", c.headers...))
			}
			if ended := b.get(t, "/dashboard/profile").toSignIn(); ended == c.goesOn {
				t.Errorf("after 35 minutes, the session has ended: %v", ended)
			}
		})
	}
}
