//go:build browser

package pages

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// enter sets up an installation, whose navigation is then on the page, and returns a key.
func (i installation) enter(t testing.TB, b *tab) (key string) {
	t.Helper()
	key = i.setUp(t, b)
	b.open(t, i.base+"/dashboard")
	b.do(t, chromedp.WaitVisible(css(".side")))

	return key
}

// navigation are the paths of all screens of the navigation, without those of live mode.
func (b *tab) navigation(t testing.TB) []string {
	t.Helper()
	screens := value[[]string](t, b, `[...document.querySelectorAll('.side li a')].map((a) => a.pathname)`)
	if len(screens) < 20 {
		t.Fatalf("the navigation has %v", screens)
	}

	return screens
}

// things are the pages to which the main part of a page leads, and those of the user's menu.
const things = `[...document.querySelectorAll('main :is(table, .actions, .empty, .metrics) a, #you a')].map((a) => a.pathname)
  .filter((p) => p.startsWith('/dashboard/') && !p.endsWith('.csv'))`

var account = regexp.MustCompile(`^/dashboard/(acct_\w+/)?`)

// nameOf is the name of a screen in reports and pictures.
func nameOf(path string) string { return account.ReplaceAllString(kindOf(path), "") }

// TestDashboard_Empty looks at every screen of the navigation as a new user sees it, also in live mode.
func TestDashboard_Empty(t *testing.T) {
	t.Parallel()
	ctx, i := browser(t), serveNew(t)
	b := newTab(t, ctx)
	i.enter(t, b)
	screens := b.navigation(t)
	live := strings.Replace(screens[0], "/test/", "/live/", 1)
	for _, path := range []string{"/overview", "/credits", "/keys"} {
		screens = append(screens, live[:strings.LastIndex(live, "/")]+path)
	}
	each(t, ctx, screens, func(t *testing.T, b *tab, path string) {
		b.open(t, i.base+path)
		b.looks(t, "empty "+nameOf(path))
		b.sound(t)
	})
}

// TestDashboard_Full looks at every screen with rows, and at one thing of each kind that they lead to.
func TestDashboard_Full(t *testing.T) {
	t.Parallel()
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer receiver.Close()
	ctx, i := browser(t), serveNew(t, "SYSSECURE_WEBHOOKS_ALLOW_CIDRS=127.0.0.0/8")
	b := newTab(t, ctx)
	i.fill(t, i.enter(t, b), receiver.URL)

	var all []string
	seen := map[string]bool{}
	for queue := b.navigation(t); len(queue) > 0; queue = queue[1:] {
		if name := nameOf(queue[0]); !seen[name] {
			seen[name] = true
			all = append(all, queue[0])
			b.open(t, i.base+queue[0])
			queue = append(queue, value[[]string](t, b, things)...)
		}
	}
	b.sound(t)
	if len(all) < 45 {
		t.Errorf("only %d screens: %q", len(all), all)
	}
	t.Run("screens", func(t *testing.T) {
		each(t, ctx, all, func(t *testing.T, b *tab, path string) {
			b.open(t, i.base+path)
			b.looks(t, "full "+nameOf(path))
			b.sound(t)
		})
	})
}

// fill gives an account rows on every screen that can have some.
func (i installation) fill(t testing.TB, key, receiver string) {
	t.Helper()
	i.api(t, key, "POST", "/v2/webhooks", map[string]any{"url": receiver + "/hooks/of/the/shop", "description": "Orders of the shop"})
	var template struct{ ID string }
	answer := i.api(t, key, "POST", "/v2/templates", map[string]any{
		"name": "Sign-in", "translations": map[string]string{"en": "{{code}} is your code", "fr": "Votre code est {{code}} – à bientôt"},
	})
	if err := json.Unmarshal([]byte(answer), &template); err != nil {
		t.Fatal(err)
	}
	i.api(t, key, "POST", "/v2/keys", map[string]any{"name": "Shop in Brussels", "scopes": []string{"send", "verify"}})
	for _, to := range []string{"+15005550006", "+15005550002", "+15005550009", "+15005550010", "+15005550012", "+15005550013"} {
		i.send(t, key, to)
	}
	for _, to := range []string{"+15005550018", "+15005550021", "+15005550006"} { // two of them answer
		i.api(t, key, "POST", "/v2/sms/send", map[string]any{
			"to": to, "body": "Your table for four is ready. We keep it for ten minutes – see you soon!", "metadata": map[string]any{"order": "4711"},
		})
	}
	i.api(t, key, "PUT", "/v2/opt-outs/+32470123456", map[string]any{})

	var sent struct {
		ID string `json:"otp_id"`
	}
	answer = i.api(t, key, "POST", "/v2/otp/send", map[string]any{
		"to": "+15005550006", "channels": []string{"sms"}, "template": template.ID,
	})
	if err := json.Unmarshal([]byte(answer), &sent); err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"111111", "000000"} { // the second is right in test mode
		i.api(t, key, "POST", "/v2/otp/verify", map[string]any{"otp_id": sent.ID, "code": code})
	}
}

// TestDashboard_Refused looks at forms that were refused, each with what is wrong with its fields.
func TestDashboard_Refused(t *testing.T) {
	t.Parallel()
	b, i := newTab(t, browser(t)), serveNew(t)
	i.enter(t, b)
	at := i.base + strings.TrimSuffix(b.navigation(t)[0], "/overview")
	tests := map[string]struct{ address, fill string }{
		"key":       {at + "/keys/new", `for (const c of all('[name=scopes]')) c.checked = false`},
		"webhook":   {at + "/webhooks/new", `all('#f-url')[0].value = 'nonsense'`},
		"template":  {at + "/templates/new", `for (const c of all('textarea')) c.value = ''`},
		"opt-outs":  {at + "/opt-outs/add", ``},
		"invite":    {at + "/team/invite", `all('#f-email')[0].value = 'nobody'`},
		"settings":  {at + "/settings", `for (const c of all('input.input:not([readonly])')) c.value = '?'`},
		"credits":   {strings.Replace(at, "/test", "/live", 1) + "/credits/add", `all('#f-credits')[0].value = 'many'`},
		"account":   {i.base + "/dashboard/accounts/new", ``},
		"profile":   {i.base + "/dashboard/profile", `all('#f-zone')[0].value = 'Nowhere'`},
		"confirm":   {i.base + "/dashboard/confirm", ``},
		"no number": {at + "/history?to=nobody", ``},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b.look(t, 1360, "light")
			b.open(t, tt.address)
			if !strings.Contains(tt.address, "?") {
				b.do(t, run(`(() => {
					const all = (selector) => document.querySelectorAll(selector);
					`+tt.fill+`
					const form = all('main form')[0];
					form.noValidate = true;
					form.requestSubmit();
				})()`))
			}
			b.do(t, chromedp.WaitVisible(css("main .errors, main .error")))
			b.looks(t, "refused "+name)
			b.forgive()
		})
	}
}

// TestDashboard_Lost looks at the pages of errors, and at a live list whose server is gone.
func TestDashboard_Lost(t *testing.T) {
	t.Parallel()
	b, i := newTab(t, browser(t)), serveNew(t)
	i.send(t, i.enter(t, b), "+15005550006")
	at := strings.TrimSuffix(b.navigation(t)[0], "/overview")
	for name, path := range map[string]string{
		"no screen": "/dashboard/nothing", "no thing": at + "/verifications/otp_01HWXYZABC123DEF4560000000",
		"no account": "/dashboard/acct_01HWXYZABC123DEF4560000000/test/overview",
		"no match":   at + "/verifications?to=%2B32470123456",
	} {
		t.Run(name, func(t *testing.T) {
			b.look(t, 1360, "light")
			b.open(t, i.base+path)
			b.do(t, chromedp.WaitVisible(css("main .empty")))
			b.looks(t, name)
			b.forgive()
		})
	}

	b.look(t, 1360, "light")
	b.open(t, i.base+at+"/verifications")
	b.until(t, `document.querySelector("[data-live-state='live']")`)
	i.end()
	b.until(t, `document.querySelector("[data-live-state='lost']")`)
	b.looks(t, "disconnected")
}

// TestDashboard_Over looks at what opens over a page: the palette, the help, the menus, the question before a change.
func TestDashboard_Over(t *testing.T) {
	t.Parallel()
	b, i := newTab(t, browser(t)), serveNew(t)
	i.enter(t, b)
	b.open(t, i.base+b.navigation(t)[1])
	b.do(t, chromedp.KeyEvent("k", chromedp.KeyModifiers(chromedp.ModifierCtrl)), chromedp.KeyEvent("e"))
	b.until(t, `document.querySelectorAll('.palette li strong').length > 3`)
	b.looks(t, "palette")
	b.do(t, chromedp.KeyEvent(kb.Escape))
	b.until(t, `!document.querySelector('dialog[open]')`)
	b.do(t, press("?"))
	b.until(t, `document.querySelector('dialog[open] .keys')`)
	b.looks(t, "help")
	b.do(t, chromedp.KeyEvent(kb.Escape))
	b.until(t, `!document.querySelector('dialog[open]')`)

	for _, menu := range []string{"you", "accounts"} {
		b.do(t, chromedp.Click(css("[popovertarget="+menu+"]")), chromedp.WaitVisible(css("#"+menu)))
		b.looks(t, "menu "+menu)
		b.do(t, run(`document.getElementById('`+menu+`').hidePopover()`))
	}
	b.look(t, 390, "light")
	b.do(t, chromedp.Click(css("[popovertarget=side]")), chromedp.WaitVisible(css("#side")))
	b.looks(t, "menu of screens")

	b.look(t, 1360, "light")
	b.open(t, i.base+"/dashboard/profile")
	b.do(t, run(`document.querySelectorAll('details.sure').forEach((d) => { d.open = true })`))
	b.looks(t, "questions")
	b.open(t, i.base+"/dashboard/confirm")
	b.looks(t, "confirm")
	b.sound(t)
}
