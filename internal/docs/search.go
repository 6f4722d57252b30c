package docs

import (
	"bytes"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/web"
)

// entry is what the search can find: a heading of a page.
type entry struct {
	Title, Href, Where, Words string
}

// index makes the entries of all pages.
func index(pages []*page) (out []entry) {
	for _, p := range pages {
		for _, h := range p.Headings {
			e := entry{Title: h.Title, Href: p.Path + "#" + h.Slug, Where: p.Title, Words: p.Words[h.Slug]}
			switch {
			case h.Level == 1:
				e.Title, e.Href, e.Where = p.Title, p.Path, p.Group
			case h.Level > 3:
				continue
			}
			out = append(out, e)
		}
	}

	return out
}

// encodeIndex is the index for scripts: a list of [title, address, where, words].
func encodeIndex(entries []entry) []byte {
	rows := make([][]string, 0, len(entries))
	for _, e := range entries {
		rows = append(rows, []string{e.Title, e.Href, e.Where, e.Words})
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(rows) // strings always encode

	return bytes.TrimSpace(out.Bytes())
}

// separators are read as spaces, so that a part of a name or path is found.
var separators = strings.NewReplacer("_", " ", ".", " ", "/", " ", "{", " ", "}", " ", "-", " ")

// score is how well an entry fits the words; 0 when one of them is missing. docs.js scores in the same way.
func (e entry) score(words []string) float64 {
	title := strings.TrimSpace(separators.Replace(strings.ToLower(e.Title)))
	more := separators.Replace(strings.ToLower(e.Where + " " + e.Words))
	sum := 0.0
	for _, w := range words {
		switch {
		case title == w:
			sum += 40
		case strings.HasPrefix(title, w):
			sum += 20
		case strings.Contains(" "+title, " "+w):
			sum += 12
		case strings.Contains(title, w):
			sum += 6
		case strings.Contains(" "+more, " "+w):
			sum += 3
		default:
			return 0
		}
	}

	if e.Words != "" { // operations are looked for most
		sum += 5
	}

	return sum + 4/float64(1+len(title))
}

// search returns the entries that fit best.
func (s *site) search(query string, most int) (found []entry) {
	words := strings.Fields(separators.Replace(strings.ToLower(query)))
	if len(words) == 0 {
		return nil
	}
	scores := map[entry]float64{}
	for _, e := range s.entries {
		if n := e.score(words); n > 0 {
			scores[e] = n
			found = append(found, e)
		}
	}
	slices.SortStableFunc(found, func(a, b entry) int {
		switch {
		case scores[a] > scores[b]:
			return -1
		case scores[a] < scores[b]:
			return 1
		}
		return 0
	})

	return found[:min(most, len(found))]
}

// results is the page of a search without scripts, and of an unknown address.
var results = template.Must(template.New("results").Parse(`<h1>{{.Title}}</h1>
<p class="lead">{{.Lead}}</p>
{{- if .Found}}
<ul>{{range .Found}}<li><a href="{{.Href}}">{{.Title}}</a> <span class="note">{{.Where}}</span></li>{{end}}</ul>
{{- end}}
<p><a href="/docs">To the first page</a></p>
`))

type resultsPage struct {
	Title, Lead string
	Found       []entry
}

// serve writes a page that is made for one request.
func (s *site) serve(c Config, w http.ResponseWriter, r *http.Request, status int, p resultsPage) {
	var body bytes.Buffer
	err := results.Execute(&body, p)
	if err == nil {
		var html []byte
		html, err = s.wrap(c, &page{
			Path: r.URL.Path, Title: p.Title, Description: p.Lead, HTML: template.HTML(body.String()), // escaped
		})
		if err == nil {
			web.NewContent("text/html; charset=utf-8", web.NoStore, html).Serve(w, r, status)
			return
		}
	}
	web.NewContent("text/plain; charset=utf-8", web.NoStore, []byte("The page cannot be shown.\n")).
		Serve(w, r, http.StatusInternalServerError)
}

// longest is how much of a query is read.
const longest = 100

// serveSearch answers a search without scripts.
func (s *site) serveSearch(c Config, w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query().Get("q")
	if len(query) > longest {
		query = query[:longest]
	}
	p := resultsPage{Title: "Search", Found: s.search(query, 20)}
	switch {
	case strings.TrimSpace(query) == "":
		p.Lead = "Write what you look for into the field above."
	case len(p.Found) == 0:
		p.Lead = "Nothing was found for “" + strings.ToValidUTF8(query, "") + "”."
	default:
		p.Lead = "Found for “" + strings.ToValidUTF8(query, "") + "”:"
	}

	s.serve(c, w, r, http.StatusOK, p)
}

// serveUnknown answers an address without a page with the pages that are nearest to it.
func (s *site) serveUnknown(c Config, w http.ResponseWriter, r *http.Request) {
	p := resultsPage{Title: "There is no such page", Found: s.nearest(r.URL.Path)}
	p.Lead = "Perhaps you meant one of these:"
	s.serve(c, w, r, http.StatusNotFound, p)
}
