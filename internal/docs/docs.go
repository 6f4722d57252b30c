// Package docs implements the documentation: the reference of the API, made from its OpenAPI document, and the guides,
// both as pages, as Markdown and as a folder of files.
//
// All pages are made at the first request, compressed, and served from memory. They are the same for everybody: there is
// no session, no cookie, and nothing that a request could change.
package docs

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"sync"

	"github.com/syssecure/syssecure/api"
	"github.com/syssecure/syssecure/internal/web"
)

// Config is what the pages need.
type Config struct {
	// PublicURL is the address of the server, for samples and absolute links. Without it the samples have Local, where the
	// server listens; without that the usual address of a server on the reader's own machine.
	PublicURL, Local string
	// Ready returns an error while requests cannot be served.
	Ready func(context.Context) error
}

// localURL is the server that samples call when the operator has set no address.
const localURL = "http://localhost:8080"

// root is the path of the first page.
const root = "/docs"

// Patterns are the paths that Pages serves.
var Patterns = []string{"/{$}", "/docs", "/docs.md", "/docs/", "/assets/", "/llms.txt", "/robots.txt"}

// page is one page of the documentation.
type page struct {
	Path, Title, Description string
	// Group is its part of the navigation.
	Group string
	// Markdown is the page as Markdown, HTML what the layout gets.
	Markdown string
	HTML     template.HTML
	Headings []heading
	// Operations are those of a page of the reference, for the navigation.
	Operations []operation
	Class      string
	// Words are more words by which a heading is found, by its slug.
	Words map[string]string
}

// site is all that is served.
type site struct {
	pages   []*page
	render  *web.Renderer
	assets  *web.Assets
	content map[string]*web.Content // by path
	entries []entry
}

// Pages serves the documentation.
type Pages struct {
	Config
	site func() (*site, error)
}

// New makes the pages' handler. The pages themselves are made when the first one is asked for.
func New(c Config) *Pages {
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	p := &Pages{Config: c}
	p.site = sync.OnceValues(func() (*site, error) { return newSite(c, api.JSON) })
	return p
}

// base is the address of the server.
func (c Config) base() string {
	return cmp.Or(c.PublicURL, c.Local, localURL)
}

// newSite makes all pages.
func newSite(c Config, document []byte) (*site, error) {
	assets, err := web.NewAssets()
	if err != nil {
		return nil, err
	}
	s := &site{assets: assets, content: map[string]*web.Content{}}
	if s.render, err = web.NewRenderer(assets); err != nil {
		return nil, err
	}

	if s.pages, err = allPages(c, document); err != nil {
		return nil, err
	}
	s.entries = index(s.pages)
	assets.Add("search.json", encodeIndex(s.entries))
	for _, p := range s.pages {
		if err := s.add(c, p); err != nil {
			return nil, err
		}
	}

	s.content["/llms.txt"] = web.NewContent("text/plain; charset=utf-8", web.Revalidate, []byte(s.list(c)))
	s.content["/robots.txt"] = web.NewContent("text/plain; charset=utf-8", web.Revalidate,
		[]byte("User-agent: *\nDisallow: /v2/\nDisallow: /docs/search\n"))

	return s, nil
}

// add makes the two forms of a page.
func (s *site) add(c Config, p *page) error {
	html, err := s.wrap(c, p)
	if err != nil {
		return err
	}
	s.content[p.Path] = web.NewContent("text/html; charset=utf-8", web.Revalidate, html)
	s.content[p.Path+".md"] = web.NewContent("text/markdown; charset=utf-8", web.Revalidate, []byte(p.Markdown))

	return nil
}

// wrap puts a page into the layout.
func (s *site) wrap(c Config, p *page) ([]byte, error) {
	searchIndex, err := s.assets.Path("search.json")
	if err != nil {
		return nil, err
	}

	w := &web.Page{
		Title: p.Title, Description: p.Description, Path: p.Path, Top: top(p), Side: s.side(p), Body: p.HTML,
		Search: "/docs/search", Index: searchIndex, Scripts: []string{"docs.js"}, Class: p.Class,
	}
	if s.find(p.Path) != nil {
		w.Markdown = p.Path + ".md"
	} else {
		w.Hidden = true
	}
	if c.PublicURL != "" && !w.Hidden {
		w.Canonical = c.PublicURL + p.Path
	}
	if p.Class == prose {
		for _, h := range p.Headings {
			if h.Level == 2 {
				w.Contents = append(w.Contents, web.Link{Title: h.Title, Href: "#" + h.Slug})
			}
		}
	}

	return s.render.Render(w)
}

// find is the page at a path; nil when there is none.
func (s *site) find(path string) *page {
	for _, p := range s.pages {
		if p.Path == path {
			return p
		}
	}
	return nil
}

// top are the links of the header.
func top(p *page) []web.Link {
	reference := strings.HasPrefix(p.Path, root+"/api")
	guide := p.Group == groupGuides || p.Group == groupCarriers
	return []web.Link{
		{Title: "Quickstart", Href: root, Current: p.Path != "" && !reference && !guide},
		{Title: "API reference", Href: root + "/api", Current: reference},
		{Title: "Guides", Href: root + "/guides", Current: guide},
	}
}

// side is the navigation beside a page: all pages in their groups, and the operations of the page that is shown.
func (s *site) side(shown *page) (groups []web.Group) {
	for _, p := range s.pages {
		if len(groups) == 0 || groups[len(groups)-1].Title != p.Group {
			groups = append(groups, web.Group{Title: p.Group})
		}
		g := &groups[len(groups)-1]
		g.Links = append(g.Links, web.Link{Title: p.Title, Href: p.Path, Current: p == shown})
		if p != shown {
			continue
		}
		for _, o := range p.Operations {
			g.Links = append(g.Links, web.Link{Title: o.Title, Href: p.Path + "#" + o.ID, Method: o.Method})
		}
	}

	return groups
}

// list is llms.txt: what there is to read, for programs that read.
func (s *site) list(c Config) string {
	var out strings.Builder
	out.WriteString("# SysSecure\n\n> A self-hosted server for one-time passwords and messages, with one REST API.\n")
	last := ""
	for _, p := range s.pages {
		if p.Group != last {
			last = p.Group
			fmt.Fprintf(&out, "\n## %s\n", last)
		}
		fmt.Fprintf(&out, "- [%s](%s%s.md): %s\n", p.Title, c.PublicURL, p.Path, p.Description)
	}
	fmt.Fprintf(&out, "\n## Machine-readable\n- [OpenAPI as YAML](%s/openapi.yaml)\n- [OpenAPI as JSON](%s/openapi.json)\n",
		c.PublicURL, c.PublicURL)

	return out.String()
}

// ServeHTTP implements http.Handler.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s, err := p.site()
	if err != nil {
		web.NewContent("text/plain; charset=utf-8", web.NoStore, []byte("The documentation cannot be shown.\n")).
			Serve(w, r, http.StatusInternalServerError)
		return
	}

	path := strings.TrimRight(r.URL.Path, "/")
	switch content := s.content[path]; {
	case content != nil:
		content.Serve(w, r, http.StatusOK)
	case path == "":
		p.home(w, r, s)
	case path == root+"/search":
		s.serveSearch(p.Config, w, r)
	case strings.HasPrefix(path, "/assets/"):
		s.assets.ServeHTTP(w, r)
	default:
		s.serveUnknown(p.Config, w, r)
	}
}
