// Package web implements what all pages for people stand on: the layout, the assets with hashed names, the policy of the
// browser's security, answers that are compressed and not sent twice, live rows, and downloads.
//
// It knows no page. A page is made by its package, such as docs, and put into the layout here.
package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

//go:embed static layout.html.tmpl head.html.tmpl
var files embed.FS

// Link is a link of the navigation.
type Link struct {
	Title, Href string
	Current     bool
	// Method is the HTTP method of an operation; empty for pages.
	Method string
	// Icon is the name of the link's icon, and Go the letter that opens it after the letter g; both may be empty.
	Icon, Go string
}

// Group is a part of the navigation with its heading.
type Group struct {
	Title string
	Links []Link
}

// Page is what the layout needs of a page.
type Page struct {
	Title, Description string
	// Path is the page's path, such as /docs/errors.
	Path string
	// Canonical is the page's whole address; empty when the server does not know its own.
	Canonical string
	// Markdown is the path of the same page as Markdown; empty when there is none.
	Markdown string
	// Top are the links of the header.
	Top []Link
	// Side is the navigation beside the page. A page without it has the whole width.
	Side []Group
	// Contents are the headings of the page, for its own table of contents.
	Contents []Link
	// Body is the page itself.
	Body template.HTML
	// Search is the action of the search form; empty for none.
	Search string
	// Index is the address of the search index, and Scripts are the names of the page's scripts.
	Index   string
	Scripts []string
	// Class is the class of the page's main part.
	Class string
	// Hidden keeps the page from search engines.
	Hidden bool
}

// Renderer puts pages into the layout.
type Renderer struct{ layout *template.Template }

// NewRenderer reads the layout.
func NewRenderer(assets *Assets) (*Renderer, error) {
	layout, err := NewTemplate(assets, "layout.html.tmpl").ParseFS(files, "layout.html.tmpl")
	if err != nil {
		return nil, fmt.Errorf("read the layout: %w", err)
	}

	return &Renderer{layout}, nil
}

// NewTemplate makes a template with what every page needs: the functions asset and icon, and the template "head", which
// belongs into the head of a page. A missing key is an error.
func NewTemplate(assets *Assets, name string) *template.Template {
	t := template.New(name).Option("missingkey=error").Funcs(template.FuncMap{"asset": assets.Path, "icon": Icon, "badge": Badge})
	return template.Must(t.ParseFS(files, "head.html.tmpl")) // embedded, so it is the same at each start
}

// Render makes the HTML of a page. It fails rather than give half a page.
func (r *Renderer) Render(p *Page) ([]byte, error) {
	var out bytes.Buffer
	if err := r.layout.Execute(&out, p); err != nil {
		return nil, fmt.Errorf("render %s: %w", p.Path, err)
	}
	return out.Bytes(), nil
}

// policy allows what the server itself serves, and no script or style within a page. It is the same on every page.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types ss-fragment"

// SetHeaders sets the headers that every page has.
func SetHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
}

// Fragment is the name of the part of a page that a script asks for; empty when the whole page is wanted.
func Fragment(r *http.Request) string { return r.Header.Get("X-Fragment") }

// Unattended reports whether a page asks by itself, as one that is open does, and not because somebody uses it.
func Unattended(r *http.Request) bool {
	return r.Header.Get("X-Refresh") != "" || strings.Contains(r.Header.Get("Accept"), "text/event-stream")
}
