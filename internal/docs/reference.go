package docs

import (
	"bytes"
	"fmt"
	htmltemplate "html/template"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/syssecure/syssecure/sdk/snippets"
)

// reference is what the templates of a page of the reference get.
type reference struct {
	group
	Operations []operation
	Base       string
}

// referencePages makes a page for each group of operations of the document.
func referencePages(document []byte) ([]*page, error) {
	s, err := readSpec(document)
	if err != nil {
		return nil, err
	}
	html, err := htmltemplate.New("reference.html.tmpl").Option("missingkey=error").Funcs(htmltemplate.FuncMap{
		"card": card, "tabs": tabs, "samplesClass": samplesClass, "text": inlineHTML, "languages": languages,
	}).ParseFS(pageFiles, "pages/reference.html.tmpl")
	if err != nil {
		return nil, fmt.Errorf("read the reference's page: %w", err)
	}
	plain, err := template.New("reference.md.tmpl").Option("missingkey=error").
		Funcs(template.FuncMap{"rows": rows}).ParseFS(pageFiles, "pages/reference.md.tmpl")
	if err != nil {
		return nil, fmt.Errorf("read the reference's page: %w", err)
	}

	var pages []*page
	for _, g := range withOthers(s) {
		r := reference{group: g}
		s.shown = map[string]string{}
		_, at := s.operations()
		for _, id := range g.Operations {
			if where, ok := at[id]; ok {
				r.Operations = append(r.Operations, s.read(id, where[0], where[1]))
			}
		}
		if len(r.Operations) == 0 {
			continue
		}

		p, err := r.page(html, plain)
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}

	return pages, nil
}

// withOthers are the groups; the last one gets the operations that are in none.
func withOthers(s *spec) []group {
	out := slices.Clone(groups)
	ids, _ := s.operations()
	for _, id := range ids {
		if !slices.ContainsFunc(out, func(g group) bool { return slices.Contains(g.Operations, id) }) {
			last := &out[len(out)-1]
			last.Operations = append(slices.Clone(last.Operations), id)
		}
	}

	return out
}

// page renders the reference in both forms.
func (r *reference) page(html *htmltemplate.Template, plain *template.Template) (*page, error) {
	p := &page{
		Path: root + "/api/" + r.Slug, Title: r.Title, Description: r.Lead, Group: groupAPI, Operations: r.Operations,
		Class: "reference", Words: map[string]string{},
	}
	var page, twin bytes.Buffer
	if err := html.Execute(&page, r); err != nil {
		return nil, fmt.Errorf("render %s: %w", p.Path, err)
	}
	if err := plain.Execute(&twin, r); err != nil {
		return nil, fmt.Errorf("render %s: %w", p.Path, err)
	}

	p.HTML, p.Markdown = htmltemplate.HTML(page.String()), twin.String() // html/template made it
	p.Headings = append(p.Headings, heading{Level: 1, Title: r.Title})
	for _, o := range r.Operations {
		p.Headings = append(p.Headings, heading{Level: 2, Title: o.Title, Slug: o.ID})
		words := []string{o.Method, o.Path}
		for _, list := range [][]field{o.Parameters, o.Body, o.Answer} {
			for _, f := range list {
				if !slices.Contains(words, f.Name) {
					words = append(words, f.Name)
				}
			}
		}
		p.Words[o.ID] = strings.Join(words, " ")
	}

	return p, nil
}

// languages are the names of the languages of samples.
func languages(list []snippets.Snippet) (names []string) {
	for _, s := range list {
		names = append(names, s.Name)
	}
	return names
}

// codeWord finds words of a description that are names of the API or values, to show them as such.
var codeWord = regexp.MustCompile(`\b[a-z]+(?:_[a-z]+)+\b|\bsk_(?:test|live)_|\{\{[a-zA-Z.]+\}\}|\{"[^}]*\}`)

// inlineHTML is a description as HTML. The document has no markup in its descriptions.
func inlineHTML(s string) htmltemplate.HTML {
	escaped := htmltemplate.HTMLEscapeString(s)
	// it is escaped, and what is added is constant
	return htmltemplate.HTML(codeWord.ReplaceAllString(escaped, "<code>$0</code>"))
}

// rows are the rows of a table of fields in Markdown, with the members of objects below them.
func rows(fields []field) string {
	var out strings.Builder
	var add func(prefix string, list []field)
	add = func(prefix string, list []field) {
		for _, f := range list {
			required := ""
			switch {
			case f.Must():
				required = ", required"
			case f.MayLack():
				required = ", may be absent"
			}
			doc := f.Doc
			if len(f.Values) > 0 {
				doc += " One of " + strings.Join(f.Values, ", ") + "."
			}
			if len(f.Rules) > 0 {
				doc += " (" + strings.Join(f.Rules, "; ") + ")"
			}
			if f.Like != "" {
				doc += " Its fields: see [above](#" + f.Like + ")."
			}
			doc = strings.ReplaceAll(strings.TrimSpace(doc), "|", `\|`)
			fmt.Fprintf(&out, "| `%s%s` | %s%s | %s |\n", prefix, f.Name, f.Type, required, doc)
			inner := "."
			if strings.HasPrefix(f.Type, "list") {
				inner = "[]."
			}
			add(prefix+f.Name+inner, f.Fields)
		}
	}
	add("", fields)

	return out.String()
}
