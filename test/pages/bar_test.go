//go:build browser

package pages

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// weight is what a page has sent, in bytes with headers, and what the browser says about it.
type weight struct {
	HTML, CSS, JS, Font, Other, Requests float64
	LCP, CLS, Blocked                    float64
}

// weigh sums what was sent since the page was opened, and waits for the largest paint.
const weigh = `(async () => {
  await document.fonts.ready;
  await new Promise((done) => setTimeout(done, 300));
  const w = {HTML: 0, CSS: 0, JS: 0, Font: 0, Other: 0, Requests: 0, LCP: 0, CLS: 0, Blocked: 0};
  for (const e of [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]) {
    const path = new URL(e.name).pathname;
    const kind = e.entryType === 'navigation' ? 'HTML' : path.endsWith('.css') ? 'CSS' : path.endsWith('.js') ? 'JS'
      : path.endsWith('.woff2') ? 'Font' : 'Other';
    w[kind] += e.transferSize;
    if (e.transferSize > 0) w.Requests += 1;
  }
  const seen = (type) => new Promise((done) => {
    new PerformanceObserver((list) => done(list.getEntries())).observe({type, buffered: true});
    setTimeout(() => done([]), 200);
  });
  for (const e of await seen('largest-contentful-paint')) w.LCP = Math.max(w.LCP, e.startTime);
  for (const e of await seen('layout-shift')) w.CLS += e.value;
  const [painted] = performance.getEntriesByName('first-contentful-paint');
  for (const e of await seen('longtask')) {
    w.Blocked += Math.max(0, e.startTime + e.duration - Math.max(e.startTime, painted?.startTime ?? 0) - 50);
  }
  return w;
})()`

// slow is a fast phone network: 1.6 Mbit/s and 150 ms; the processor is four times slower.
func slow(b *tab, t testing.TB) {
	b.do(t, command(network.Enable, network.EnableParams{}), command(network.ClearBrowserCache, cdp.Empty{}),
		command(network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{
				{Latency: 150, DownloadThroughput: 1.6e6 / 8, UploadThroughput: 750e3 / 8},
			},
		}),
		command(emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4}))
}

// mostShift is how much a page may move while it is loaded.
const mostShift = 0.05

// limits are how many bytes and requests a page may take.
type limits struct{ html, warm, requests float64 }

// Pages of the reference have more text than screens of the dashboard.
var (
	ofDocs    = limits{html: 30 << 10, warm: 25 << 10, requests: 6}
	ofScreens = limits{html: 20 << 10, warm: 10 << 10, requests: 6}
)

// TestWeight holds each page of the documentation to its limits.
func TestWeight(t *testing.T) {
	b, base := newTab(t, browser(t)), serve(t)
	b.weighs(t, base, paths(t, base), ofDocs)
}

// TestWeight_Dashboard holds each screen with rows to its limits.
func TestWeight_Dashboard(t *testing.T) {
	b, i := newTab(t, browser(t)), serveNew(t)
	i.fill(t, i.enter(t, b), "https://example.com")
	b.weighs(t, i.base, b.navigation(t), ofScreens)
}

// TestShift: nothing moves while the font is on its way, whichever fonts the machine has in its place.
func TestShift(t *testing.T) {
	b, base := newTab(t, browser(t)), serve(t)
	b.do(t, chromedp.EmulateViewport(390, 844))
	for _, path := range []string{"/docs/search?q=send", "/docs/configuration", "/docs/guides/migrate-otpgateway"} {
		slow(b, t)
		b.open(t, base+path)
		if w := value[weight](t, b, weigh); w.CLS > mostShift {
			t.Errorf("%s: layout shift %.3f", path, w.CLS)
		}
	}
}

// weighs opens pages cold and warm, and fails the test when one takes more than it may.
func (b *tab) weighs(t *testing.T, base string, paths []string, most limits) {
	t.Helper()
	b.do(t, command(network.Enable, network.EnableParams{}))
	for _, path := range paths {
		b.do(t, command(network.ClearBrowserCache, cdp.Empty{}))
		b.open(t, base+path)
		cold := value[weight](t, b, weigh)
		b.open(t, base+path)
		warm := value[weight](t, b, weigh).all()
		if cold.HTML > most.html || cold.CSS > 12<<10 || cold.JS > 15<<10 || cold.all() > 95<<10 ||
			cold.Requests > most.requests {
			t.Errorf("%s: cold %+v", path, cold)
		}
		if warm > most.warm || cold.CLS > mostShift {
			t.Errorf("%s: warm %.0f bytes, layout shift %.3f", path, warm, cold.CLS)
		}
	}
}

// all is how many bytes were sent.
func (w weight) all() float64 { return w.HTML + w.CSS + w.JS + w.Font + w.Other }

// BenchmarkBar prints a line for each page and screen, on a slow line and a slow processor: make ui-bar.
func BenchmarkBar(b *testing.B) {
	t, base := newTab(b, browser(b)), serve(b)
	fmt.Printf("%-34s %6s %6s %6s %6s %6s %8s %8s %8s %8s\n", "page", "HTML", "CSS", "JS", "all", "warm KB", "requests",
		"LCP ms", "TBT ms", "CLS")
	t.bars(b, base, paths(b, base))

	own, i := newTab(b, browser(b)), serveNew(b)
	i.fill(b, i.enter(b, own), "https://example.com")
	own.bars(b, i.base, own.navigation(b))
}

// loads is how often a page is loaded on the slow line. Of the times the middle one counts, since the machine has other
// work, and of the layout shifts the largest.
const loads = 3

// bars prints a line for each path, with what is over the bar at its end.
func (b *tab) bars(t testing.TB, base string, paths []string) {
	t.Helper()
	b.do(t, chromedp.EmulateViewport(390, 844))
	for _, path := range paths {
		w := b.slowly(t, base+path)

		b.open(t, base+path)
		warm := value[weight](t, b, weigh).all()
		fmt.Printf("%-34s %6.1f %6.1f %6.1f %6.1f %6.1f %8.0f %8.0f %8.0f %8.3f%s\n",
			account.ReplaceAllString(strings.TrimPrefix(path, "/docs"), ""), w.HTML/1024, w.CSS/1024, w.JS/1024, w.all()/1024,
			warm/1024, w.Requests, w.LCP, w.Blocked, w.CLS, w.over())
	}
}

// slowly loads a page on the slow line.
func (b *tab) slowly(t testing.TB, address string) (w weight) {
	t.Helper()
	var paints, blocked, shifts [loads]float64
	for i := range loads {
		slow(b, t)
		b.open(t, address)
		w = value[weight](t, b, weigh)
		paints[i], blocked[i], shifts[i] = w.LCP, w.Blocked, w.CLS
	}

	slices.Sort(paints[:])
	slices.Sort(blocked[:])
	w.LCP, w.Blocked, w.CLS = paints[loads/2], blocked[loads/2], slices.Max(shifts[:])
	return w
}

// over names the times that are over the bar. TestWeight holds the pages to the sizes.
func (w weight) over() string {
	var s string
	if w.LCP > 1800 {
		s += "  LCP > 1800 ms"
	}
	if w.Blocked > 100 {
		s += "  TBT > 100 ms"
	}
	if w.CLS > mostShift {
		s += "  CLS > 0.05"
	}
	return s
}
