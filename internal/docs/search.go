package docs

import (
	"bytes"
	"cmp"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/web"
)

// entry is what the search can find: a heading of a page.
type entry struct {
	Title, Href, Where string
	// Words are the names below it: fields, headers, codes. Text is everything below it, which only the server searches.
	Words, Text string
	Operation   bool
	// What score compares with.
	title, more, text string
}

// ready fills in what score compares with, once for all searches.
func (e *entry) ready() {
	e.title = strings.TrimSpace(separators.Replace(strings.ToLower(e.Title)))
	e.more = " " + separators.Replace(strings.ToLower(e.Where+" "+e.Words))
	e.text = " " + separators.Replace(strings.ToLower(e.Text))
}

// index makes the entries of all pages. What stands below a smaller heading is found by the one above it.
func index(pages []*page) (out []entry) {
	for _, p := range pages {
		for _, h := range p.Headings {
			words, operation := p.Words[h.Slug]
			if h.Level > 3 && len(out) > 0 {
				last := &out[len(out)-1]
				last.Words, last.Text = last.Words+" "+h.Codes, last.Text+" "+h.Title+" "+h.Text
				continue
			}

			e := entry{
				Title: h.Title, Href: p.Path + "#" + h.Slug, Where: p.Title, Operation: operation,
				Words: strings.TrimSpace(words + " " + h.Codes), Text: h.Text,
			}
			if h.Level == 1 {
				e.Title, e.Href, e.Where = p.Title, p.Path, p.Group
			}
			out = append(out, e)
		}
	}
	for i := range out {
		out[i].ready()
	}

	return out
}

// mostWords is how many bytes of an entry's names the index for scripts has, so that it stays small.
const mostWords = 300

// encodeIndex is the index for scripts: a list of [title, address, where, words], and a fifth word for operations.
func encodeIndex(entries []entry) []byte {
	rows := make([][]string, 0, len(entries))
	for _, e := range entries {
		words := e.Words
		if !e.Operation && len(words) > mostWords {
			words = words[:strings.LastIndexByte(words[:mostWords], ' ')+1]
		}
		row := []string{e.Title, e.Href, e.Where, strings.TrimSpace(words)}
		if e.Operation {
			row = append(row, "1")
		}
		rows = append(rows, row)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(rows) // strings always encode

	return bytes.TrimSpace(out.Bytes())
}

// separators are read as spaces, so that a part of a name or path is found.
var separators = strings.NewReplacer("_", " ", ".", " ", "/", " ", "{", " ", "}", " ", "-", " ", "+", " ", ":", " ")

// score is how well an entry fits the words; 0 when one of them is missing. docs.js scores in the same way, without the text.
func (e *entry) score(query string, words []string) float64 {
	title, sum := e.title, 0.0
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
		case strings.Contains(e.more, " "+w):
			sum += 3
		case strings.Contains(e.text, " "+w):
			sum++
		default:
			return 0
		}
	}

	if strings.Contains(" "+strings.ToLower(e.Words)+" ", " "+query+" ") { // the whole name
		sum += 12
	}
	if e.Operation { // operations are looked for most
		sum += 5
	}

	return sum + 4/float64(1+len(title))
}

// search returns the entries that fit best.
func (s *site) search(query string, most int) (found []entry) {
	query = strings.ToLower(strings.TrimSpace(query))
	words := strings.Fields(separators.Replace(query))
	if len(words) == 0 {
		return nil
	}

	type hit struct {
		*entry
		score float64
	}
	var hits []hit
	for i := range s.entries {
		if n := s.entries[i].score(query, words); n > 0 {
			hits = append(hits, hit{&s.entries[i], n})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	for _, h := range hits[:min(most, len(hits))] {
		found = append(found, *h.entry)
	}

	return found
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
