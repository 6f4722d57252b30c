//go:build browser

package pages

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/app/apptest"
)

// patience is how long a page may take on a loaded machine.
const patience = time.Minute

// chromium is the one Chromium of all tests, and endChromium ends it.
var (
	chromium    = sync.OnceValues(startChromium)
	endChromium = func() {}
)

func TestMain(m *testing.M) {
	code := m.Run()
	endChromium()
	os.Exit(code)
}

// startChromium starts Chromium.
func startChromium() (context.Context, error) {
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		return nil, errors.New("the pages need Chromium (apt-get install chromium)")
	}

	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WSURLReadTimeout(patience))
	allocated, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocated)
	endChromium = func() {
		end()
		stop()
	}

	return ctx, chromedp.Do(ctx)
}

// browser is a browser without cookies, cache and permissions of others: a profile in the one Chromium, where a test starts in
// a tenth of the time.
func browser(t testing.TB) context.Context {
	t.Helper()
	running, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := chromedp.NewContext(running, chromedp.WithNewBrowserContext())
	t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}

	return ctx
}

// serve runs a server and returns its address.
func serve(t testing.TB) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	a, err := app.New(ctx, apptest.Config(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})

	return "http://" + a.Addr().String()
}

// tab is a tab of the browser, which notes everything that went wrong in it.
type tab struct {
	ctx context.Context
	mu  sync.Mutex
	bad []string
}

// violations counts what the policy refused, also before the scripts of the page run.
const violations = `window.refused = [];
document.addEventListener('securitypolicyviolation', (e) => window.refused.push(e.violatedDirective + ' ' + e.blockedURI));`

func newTab(t testing.TB, in context.Context) *tab {
	t.Helper()
	b := &tab{}
	ctx, end := chromedp.NewContext(in, chromedp.WithListener(func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			b.note("exception: " + e.ExceptionDetails.Text + fmt.Sprint(e.ExceptionDetails.Exception))
		case *runtime.EventConsoleAPICalled:
			if e.Type == "error" || e.Type == "warning" {
				b.note(fmt.Sprintf("console: %s", e.Args[0].Value))
			}
		case *log.EventEntryAdded:
			if e.Entry.Level == "error" || e.Entry.Level == "warning" {
				b.note("log: " + e.Entry.Text + " " + e.Entry.URL)
			}
		}
	}))
	t.Cleanup(end)
	b.ctx = ctx
	// A tab behind others behaves as if it had the focus, or its clipboard and its timers would stand still.
	focused := command(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	if err := chromedp.Do(ctx, focused, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		script := page.AddScriptToEvaluateOnNewDocumentParams{Source: violations}
		_, err := cdp.Call(ctx, tab, page.AddScriptToEvaluateOnNewDocument, script)
		return err
	})); err != nil { // without a deadline, which would end the tab
		t.Fatal(err)
	}

	return b
}

func (b *tab) note(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bad = append(b.bad, what)
}

// sound fails the test when something went wrong since the last look.
func (b *tab) sound(t testing.TB) {
	t.Helper()
	refused := value[[]string](t, b, `window.refused || []`)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range append(b.bad, refused...) {
		t.Error(r)
	}
	b.bad = nil
}

func (b *tab) do(t testing.TB, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// get runs a step that has a result.
func get[T any](t testing.TB, b *tab, step chromedp.Action[T]) T {
	t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	v, err := chromedp.Run(ctx, step)
	if err != nil {
		t.Fatal(err)
	}

	return v
}

// value is what a script in the page returns.
func value[T any](t testing.TB, b *tab, script string) T {
	t.Helper()
	return get(t, b, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// open opens a page and waits for its scripts.
func (b *tab) open(t testing.TB, address string) {
	t.Helper()
	b.do(t, chromedp.Navigate(address), chromedp.WaitReady(css("body")))
}

type css = chromedp.CSS

// command is a step that is a command of the browser's protocol.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, c, params)
		return err
	})
}
