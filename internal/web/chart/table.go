package chart

import (
	"strings"
)

// missing is what a table says where there is no value.
const missing = "no data"

// table has all values of a chart as text, with the same links. A chart whose values add up has their sum.
func table(f Frame, series []Series, sum bool) string {
	var out strings.Builder
	title := text(f.Title + " as a table")
	head := f.Labels
	if head == "" {
		head = "Time"
	}
	out.WriteString(`<div class="region" tabindex="0" role="region" aria-label="` + title + `"><table><caption class="sr">` +
		title + `</caption><thead><tr>` + cell("col", head))
	for _, s := range series {
		out.WriteString(cell("col", s.Name))
	}
	if sum = sum && len(series) > 1; sum {
		out.WriteString(cell("col", "Total"))
	}
	out.WriteString("</tr></thead><tbody>")

	for i, label := range labels(series) {
		out.WriteString("<tr>" + cell("row", label))
		total := 0.0
		for _, s := range series {
			p := at(s, i)
			out.WriteString("<td>" + value(f.Unit, p) + "</td>")
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
func value(unit Unit, p Point) string {
	if p.Missing {
		return missing
	}
	written := text(unit.Format(p.Value))
	if !local(p.Href) {
		return written
	}

	return `<a href="` + text(p.Href) + `">` + written + "</a>"
}
