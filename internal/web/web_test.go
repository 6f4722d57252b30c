package web_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/web"
)

func assets(t *testing.T) *web.Assets {
	t.Helper()
	a, err := web.NewAssets()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func get(t *testing.T, h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)

	return w
}

func TestAssets_Hashed(t *testing.T) {
	t.Parallel()
	a := assets(t)
	hashed := regexp.MustCompile(`^/assets/[A-Za-z-]+\.[0-9a-f]{10}\.[a-z0-9]+$`)
	for _, p := range a.Paths() {
		w := get(t, a, p)
		if !hashed.MatchString(p) || w.Code != 200 || w.Header().Get("Cache-Control") != web.Immutable {
			t.Errorf("%s: %d, %s", p, w.Code, w.Header().Get("Cache-Control"))
		}
	}

	css := get(t, a, must(a.Path("app.css"))).Body.String()
	font := strings.TrimPrefix(must(a.Path("inter.woff2")), "/assets/")
	if !strings.Contains(css, `url("`+font+`")`) {
		t.Errorf("the style sheet does not name the font %s", font)
	}
	if w := get(t, a, "/assets/none.css"); w.Code != 404 {
		t.Errorf("an unknown asset: %d", w.Code)
	}
	if size := a.Get(must(a.Path("inter.woff2"))).Size(); size > 48<<10 {
		t.Errorf("the font has %d bytes", size)
	}
}

func must(path string, err error) string {
	if err != nil {
		panic(err)
	}
	return path
}

func TestContent_Encodings(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("Some text. ", 100)
	c := web.NewContent("text/html; charset=utf-8", web.Revalidate, []byte(body))
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.Serve(w, r, http.StatusOK) })
	for accept, packed := range map[string]bool{
		"": false, "gzip": true, "br, gzip;q=0.5": true, "gzip;q=0": false, "identity": false, "x-gzip": false,
	} {
		w := get(t, h, "/", "Accept-Encoding", accept)
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != packed || !packed && w.Body.String() != body {
			t.Errorf("%q: gzip %v, %d bytes", accept, got, w.Body.Len())
		}

		again := get(t, h, "/", "If-None-Match", w.Header().Get("Etag"))
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%q: %d with %d bytes for its own tag", accept, again.Code, again.Body.Len())
		}
	}

	if w := get(t, h, "/", "If-None-Match", `"another"`); w.Code != 200 {
		t.Errorf("another tag: %d", w.Code)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodHead, "/", nil)
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Body.Len() != 0 || w.Header().Get("Content-Length") != "1100" {
		t.Errorf("HEAD: %d bytes, length %s", w.Body.Len(), w.Header().Get("Content-Length"))
	}
}

// TestPolicy: a looser policy would be a hole that no page shows.
func TestPolicy(t *testing.T) {
	t.Parallel()
	h := http.Header{}
	web.SetHeaders(h)
	policy := h.Get("Content-Security-Policy")
	for _, loose := range []string{"unsafe", "*", "http:", "https:", "blob:", "nonce"} {
		if strings.Contains(policy, loose) {
			t.Errorf("the policy has %s: %s", loose, policy)
		}
	}
	for _, want := range []string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
		"connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
		"require-trusted-types-for 'script'", "trusted-types ss-fragment",
	} {
		if !strings.Contains(policy+";", want+";") {
			t.Errorf("the policy lacks %s", want)
		}
	}
}

func TestRender_EscapesEverything(t *testing.T) {
	t.Parallel()
	r, err := web.NewRenderer(assets(t))
	if err != nil {
		t.Fatal(err)
	}
	const bad = `"><script>alert(1)</script>`
	html, err := r.Render(&web.Page{
		Title: bad, Description: bad, Top: []web.Link{{Title: bad, Href: "javascript:alert(1)"}},
		Side: []web.Group{{Title: bad, Links: []web.Link{{Title: bad, Href: bad, Method: bad}}}}, Search: bad,
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(html), "<script>") || strings.Contains(string(html), "javascript:") {
		t.Errorf("the page has what it was given as markup:\n%s", html)
	}
	if _, err := r.Render(&web.Page{Scripts: []string{"none.js"}}); err == nil {
		t.Error("a page with an unknown asset was rendered")
	}
}

// TestScripts_OneSink: HTML gets into pages in one file only, whose policy the browser enforces.
func TestScripts_OneSink(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("static/*.js")
	if err != nil || len(scripts) < 5 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	sinks := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|createPolicy|` +
		`setHTML|createContextualFragment|parseFromString|srcdoc|\.style\b`)
	for _, name := range scripts {
		script, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := sinks.FindString(string(script)); found != "" && name != filepath.Join("static", "fragment.js") {
			t.Errorf("%s has %s", name, found)
		}
	}
}

// TestAssets_Joined: what is served as one file has all its parts, and scripts name each other as they are served.
func TestAssets_Joined(t *testing.T) {
	t.Parallel()
	a := assets(t)
	served := func(name string) string { return string(a.Get(must(a.Path(name))).Body()) }
	for name, parts := range map[string][]string{
		"app.css": {".prose", ".palette", ".timeline"}, "dash.js": {"createPolicy", "openPalette"},
		"live.js":   {"from './" + path.Base(must(a.Path("dash.js"))) + "'"},
		"screen.js": {"from './" + path.Base(must(a.Path("dash.js"))) + "'"},
	} {
		for _, part := range parts {
			if !strings.Contains(served(name), part) {
				t.Errorf("%s lacks %s", name, part)
			}
		}
	}
	if _, err := a.Path("dash.css"); err == nil {
		t.Error("a part of the style sheet is served separately, too")
	}
	if strings.Contains(served("app.css"), "/*") {
		t.Error("comments of the style sheet are served")
	}
	for _, script := range []string{"dash.js", "live.js", "screen.js", "docs.js"} {
		for line := range strings.Lines(served(script)) {
			if text := strings.TrimSpace(line); strings.HasPrefix(text, "//") || strings.HasPrefix(text, "* ") {
				t.Errorf("%s is served with the comment %s", script, text)
			}
		}
	}
}

// TestAssets_Budget: all styles and the scripts of the dashboard together stay small.
func TestAssets_Budget(t *testing.T) {
	t.Parallel()
	a := assets(t)
	size := func(name string) int { return a.Get(must(a.Path(name))).Size() }
	if css := size("app.css"); css > 12<<10 {
		t.Errorf("the styles have %d bytes", css)
	}
	if js := size("dash.js") + size("live.js") + size("screen.js"); js > 15<<10 {
		t.Errorf("the scripts have %d bytes", js)
	}
}

func TestBadge(t *testing.T) {
	t.Parallel()
	if got := string(web.Badge("delivered")); !strings.Contains(got, `class="badge ok"`) || !strings.Contains(got, "delivered") ||
		!strings.Contains(got, "<svg") {
		t.Errorf("delivered: %s", got)
	}
	if got := string(web.Badge("<b>")); !strings.Contains(got, `class="badge grey"`) || strings.Contains(got, "<b>") {
		t.Errorf("an unknown word: %s", got)
	}
}
