//go:build browser

package pages

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
)

// side opens a screen by the navigation, and waits until it shows something, which the page before may show, too.
func (b *tab) side(t testing.TB, base, screen, shows string) {
	t.Helper()
	b.open(t, base+"/dashboard")
	b.do(t, chromedp.Click(css(".side a[href$='"+screen+"']")))
	b.until(t, fmt.Sprintf("location.pathname.endsWith(%q) && document.querySelector(%q)", screen, shows))
}

// TestDashboard_OptOuts: a pasted list is added, each line with its result, and the export has the numbers.
func TestDashboard_OptOuts(t *testing.T) {
	t.Parallel()
	b, i := newTab(t, browser(t)), serveNew(t)
	i.setUp(t, b)
	b.side(t, i.base, "/opt-outs", ".actions .primary")
	b.do(t, chromedp.Click(css(".actions .primary")), chromedp.WaitVisible(css("#f-numbers")))
	b.do(t, run(`document.querySelector('#f-numbers').value = '+32470123456\nnobody\n+32470123457'`))
	b.primary(t, ".metrics")
	shown := value[[]string](t, b, `[...document.querySelectorAll('.metrics .value')].map((v) => v.textContent)`)
	if strings.Join(shown, " ") != "2 0 1" {
		t.Errorf("added, already there and no number: %v", shown)
	}
	b.looks(t, "result of an import")
	b.primary(t, "tbody tr[id]")
	if rows := value[int](t, b, `document.querySelectorAll('tbody tr[id]').length`); rows != 2 {
		t.Errorf("the list has %d numbers", rows)
	}
	file := value[string](t, b, `fetch(document.querySelector('a[data-download]').href).then((r) => r.text())`)
	if lines := strings.Count(file, "\n"); lines != 3 {
		t.Errorf("the file has %d lines: %s", lines, file)
	}
	b.sound(t)
}

// TestDashboard_Webhook: an endpoint that failed gets the event again by a button.
func TestDashboard_Webhook(t *testing.T) {
	t.Parallel()
	var up atomic.Bool
	var got atomic.Int64
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if got.Add(1); !up.Load() {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer receiver.Close()

	b, i := newTab(t, browser(t)), serveNew(t, "SYSSECURE_WEBHOOKS_ALLOW_CIDRS=127.0.0.0/8")
	key := i.setUp(t, b)
	b.side(t, i.base, "/webhooks", ".actions .primary")
	b.do(t, chromedp.Click(css(".actions .primary")), chromedp.WaitVisible(css("#f-url")))
	b.write(t, map[string]string{"#f-url": receiver.URL + "/hook"})
	b.do(t, chromedp.Click(css("[name=which][value=all]")))
	b.primary(t, "#secret")
	i.send(t, key, "+15005550006")
	b.side(t, i.base, "/webhooks", "tbody th a")
	b.do(t, chromedp.Click(css("tbody th a")), chromedp.WaitVisible(css("#h-deliveries")))
	endpoint := get(t, b, chromedp.Location())
	for value[int](t, b, `document.querySelectorAll('#rows tbody tr[id]').length`) == 0 {
		b.open(t, endpoint)
	}
	b.do(t, chromedp.Click(css("#rows tbody th a")), chromedp.WaitVisible(css("form[action$='/redeliver']")))
	up.Store(true)
	before := got.Load()
	b.do(t, chromedp.Click(css("form[action$='/redeliver'] button")), chromedp.WaitVisible(css("main .banner[role=status]")))
	for got.Load() == before {
		b.until(t, "true")
	}
	b.sound(t)
}

// TestDashboard_Role: an invited user of support sees less than an owner: no keys, and no whole numbers.
func TestDashboard_Role(t *testing.T) {
	t.Parallel()
	b, i := newTab(t, browser(t)), serveNew(t)
	key := i.setUp(t, b)
	id := i.send(t, key, "+15005550006")
	b.side(t, i.base, "/team", ".actions .primary")
	b.do(t, chromedp.Click(css(".actions .primary")), chromedp.WaitVisible(css("#f-email")))
	b.write(t, map[string]string{"#f-email": "sam@example.com"})
	b.do(t, run(`document.querySelector('#f-role').value = 'support'`))
	b.primary(t, "#link")
	link := b.text(t, "#link")
	b.looks(t, "invitation")
	b.sound(t)

	other := newTab(t, browser(t))
	other.look(t, 1360, "light")
	other.open(t, link)
	other.looks(t, "invited")
	other.write(t, map[string]string{"#f-name": "Sam", "#f-password": password})
	other.primary(t, ".side")
	other.do(t, chromedp.Click(css(".side a[href$='/verifications']")), chromedp.WaitVisible(css("#"+id)))
	if row := other.text(t, "#"+id); strings.Contains(row, "+15005550006") {
		t.Errorf("support sees %s", row)
	}
	screens := value[string](t, other, `[...document.querySelectorAll('.side a')].map((a) => a.pathname).join(' ')`)
	for _, hidden := range []string{"/keys", "/webhooks", "/team", "/audit", "/settings", "/carriers", "/users"} {
		if strings.Contains(screens, hidden) {
			t.Errorf("the navigation of support has %s: %s", hidden, screens)
		}
	}
	other.sound(t)
	_, account, _ := strings.Cut(get(t, other, chromedp.Location()), "/dashboard/")
	account, _, _ = strings.Cut(account, "/")
	other.open(t, i.base+"/dashboard/"+account+"/test/keys")
	other.do(t, chromedp.WaitVisible(css("main [role=alert]")))
	other.looks(t, "forbidden")
}
