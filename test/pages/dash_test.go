//go:build browser

package pages

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// until waits until a condition holds in the page.
func (b *tab) until(t testing.TB, condition string) {
	t.Helper()
	b.do(t, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		for deadline := time.Now().Add(patience); ; {
			asked := chromedp.Evaluate[bool](`new Promise((done) => setTimeout(() => done(!!(`+condition+`)), 20))`,
				chromedp.EvalAwaitPromise)
			so, err := chromedp.Run(ctx, asked)
			if err != nil && !strings.Contains(err.Error(), "navigated") { // the next page is asked
				return err
			}
			if so {
				return nil
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("it is not so that %s", condition)
			}
		}
	}))
}

// text is what an element shows.
func (b *tab) text(t testing.TB, selector string) string {
	t.Helper()
	return value[string](t, b, `document.querySelector(`+"`"+selector+"`"+`).textContent.trim()`)
}

// run is a step that runs a script in the page.
func run(script string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void]("void ("+script+")"))
		return err
	})
}

// press presses one key without a modifier.
func press(key string) chromedp.Action[chromedp.Void] { return chromedp.KeyEvent(key) }

// openParts opens the page of parts.
func openParts(t *testing.T) (*tab, *parts, string) {
	t.Helper()
	ctx := browser(t)
	p, base := serveParts(t)
	b := newTab(t, ctx)
	b.look(t, 1360, "light")
	b.open(t, base+"/")

	return b, p, base
}

// TestParts_Look looks at all parts in each width and scheme.
func TestParts_Look(t *testing.T) {
	t.Parallel()
	b, _, base := openParts(t)
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1360, 820, 390, 320} {
			b.look(t, width, scheme)
			b.open(t, base+"/")
			b.narrow(t, fmt.Sprint(width))
			b.accessible(t, fmt.Sprint(width, scheme))
			b.shot(t, fmt.Sprint("parts-", width, "-", scheme))
		}
	}

	// Text of twice the size, and a system that chooses all colours.
	b.look(t, 1360, "light")
	b.open(t, base+"/")
	b.do(t, run(`document.documentElement.style.fontSize = '200%'`))
	b.narrow(t, "200 %")
	b.shot(t, "parts-large")
	b.do(t, command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}},
	}))
	b.open(t, base+"/")
	b.accessible(t, "forced colours")
	b.shot(t, "parts-forced")
	b.sound(t)
}

// TestParts_Copy: a button copies, and says so to everybody.
func TestParts_Copy(t *testing.T) {
	t.Parallel()
	b, _, _ := openParts(t)
	allow := func(name string) chromedp.Action[chromedp.Void] {
		return command(cdpbrowser.SetPermission, cdpbrowser.SetPermissionParams{
			Permission: &cdpbrowser.PermissionDescriptor{Name: name}, Setting: cdpbrowser.PermissionSettingGranted,
			BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID,
		})
	}
	b.do(t, allow("clipboard-read"), allow("clipboard-write"), chromedp.Click(css(`[data-copy-from]`)))
	b.until(t, `document.querySelector('[data-copy-from] [data-label]').textContent === 'Copied'`)
	if got := value[string](t, b, `navigator.clipboard.readText()`); got != "msg_01HZX" {
		t.Errorf("the clipboard has %q", got)
	}
	if says := b.text(t, "#says"); says != "Copied" {
		t.Errorf("screen readers say %q", says)
	}
	b.until(t, `document.querySelector('[data-copy-from] [data-label]').textContent === 'Copy'`)
	b.sound(t)
}

// TestParts_Palette: Ctrl+K finds screens by name and things by id, and goes nowhere else.
func TestParts_Palette(t *testing.T) {
	t.Parallel()
	b, _, base := openParts(t)
	open := chromedp.KeyEvent("k", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	b.do(t, open, chromedp.KeyEvent("veri"))
	b.until(t, `document.querySelector('.palette li strong').textContent === 'Verifications'`)
	b.accessible(t, "palette")
	b.shot(t, "palette")
	b.do(t, run(`document.querySelector('.palette input').select()`), chromedp.KeyEvent("msg_7"))
	b.until(t, `document.querySelector('.palette li strong')?.textContent === 'msg_7'`)
	if n := value[int](t, b, `document.querySelectorAll('.palette li').length`); n != 1 {
		t.Errorf("%d results, one of them leads to a script", n)
	}
	b.do(t, chromedp.KeyEvent(kb.Enter))
	b.until(t, `location.href === '`+base+`/messages/msg_7' && document.readyState === 'complete'`)

	b.do(t, open, chromedp.KeyEvent("nothing"))
	b.until(t, `document.querySelector('.palette p').textContent === 'Nothing has the name, id or number nothing.'`)
	b.accessible(t, "palette, nothing found")
	b.do(t, run(`document.querySelector('.palette input').select()`))
	b.do(t, chromedp.KeyEvent("%%"), chromedp.KeyEvent(kb.Enter)) // the server decides
	b.until(t, `location.search === '?found=%%'`)
	b.sound(t)
}

// TestParts_Keys: single keys move and open, do nothing while somebody writes, and can be switched off.
func TestParts_Keys(t *testing.T) {
	t.Parallel()
	b, _, base := openParts(t)
	focus := func() string {
		return value[string](t, b, `document.activeElement.textContent || document.activeElement.name`)
	}
	b.do(t, press("j"), press("j"), press("k"), press("j"))
	if at := focus(); at != "msg_1" {
		t.Errorf("the focus is on %s", at)
	}
	b.do(t, press("/"))
	b.until(t, `document.activeElement.name === 'q'`)
	b.do(t, press("j"))
	if typed := value[string](t, b, `document.activeElement.value`); typed != "/j" { // the driver types the slash, too
		t.Errorf("the field has %q", typed)
	}
	b.do(t, chromedp.Blur(css("[data-search]")), press("?"))
	b.until(t, `document.querySelector('dialog[open] .keys')`)
	b.accessible(t, "keys")
	b.shot(t, "keys")
	b.do(t, chromedp.KeyEvent(kb.Escape))
	b.until(t, `!document.querySelector('dialog[open]')`)
	b.do(t, press("l"))
	b.until(t, `document.querySelector('[data-live-toggle]').textContent === 'Resume'`)
	b.do(t, press("g"), press("m"))
	b.until(t, `location.pathname === '/messages'`)

	b.open(t, base+"/?keys=off")
	b.do(t, press("j"), press("?"))
	if at := value[string](t, b, `document.activeElement.tagName`); at != "BODY" {
		t.Errorf("keys that are off moved the focus to %s", at)
	}
	b.sound(t)
}

// TestParts_Filter: a filter changes the list, the address and the download, and no more.
func TestParts_Filter(t *testing.T) {
	t.Parallel()
	b, _, _ := openParts(t)
	b.do(t, run(`window.stays = true`), run(`(() => {
		const status = document.querySelector('[name=status]');
		status.value = 'failed';
		status.dispatchEvent(new Event('input', {bubbles: true}));
	})()`))
	b.until(t, `document.querySelectorAll('#rows tbody tr').length === 8 && window.stays`)
	b.until(t, `location.search === '?status=failed'`)
	b.until(t, `document.querySelector('[data-download]').search === '?all=1&status=failed'`)
	b.do(t, chromedp.SendKeys(css("[data-search]"), "nothing"))
	b.until(t, `document.querySelector('#rows .empty')`)
	b.until(t, `document.getElementById('says').textContent === 'No message matches'`)
	b.accessible(t, "no match")
	b.sound(t)
}

// TestParts_Download: a download is saved whole or not at all, and can be stopped.
func TestParts_Download(t *testing.T) {
	t.Parallel()
	b, p, _ := openParts(t)
	folder := t.TempDir()
	b.do(t, command(cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder,
		BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID,
	}), chromedp.Click(css(`[href^="/export.csv"].button`)))
	b.until(t, `document.querySelector('.toast.ok')?.textContent.startsWith('The download is complete.')`)
	b.do(t, chromedp.Func(func(context.Context, *chromedp.Target) error {
		for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
			saved, err := os.ReadFile(filepath.Join(folder, "messages.csv"))
			if err == nil && strings.Count(string(saved), "\n") == 41 && strings.Contains(string(saved), "msg_1,'+254") {
				return nil
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("the file has %q, %w", saved, err)
			}
		}
	}))
	b.sound(t)

	b.do(t, chromedp.Click(css("#slow")))
	b.until(t, `document.querySelector('.toast progress')`)
	b.accessible(t, "download")
	b.shot(t, "download")
	b.do(t, run(`document.querySelector('.toast:has(progress) button').click()`))
	select {
	case <-p.canceled:
	case <-time.After(patience):
		t.Error("the server still sends what was stopped")
	}

	b.do(t, chromedp.Click(css("#broken")))
	b.until(t, `document.querySelector('.toast.bad')?.textContent.includes('Nothing was saved. Please try again.')`)
	b.do(t, run(`document.querySelector('.toast.bad').remove(), document.querySelector('#broken').search = '?long'`),
		chromedp.Click(css("#broken")))
	b.until(t, `document.querySelector('.toast.bad')?.textContent.startsWith('The list has more than a million rows')`)
	b.do(t, run(`document.querySelector('.toast.bad').remove(), document.querySelector('#broken').search = '?busy'`),
		chromedp.Click(css("#broken")))
	b.until(t, `document.querySelector('.toast.bad')?.textContent.startsWith('You have 3 downloads open.')`)
	if files, err := os.ReadDir(folder); err != nil || len(files) != 1 {
		t.Errorf("%d files, %v", len(files), err)
	}
}

// TestParts_Dialog: a dialog is a part of its page, closes by Escape, and gives the focus back.
func TestParts_Dialog(t *testing.T) {
	t.Parallel()
	b, p, _ := openParts(t)
	b.do(t, chromedp.Click(css("#new")))
	b.until(t, `document.querySelector('dialog[open] h2')?.textContent === 'Create key'`)
	b.accessible(t, "dialog")
	b.shot(t, "dialog")
	b.do(t, chromedp.KeyEvent(kb.Escape))
	b.until(t, `!document.querySelector('dialog[open]') && document.activeElement.id === 'new'`)

	b.do(t, chromedp.Click(css("#new")))
	b.until(t, `document.activeElement.id === 'key-name'`)
	b.do(t, chromedp.KeyEvent("shop"), run(`(() => {
		const form = document.querySelector('dialog form');
		const button = form.querySelector('.primary');
		button.click();
		form.requestSubmit();
	})()`))
	b.until(t, `document.querySelector('dialog .primary').textContent === 'Creating…'`)
	b.until(t, `document.querySelector('dialog .primary').disabled`)
	if got := p.forms(); !slices.Equal(got, []string{"/post key-name=shop"}) {
		t.Errorf("posted: %q", got)
	}
	b.sound(t)
}

// TestParts_Forms: what was typed is previewed, sent with the button's name, and a dangerous form needs the name.
func TestParts_Forms(t *testing.T) {
	t.Parallel()
	b, p, _ := openParts(t)
	b.do(t, chromedp.SendKeys(css("#text"), "hello"))
	b.until(t, `document.getElementById('meter')?.textContent === '5 characters'`)
	if unsaved := value[bool](t, b, `!window.dispatchEvent(new Event('beforeunload', {cancelable: true}))`); !unsaved {
		t.Error("the page can be left with changes")
	}
	b.do(t, chromedp.Click(css(`[name="do"]`)))
	b.until(t, `document.querySelector('[name="do"]').textContent === 'Saving…'`)
	b.do(t, chromedp.SendKeys(css("#typed"), "sho"))
	b.until(t, `document.getElementById('remove').disabled`)
	b.do(t, chromedp.SendKeys(css("#typed"), "p"))
	b.until(t, `!document.getElementById('remove').disabled`)
	b.do(t, chromedp.Click(css(`[name="theme"][value="dark"]`)))
	b.until(t, `getComputedStyle(document.body).backgroundColor === 'rgb(13, 17, 23)'`)
	b.do(t, chromedp.Click(css("[data-theme-button]")))
	b.until(t, `!document.documentElement.dataset.theme && !localStorage.getItem('theme')`)
	b.posted(t, p, "/post do=save&name=&text=hello", "/theme theme=dark")
	b.sound(t)
}

// posted waits until the server has all forms, in any order.
func (b *tab) posted(t testing.TB, p *parts, want ...string) {
	t.Helper()
	b.do(t, chromedp.Func(func(context.Context, *chromedp.Target) error {
		for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
			got := p.forms()
			if slices.Sort(got); slices.Equal(got, want) {
				return nil
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("posted: %q, want %q", got, want)
			}
		}
	}))
}

// TestParts_Chart: the arrow keys read a chart.
func TestParts_Chart(t *testing.T) {
	t.Parallel()
	b, _, _ := openParts(t)
	b.do(t, chromedp.Focus(css(".chart .plot")), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.End),
		chromedp.KeyEvent(kb.ArrowLeft))
	if got := b.text(t, ".chart output"); got != "1 Dec 22:00 · Sent 820 · Verified 656" {
		t.Errorf("the chart says %q", got)
	}
	x := value[string](t, b, `document.querySelector('.chart .cursor').getAttribute('x1')`)
	if !strings.HasPrefix(x, "956.5") {
		t.Errorf("the cursor is at %s", x)
	}
	b.do(t, chromedp.KeyEvent(kb.Enter))
	b.until(t, `location.search === '?hour=22'`)
	b.sound(t)
}

// TestParts_Passkey: a passkey that was created can be used, and the server gets both in the JSON of WebAuthn.
func TestParts_Passkey(t *testing.T) {
	t.Parallel()
	b, p, _ := openParts(t)
	b.do(t, command(webauthn.Enable, webauthn.EnableParams{}), chromedp.Func(
		func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
				Options: &webauthn.VirtualAuthenticatorOptions{
					Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
					HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
				},
			})
			return err
		}))
	made := b.credential(t, p, "#create", "attestationObject")
	if used := b.credential(t, p, "#use", "signature"); used != made || made == "" {
		t.Errorf("created %q, used %q", made, used)
	}
	b.sound(t)
}

// credential presses a button, and returns the id of the credential that the server gets.
func (b *tab) credential(t testing.TB, p *parts, button, field string) string {
	t.Helper()
	before := len(p.forms())
	b.do(t, chromedp.Click(css(button)), chromedp.Func(func(context.Context, *chromedp.Target) error {
		for deadline := time.Now().Add(patience); len(p.forms()) == before; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				return fmt.Errorf("%s posted nothing", button)
			}
		}
		return nil
	}))

	form, err := url.ParseQuery(strings.TrimPrefix(p.forms()[before], "/passkey "))
	if err != nil {
		t.Fatal(err)
	}
	var sent struct {
		ID, Type string
		Response map[string]any
	}
	if err := json.Unmarshal([]byte(form.Get("credential")), &sent); err != nil {
		t.Fatal(err)
	}
	if sent.Type != "public-key" || sent.Response[field] == nil || sent.Response["clientDataJSON"] == nil {
		t.Errorf("%s sent %s", button, form.Get("credential"))
	}

	return sent.ID
}
