//go:build browser

package pages

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// widths are those of a screen, a tablet and a phone.
var widths = []int64{1360, 820, 390}

// looks looks at what a tab shows now: in each width and scheme with axe-core, with all details open, at 320 px, and with text
// of twice the size. Nothing is loaded again, so dialogs, menus and the answers to forms are looked at as they are.
func (b *tab) looks(t testing.TB, name string) {
	t.Helper()
	for _, width := range widths {
		b.look(t, width, "light")
		b.narrow(t, fmt.Sprint(width, " px"))
		b.accessible(t, fmt.Sprint(name, " ", width))
		b.filled(t, fmt.Sprint(name, " ", width))
		b.shot(t, fmt.Sprint(name, "-", width, "-light"))
		b.look(t, width, "dark")
		b.contrast(t, fmt.Sprint(name, " ", width, " dark"))
		b.shot(t, fmt.Sprint(name, "-", width, "-dark"))
	}

	b.look(t, 390, "light")
	closed := value[int](t, b, `(() => { const closed = [...document.querySelectorAll('main details:not([open])')];
		for (const d of closed) d.open = true; window.opened = closed; return closed.length })()`)
	if closed > 0 {
		b.narrow(t, "390 px, details open")
		b.audit(t, name+" with details open", "window.opened", "")
	}
	b.look(t, 320, "light")
	b.narrow(t, "320 px")
	b.look(t, 1360, "light")
	b.do(t, run(`document.documentElement.style.fontSize = '200%'`))
	b.narrow(t, "200 %")
	b.do(t, run(`(() => { document.documentElement.style.fontSize = ''; for (const d of window.opened) d.open = false })()`))
}

// each looks at every path in one of two tabs.
func each(t *testing.T, in context.Context, paths []string, look func(t *testing.T, b *tab, path string)) {
	t.Helper()
	work := make(chan string, len(paths))
	for _, path := range paths {
		work <- path
	}
	close(work)
	for range 2 {
		b := newTab(t, in)
		t.Run("tab", func(t *testing.T) {
			t.Parallel()
			for path := range work {
				t.Run(strings.TrimPrefix(path, "/"), func(t *testing.T) { look(t, b, path) })
			}
		})
	}
}

// look sets the width of the window and the scheme of the system.
func (b *tab) look(t testing.TB, width int64, scheme string) {
	t.Helper()
	b.do(t, chromedp.EmulateViewport(width, 900),
		command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}}))
}

// overflow names the elements that make the page scroll sideways.
const overflow = `(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return ['it is ' + document.documentElement.scrollWidth + ' wide', ...[...document.querySelectorAll('body *')]
    .filter((e) => e.getBoundingClientRect().right > width + 1 && !e.parentElement.closest('.region, pre'))
    .slice(0, 5).map((e) => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 40))];
})()`

// narrow fails the test when the page scrolls sideways.
func (b *tab) narrow(t testing.TB, at string) {
	t.Helper()
	wide := value[[]string](t, b, overflow)
	if len(wide) > 0 {
		t.Errorf("%s: the page scrolls sideways because of %s", at, strings.Join(wide, " | "))
	}
}

// audit is axe-core with all rules, or only some. It gives one line for each rule that is broken. The rule about the size of
// links and buttons (WCAG 2.2) is not among axe-core's own choice.
// Without preload it does not fetch the style sheets again, for rules about sounds.
const audit = `axe.run(%s, {
  preload: false, resultTypes: ['violations'], rules: {'target-size': {enabled: true}}%s
}).then((r) => r.violations.map((v) =>
  v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + n.failureSummary).join(' | ')))`

// colours are the rules of axe-core that look at colours. A scheme changes nothing else: pages have the same elements, at the
// same places.
const colours = `, runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}`

var axe = sync.OnceValue(func() string {
	source, err := os.ReadFile("testdata/axe.min.js")
	if err != nil {
		panic(err)
	}
	return string(source)
})

// accessible fails the test when axe-core finds something.
func (b *tab) accessible(t testing.TB, what string) {
	t.Helper()
	b.audit(t, what, "document", "")
}

// unfilled finds texts that lack a value, outside code.
const unfilled = `(() => {
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.nodeValue;
    if (/\b(undefined|NaN)\b|\[object |%!|%s/.test(text)
      && !texts.currentNode.parentElement.closest('pre, code, textarea, script, template')) found.push(text.trim());
  }
  return found.slice(0, 5);
})()`

// filled fails the test when a text of the page lacks a value.
func (b *tab) filled(t testing.TB, what string) {
	t.Helper()
	for _, text := range value[[]string](t, b, unfilled) {
		t.Errorf("%s: a text lacks a value: %q", what, text)
	}
}

// contrast is accessible for a page that was looked at in this width, in another scheme.
func (b *tab) contrast(t testing.TB, what string) {
	t.Helper()
	b.audit(t, what, "document", colours)
}

// audit runs axe-core on elements, by a script that names them, with more options.
func (b *tab) audit(t testing.TB, what, elements, options string) {
	t.Helper()
	if !value[bool](t, b, `!!window.axe`) {
		value[bool](t, b, `(()=>{`+axe()+`; return true})()`)
	}
	for _, f := range value[[]string](t, b, fmt.Sprintf(audit, elements, options)) {
		t.Errorf("%s: %s", what, f)
	}
}

// tallest is how much of a long page a picture shows.
const tallest = 2600

// shot writes a picture of the page into the folder that SHOTS names.
func (b *tab) shot(t testing.TB, name string) {
	t.Helper()
	folder := os.Getenv("SHOTS")
	if folder == "" {
		return
	}
	size := value[[]int64](t, b, `[innerWidth, Math.max(innerHeight, document.documentElement.scrollHeight)]`)
	b.do(t, chromedp.EmulateViewport(size[0], min(size[1], tallest)))
	picture := get(t, b, chromedp.CaptureScreenshot())
	b.do(t, chromedp.EmulateViewport(size[0], 900))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	name = strings.NewReplacer("/", "_", "?", "_", "=", "_", " ", "_").Replace(strings.TrimPrefix(name, "/"))
	if err := os.WriteFile(folder+"/"+name+".png", picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
