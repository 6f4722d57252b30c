package chart

import (
	"strings"
)

// table has all values of a chart as text, with the same links. A chart whose values add up has their sum.
func table(f Frame, series []Series, sum bool) string {
	var out strings.Builder
	title := text(f.say("%s as a table", f.Title))
	head := f.Labels
	if head == "" {
		head = f.say("Time")
	}
	out.WriteString(`<div class="region" tabindex="0" role="region" aria-label="` + title + `"><table><caption class="sr">` +
		title + `</caption><thead><tr>` + cell("col", head))
	for _, s := range series {
		out.WriteString(cell("col", s.Name))
	}
	if sum = sum && len(series) > 1; sum {
		out.WriteString(cell("col", f.say("Total")))
	}
	out.WriteString("</tr></thead><tbody>")

	for i, label := range labels(series) {
		out.WriteString("<tr>" + cell("row", label))
		total := 0.0
		for _, s := range series {
			p := at(s, i)
			out.WriteString("<td>" + f.value(p) + "</td>")
			if !p.Missing {
				total += p.Value
			}
		}
		if sum {
			out.WriteString("<td>" + f.Unit.Format(total) + "</td>")
		}
		out.WriteString("</tr>")
	}

	return out.String() + "</tbody></table></div>"
}

// cell is a heading of a table.
func cell(scope, label string) string {
	return `<th scope="` + scope + `">` + text(label) + "</th>"
}

// value is a point as text, which links to what is behind it.
func (f Frame) value(p Point) string {
	if p.Missing {
		return text(f.say("no data"))
	}
	written := text(f.Unit.Format(p.Value))
	if !local(p.Href) {
		return written
	}

	return `<a href="` + text(p.Href) + `">` + written + "</a>"
}
