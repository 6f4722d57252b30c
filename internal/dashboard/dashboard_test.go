package dashboard_test

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dashboard"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/httpapi"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// password is everybody's.
const password = "four words of a sentence"

// world is a dashboard behind a real server, with an account that has a user of each role, and a stranger's account.
type world struct {
	*testworld.World
	people *people.People
	verbs  screen.Verbs
	base   string
	// sms is the carrier of SMS.
	sms *testworld.Carrier
	// other is the account of the stranger.
	other id.Account
	// operator runs the installation.
	operator *browser
}

func newWorld(t testing.TB, change ...func(*screen.Verbs)) *world {
	t.Helper()
	sms, wa := testworld.NewCarrier("smsc", message.SMS), testworld.NewCarrier("wa", message.WhatsApp)
	w := &world{sms: sms, World: testworld.New(t, testworld.Options{
		Credits: 1_000_000, Carriers: []carrier.Carrier{sms, wa},
		Prices: []route.Price{{Channel: message.SMS, Credits: 8}, {Channel: message.WhatsApp, Credits: 3}},
	})}
	server := httptest.NewUnstartedServer(nil)
	w.base = "http://localhost:" + portOf(server.Listener.Addr().String())
	w.people = people.New(people.Config{
		Store: w.Admin.Store, Keys: w.Admin.Keys, Admin: w.Admin, Now: w.Clock.Now, Log: slog.New(slog.DiscardHandler),
		Origin: func() string { return w.base }, Cost: testworld.HashCost,
	})
	w.verbs = screen.Verbs{
		People: w.people, Admin: w.Admin, Engine: w.Engine, Query: w.Dispatcher.Query, Hooks: w.Hooks, OptOuts: w.OptOuts,
		Answers: w.Answers,
		Instance: func(context.Context) (admin.Instance, error) {
			node := admin.InstanceNode{ID: 7, Name: "otp-1", State: "silent", Version: "0.1.0", SeenAt: w.Clock.Now()}
			return admin.Instance{
				Version: "0.1.0", Database: "postgres", StartedAt: w.Clock.Now(), Nodes: []admin.InstanceNode{node}, Accounts: 2,
			}, nil
		},
		OTPBody: httpapi.OTPBody, MessageBody: httpapi.MessageBody,
		Now: w.Clock.Now, Log: slog.New(slog.DiscardHandler), Local: w.base,
		Address: func(r *http.Request) string { return "192.0.2.1" },
	}
	for _, c := range change {
		c(&w.verbs)
	}
	d := w.dashboard(t, "")
	server.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("X-Request-Id", "req_test")
		d.ServeHTTP(rw, r)
	})
	server.Start()
	t.Cleanup(server.Close)

	w.operator = w.setUp(t)

	return w
}

// dashboard makes the handler of a server that customers know by an address.
func (w *world) dashboard(t testing.TB, publicURL string) http.Handler {
	t.Helper()
	v := w.verbs
	v.PublicURL = publicURL
	d, err := dashboard.New(v)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)

	return d
}

func portOf(addr string) string { return addr[strings.LastIndex(addr, ":")+1:] }

// setUp makes the first user, whose account is the stranger's one of the tests.
func (w *world) setUp(t testing.TB) *browser {
	t.Helper()
	link, ok, err := w.people.Setup(t.Context())
	if err != nil || !ok {
		t.Fatal("no setup link", err)
	}
	welcome, err := w.people.UseLink(t.Context(), link.Token, people.LinkAnswer{
		Email: "operator@example.com", Name: "Olga", Account: "Other Ltd", Password: secret.NewString(password),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.other = welcome.Account

	return w.browser(t, welcome.Token)
}

// user makes a user with a role in an account, and a browser in which the user is signed in.
func (w *world) user(t testing.TB, of id.Account, role signin.Role) *browser {
	t.Helper()
	v, err := w.people.Visit(t.Context(), w.operator.token)
	if err != nil {
		t.Fatal(err)
	}
	email := string(role) + "-" + strings.ToLower(of.String()[10:]) + "@example.com"
	link, err := w.people.Invite(t.Context(), v, of, email, string(role))
	if err != nil {
		t.Fatal(err)
	}
	welcome, err := w.people.UseLink(t.Context(), link.Token, people.LinkAnswer{
		Name: "User " + string(role), Password: secret.NewString(password),
	})
	if err != nil {
		t.Fatal(err)
	}

	b := w.browser(t, welcome.Token)
	b.email = email

	return b
}

// browser is a client with cookies, which follows no redirects.
type browser struct {
	*http.Client
	w     *world
	token secret.String
	email string
}

func (w *world) browser(t testing.TB, token secret.String) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{w: w, token: token, Client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if token.Reveal() != "" {
		u, _ := url.Parse(w.base)
		jar.SetCookies(u, []*http.Cookie{{Name: "ss", Value: token.Reveal(), Path: "/"}})
	}

	return b
}

// at is the address of a screen of the tests' account.
func (w *world) at(mode id.Mode, path string) string {
	return "/dashboard/" + w.Account.String() + "/" + mode.String() + path
}

// page is an answer: text as a reader sees it, with its entities resolved, and raw as it was sent.
type page struct {
	*http.Response
	text, raw string
}

func (b *browser) do(t testing.TB, r *http.Request) page {
	t.Helper()
	answer, err := b.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}

	return page{answer, html.UnescapeString(string(body)), string(body)}
}

// get opens a page.
func (b *browser) get(t testing.TB, path string, headers ...string) page {
	t.Helper()
	return b.do(t, b.request(t, http.MethodGet, path, "", headers...))
}

// post sends a form as the page of the same site does.
func (b *browser) post(t testing.TB, path string, form url.Values, headers ...string) page {
	t.Helper()
	headers = append([]string{"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"}, headers...)
	return b.do(t, b.request(t, http.MethodPost, path, form.Encode(), headers...))
}

func (b *browser) request(t testing.TB, method, path, body string, headers ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, b.w.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}

	return r
}

// shows fails unless the page has the status and all texts.
func (p page) shows(t testing.TB, status int, texts ...string) page {
	t.Helper()
	if p.StatusCode != status {
		t.Fatalf("%s: answered %d, want %d: %s", p.Request.URL.Path, p.StatusCode, status, short(p.text))
	}
	for _, text := range texts {
		if !strings.Contains(p.text, text) {
			t.Errorf("%s lacks %q: %s", p.Request.URL.Path, text, short(p.text))
		}
	}

	return p
}

// lacks fails when the page has a text.
func (p page) lacks(t testing.TB, texts ...string) page {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(p.text, text) {
			t.Errorf("%s shows %q", p.Request.URL.Path, text)
		}
	}
	return p
}

var mainPart = regexp.MustCompile(`(?s)<main.*</main>`)

func short(text string) string {
	if part := mainPart.FindString(text); part != "" {
		text = part
	}
	return text[:min(len(text), 3000)]
}

// sendCode sends a code to a number, and gives the verification's id.
func (w *world) sendCode(t testing.TB, mode id.Mode, to string) id.OTP {
	t.Helper()
	caller := w.Test
	if mode == id.Live {
		caller = w.Live
	}
	sent, _, err := w.SendOTP(t.Context(), caller, engine.OTPRequest{To: to, Channels: []message.Channel{message.SMS}}, nil)
	if err != nil {
		t.Fatal(err)
	}

	return sent.OTP.ID
}

// noToken is a browser without a session.
var noToken secret.String

// audits are the newest rows of the account's audit log.
func (w *world) audits(t testing.TB) []store.Audit {
	t.Helper()
	return w.auditsOf(t, w.Account)
}
