//go:build browser

package pages

import (
	"encoding/base32"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/syssecure/syssecure/internal/signin"
)

// signOut ends the session by the menu of the user.
func (b *tab) signOut(t testing.TB) {
	t.Helper()
	b.do(t, chromedp.Click(css("[popovertarget=you]")), chromedp.Click(css("#you form button")),
		chromedp.WaitVisible(css("#f-email")))
}

// signIn fills in the first page of the sign-in.
func (b *tab) signIn(t testing.TB, base string) {
	t.Helper()
	b.open(t, base+"/dashboard/sign-in")
	b.write(t, map[string]string{"#f-email": email, "#f-password": password})
	b.do(t, chromedp.Click(css("main .button.primary")))
}

// primary presses the one main button of the page, and waits for what comes next.
func (b *tab) primary(t testing.TB, next string) {
	t.Helper()
	b.do(t, chromedp.Click(css("main .button.primary")), chromedp.WaitVisible(css(next)))
}

// TestDashboard_Passkey: a passkey is added, and signs in without a password.
func TestDashboard_Passkey(t *testing.T) {
	t.Parallel()
	b, i := newTab(t, browser(t)), serveNew(t)
	b.authenticator(t)
	i.setUp(t, b)
	b.open(t, i.base+"/dashboard/profile/passkeys")
	b.primary(t, "#h-passkeys")
	b.looks(t, "profile with a passkey")
	b.signOut(t)
	b.do(t, chromedp.Click(css("form[data-passkey] button")), chromedp.WaitVisible(css(".side")))
	b.sound(t)
}

// TestDashboard_TOTP: with an authenticator app, a password alone does not sign in, and a recovery code works once.
func TestDashboard_TOTP(t *testing.T) {
	t.Parallel()
	b, i := newTab(t, browser(t)), serveNew(t)
	i.setUp(t, b)
	b.open(t, i.base+"/dashboard/profile/authenticator")
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(b.text(t, "#secret"), " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	b.looks(t, "authenticator app")
	b.write(t, map[string]string{"#f-code": signin.TOTP(key, time.Now())})
	b.primary(t, "#codes")
	recovery, _, _ := strings.Cut(b.text(t, "#codes"), "\n")
	b.looks(t, "recovery codes")
	b.signOut(t)

	b.signIn(t, i.base)
	b.do(t, chromedp.WaitVisible(css("#f-code")))
	b.looks(t, "second factor")
	b.open(t, i.base+"/dashboard/profile")
	b.do(t, chromedp.WaitVisible(css("#f-email"))) // the password alone opens nothing
	b.signIn(t, i.base)
	b.do(t, chromedp.WaitVisible(css("#f-code")))
	b.write(t, map[string]string{"#f-code": recovery})
	b.primary(t, ".side")
	b.signOut(t)

	b.signIn(t, i.base)
	b.do(t, chromedp.WaitVisible(css("#f-code")))
	b.sound(t)
	b.write(t, map[string]string{"#f-code": recovery})
	b.primary(t, ".errors")
	b.forgive()
	b.write(t, map[string]string{"#f-code": signin.TOTP(key, time.Now().Add(30*time.Second))})
	b.primary(t, ".side")
	b.sound(t)
}

// TestDashboard_SignOutEverywhere: another browser loses its page when its session is ended.
func TestDashboard_SignOutEverywhere(t *testing.T) {
	t.Parallel()
	i := serveNew(t)
	one, other := newTab(t, browser(t)), newTab(t, browser(t))
	i.setUp(t, one)
	other.look(t, 1360, "light")
	other.signIn(t, i.base)
	other.do(t, chromedp.WaitVisible(css(".side")))
	one.open(t, i.base+"/dashboard/profile")
	one.do(t, chromedp.Click(css("form[action$='/end-others'] button")), chromedp.WaitVisible(css("main .banner[role=status]")))
	other.open(t, i.base+"/dashboard/profile")
	other.do(t, chromedp.WaitVisible(css("#f-email")))
	one.open(t, i.base+"/dashboard/profile")
	one.do(t, chromedp.WaitVisible(css("#h-sessions")))
	one.sound(t)
}

// TestDashboard_RotateKey: a key is rotated with an overlap while programs use it; no request finds its key unknown.
func TestDashboard_RotateKey(t *testing.T) {
	t.Parallel()
	b, i := newTab(t, browser(t)), serveNew(t)
	old := i.setUp(t, b)
	var refused, sent atomic.Int64
	stop := make(chan struct{})
	var traffic sync.WaitGroup
	use := func(key string) {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if i.balance(t, key) == http.StatusUnauthorized { // the rate of a key is met, too: 429
				refused.Add(1)
			}
			sent.Add(1)
		}
	}
	traffic.Go(func() { use(old) })

	b.side(t, i.base, "/keys", "tbody th a")
	b.do(t, chromedp.Click(css("tbody th a")), chromedp.Click(css(".actions a[href$='/rotate']")), chromedp.WaitVisible(css("#f-hours")))
	b.looks(t, "rotate")
	b.primary(t, "#secret")
	replacement := b.text(t, "#secret")
	b.looks(t, "shown once")
	traffic.Go(func() { use(replacement) })
	for now := sent.Load(); sent.Load() < now+50; {
		b.until(t, "true")
	}
	close(stop)
	traffic.Wait()
	if refused.Load() != 0 || replacement == old {
		t.Errorf("%d of %d requests were refused; the keys are the same: %v", refused.Load(), sent.Load(), replacement == old)
	}
	b.sound(t)
}

// balance is the status of a request with a key.
func (i installation) balance(t testing.TB, key string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, i.base+"/v2/balance", nil)
	if err != nil {
		t.Error(err)
		return 0
	}
	r.Header.Set("Authorization", "Bearer "+key)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer func() { _ = answer.Body.Close() }()

	return answer.StatusCode
}
