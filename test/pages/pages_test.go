//go:build browser

package pages

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/syssecure/syssecure/internal/docs"
	"github.com/syssecure/syssecure/internal/webhook"
)

var listed = regexp.MustCompile(`\]\(([^)]*)\.md\)`)

// paths are all pages, as llms.txt lists them, and those that it does not list.
func paths(t testing.TB, base string) []string {
	t.Helper()
	resp, err := http.Get(base + "/llms.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}

	out := []string{"/", "/docs/search?q=send", "/docs/no-such-page"}
	for _, m := range listed.FindAllStringSubmatch(string(text), -1) {
		out = append(out, m[1])
	}
	if len(out) < 30 {
		t.Fatalf("only %d pages", len(out))
	}
	if one := os.Getenv("PAGE"); one != "" { // of somebody who works on it
		return []string{one}
	}

	return out
}

// TestPages looks at every page in each width and scheme.
func TestPages(t *testing.T) {
	t.Parallel()
	ctx, base := browser(t), serve(t)
	each(t, ctx, paths(t, base), func(t *testing.T, b *tab, path string) { b.page(t, base, path) })
}

// page opens a page and looks at it.
func (b *tab) page(t *testing.T, base, path string) {
	t.Helper()
	b.look(t, 1360, "light")
	b.open(t, base+path)
	b.looks(t, path)
	if strings.Contains(path, "no-such-page") { // the browser reports the status itself
		b.forgive()
	}
	b.sound(t)
}

// scripted waits until the scripts of a page have run.
var scripted = chromedp.WaitReady(css("#results"))

// TestSearch finds a page by the keyboard alone.
func TestSearch(t *testing.T) {
	t.Parallel()
	ctx, base := browser(t), serve(t)
	b := newTab(t, ctx)
	b.look(t, 1360, "light")
	b.open(t, base+"/docs")
	b.do(t, scripted, chromedp.KeyEvent("k", chromedp.KeyModifiers(chromedp.ModifierCtrl)),
		chromedp.KeyEvent("missing scope"), chromedp.WaitVisible(css("#result-0")))
	b.accessible(t, "search")
	b.shot(t, "search")
	if expanded := value[string](t, b, `document.getElementById('q').getAttribute('aria-expanded')`); expanded != "true" {
		t.Errorf("expanded is %s", expanded)
	}

	b.do(t, chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(css("h3#missing_scope")))
	address, title := get(t, b, chromedp.Location()), get(t, b, chromedp.Title())
	if !strings.HasSuffix(address, "/docs/errors#missing_scope") || !strings.HasPrefix(title, "Errors") {
		t.Errorf("%s %q", address, title)
	}
	b.sound(t)
}

// samplesOfStart is how many samples the first page has in each language.
const samplesOfStart = 3

// TestLanguage: a language that was chosen stays, here and on other pages.
func TestLanguage(t *testing.T) {
	t.Parallel()
	ctx, base := browser(t), serve(t)
	b := newTab(t, ctx)
	b.look(t, 1360, "light")
	shown := func(address string) []string {
		b.open(t, address)
		b.do(t, scripted)
		return value[[]string](t, b,
			`[...document.querySelectorAll('.sample')].filter((e) => e.offsetParent).map((e) => e.className)`)
	}
	first := shown(base + "/docs")
	b.do(t, chromedp.Click(css(`[data-pick="go"]`)))
	for what, got := range map[string][]string{
		"curl": first, "go": shown(base + "/docs"), "ruby": shown(base + "/docs?lang=ruby"),
	} {
		others := slices.ContainsFunc(got, func(class string) bool { return !strings.HasSuffix(class, " "+what) })
		if len(got) != samplesOfStart || others {
			t.Errorf("want %s, shown are %q", what, got)
		}
	}
	b.sound(t)
}

// TestTheme: the button goes through automatic, light and dark.
func TestTheme(t *testing.T) {
	t.Parallel()
	ctx, base := browser(t), serve(t)
	b := newTab(t, ctx)
	b.look(t, 1360, "light")
	ground := func() string { return value[string](t, b, `getComputedStyle(document.body).backgroundColor`) }
	b.open(t, base+"/docs")
	b.do(t, scripted)
	light := ground()
	b.do(t, chromedp.Click(css("[data-theme-button]")), chromedp.Click(css("[data-theme-button]")))
	dark := ground()
	b.open(t, base+"/docs/errors")
	if again := ground(); light != "rgb(255, 255, 255)" || dark != "rgb(13, 17, 23)" || again != dark {
		t.Errorf("light %s, dark %s, on another page %s", light, dark, again)
	}
	b.sound(t)
}

// TestMenu: on a small screen the navigation opens over the page, and closes.
func TestMenu(t *testing.T) {
	t.Parallel()
	ctx, base := browser(t), serve(t)
	b := newTab(t, ctx)
	b.look(t, 390, "light")
	b.open(t, base+"/docs/api/otp")
	b.do(t, scripted, chromedp.WaitNotVisible(css("#side")), chromedp.Click(css(".menu")), chromedp.WaitVisible(css("#side")))
	b.accessible(t, "menu")
	b.narrow(t, "390 px")
	b.shot(t, "menu")
	b.do(t, chromedp.Click(css(`#side a[href="/docs/api/otp#verify-otp"]`)), chromedp.WaitNotVisible(css("#side")))
	b.sound(t)
}

// TestWithoutScripts: every sample is shown, and the search is a form.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	ctx, base := browser(t), serve(t)
	b := newTab(t, ctx)
	b.look(t, 1360, "light")
	b.do(t, command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	b.open(t, base+"/docs")
	unseen := func(selector string) int {
		return value[int](t, b,
			`[...document.querySelectorAll('`+selector+`')].filter((e) => e.getClientRects().length === 0).length`)
	}
	b.shot(t, "without-scripts")
	if samples, tabs := unseen(".sample"), unseen(".tabs"); samples != 0 || tabs != samplesOfStart {
		t.Errorf("%d samples and %d rows of buttons are hidden", samples, tabs)
	}

	b.do(t, chromedp.SendKeys(css("#q"), "missing scope"+kb.Enter), chromedp.WaitVisible(css("main li a")))
	if found := get(t, b, chromedp.Text(css("main li a"))); found != "missing_scope" {
		t.Errorf("the search found %q first", found)
	}
	b.sound(t)
}

// TestSignature: the example is computed again with what the reader writes, as package webhook would sign it.
func TestSignature(t *testing.T) {
	t.Parallel()
	ctx, base := browser(t), serve(t)
	b := newTab(t, ctx)
	b.look(t, 1360, "light")
	b.open(t, base+"/docs/webhooks")
	b.do(t, scripted, chromedp.SendKeys(css("#sig-body"), " "), chromedp.SetValue(css("#sig-secret"), "whsec_"),
		chromedp.SendKeys(css("#sig-secret"), "YQ=="))
	body := value[string](t, b, `document.getElementById('sig-body').value`)
	at := value[string](t, b, `document.getElementById('sig-time').value`)
	unix, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	want := webhook.Sign([]string{"whsec_YQ=="}, unix, "evt", []byte(body)).Ours
	b.do(t, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
			if made := value[string](t, b, `document.getElementById('sig-made').textContent`); made == want {
				return nil
			} else if time.Now().After(deadline) {
				return fmt.Errorf("the page says %s, want %s", made, want)
			}
		}
	}))
	b.sound(t)
}

// TestExport opens an export from its folder: pages, search and samples work without a server.
func TestExport(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "site")
	if _, err := docs.Export(docs.Config{}, folder); err != nil {
		t.Fatal(err)
	}
	b := newTab(t, browser(t))
	b.look(t, 1360, "light")
	b.open(t, "file://"+folder+"/index.html")
	b.do(t, scripted, chromedp.Click(css(`nav.side a[href="api/otp.html"]`)), chromedp.WaitVisible(css("#send-otp")))
	b.do(t, scripted, chromedp.KeyEvent("k", chromedp.KeyModifiers(chromedp.ModifierCtrl)),
		chromedp.KeyEvent("missing scope"), chromedp.WaitVisible(css("#result-0")))
	b.shot(t, "export")
	b.do(t, chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(css("h3#missing_scope")))
	if address := get(t, b, chromedp.Location()); !strings.HasSuffix(address, "/site/errors.html#missing_scope") {
		t.Errorf("the search led to %s", address)
	}
	b.sound(t)
}
