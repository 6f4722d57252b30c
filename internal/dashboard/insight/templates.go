package insight

import (
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/stats"
)

// byTemplate groups by template. The list behind a line takes ids, so the built-in text and the others have none.
var byTemplate = grouping{
	name: "template", title: screen.Text("By template"), heading: screen.Text("Template"), by: stats.ByTemplate,
	of: func(s *stats.Summary) string { return s.Template },
	href: func(q *screen.Request, r *stats.Report, s *stats.Summary) string {
		return listOf(q, r.From, r.To, narrowed(q, "template", s.Template)...)
	},
}

// isTemplate reports whether the filter of lists takes a template of a report.
func isTemplate(name string) bool {
	_, err := id.ParseTemplate(name)
	return err == nil
}

// templateOf is the template that a report is narrowed to; false when it is neither an id nor a name of reports.
func templateOf(q *screen.Request) (name string, ok bool) {
	name = q.Value("template")
	return name, name == "" || name == stats.BuiltIn || name == stats.OtherTemplates || isTemplate(name)
}

// templateNames are what the templates of lines are called: those that were deleted long ago by their ids.
func templateNames(q *screen.Request, lines []*stats.Summary) (map[string]string, error) {
	of := map[string]struct{}{}
	for _, l := range lines {
		of[l.Template] = struct{}{}
	}
	known, err := q.Verbs.Query.NamesOf(q.Context(), q.Caller, of)
	names := map[string]string{
		stats.BuiltIn: q.Text("Built-in text"), stats.OtherTemplates: q.Text("Other templates"),
	}
	for id, t := range known {
		names[id] = t.Name
	}

	return names, err
}

// templateField is the filter by template. The others are an option only when they are chosen, and then the last one.
func templateField(q *screen.Request) ([]screen.FilterField, error) {
	fields, err := q.TemplateField(screen.Option{Value: stats.BuiltIn, Text: q.Text("Built-in text")})
	for _, f := range fields {
		if last := &f.Options[len(f.Options)-1]; last.Value == stats.OtherTemplates {
			last.Text = q.Text("Other templates")
		}
	}
	return fields, err
}
