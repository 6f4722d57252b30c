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
	list, next, err := q.Verbs.Admin.FindTemplates(q.Context(), q.Caller, q.Value("q"), before, screen.ListSize)
	if err != nil {
		return nil, err
	}
	used, all, err := q.Verbs.Query.TemplatesUsed(q.Context(), q.Caller)
	if err != nil {
		return nil, err
	}

	out := templateList{New: q.At("/templates/new"), Pages: q.Pages(next.String())}
	out.Filters = q.Bar(q.At("/templates.csv"), screen.FilterField{Name: "q", Label: q.Text("Name or text"), Kind: "search"})
	for _, t := range list {
		out.Rows = append(out.Rows, rowOfTemplate(q, t, used, all))
	}
	out.Empty = q.EmptyList(out.Filters, out.Pages.Older, len(out.Rows), q.Text("There are no templates with these filters."), screen.Empty{
		Icon: "edit", Title: q.Text("No template yet"),
		Text: q.Text("Without one, codes have a built-in text in the language of the send."),
		Href: out.New, Action: q.Text("Create a template"),
	})

	return screen.Page{
		Template: "templates", Title: q.Text("Templates"), Data: out,
		API: screen.API("GET /v2/templates", "search", q.Value("q")),
	}, nil
}

// templatesCSV is the list as a file, with the same filter.
func templatesCSV(q *screen.Request) (screen.Answer, error) {
	used, _, err := q.Verbs.Query.TemplatesUsed(q.Context(), q.Caller)
	if err != nil {
		return nil, err
	}
	columns := []string{"template_id", "name", "languages", "last_used_at", "created_at"}

	return q.CSV("templates", columns, func(below [16]byte) (rows [][]any, next [16]byte, err error) {
		list, last, err := q.Verbs.Admin.FindTemplates(q.Context(), q.Caller, q.Value("q"), below, screen.ListSize)
		for _, t := range list {
			rows = append(rows, []any{t.ID.String(), t.Name, tagsOf(t), used[t.ID.String()], t.CreatedAt})
		}
		return rows, last, err
	}), nil
}

// tagsOf are the languages of a template in one text.
func tagsOf(t store.Template) string {
	var tags []string
	for _, l := range languagesOf(t.Spec) {
		tags = append(tags, l.Tag)
	}
	return strings.Join(tags, ", ")
}

func rowOfTemplate(q *screen.Request, t store.Template, used map[string]time.Time, all bool) templateRow {
	row := templateRow{
		ID: t.ID.String(), Href: q.At("/templates/" + t.ID.String()), Name: t.Name, Languages: tagsOf(t),
		At: q.When(t.CreatedAt), Used: q.When(used[t.ID.String()]),
	}
	if row.Used.ISO == "" && !all {
		row.NotUsed = q.Textf("not in the last %d codes", query.UsedRows)
	}

	return row
}
