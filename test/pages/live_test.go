//go:build browser

package pages

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/web"
)

// firstRow is the id of the first row of the list.
const firstRow = `document.querySelector('#rows tbody tr').id`

// TestParts_Live: rows come by themselves, wait while somebody reads, and are never more than fifty.
func TestParts_Live(t *testing.T) {
	t.Parallel()
	b, p, _ := openParts(t)
	b.until(t, `document.querySelector('[data-live-text]').textContent === 'Live'`)
	p.push(t, p.row("msg_new", "queued"))
	b.until(t, firstRow+` === 'msg_new'`)
	p.push(t, p.row("msg_new", "delivered"))
	b.until(t, `document.querySelector('#msg_new .badge').textContent === 'delivered'`)
	if n := value[int](t, b, `document.querySelectorAll('#msg_new').length`); n != 1 {
		t.Errorf("the row is there %d times", n)
	}
	b.until(t, `document.getElementById('says').textContent === 'New rows: 1'`)

	// What is sent again, as after a break, changes nothing.
	b.do(t, run(`document.getElementById('msg_new').stays = true`))
	p.push(t, p.row("msg_new", "delivered"), p.row("msg_newer", "sent"))
	b.until(t, firstRow+` === 'msg_newer' && document.getElementById('msg_new').stays`)
	b.until(t, `document.querySelector('#msg_new time').textContent.endsWith(' min ago')`)

	b.do(t, chromedp.Click(css("[data-live-toggle]")))
	for i := range 60 {
		p.push(t, p.row(fmt.Sprint("msg_more", i), "sent"))
	}
	b.until(t, `document.querySelector('[data-live-text]').textContent === 'Paused, 50 new'`)
	if first := value[string](t, b, firstRow); first != "msg_newer" {
		t.Errorf("a paused list begins with %s", first)
	}
	b.do(t, chromedp.Click(css("[data-live-toggle]")))
	b.until(t, firstRow+` === 'msg_more59'`)
	if n := value[int](t, b, `document.querySelectorAll('#rows tbody tr').length`); n != 50 {
		t.Errorf("the list has %d rows", n)
	}

	p.push(t, web.Event{Name: "drop", Data: "msg_more59"}, web.Event{Name: "row", Data: `<tr id=x><td>x</td></tr>`})
	b.until(t, firstRow+` === 'x' && !document.getElementById('msg_more59')`)
	p.push(t, web.Event{Name: "only", Data: "x msg_more58"})
	b.until(t, `[...document.querySelectorAll('#rows tbody tr')].map((row) => row.id).join() === 'x,msg_more58'`)
	p.push(t, web.Event{Name: "end", Data: "You are signed out."})
	b.until(t, `document.querySelector('[data-live-text]').textContent === 'You are signed out.'`)
}

// TestParts_LiveFocus: the row that has the focus stays where it is.
func TestParts_LiveFocus(t *testing.T) {
	t.Parallel()
	b, p, _ := openParts(t)
	b.until(t, `document.querySelector('[data-live-text]').textContent === 'Live'`)
	b.do(t, press("j"))
	p.push(t, p.row("msg_new", "sent"), p.row("msg_0", "delivered"))
	b.until(t, `document.querySelector('[data-live-text]').textContent === 'Paused, 1 new'`)
	if at := value[string](t, b, `document.activeElement.textContent`); at != "msg_0" {
		t.Errorf("the focus is on %s", at)
	}
	b.do(t, chromedp.Blur(css("#msg_0 a")))
	b.until(t, firstRow+` === 'msg_new' && document.querySelector('#msg_0 .badge').textContent === 'delivered'`)
	b.sound(t)
}

// TestParts_LiveBroken: a list whose server is gone says so.
func TestParts_LiveBroken(t *testing.T) {
	t.Parallel()
	b, p, _ := openParts(t)
	b.until(t, `document.querySelector('[data-live-text]').textContent === 'Live'`)
	p.live.Close()
	b.until(t, `document.querySelector('[data-live-text]').textContent === 'Live paused: reconnecting'`)
	if state := value[string](t, b, `document.querySelector('[data-live-state]').dataset.liveState`); state != "lost" {
		t.Errorf("the state is %s", state)
	}
}

// TestParts_LiveRefused: a list that its user may not see any more says so, and does not try again for ever.
func TestParts_LiveRefused(t *testing.T) {
	t.Parallel()
	b, p, _ := openParts(t)
	b.until(t, `document.querySelector('[data-live-text]').textContent === 'Live'`)
	p.signedOut.Store(true)
	p.live.Close()
	b.until(t, `document.querySelector('[data-live-text]').textContent.startsWith('You may not see these rows any more.')`)
}

// TestParts_LiveFiltered: a list that was filtered shows only rows that match, also of those to come.
func TestParts_LiveFiltered(t *testing.T) {
	t.Parallel()
	b, p, _ := openParts(t)
	b.until(t, `document.querySelector('[data-live-text]').textContent === 'Live'`)
	b.do(t, run(`(() => {
		const status = document.querySelector('[name=status]');
		status.value = 'failed';
		status.dispatchEvent(new Event('input', {bubbles: true}));
	})()`))
	b.until(t, `document.querySelectorAll('#rows tbody tr').length === 8`)
	select {
	case p.filtered <- p.row("msg_failed", "failed"):
	case <-time.After(patience):
		t.Fatal("no stream with the filter was opened")
	}
	b.until(t, firstRow+` === 'msg_failed'`)
	b.sound(t)
}

// TestParts_SignOut: who stays on a page learns that the session ends, and can go on.
func TestParts_SignOut(t *testing.T) {
	t.Parallel()
	b, _, base := openParts(t)
	b.open(t, base+"/?idle=122") // the warning comes after two seconds
	b.until(t, `document.querySelector('.toast')?.textContent.startsWith('You will be signed out in two minutes.')`)
	b.accessible(t, "sign-out")
	b.do(t, chromedp.Click(css(".toast button")))
	b.until(t, `!document.querySelector('.toast')`)
	b.until(t, `document.querySelector('.toast')`) // again, since the session goes on
	b.sound(t)
}

// TestParts_WithoutScripts: forms and links do what they do with scripts, and what needs a script is not shown.
func TestParts_WithoutScripts(t *testing.T) {
	t.Parallel()
	b, _, base := openParts(t)
	b.do(t, command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	b.open(t, base+"/")
	b.shot(t, "parts-without-scripts")
	shown := value[int](t, b, `[...document.querySelectorAll('.js-only')].filter((e) => e.offsetParent).length`)
	if shown != 0 {
		t.Errorf("%d elements need a script", shown)
	}
	b.do(t, chromedp.Click(css(".chart summary")), chromedp.WaitVisible(css(".chart table")))
	b.do(t, chromedp.SendKeys(css("[data-search]"), "nothing"+kb.Enter), chromedp.WaitVisible(css("#rows .empty")))
	if at := value[string](t, b, `location.search`); at != "?q=nothing&status=" {
		t.Errorf("the address has %s", at)
	}
	b.do(t, chromedp.Click(css("#new")), chromedp.WaitVisible(css("#key-name")))
	if at := value[string](t, b, `location.pathname`); at != "/new" {
		t.Errorf("the link leads to %s", at)
	}
}

// TestDashboard_Phones: the inbox shows the phones that its page had, also after it was brought up to date, and the newest
// first.
func TestDashboard_Phones(t *testing.T) {
	t.Parallel()
	b, i := newTab(t, browser(t)), serveNew(t)
	key := i.enter(t, b)
	for n := range 60 {
		i.send(t, key, fmt.Sprintf("+324701234%02d", n))
	}

	b.open(t, i.base+strings.TrimSuffix(b.navigation(t)[0], "/overview")+"/inbox")
	i.send(t, key, "+32470123499")
	b.until(t, `document.querySelector('.phone').id === 'to-32470123499'`)
	if n := value[int](t, b, `document.querySelectorAll('.phone').length`); n != screen.ListSize {
		t.Errorf("%d phones are shown of %d", n, screen.ListSize)
	}
}
