//go:build browser

package pages

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// offline takes the server away from a tab, or gives it back.
func (b *tab) offline(t testing.TB, away bool) {
	t.Helper()
	b.do(t, command(network.Enable, network.EnableParams{}),
		command(network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{DownloadThroughput: -1, UploadThroughput: -1, Offline: away}},
		}))
}

// noAnswer is what the page says while the server is away.
const noAnswer = `document.querySelector('.toast.bad')?.textContent.includes('The server does not answer')`

// TestDashboard_Away: a form that is sent and a link that is followed while the server does not answer leave the page as it
// is, with what was typed. It notices by itself when the server is back, and does then what was asked for.
func TestDashboard_Away(t *testing.T) {
	t.Parallel()
	b, i := newTab(t, browser(t)), serveNew(t)
	i.setUp(t, b)
	at := value[string](t, b, `document.querySelector('.side a[href$="/templates"]').pathname`)
	b.open(t, i.base+at+"/new")
	b.write(t, map[string]string{"#f-name": "Sign-in in two words"})
	b.do(t, run(`window.stays = true`))
	b.offline(t, true)
	for _, act := range []chromedp.Action[chromedp.Void]{
		chromedp.Click(css(".side a[href$='/keys']")), run(`document.querySelector('#f-name').form.requestSubmit()`),
	} {
		b.do(t, act)
		b.until(t, noAnswer)
		b.looks(t, "server away")
		if !value[bool](t, b, `window.stays && document.querySelector('#f-name').value === 'Sign-in in two words'`) {
			t.Fatal("the page was left, or what was typed is gone")
		}
	}
	b.do(t, chromedp.Click(css(".toast.bad button")))
	b.until(t, noAnswer)

	b.offline(t, false)
	b.until(t, `document.querySelector('.toast.ok')?.textContent.includes('The server answers again.')`)
	b.do(t, chromedp.Click(css(".toast.ok button")))
	b.until(t, `document.querySelector('main .banner[role=status]')?.textContent.includes('The template was created.')`)
	b.forget("ERR_INTERNET_DISCONNECTED")
	b.sound(t)

	b.do(t, run(`window.stays = true`))
	i.end()
	b.do(t, chromedp.Click(css(".side a[href$='/keys']")))
	b.until(t, noAnswer+` && window.stays`)
	b.do(t, chromedp.KeyEvent("k", chromedp.KeyModifiers(chromedp.ModifierCtrl)), chromedp.KeyEvent("messages\r"))
	b.until(t, noAnswer+` && window.stays`)
	if here := get(t, b, chromedp.Location()); !strings.Contains(here, "/templates/") {
		t.Errorf("the tab shows %s", here)
	}
}
