//go:build browser

package pages

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// newTemplate opens the editor of a new template.
func (b *tab) newTemplate(t testing.TB, i installation) {
	t.Helper()
	b.side(t, i.base, "/templates", ".empty a")
	b.do(t, chromedp.Click(css(".empty a")), chromedp.WaitVisible(css("#f-name")))
	b.write(t, map[string]string{"#f-name": "Sign-in"})
}

// TestDashboard_Template: the preview follows what is typed in the tab that is seen, and what was saved is there again, is
// found, and can be tried.
func TestDashboard_Template(t *testing.T) {
	t.Parallel()
	b, i := newTab(t, browser(t)), serveNew(t)
	i.setUp(t, b)
	b.newTemplate(t, i)
	b.do(t, run(`document.querySelector('#f-text-0').value = ''`), chromedp.SendKeys(css("#f-text-0"), "{{code}} is your code"))
	preview := func(n int, text string) string {
		return fmt.Sprintf(`document.querySelectorAll('[data-preview-into]')[%d].textContent.includes('%s')`, n, text)
	}
	b.until(t, preview(0, "GSM-7"))
	b.do(t, chromedp.SendKeys(css("#f-text-0"), " – quick"))
	b.until(t, preview(0, "UCS-2"))
	b.until(t, `document.querySelector('.bubble mark').textContent === '–'`)

	b.do(t, chromedp.Click(css("label[for=tab-new]")), chromedp.SendKeys(css("#f-new-tag"), "fr"))
	b.do(t, chromedp.Click(css("[name=add]")), chromedp.WaitVisible(css("#f-text-1")))
	b.until(t, preview(1, "Votre code est 123456"))
	b.do(t, chromedp.SendKeys(css("#f-spoken-1"), "Le code : {{code}}"))
	b.until(t, preview(1, "Le code : 1, 2, 3, 4, 5, 6"))
	b.do(t, chromedp.Click(css("label[for=tab-0]")), chromedp.WaitVisible(css("#f-text-0")))
	b.until(t, preview(0, "Le code : 1, 2, 3, 4, 5, 6"))
	b.write(t, map[string]string{"#f-whatsapp-name": "login_code", "#f-whatsapp-language": "fr"})
	b.until(t, preview(0, "login_code"))
	b.primary(t, "main .banner[role=status]")
	b.looks(t, "template editor")

	b.do(t, chromedp.SendKeys(css("#f-to"), "+15005550006"), chromedp.Click(css("#test form button")),
		chromedp.WaitVisible(css("#test .banner a[href$='/inbox']")))
	b.do(t, chromedp.Click(css("#test .banner a[href$='/inbox']")))
	b.until(t, `location.pathname.endsWith('/inbox') && document.querySelector('.phone .bubble')`) // the editor has one, too
	if text := b.text(t, ".phone .bubble"); !strings.Contains(text, "000000 is your code – quick") {
		t.Errorf("the phone has %q", text)
	}
	b.side(t, i.base, "/templates", "tbody th a")
	if name := b.text(t, "tbody th a"); name != "Sign-in" {
		t.Errorf("the list has %q", name)
	}
	b.do(t, chromedp.SendKeys(css(".filters [name=q]"), "nothing like it"))
	b.until(t, `document.querySelector('#rows .empty') && location.search === '?q=nothing+like+it'`)
	b.accessible(t, "no template matches")
	b.sound(t)
}

// TestDashboard_TemplateWithoutScripts: tabs are chosen by the browser itself, and languages and previews are forms.
func TestDashboard_TemplateWithoutScripts(t *testing.T) {
	t.Parallel()
	b, i := newTab(t, browser(t)), serveNew(t)
	i.setUp(t, b)
	b.do(t, command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	b.do(t, chromedp.Click(css(".side a[href$='/templates']")), chromedp.WaitVisible(css(".empty a")))
	b.do(t, chromedp.Click(css(".empty a")), chromedp.WaitVisible(css("#f-name")))
	b.write(t, map[string]string{"#f-name": "Sign-in"})
	b.do(t, chromedp.Click(css("label[for=tab-new]")), chromedp.WaitVisible(css("#f-new-tag")))
	b.write(t, map[string]string{"#f-new-tag": "de"})
	b.do(t, chromedp.Click(css("[name=add]")), chromedp.WaitVisible(css("#f-text-1")))
	b.shot(t, "template-without-scripts")
	b.do(t, chromedp.Focus(css("#tab-1")), press(kb.ArrowLeft), chromedp.WaitVisible(css("#f-text-0")))
	b.primary(t, "#test")
	b.do(t, chromedp.Click(css("label[for=tab-1]")), chromedp.WaitVisible(css("#f-text-1")))
	b.do(t, chromedp.Click(css("button[name=remove][value='1']")), chromedp.WaitNotPresent(css("#f-text-1")))
}
