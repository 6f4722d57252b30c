//go:build browser

package pages

import (
	"fmt"
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
  for (const e of await seen('longtask')) w.Blocked += Math.max(0, e.duration - 50);
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

// TestWeight holds each page to the number of bytes and requests that a cold and a warm visit may take.
func TestWeight(t *testing.T) {
	t.Parallel()
	b, base := newTab(t, browser(t)), serve(t)
	b.do(t, command(network.Enable, network.EnableParams{}))
	for _, path := range paths(t, base) {
		b.do(t, command(network.ClearBrowserCache, cdp.Empty{}))
		b.open(t, base+path)
		cold := value[weight](t, b, weigh)
		b.open(t, base+path)
		warm := value[weight](t, b, weigh)
		all := cold.HTML + cold.CSS + cold.JS + cold.Font + cold.Other
		again := warm.HTML + warm.CSS + warm.JS + warm.Font + warm.Other
		if cold.HTML > 30<<10 || cold.CSS > 12<<10 || cold.JS > 15<<10 || all > 95<<10 || cold.Requests > 6 {
			t.Errorf("%s: cold %+v", path, cold)
		}
		if again > 25<<10 || cold.CLS > 0.05 {
			t.Errorf("%s: warm %.0f bytes, layout shift %.3f", path, again, cold.CLS)
		}
	}
}

// BenchmarkBar prints a line for each page, on a slow line and a slow processor: make ui-bar.
func BenchmarkBar(b *testing.B) {
	t, base := newTab(b, browser(b)), serve(b)
	fmt.Printf("%-34s %6s %6s %6s %6s %8s %8s %8s %8s\n", "page", "HTML", "CSS", "JS", "all KB", "requests", "LCP ms",
		"TBT ms", "CLS")
	t.do(b, chromedp.EmulateViewport(390, 844))
	for _, path := range paths(b, base) {
		slow(t, b)
		t.open(b, base+path)
		w := value[weight](b, t, weigh)
		all := w.HTML + w.CSS + w.JS + w.Font + w.Other
		fmt.Printf("%-34s %6.1f %6.1f %6.1f %6.1f %8.0f %8.0f %8.0f %8.3f\n", strings.TrimPrefix(path, "/docs"),
			w.HTML/1024, w.CSS/1024, w.JS/1024, all/1024, w.Requests, w.LCP, w.Blocked, w.CLS)
	}
}
