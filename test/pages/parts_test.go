//go:build browser

package pages

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/web"
	"github.com/syssecure/syssecure/internal/web/chart"
)

// sent is a row of the list of the page of parts.
type sent struct{ ID, To, Status, Credits, At string }

// parts is a server whose one page has all parts of pages, under the policy of all pages.
type parts struct {
	t      testing.TB
	pages  *template.Template
	live   *web.Streams
	events chan web.Event
	// filtered are the events of the list of what failed.
	filtered chan web.Event
	// signedOut says that the user may not see the list any more.
	signedOut atomic.Bool

	mu       sync.Mutex
	posted   []string // the bodies of forms
	canceled chan struct{}
}

// serveParts runs the server and returns its address.
func serveParts(t testing.TB) (*parts, string) {
	t.Helper()
	assets, err := web.NewAssets()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := web.NewTemplate(assets, "parts.html.tmpl").ParseFiles("testdata/parts.html.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	p := &parts{
		t: t, pages: pages, live: web.NewStreams(), events: make(chan web.Event), filtered: make(chan web.Event),
		canceled: make(chan struct{}),
	}

	mux := http.NewServeMux()
	mux.Handle("GET /assets/", assets)
	mux.HandleFunc("GET /", p.page)
	mux.HandleFunc("GET /new", func(w http.ResponseWriter, _ *http.Request) { p.render(w, "dialog", nil) })
	mux.HandleFunc("GET /stream", p.stream)
	mux.HandleFunc("GET /find", p.find)
	mux.HandleFunc("GET /export.csv", p.export)
	mux.HandleFunc("GET /slow.csv", p.slow)
	mux.HandleFunc("GET /broken.csv", p.broken)
	mux.HandleFunc("POST /preview", p.preview)
	mux.HandleFunc("POST /passkey/{kind}", p.options)
	mux.HandleFunc("POST /", p.post)
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		p.live.Close()
		server.Close()
	})

	// Passkeys need a name, not an address.
	return p, strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
}

// render writes a template, or a part of it.
func (p *parts) render(w http.ResponseWriter, name string, data any) {
	var out bytes.Buffer
	if err := p.pages.ExecuteTemplate(&out, name, data); err != nil {
		p.t.Error(err)
	}
	web.SetHeaders(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(out.Bytes()) // the browser is gone
}

// created is when all rows were created.
var created = time.Now().Add(-90 * time.Second).UTC().Format(time.RFC3339)

// stored are the rows of the list.
func stored(status string) (out []sent) {
	for i := range 40 {
		row := sent{"msg_" + strconv.Itoa(i), "+2547000000" + strconv.Itoa(10+i), "sent", "0.0350", created}
		if i%5 == 0 {
			row.Status = "failed"
		}
		if status == "" || status == row.Status {
			out = append(out, row)
		}
	}

	return out
}

func (p *parts) page(w http.ResponseWriter, r *http.Request) {
	rows := stored(r.URL.Query().Get("status"))
	if r.URL.Query().Get("q") != "" {
		rows = nil
	}
	query := ""
	if r.URL.RawQuery != "" {
		query = "?" + r.URL.RawQuery
	}
	if web.Fragment(r) == "rows" {
		p.render(w, "rows", map[string]any{"Rows": rows, "Query": query})
		return
	}

	series := func(name string, factor float64) chart.Series {
		s := chart.Series{Name: name}
		for hour := range 24 {
			s.Points = append(s.Points, chart.Point{
				Label: fmt.Sprintf("1 Dec %02d:00", hour), Value: factor * float64(100+hour*hour%70), Missing: hour == 7,
				Href: "/?hour=" + strconv.Itoa(hour),
			})
		}
		return s
	}
	all := []chart.Series{series("Sent", 5), series("Verified", 4)}
	steps := []chart.Point{
		{Label: "Started", Value: 1200, Href: "/"}, {Label: "Sent", Value: 1100}, {Label: "Verified", Value: 900},
	}
	frame := func(title string, unit chart.Unit) chart.Frame {
		return chart.Frame{Title: title, Note: "Counted each hour", Unit: unit, Labels: "Hour (UTC)", CSV: "/export.csv"}
	}
	p.render(w, "parts.html.tmpl", map[string]any{
		"Rows": rows, "Query": query, "Keys": r.URL.Query().Get("keys"), "Idle": r.URL.Query().Get("idle"),
		"Now":     time.Now().Add(-4 * time.Minute).UTC().Format(time.RFC3339),
		"Line":    chart.Line{Frame: frame("Codes", chart.Count), Series: all, Area: true}.HTML(),
		"Blocks":  chart.StackedBars{Frame: frame("Messages", chart.Count), Series: all}.HTML(),
		"Funnel":  chart.Funnel{Frame: frame("Funnel", chart.Count), Steps: steps}.HTML(),
		"Bars":    chart.Bars{Frame: frame("Steps", chart.Count), Points: steps, Values: "Codes"}.HTML(),
		"Nothing": chart.Line{Frame: frame("Spend", chart.Credits)}.HTML(),
		"Spark":   chart.Spark{Title: "Verified in 24 hours", Points: all[1].Points}.HTML(),
		"Badges":  []string{"queued", "sent", "delivered", "verified", "failed", "expired", "canceled", "blocked"},
	})
}

// stream sends what the test puts into events.
func (p *parts) stream(w http.ResponseWriter, r *http.Request) {
	events := p.events
	if r.URL.Query().Get("status") == "failed" {
		events = p.filtered
	}
	if p.signedOut.Load() {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	p.live.Stream(w, r, web.Reader{User: "ann"}, func(ctx context.Context, send func(web.Event) error) error {
		for {
			select {
			case e := <-events:
				if err := send(e); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
}

// row is an event with a row.
func (p *parts) row(id, status string) web.Event {
	var out bytes.Buffer
	if err := p.pages.ExecuteTemplate(&out, "row", sent{id, "+254711", status, "1", created}); err != nil {
		p.t.Error(err)
	}
	return web.Event{ID: id, Name: "row", Data: out.String()}
}

// push sends events to the page.
func (p *parts) push(t testing.TB, events ...web.Event) {
	t.Helper()
	for _, e := range events {
		select {
		case p.events <- e:
		case <-time.After(patience):
			t.Fatal("no page reads the stream")
		}
	}
}

func (p *parts) find(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Accept") != "application/json" {
		http.Redirect(w, r, "/?found="+r.URL.Query().Get("q"), http.StatusSeeOther)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	found := `[{"title":"msg_7","hint":"Message","href":"/messages/msg_7"},{"title":"evil","href":"javascript:alert(1)"}]`
	if r.URL.Query().Get("q") == "nothing" {
		found = "[]"
	}
	_, _ = w.Write([]byte(found)) // the browser is gone
}

func (p *parts) export(w http.ResponseWriter, r *http.Request) {
	c, err := web.NewCSV(w, r, "messages", []string{"id", "to"})
	for _, row := range stored("") {
		if err == nil {
			err = c.Row(row.ID, row.To)
		}
	}
	c.Finish(err)
}

// slow never ends; the browser stops it.
func (p *parts) slow(w http.ResponseWriter, r *http.Request) {
	_, _ = w.Write([]byte("a\n"))
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
	close(p.canceled)
}

func (p *parts) broken(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("busy") {
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, "<html><main><div role=alert><h1>No</h1><p>You have 3 downloads open.</p></div></main>")
		return
	}
	wrong := errors.New("the database is gone")
	if r.URL.Query().Has("long") {
		wrong = web.ErrTooManyRows
	}
	c, err := web.NewCSV(w, r, "broken", []string{"a"})
	for range 1000 { // so many that some are sent before the end
		err = errors.Join(err, c.Row("x"))
	}
	c.Finish(errors.Join(err, wrong))
}

func (p *parts) preview(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = fmt.Fprintf(w, "<p id=meter>%d characters</p>", len(template.HTMLEscapeString(r.FormValue("text"))))
}

// options are those of WebAuthn, with what the form sends.
func (p *parts) options(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	out := `{"publicKey":{"challenge":"AAECAwQFBgcICQoLDA0ODw","rpId":"localhost","userVerification":"preferred"}}`
	if r.PathValue("kind") == "create" {
		out = `{"publicKey":{"challenge":"AAECAwQFBgcICQoLDA0ODw","rp":{"name":"SysSecure","id":"localhost"},
			"user":{"id":"dXNlcg","name":"ann","displayName":"Ann"},"pubKeyCredParams":[
			{"type":"public-key","alg":-7},{"type":"public-key","alg":-257}],
			"authenticatorSelection":{"residentKey":"required"},"excludeCredentials":[]}}`
	}
	_, _ = w.Write([]byte(out)) // the browser is gone
}

// post notes a form. It answers without a page, so that the browser stays where it is.
func (p *parts) post(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		p.t.Error(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.posted = append(p.posted, r.URL.Path+" "+r.PostForm.Encode())
	w.WriteHeader(http.StatusNoContent)
}

// forms are those that were posted.
func (p *parts) forms() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.posted...)
}
