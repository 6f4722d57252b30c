// Package chart draws charts as SVG with classes and no styles, so they need neither a script nor a looser policy.
// Labels are HTML, which keeps its shape when the drawing is stretched. Each chart is a figure with its numbers as text.
//
// The looks are in the style sheet of package web; its screen.js moves a cursor over a chart and reads the table's rows.
package chart

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// The most that a drawing shows. What exceeds it is in the table.
const (
	MaxSeries = 4
	MaxPoints = 200
)

// Point is one value of a series.
type Point struct {
	// Label is what the value belongs to, such as "22 Nov 21:00" or "Kenya".
	Label string
	Value float64
	// Href is the list behind the value: a path of this server, with its query. Others are left out.
	Href string
	// Missing says that there is no value: nothing was measured, which differs from zero.
	Missing bool
}

// Series are the values of one name. The points of all series of a chart stand for the same labels.
type Series struct {
	Name   string
	Points []Point
}

// Frame is what all figures have.
type Frame struct {
	// Title is the caption, and Note a line below it that says what is counted.
	Title, Note string
	// Unit is how values are written, and which axis they have.
	Unit Unit
	// Labels is the heading of the labels in the table, such as "Hour (UTC)".
	Labels string
	// CSV is the address of the same numbers as CSV; empty for none.
	CSV string
	// Empty is the sentence of a chart without values.
	Empty string
	// Text translates the chart's own words; nil leaves them English.
	Text func(english string) string
}

// say is one of the chart's own texts with values in it.
func (f Frame) say(english string, values ...any) string {
	if f.Text != nil {
		english = f.Text(english)
	}
	return fmt.Sprintf(english, values...)
}

// Line is a chart of lines over time.
type Line struct {
	Frame
	Series []Series
	// Area fills what is below the first line.
	Area bool
}

// StackedBars is a chart of columns that consist of the values of all series.
type StackedBars struct {
	Frame
	Series []Series
}

// HTML draws the chart.
func (c Line) HTML() template.HTML {
	return c.figure(c.Series, "point", func(p *plot) string {
		var out strings.Builder
		for i, s := range p.series {
			if c.Area && i == 0 {
				out.WriteString(element("path", "class", "area s1", "d", p.area(s)))
			}
			class := " s" + strconv.Itoa(i+1)
			out.WriteString(element("path", "class", "line"+class, "d", p.line(s)))
			if dots := p.dots(s); dots != "" {
				out.WriteString(element("path", "class", "dot"+class, "d", dots))
			}
		}
		for i := range p.labels {
			out.WriteString(p.hit(i))
		}

		return out.String()
	})
}

// HTML draws the chart.
func (c StackedBars) HTML() template.HTML {
	return c.figure(c.Series, "block", func(p *plot) string {
		var out strings.Builder
		for i := range p.labels {
			out.WriteString(p.column(i))
		}
		return out.String()
	})
}

// figure is a chart with its caption, legend and table. draw draws what is inside the axes.
func (f Frame) figure(series []Series, kind string, draw func(*plot) string) template.HTML {
	p := newPlot(series, f.Unit, kind == "block")
	var out strings.Builder
	out.WriteString(`<figure class="chart"`)
	if !p.empty() {
		out.WriteString(` data-cursor="` + kind + `"`)
	}
	out.WriteString(">" + f.caption() + legend(p.series, kind))

	out.WriteString(`<div class="plot"><div class="y-axis" aria-hidden="true">`)
	for i := len(p.ticks) - 1; i >= 0; i-- {
		out.WriteString("<span>" + text(f.Unit.Format(p.ticks[i])) + "</span>")
	}
	out.WriteString(`</div><svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true" focusable="false">`)
	for _, t := range p.ticks {
		out.WriteString(element("path", "class", "grid", "d", "M0 "+number(p.y(t))+"H1000"))
	}
	if p.empty() {
		out.WriteString(`</svg><p class="none">` + text(f.sentence()) + "</p></div></figure>")
		return template.HTML(out.String()) // everything that was given is escaped
	}

	out.WriteString(draw(p) + `</svg><div class="x-axis" aria-hidden="true">`)
	for _, label := range p.xLabels() {
		out.WriteString("<span>" + text(label) + "</span>")
	}
	out.WriteString(`</div></div><output></output>`)
	out.WriteString(p.left(f, series) + f.foot(table(f, series, kind == "block")) + "</figure>")

	return template.HTML(out.String()) // everything that was given is escaped
}

// caption is the title with its note.
func (f Frame) caption() string {
	note := ""
	if f.Note != "" {
		note = "<span>" + text(f.Note) + "</span>"
	}
	return "<figcaption>" + text(f.Title) + note + "</figcaption>"
}

// sentence is what a chart without values says.
func (f Frame) sentence() string {
	if f.Empty == "" {
		return f.say("There are no values for this time.")
	}
	return f.Empty
}

// foot is what stands below a drawing: the table, and the link to the CSV.
func (f Frame) foot(table string) string {
	out := `<div class="chart-foot"><details><summary>` + text(f.say("View as table")) + `</summary>` + table + `</details>`
	if local(f.CSV) {
		out += `<a href="` + text(f.CSV) + `" data-download="">` + text(f.say("Download CSV")) + `</a>`
	}
	return out + "</div>"
}

// legend names the series by their look. One series needs none.
func legend(series []Series, kind string) string {
	if len(series) < 2 {
		return ""
	}

	var out strings.Builder
	out.WriteString(`<ul class="legend">`)
	for i, s := range series {
		look := element("path", "class", "line s"+strconv.Itoa(i+1), "d", "M0 4H24")
		if kind == "block" {
			look = element("rect", "class", "block s"+strconv.Itoa(i+1), "width", "24", "height", "8")
		}
		out.WriteString(`<li><svg viewBox="0 0 24 8" aria-hidden="true" focusable="false">` + look + "</svg>" +
			text(s.Name) + "</li>")
	}

	return out.String() + "</ul>"
}

// element is an empty element of SVG with attributes, which come as pairs.
func element(name string, attributes ...string) string {
	var out strings.Builder
	out.WriteString("<" + name)
	for i := 0; i < len(attributes); i += 2 {
		out.WriteString(" " + attributes[i] + `="` + text(attributes[i+1]) + `"`)
	}
	return out.String() + "/>"
}

// local reports whether an address is a path of this server, so that no chart leads elsewhere.
func local(href string) bool {
	rest, ok := strings.CutPrefix(href, "/")
	if strings.HasPrefix(href, "?") {
		return true
	}
	return ok && !strings.HasPrefix(rest, "/") && !strings.HasPrefix(rest, `\`)
}

// text escapes what was given. Control characters, which no page may have, become the sign for something unreadable.
func text(given string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF {
			return unicode.ReplacementChar
		}
		return r
	}, given))
}

// number is a coordinate. A tenth of a unit is less than a pixel.
func number(v float64) string {
	if v = math.Round(v*10) / 10; v == 0 {
		return "0" // and not -0
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
