//go:build browser

package pages

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// forget takes what the browser says of answers that a test wants to be refused.
func (b *tab) forget(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var kept []string
	for _, one := range b.bad {
		if !strings.Contains(one, text) {
			kept = append(kept, one)
		}
	}
	b.bad = kept
}

// TestDashboard_TypeFilter: a number is typed into the filter of a list key by key, while it is not yet one. What is still
// wrong when Enter is pressed is marked, and what is right takes the mark away.
func TestDashboard_TypeFilter(t *testing.T) {
	b, i := newTab(t, browser(t)), serveNew(t)
	key := i.setUp(t, b)
	id := i.send(t, key, "+15005550006")
	b.open(t, i.base+value[string](t, b, `document.querySelector('.side a[href$="/verifications"]').pathname`))
	b.do(t, run(`window.stays = true`), run(`(() => { window.marked = 0; new MutationObserver(() => {
		if (document.querySelector('.filters .error')) window.marked++;
	}).observe(document.querySelector('main'), {childList: true, subtree: true}); })()`))
	for typed, r := "", []rune("+15005550006"); len(r) > 0; r = r[1:] {
		typed += string(r[0])
		b.do(t, chromedp.SendKeys(css("[name=to]"), string(r[0])))
		if typed == "+" || typed == "+150" { // as long as it takes until the server has answered
			b.until(t, `document.querySelector('.filters').dataset.waits === 'yes'`)
		}
	}
	b.until(t, `location.search === '?to=%2B15005550006' && document.getElementById("`+id+`")`)
	if !value[bool](t, b, `window.stays && window.marked === 0`) {
		t.Error("typing replaced the page, or marked what was not yet typed")
	}

	b.do(t, run(`document.querySelector('[name=to]').value = ''`), chromedp.SendKeys(css("[name=to]"), "abc\r"))
	b.until(t, `document.querySelector('#e-to')?.textContent.startsWith('Number: ')`)
	if !value[bool](t, b, `window.stays && document.querySelector('[name=to]').value === 'abc' &&
		document.querySelector('[name=to]').getAttribute('aria-invalid') === 'true'`) {
		t.Error("the wrong number is not marked in its form")
	}
	b.accessible(t, "wrong filter")
	b.shot(t, "wrong-filter")
	b.do(t, run(`document.querySelector('[name=to]').value = ''`), chromedp.SendKeys(css("[name=to]"), "+15005550006\r"))
	b.until(t, `document.getElementById("`+id+`") && !document.querySelector('.filters .error')`)
	b.forget("422")
	b.sound(t)
}

// TestDashboard_SessionEnded: a form whose session ended while it was filled in comes back as it was typed, after the
// sign-in, and never to another page or with a password.
func TestDashboard_SessionEnded(t *testing.T) {
	b, i := newTab(t, browser(t)), serveNew(t)
	i.setUp(t, b)
	at := strings.TrimSuffix(value[string](t, b, `document.querySelector('.side a[href$="/templates"]').pathname`), "/")
	b.open(t, i.base+at+"/new")
	b.write(t, map[string]string{"#f-name": "Sign-in in two words"})
	b.do(t, command(network.ClearBrowserCookies, cdp.Empty{}),
		run(`document.querySelector('#f-name').form.requestSubmit()`), chromedp.WaitVisible(css("#f-email")))
	if says := b.text(t, "main"); !strings.Contains(says, "Your session has ended, so the form was not saved") ||
		!strings.Contains(says, "filled in again") {
		t.Errorf("the sign-in says %q", says)
	}
	b.accessible(t, "sign-in after the end of a session")
	b.shot(t, "session-ended")
	b.write(t, map[string]string{"#f-email": email, "#f-password": password})
	b.do(t, chromedp.Click(css("main .button.primary")), chromedp.WaitVisible(css("#f-name")))
	if got := value[string](t, b, `document.querySelector('#f-name').value`); got != "Sign-in in two words" {
		t.Errorf("the form has %q", got)
	}
	if says := b.text(t, "main"); !strings.Contains(says, "What you typed is still here") {
		t.Errorf("the page says %q", says)
	}
	if left := value[string](t, b, `sessionStorage.getItem('ss-form') || ''`); left != "" {
		t.Errorf("the tab still has %q", left)
	}
	b.sound(t)
}
