//go:build browser

package pages

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/app/apptest"
)

// Who signs in, and with what.
const (
	email    = "ada@example.com"
	password = "four words of a sentence"
)

// installation is a new server with the link for its first user.
type installation struct {
	base, setup string
	// program is how clients of the API call themselves.
	program string
	// end ends the server before its test ends, and returns when nothing listens any more.
	end func()
}

// serveNew runs a server that has no user yet, with settings of the environment.
func serveNew(t testing.TB, env ...string) installation {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	a, err := app.New(ctx, apptest.Config(t, env...), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ran := make(chan error, 1)
	go func() { ran <- a.Run(ctx) }()
	end := sync.OnceFunc(func() {
		stop()
		if err := <-ran; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	t.Cleanup(end)
	link, ok, err := a.Setup(t.Context())
	if err != nil || !ok {
		t.Fatal("no setup link", err)
	}

	return installation{
		base: a.Origin(), setup: "/dashboard/setup?token=" + link.Token.Reveal(), program: "shop/1.4 (Linux)", end: end,
	}
}

// setUp fills in the page of the setup link, and returns the key that is then on the screen.
func (i installation) setUp(t testing.TB, b *tab) (key string) {
	t.Helper()
	b.look(t, 1360, "light")
	b.open(t, i.base+i.setup)
	b.write(t, map[string]string{"#f-email": email, "#f-name": "Ada", "#f-account": "Acme", "#f-password": password})
	b.do(t, chromedp.Click(css("main .button.primary")), chromedp.WaitVisible(css("#key")))

	return b.text(t, "#key")
}

// write fills in fields.
func (b *tab) write(t testing.TB, fields map[string]string) {
	t.Helper()
	for selector, text := range fields {
		b.do(t, chromedp.SendKeys(css(selector), text))
	}
}

// send sends a code with a key, as the call on the screen does, and returns its id.
func (i installation) send(t testing.TB, key, to string) string {
	t.Helper()
	body := fmt.Sprintf(`{"to": %q, "channels": ["sms", "voice"], "metadata": {"user": "%s"}}`, to, strings.Repeat("x", 40))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, i.base+"/v2/otp/send", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()

	var sent struct {
		ID string `json:"otp_id"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&sent); err != nil || sent.ID == "" {
		t.Fatalf("the send was answered %d: %v", answer.StatusCode, err)
	}

	return sent.ID
}

// TestDashboard_FirstRun: the setup link leads to a key, and what is sent with it appears by itself.
func TestDashboard_FirstRun(t *testing.T) {
	t.Parallel()
	b, i := newTab(t, browser(t)), serveNew(t)
	key := i.setUp(t, b)
	if call := b.text(t, "main pre"); !strings.Contains(call, key) || !strings.Contains(call, i.base+"/v2/otp/send") {
		t.Errorf("the call to copy is %q", call)
	}
	b.looks(t, "first run")
	b.until(t, `document.querySelector("[data-live-state='live']")`)
	id := i.send(t, key, "+15005550006")
	b.until(t, `document.getElementById("`+id+`")`)
	b.do(t, chromedp.Click(css("#"+id+" a")), chromedp.WaitVisible(css(".timeline")))
	b.sound(t)

	b.open(t, i.base+i.setup)
	if shown := b.text(t, "main"); !strings.Contains(shown, "used already") {
		t.Errorf("the link works again: %s", shown)
	}
	b.looks(t, "link used already")
}

// TestDashboard_SignIn: a wrong password is refused with words, the right one leads back to the page that was asked for, and after a
// sign-out no page is shown.
func TestDashboard_SignIn(t *testing.T) {
	t.Parallel()
	b, i := newTab(t, browser(t)), serveNew(t)
	i.setUp(t, b)
	b.open(t, i.base+"/dashboard")
	b.do(t, chromedp.WaitVisible(css(".side")))
	wanted := get(t, b, chromedp.Location())
	b.do(t, chromedp.Click(css("[popovertarget=you]")), chromedp.Click(css("#you button")), chromedp.WaitVisible(css("#f-email")))
	b.looks(t, "sign-in")

	b.open(t, wanted)
	b.write(t, map[string]string{"#f-email": email, "#f-password": "wrong " + password})
	b.do(t, chromedp.Click(css("main .button.primary")), chromedp.WaitVisible(css(".errors")))
	b.looks(t, "sign-in refused")
	b.forgive()
	b.write(t, map[string]string{"#f-password": password})
	b.do(t, chromedp.Click(css("main .button.primary")), chromedp.WaitVisible(css(".side")))
	if now := get(t, b, chromedp.Location()); now != wanted {
		t.Errorf("the sign-in leads to %s, not to %s", now, wanted)
	}
	b.sound(t)
}

// forgive forgets what the browser itself reported, such as the status of an error page that a test asked for.
func (b *tab) forgive() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bad = nil
}

// authenticator gives the browser a device for passkeys that always agrees.
func (b *tab) authenticator(t testing.TB) {
	t.Helper()
	b.do(t, command(webauthn.Enable, webauthn.EnableParams{}), chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
			Options: &webauthn.VirtualAuthenticatorOptions{
				Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true,
				IsUserVerified: true, AutomaticPresenceSimulation: true,
			},
		})
		return err
	}))
}

// TestDashboard_WithoutScripts: every screen reads, and forms work.
func TestDashboard_WithoutScripts(t *testing.T) {
	t.Parallel()
	b, i := newTab(t, browser(t)), serveNew(t)
	b.do(t, command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	b.look(t, 1360, "light")
	b.do(t, chromedp.Navigate(i.base+i.setup))
	b.write(t, map[string]string{"#f-email": email, "#f-name": "Ada", "#f-account": "Acme", "#f-password": password})
	b.do(t, chromedp.Click(css("main .button.primary")), chromedp.WaitVisible(css("#key")))
	b.do(t, chromedp.Click(css(".side a[href$='/verifications']")), chromedp.WaitVisible(css(".filters")))
	b.do(t, chromedp.SendKeys(css("[name=to]"), "+32470123456"), chromedp.Click(css(".filters button")),
		chromedp.WaitVisible(css(".filters a.quiet")))
}
