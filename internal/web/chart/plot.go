package chart

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// plot has the values of a drawing and where they are on it: 1000 wide, 100 high.
type plot struct {
	series  []Series // as many as can be drawn, all with as many points as there are labels
	labels  []string
	ticks   []float64 // of the y axis, from 0
	columns bool      // values have the width of a column, and are stacked
}

// newPlot takes what can be drawn of the series: the first of them, and the newest of their points.
func newPlot(series []Series, unit Unit, columns bool) *plot {
	p := &plot{labels: labels(series), columns: columns}
	first := max(0, len(p.labels)-MaxPoints)
	p.labels = p.labels[first:]
	for _, s := range series[:min(len(series), MaxSeries)] {
		drawn := Series{Name: s.Name, Points: make([]Point, len(p.labels))}
		for i := range drawn.Points {
			drawn.Points[i] = at(s, first+i)
		}
		p.series = append(p.series, drawn)
	}

	p.ticks = ticks(p.highest(), unit)

	return p
}

// labels are those of the longest series.
func labels(series []Series) (out []string) {
	for _, s := range series {
		for i := len(out); i < len(s.Points); i++ {
			out = append(out, s.Points[i].Label)
		}
	}
	return out
}

// at is a point of a series. What is no number is missing, and so is what the series does not have.
func at(s Series, i int) Point {
	if i >= len(s.Points) {
		return Point{Missing: true}
	}
	p := s.Points[i]
	p.Missing = p.Missing || math.IsNaN(p.Value) || math.IsInf(p.Value, 0)
	p.Value = max(0, p.Value)

	return p
}

// empty reports whether there is nothing to draw.
func (p *plot) empty() bool {
	for _, s := range p.series {
		if slices.ContainsFunc(s.Points, func(p Point) bool { return !p.Missing }) {
			return false
		}
	}
	return true
}

// highest is the highest value, or the highest column.
func (p *plot) highest() (top float64) {
	for i := range p.labels {
		column := 0.0
		for _, s := range p.series {
			switch v := s.Points[i]; {
			case v.Missing:
			case p.columns:
				column += v.Value
			default:
				column = max(column, v.Value)
			}
		}
		top = max(top, column)
	}

	return top
}

// ticks are the marks of the y axis: from 0, in steps of 1, 2 or 5 times a power of ten.
func ticks(top float64, unit Unit) (out []float64) {
	if unit == Percent {
		return []float64{0, 25, 50, 75, 100}
	}

	step := 1.0
	if raw := top / 4; raw > 0 {
		power := math.Pow(10, math.Floor(math.Log10(raw)))
		for _, times := range []float64{1, 2, 5, 10} {
			if step = times * power; step >= raw {
				break
			}
		}
	}
	if unit == Count {
		step = max(1, step)
	}
	if math.IsInf(step, 0) || step <= 0 { // a value at the end of what a float can say
		return []float64{0, top}
	}

	for i := 0; ; i++ {
		out = append(out, float64(i)*step)
		if i > 0 && float64(i)*step >= top || i == 5 {
			return out
		}
	}
}

// x is where a point is.
func (p *plot) x(i int) float64 {
	switch n := float64(len(p.labels)); {
	case p.columns:
		return (float64(i) + 0.5) * 1000 / n
	case n == 1:
		return 500
	default:
		return float64(i) * 1000 / (n - 1)
	}
}

// y is where a value is.
func (p *plot) y(value float64) float64 {
	top := p.ticks[len(p.ticks)-1]
	return 100 - 100*min(1, value/top)
}

// line is the path of a series, interrupted where values are missing.
func (p *plot) line(s Series) string {
	var out strings.Builder
	drawn := false
	for i, v := range s.Points {
		if v.Missing {
			drawn = false
			continue
		}
		command := "M"
		if drawn {
			command = "L"
		}
		out.WriteString(command + number(p.x(i)) + " " + number(p.y(v.Value)))
		drawn = true
	}

	return out.String()
}

// dots is the path of the points of a series that no line leads to, because those beside them are missing.
func (p *plot) dots(s Series) string {
	var out strings.Builder
	missing := func(i int) bool { return i < 0 || i >= len(s.Points) || s.Points[i].Missing }
	for i, v := range s.Points {
		if !missing(i) && missing(i-1) && missing(i+1) {
			out.WriteString("M" + number(p.x(i)) + " " + number(p.y(v.Value)) + "h0")
		}
	}

	return out.String()
}

// area is the path of what is below a series.
func (p *plot) area(s Series) string {
	var out strings.Builder
	for i, v := range s.Points {
		if v.Missing {
			continue
		}
		if i == 0 || s.Points[i-1].Missing {
			out.WriteString("M" + number(p.x(i)) + " 100")
		}
		out.WriteString("L" + number(p.x(i)) + " " + number(p.y(v.Value)))
		if i == len(s.Points)-1 || s.Points[i+1].Missing {
			out.WriteString("V100Z")
		}
	}

	return out.String()
}

// column is the column of a label, from the bottom.
func (p *plot) column(i int) string {
	var out strings.Builder
	width, below := 800/float64(len(p.labels)), 0.0
	for k, s := range p.series {
		v := s.Points[i]
		if v.Missing || v.Value == 0 {
			continue
		}
		top, bottom := p.y(below+v.Value), p.y(below)
		block := element("rect", "class", "block s"+strconv.Itoa(k+1), "x", number(p.x(i)-width/2), "y", number(top),
			"width", number(width), "height", number(bottom-top))
		out.WriteString(anchor(v.Href, block))
		below += v.Value
	}

	return out.String()
}

// hit is the area around a point that can be clicked. The table has the same links for the keyboard.
func (p *plot) hit(i int) string {
	href := ""
	for _, s := range p.series {
		if href == "" && !s.Points[i].Missing {
			href = s.Points[i].Href
		}
	}
	if !local(href) {
		return ""
	}

	width := 1000 / float64(max(1, len(p.labels)-1))
	left := max(0, p.x(i)-width/2)
	right := min(1000, p.x(i)+width/2)
	area := element("rect", "class", "hit", "x", number(left), "y", "0", "width", number(right-left), "height", "100")

	return anchor(href, area)
}

// anchor makes a shape a link.
func anchor(href, shape string) string {
	if !local(href) {
		return shape
	}
	return `<a href="` + text(href) + `" tabindex="-1">` + shape + "</a>"
}

// xLabels are the labels that fit below the drawing.
func (p *plot) xLabels() (out []string) {
	n := min(len(p.labels), 5)
	for k := range n {
		out = append(out, p.labels[k*(len(p.labels)-1)/max(1, n-1)])
	}
	return out
}

// left says what of the series is not drawn.
func (p *plot) left(f Frame, series []Series) string {
	var out strings.Builder
	if n := len(series); n > MaxSeries {
		out.WriteString(`<p class="note">` +
			text(f.say("The drawing has the first %d of %d series; the table has all.", MaxSeries, n)) + `</p>`)
	}
	if n := len(labels(series)); n > MaxPoints {
		out.WriteString(`<p class="note">` +
			text(f.say("The drawing has the newest %d of %d values; the table has all.", MaxPoints, n)) + `</p>`)
	}

	return out.String()
}
