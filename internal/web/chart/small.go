package chart

import (
	"html/template"
	"strings"
)

// Bars is a chart of horizontal bars, one for each point: a table whose last column is drawn.
type Bars struct {
	Frame
	Points []Point
	// Values is the heading of the values, such as "Sent".
	Values string
}

// Cell is one horizontal bar for a cell of a table.
type Cell struct {
	Value, Max float64
	Unit       Unit
}

// Spark is a small line without axes, for a tile or a cell of a table.
type Spark struct {
	// Title is what screen readers say instead of the line: what it shows, and its last value.
	Title  string
	Points []Point
}

// Funnel shows how many remain after each step.
type Funnel struct {
	Frame
	Steps []Point
}

// HTML draws the chart.
func (c Bars) HTML() template.HTML {
	p := newPlot([]Series{{Points: c.Points}}, c.Unit, false)
	if p.empty() {
		return template.HTML(`<figure class="chart">` + c.caption() + `<p class="note">` + text(c.sentence()) +
			"</p></figure>") // everything that was given is escaped
	}

	top := p.highest()
	if c.Unit == Percent {
		top = 100
	}
	var out strings.Builder
	out.WriteString(`<figure class="chart">` + c.caption() + `<table><thead><tr>` + cell("col", c.Labels) +
		cell("col", c.Values) + "</tr></thead><tbody>")
	for i := range c.Points {
		v := at(Series{Points: c.Points}, i)
		written := c.value(v)
		if !v.Missing {
			written = bar(v.Value, top, written)
		}
		out.WriteString("<tr>" + cell("row", v.Label) + "<td>" + written + "</td></tr>")
	}
	out.WriteString("</tbody></table></figure>")

	return template.HTML(out.String()) // everything that was given is escaped
}

// HTML draws the bar with its value.
func (c Cell) HTML() template.HTML {
	v := at(Series{Points: []Point{{Value: c.Value}}}, 0)
	if v.Missing {
		return "–"
	}
	return template.HTML(bar(v.Value, c.Max, text(c.Unit.Format(v.Value)))) // numbers only
}

// bar is a bar beside a text that is HTML already.
func bar(value, top float64, written string) string {
	width := 0.0
	if top > 0 {
		width = 100 * min(1, value/top)
	}
	return `<div class="bar-cell"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">` +
		element("rect", "width", number(width), "height", "8") + "</svg><span>" + written + "</span></div>"
}

// HTML draws the line. Without values there is only a base line.
func (c Spark) HTML() template.HTML {
	p := newPlot([]Series{{Points: c.Points}}, Count, false)
	if p.ticks = []float64{0, p.highest()}; p.ticks[1] == 0 {
		p.ticks[1] = 1
	}
	d := "M0 100H1000"
	if !p.empty() {
		d = p.line(p.series[0]) + p.dots(p.series[0])
	}
	drawing := `<svg class="spark" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="` +
		text(c.Title) + `">` + element("path", "class", "line", "d", d) + "</svg>"

	return template.HTML(drawing) // everything that was given is escaped
}

// HTML draws the funnel: each step with its number, its share of the first step and of the one before.
func (c Funnel) HTML() template.HTML {
	var out strings.Builder
	out.WriteString(`<figure class="chart">` + c.caption())
	p := newPlot([]Series{{Points: c.Steps}}, Count, false)
	if p.empty() {
		out.WriteString(`<p class="note">` + text(c.sentence()) + "</p></figure>")
		return template.HTML(out.String()) // everything that was given is escaped
	}

	out.WriteString(`<ol class="funnel">`)
	top := p.highest()
	for i := range c.Steps {
		step := at(Series{Points: c.Steps}, i)
		width := 0.0
		if top > 0 && !step.Missing {
			width = 1000 * step.Value / top
		}
		out.WriteString("<li><span>" + text(step.Label) + c.shares(i) + "</span><strong>" + c.value(step) +
			`</strong><svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">` +
			element("rect", "class", "block", "width", number(width), "height", "10") + "</svg></li>")
	}
	out.WriteString("</ol>")
	if local(c.CSV) {
		out.WriteString(`<p><a href="` + text(c.CSV) + `" data-download="">` + text(c.say("Download CSV")) + `</a></p>`)
	}

	return template.HTML(out.String() + "</figure>") // everything that was given is escaped
}

// shares says which part of the first step, and of the step before, has reached a step.
func (c Funnel) shares(i int) string {
	all := Series{Points: c.Steps}
	now := at(all, i)
	if i == 0 || now.Missing {
		return ""
	}

	share := func(of int) (percent string, known bool) {
		before := at(all, of)
		if before.Missing || before.Value == 0 {
			return "", false
		}
		return Percent.Format(100 * now.Value / before.Value), true
	}
	var parts []string
	if percent, known := share(0); known {
		parts = append(parts, text(c.say("%s of all", percent)))
	}
	if percent, known := share(i - 1); known && i > 1 {
		parts = append(parts, text(c.say("%s of the step before", percent)))
	}
	if len(parts) == 0 {
		return ""
	}

	return " <small>" + strings.Join(parts, ", ") + "</small>"
}
