package docs

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/syssecure/syssecure/api"
)

var once = sync.OnceValues(func() (*site, error) { return newSite(Config{PublicURL: "https://otp.example.com"}, api.JSON) })

func whole(t *testing.T) *site {
	t.Helper()
	s, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// html is a page as it is served.
func html(s *site, p *page) string { return string(s.content[p.Path].Body()) }

func ask(t *testing.T, p *Pages, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)

	return w
}

var (
	ids     = regexp.MustCompile(` id="([^"]*)"`)
	hrefs   = regexp.MustCompile(` (?:href|src|action|data-index)="([^"]*)"`)
	inPage  = regexp.MustCompile(`(?i)<[^>]* (style|on[a-z]+)=|<script>|<style`)
	titles1 = regexp.MustCompile(`<h1[ >]`)
)

func TestPages_Sound(t *testing.T) {
	t.Parallel()
	s := whole(t)
	if len(s.pages) < 30 {
		t.Fatalf("only %d pages", len(s.pages))
	}
	for _, p := range s.pages {
		text := html(s, p)
		if n := len(titles1.FindAllString(text, -1)); n != 1 {
			t.Errorf("%s has %d first headings", p.Path, n)
		}
		if found := inPage.FindString(text); found != "" {
			t.Errorf("%s has %s, which the policy forbids", p.Path, found)
		}
		if strings.Contains(text, "raw HTML omitted") {
			t.Errorf("%s has HTML in its Markdown, which is left out", p.Path)
		}
		if p.Title == "" || len(p.Description) < 20 {
			t.Errorf("%s: title %q, description %q", p.Path, p.Title, p.Description)
		}
		if size := s.content[p.Path].Size(); size > 30<<10 {
			t.Errorf("%s has %d bytes compressed", p.Path, size)
		}

		seen := map[string]bool{}
		for _, m := range ids.FindAllStringSubmatch(text, -1) {
			if seen[m[1]] {
				t.Errorf("%s has the id %s twice", p.Path, m[1])
			}
			seen[m[1]] = true
		}
	}
}

// TestPages_Links follows every link of every page: to pages with their fragments, to assets, to files of the repository.
func TestPages_Links(t *testing.T) {
	t.Parallel()
	s := whole(t)
	for _, p := range s.pages {
		for _, m := range hrefs.FindAllStringSubmatch(html(s, p), -1) {
			link := strings.ReplaceAll(m[1], "&amp;", "&")
			if problem := s.dead(p, link); problem != "" {
				t.Errorf("%s links to %s: %s", p.Path, link, problem)
			}
		}
	}
}

// dead says why a link leads nowhere; empty when it leads somewhere, or out of the server's reach.
func (s *site) dead(from *page, link string) string {
	if file, ok := strings.CutPrefix(link, repository); ok {
		file, _, _ = strings.Cut(file, "#")
		if _, err := os.Stat("../../" + file); err != nil {
			return "no such file in the repository"
		}
		return ""
	}
	if strings.Contains(link, "://") || strings.HasPrefix(link, "data:") {
		return ""
	}

	to, fragment, _ := strings.Cut(link, "#")
	target := from
	if to != "" {
		if target = s.find(to); target == nil {
			others := []string{"/", "/openapi.yaml", "/openapi.json", "/llms.txt", "/docs/search"}
			if slices.Contains(others, to) || s.assets.Get(to) != nil || s.content[to] != nil {
				return ""
			}
			return "no such page"
		}
	}
	if fragment != "" && !strings.Contains(html(s, target), ` id="`+fragment+`"`) {
		return "no such heading"
	}

	return ""
}

func TestPages_DeadLinksAreFound(t *testing.T) {
	t.Parallel()
	s := whole(t)
	for _, link := range []string{"/docs/none", "/docs/errors#none", "#none", repository + "none.go", "errors"} {
		if s.dead(s.pages[0], link) == "" {
			t.Errorf("%s leads nowhere, and was not found", link)
		}
	}
}

func TestPages_Markdown(t *testing.T) {
	t.Parallel()
	p := New(Config{})
	for path, want := range map[string]string{
		"/docs.md": "# Quickstart", "/docs/errors.md": "### missing_scope", "/docs/api/otp.md": "`POST /v2/otp/send`",
		"/docs/operator.md": "# The operator's guide", "/llms.txt": "(/docs/api/otp.md)", "/robots.txt": "User-agent",
	} {
		w := ask(t, p, path)
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) || strings.Contains(w.Body.String(), "<h1") {
			t.Errorf("%s: %d, without %q", path, w.Code, want)
		}
	}
}

func TestPages_Unknown(t *testing.T) {
	t.Parallel()
	p := New(Config{})
	for path, nearest := range map[string]string{
		"/docs/webhoks": "/docs/webhooks", "/docs/operators": "/docs/operator", "/docs/api/template": "/docs/api/templates",
		"/docs/eror": "/docs/errors", "/docs/%3Cscript%3Ealert(1)%3C/script%3E": "/docs",
	} {
		w := ask(t, p, path)
		_, main, _ := strings.Cut(w.Body.String(), "<main")
		if w.Code != 404 || !strings.Contains(main, `<a href="`+nearest+`">`) || strings.Contains(main, "<script") {
			t.Errorf("%s: %d, without %s:\n%s", path, w.Code, nearest, main)
		}
	}
}

func TestPages_Home(t *testing.T) {
	t.Parallel()
	ready := error(nil)
	p := New(Config{Ready: func(context.Context) error { return ready }})
	if w := ask(t, p, "/"); w.Code != 200 || !strings.Contains(w.Body.String(), "takes requests") {
		t.Errorf("ready: %d %s", w.Code, w.Body)
	}
	ready = errors.New("the disk is full")
	w := ask(t, p, "/", "X-Fragment", "status")
	if strings.Contains(w.Body.String(), "<html") || !strings.Contains(w.Body.String(), "Not ready") ||
		strings.Contains(w.Body.String(), "disk") {
		t.Errorf("not ready, the fragment: %s", w.Body)
	}
}

// TestDocument_IsText: what an OpenAPI document says cannot become markup, whatever it is.
func TestDocument_IsText(t *testing.T) {
	t.Parallel()
	const bad = `<script>alert(1)</script><img src=x onerror=alert(2)>`
	document := strings.ReplaceAll(string(api.JSON), `"summary": "`, `"summary": "`+strings.ReplaceAll(bad, `"`, `\"`))
	document = strings.ReplaceAll(document, `"description": "`, `"description": "`+bad)
	s, err := newSite(Config{PublicURL: `https://x"><script>`}, []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range s.pages {
		if text := html(s, p); strings.Contains(text, "<script>") || strings.Contains(text, "<img src=x") {
			t.Errorf("%s has markup of the document", p.Path)
		}
	}
}

// TestLocal: samples call the server that shows them, also without public_url.
func TestLocal(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]Config{
		"http://localhost:8080":   {},
		"http://localhost:28479":  {Local: "http://localhost:28479"},
		"https://otp.example.com": {PublicURL: "https://otp.example.com", Local: "http://localhost:28479"},
	} {
		if body := ask(t, New(c), "/docs.md").Body.String(); !strings.Contains(body, "SYSSECURE_BASE_URL="+want) {
			t.Errorf("the quickstart of %s has another address", want)
		}
	}
}
