package content

import (
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
)

// templateRow is a row of the list.
type templateRow struct {
	ID, Href, Name, Languages string
	At                        screen.Moment
	Used                      screen.Moment
	// NotUsed is said when it is not known when the template was used.
	NotUsed string
}

// templateList is what the list shows.
type templateList struct {
	Filters screen.Filters
	Rows    []templateRow
	Pages   screen.Pager
	Empty   *screen.Empty
	New     string
}

// templates is the list of templates.
func templates(q *screen.Request) (screen.Answer, error) {
	before, err := screen.Position(id.ParseTemplate, q.Value("before"))
	if err != nil {
		return nil, err
	}
	list, next, err := findTemplates(q, strings.ToLower(q.Value("q")), before)
	if err != nil {
		return nil, err
	}
	used, all, err := q.Verbs.Query.TemplatesUsed(q.Context(), q.Caller)
	if err != nil {
		return nil, err
	}

	out := templateList{New: q.At("/templates/new"), Pages: q.Pages(next), Filters: q.Bar("", screen.FilterField{
		Name: "q", Label: q.Text("Name or text"), Kind: "search",
	})}
	for _, t := range list {
		out.Rows = append(out.Rows, rowOfTemplate(q, t, used, all))
	}
	out.Empty = q.EmptyList(out.Filters, len(out.Rows), q.Text("There are no templates with these filters."), screen.Empty{
		Icon: "edit", Title: q.Text("No template yet"),
		Text: q.Text("Without one, codes have a built-in text in the language of the send."),
		Href: out.New, Action: q.Text("Create a template"),
	})

	return screen.Page{Template: "templates", Title: q.Text("Templates"), Data: out, API: "GET /v2/templates"}, nil
}

func rowOfTemplate(q *screen.Request, t store.Template, used map[string]time.Time, all bool) templateRow {
	var tags []string
	for _, l := range languagesOf(t.Spec) {
		tags = append(tags, l.Tag)
	}
	row := templateRow{
		ID: t.ID.String(), Href: q.At("/templates/" + t.ID.String()), Name: t.Name, Languages: strings.Join(tags, ", "),
		At: q.When(t.CreatedAt), Used: q.When(used[t.ID.String()]),
	}
	if row.Used.ISO == "" && !all {
		row.NotUsed = q.Textf("not in the last %d codes", query.UsedRows)
	}

	return row
}

// findTemplates lists a page of the templates whose name or text has the wanted text; next is where the next page begins.
// A page of the store may have megabytes of texts, so it is read in parts and only what is shown is kept. An account has
// some hundred templates, so all are read when nothing matches.
func findTemplates(q *screen.Request, want string, before id.Template) (out []store.Template, next string, err error) {
	for {
		list, err := q.Verbs.Admin.Templates(q.Context(), q.Caller, before, screen.ListSize+1)
		if err != nil {
			return nil, "", err
		}
		for _, t := range list {
			if !hasText(t, want) {
				continue
			}
			if len(out) == screen.ListSize {
				return out, out[len(out)-1].ID.String(), nil
			}
			out = append(out, t)
		}
		if len(list) <= screen.ListSize {
			return out, "", nil
		}
		before = list[len(list)-1].ID
	}
}

// hasText reports whether the name, the id or a text of a template has a text in lower case.
func hasText(t store.Template, want string) bool {
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), want) }
	for _, l := range languagesOf(t.Spec) {
		if has(l.Text) || has(l.Spoken) {
			return true
		}
	}
	return has(t.Name) || has(t.ID.String()) || has(t.WhatsApp.Name)
}
