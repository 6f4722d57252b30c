package dashboard_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// TestSignIn_Parallel: of 1,000 guesses at once over HTTP, five are compared, and the owner gets in meanwhile by passkey,
// and by password in a browser that signed in before.
func TestSignIn_Parallel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	email := emailOf(w.Account, signin.Owner)
	k := w.user(t, w.Account, signin.Owner).addPasskey(t)
	known := w.signInAgain(t, email)
	stranger := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 100}}
	t.Cleanup(stranger.CloseIdleConnections)

	var compared, refused atomic.Int32
	var guesses sync.WaitGroup
	for i := range 1000 {
		guesses.Go(func() {
			form := url.Values{"email": {email}, "password": {fmt.Sprintf("four words of a guess %d", i)}}
			answer, err := stranger.PostForm(w.base+"/dashboard/sign-in", form)
			if err != nil {
				t.Error(err)
				return
			}
			_ = answer.Body.Close()
			switch answer.StatusCode {
			case http.StatusUnauthorized:
				compared.Add(1)
			case http.StatusTooManyRequests:
				refused.Add(1)
				if answer.Header.Get("Retry-After") == "" {
					t.Error("a refusal says not when to try again")
				}
			default:
				t.Errorf("a guess got %d", answer.StatusCode)
			}
		})
	}

	w.browser(t, noToken).usePasskey(t, k, "/dashboard/sign-in/passkey", "").leadsTo(t, "/dashboard")
	known.post(t, "/dashboard/sign-out", url.Values{}).leadsTo(t, "/dashboard/sign-in")
	known.post(t, "/dashboard/sign-in", url.Values{"email": {email}, "password": {password}}).leadsTo(t, "/dashboard")
	guesses.Wait()
	if compared.Load() > 5 || compared.Load()+refused.Load() != 1000 {
		t.Errorf("%d guesses were compared and %d refused, want at most 5 and the others", compared.Load(),
			refused.Load())
	}
}

// signInAgain signs a user in, in a new browser.
func (w *world) signInAgain(t testing.TB, email string) *browser {
	t.Helper()
	return w.enter(t, email, "Firefox")
}

// TestSignIn_SameAnswer: whether there is a user with an address cannot be read from any part of the answer.
func TestSignIn_SameAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user(t, w.Account, signin.Owner)
	there, nobody := emailOf(w.Account, signin.Owner), "nobody-"+emailOf(w.Account, signin.Owner)[6:]
	for i := range 7 { // five wrong passwords, then too many
		answers := make([]page, 0, 2)
		for _, email := range []string{there, nobody} {
			p := w.browser(t, noToken).post(t, "/dashboard/sign-in", url.Values{
				"email":    {email},
				"password": {"not it at all"},
			})
			p.raw = strings.ReplaceAll(p.raw, email, "ADDRESS")
			p.Header.Del("Date")
			p.Header.Del("Content-Length") // the address is in the form
			answers = append(answers, p)
		}
		one, other := answers[0], answers[1]
		if one.StatusCode != other.StatusCode || one.raw != other.raw || !maps.EqualFunc(one.Header, other.Header,
			slices.Equal) {
			t.Errorf("attempt %d: answers %d and %d differ:\n%v\n%v\n%s\n%s", i, one.StatusCode, other.StatusCode,
				one.Header,
				other.Header, short(one.raw), short(other.raw))
		}
		if want := map[bool]int{true: 401, false: 429}[i < 5]; one.StatusCode != want {
			t.Errorf("attempt %d got %d, want %d", i, one.StatusCode, want)
		}
	}
}

// TestSignIn_Sessions: every way in which a session is not valid leads to the sign-in.
func TestSignIn_Sessions(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, b *browser){
		"idle":    func(_ *testing.T, b *browser) { b.w.Clock.Add(signin.SessionIdle + time.Second) },
		"old":     func(_ *testing.T, b *browser) { b.w.Clock.Add(signin.SessionOverall) },
		"forged":  func(t *testing.T, b *browser) { b.useToken(strings.Repeat("A", 43)) },
		"cut off": func(t *testing.T, b *browser) { b.useToken(b.session().Reveal()[:42]) },
		"empty":   func(t *testing.T, b *browser) { b.useToken("") },
		"huge":    func(t *testing.T, b *browser) { b.useToken(strings.Repeat("A", 4000)) },
		"signed out": func(t *testing.T, b *browser) {
			token := b.session().Reveal()
			b.post(t, "/dashboard/sign-out", url.Values{}).leadsTo(t, "/dashboard/sign-in")
			b.useToken(token)
		},
		"ended elsewhere": func(t *testing.T, b *browser) {
			b.w.signInAgain(t, emailOf(b.w.Account, signin.Owner)).post(t, "/dashboard/profile/sessions/end-others",
				url.Values{})
		},
		"disabled": func(t *testing.T, b *browser) { b.disable(t) },
		"the device in its place": func(t *testing.T, b *browser) {
			in, err := b.w.people.SignIn(t.Context(), people.Attempt{
				Email: emailOf(b.w.Account, signin.Owner), Password: secret.NewString(password),
			})
			if err != nil {
				t.Fatal(err)
			}
			b.useToken(in.Device.Reveal())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.user(t, w.Account, signin.Owner)
			b.get(t, w.at(id.Test, "/verifications")).shows(t, 200)
			end(t, b)
			if !b.get(t, w.at(id.Test, "/verifications")).toSignIn() {
				t.Error("the session goes on")
			}
			b.get(t, w.at(id.Test, "/verifications/live"), "Accept", "text/event-stream").shows(t, 401)
			b.post(t, "/dashboard/profile", url.Values{"name": {"x"}}).leadsTo(t, "/dashboard/sign-in")
		})
	}
}

// useToken puts another token into the browser's cookie.
func (b *browser) useToken(token string) {
	u, _ := url.Parse(b.w.base)
	b.Jar.SetCookies(u, []*http.Cookie{{Name: "ss", Value: token, Path: "/"}})
}

// disable disables the browser's user.
func (b *browser) disable(t testing.TB) {
	t.Helper()
	k := store.UserKey(b.visit(t).User)
	err := b.w.Admin.Store.Update(t.Context(), id.Account{}, []store.Key{k}, func(tx *store.Tx) error {
		u, _ := store.Get[store.User](tx, k)
		u.Disabled = true
		tx.Put(u)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSignIn_Stolen: a token is that of one user in any browser, and opens nothing that this user may not see.
func TestSignIn_Stolen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	owner.useToken(support.session().Reveal())
	owner.get(t, w.at(id.Test, "/team")).shows(t, 403)
	owner.get(t, "/dashboard/profile").shows(t, 200, emailOf(w.Account, signin.Support))
	w.Clock.Add(signin.StepUpValid + time.Second) // and the device of the thief's own browser does not count for it
	owner.post(t, "/dashboard/profile/passkeys/options", url.Values{}).leadsTo(t,
		"/dashboard/confirm?next=%2Fdashboard")
	for i := range 6 {
		p := owner.post(t, "/dashboard/confirm", url.Values{"password": {"not it at all"}})
		if want := map[bool]int{true: 401, false: 429}[i < 5]; p.StatusCode != want {
			t.Errorf("guess %d got %d, want %d", i, p.StatusCode, want)
		}
	}
	owner.post(t, "/dashboard/confirm", url.Values{"password": {password}}).shows(t, 429)
}

// TestCookies: each cookie has the attributes that keep it from scripts, other sites and other hosts.
func TestCookies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		public string
		secure bool
		want   string
	}{
		"http on loopback":  {"http://localhost:8080", false, "ss"},
		"https":             {"https://otp.example.com", true, "__Host-ss"},
		"https in capitals": {"HTTPS://OTP.example.com", true, "__Host-ss"},
		"https with a port": {"https://otp.example.com:8443/", true, "__Host-ss"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.user(t, w.Account, signin.Owner)
			d := w.dashboard(t, c.public)
			form := url.Values{"email": {emailOf(w.Account, signin.Owner)}, "password": {password}}
			r := httptest.NewRequestWithContext(t.Context(), "POST", "/dashboard/sign-in",
				bytes.NewBufferString(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			answer := httptest.NewRecorder()
			d.ServeHTTP(answer, r)
			if answer.Code != http.StatusSeeOther {
				t.Fatalf("answered %d", answer.Code)
			}

			var session *http.Cookie
			for _, k := range answer.Result().Cookies() {
				if !k.HttpOnly || k.SameSite != http.SameSiteStrictMode || k.Secure != c.secure || k.Domain != "" {
					t.Errorf("the cookie is %s", k)
				}
				if k.Name == c.want {
					session = k
				} else if k.Path != "/dashboard" {
					t.Errorf("the cookie is %s, want it for the dashboard only", k)
				}
			}
			if session == nil || session.Path != "/" || session.MaxAge != 0 || !session.Expires.IsZero() ||
				len(session.Value) != 43 {
				t.Fatalf("the session is %v of %v", session, answer.Result().Cookies())
			}

			// A cookie with the name of the other kind is none.
			other := map[string]string{"ss": "__Host-ss", "__Host-ss": "ss"}[c.want]
			for cookie, status := range map[string]int{c.want: 200, other: 303} {
				r := httptest.NewRequestWithContext(t.Context(), "GET", "/dashboard/profile", nil)
				r.AddCookie(&http.Cookie{Name: cookie, Value: session.Value})
				answer := httptest.NewRecorder()
				d.ServeHTTP(answer, r)
				if answer.Code != status || answer.Header().Get("Cache-Control") != "no-store" {
					t.Errorf("with %s it answered %d, %s", cookie, answer.Code, answer.Header().Get("Cache-Control"))
				}
			}
		})
	}
}
