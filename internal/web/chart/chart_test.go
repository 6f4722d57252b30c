package chart_test

import (
	"encoding/xml"
	"errors"
	"html/template"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/web/chart"
)

// tag is one element of a chart with its attributes and the text directly in it.
type tag struct {
	name       string
	attributes map[string]string
	text       string
}

// parse reads a chart as XML, which is stricter than HTML: every element is closed and every text escaped.
func parse(t *testing.T, drawn template.HTML) (out []*tag) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader("<div>" + string(drawn) + "</div>"))
	var open []*tag
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("%v in %s", err, drawn)
		}

		switch token := token.(type) {
		case xml.StartElement:
			e := &tag{name: token.Name.Local, attributes: map[string]string{}}
			for _, a := range token.Attr {
				e.attributes[a.Name.Local] = a.Value
			}
			open, out = append(open, e), append(out, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text += string(token)
			}
		}
	}
}

// known are all elements that charts consist of.
var known = strings.Fields(`div figure figcaption span ul ol li svg path rect a p output details summary table caption thead
	tbody tr th td strong small`)

// sound fails the test when a chart has something that the policy of pages refuses, or a link to elsewhere.
func sound(t *testing.T, drawn template.HTML) []*tag {
	t.Helper()
	all := parse(t, drawn)
	for _, e := range all {
		if !slices.Contains(known, e.name) {
			t.Errorf("an element %s", e.name)
		}
		for name, value := range e.attributes {
			if name == "style" || strings.HasPrefix(name, "on") {
				t.Errorf("an attribute %s=%q", name, value)
			}
			if name == "href" && (!strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "?") ||
				strings.HasPrefix(value, "//")) {
				t.Errorf("a link to %q", value)
			}
		}
	}

	return all
}

// texts are those of all elements with a name and class.
func texts(all []*tag, name, class string) (out []string) {
	for _, e := range all {
		if e.name == name && (class == "" || slices.Contains(strings.Fields(e.attributes["class"]), class)) {
			out = append(out, e.text)
		}
	}
	return out
}

// values is a series of numbers; a negative one is missing.
func values(name string, numbers ...float64) chart.Series {
	s := chart.Series{Name: name}
	for i, n := range numbers {
		s.Points = append(s.Points, chart.Point{
			Label: "t" + strconv.Itoa(i), Value: n, Missing: n < 0, Href: "/list?at=" + strconv.Itoa(i),
		})
	}
	return s
}

// charts are all kinds with the same series.
func charts(f chart.Frame, series ...chart.Series) map[string]template.HTML {
	points := []chart.Point(nil)
	if len(series) > 0 {
		points = series[0].Points
	}
	return map[string]template.HTML{
		"line":   chart.Line{Frame: f, Series: series, Area: true}.HTML(),
		"blocks": chart.StackedBars{Frame: f, Series: series}.HTML(),
		"bars":   chart.Bars{Frame: f, Points: points, Values: "Sent"}.HTML(),
		"spark":  chart.Spark{Title: f.Title, Points: points}.HTML(),
		"funnel": chart.Funnel{Frame: f, Steps: points}.HTML(),
	}
}

// TestTable_HasTheSeries: what is drawn can be read.
func TestTable_HasTheSeries(t *testing.T) {
	t.Parallel()
	sent, verified := values("Sent", 1200, 0, -1, 3), values("Verified", 600, 0, 5)
	for kind, c := range map[string]struct {
		drawn template.HTML
		want  []string
	}{
		"lines": {
			chart.Line{Series: []chart.Series{sent, verified}}.HTML(),
			[]string{"", "", "", "", "no data", "", "", "no data"}, // the others are links
		},
		"blocks": {
			chart.StackedBars{Series: []chart.Series{sent, verified}}.HTML(),
			[]string{"", "", "1,800", "", "", "0", "no data", "", "5", "", "no data", "3"},
		},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			all := sound(t, c.drawn)
			if got := texts(all, "td", ""); !slices.Equal(got, c.want) {
				t.Errorf("cells %q", got)
			}
			links := []string{}
			for _, e := range all {
				if e.name == "a" && e.attributes["tabindex"] == "" {
					links = append(links, e.attributes["href"]+" "+e.text)
				}
			}
			want := []string{
				"/list?at=0 1,200", "/list?at=0 600", "/list?at=1 0", "/list?at=1 0", "/list?at=2 5", "/list?at=3 3",
			}
			if !slices.Equal(links, want) {
				t.Errorf("links %q", links)
			}
			if rows := len(texts(all, "tr", "")); rows != 5 {
				t.Errorf("%d rows", rows)
			}
		})
	}
}

// TestLine_Drawing: where values are on the drawing, with a gap where one is missing.
func TestLine_Drawing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		unit chart.Unit
		in   []float64
		want string // the line, and the dots
		axis []string
	}{
		"counts from zero": {chart.Count, []float64{0, 4, 2}, "M0 100L500 0L1000 50", []string{"4", "3", "2", "1", "0"}},
		"a gap":            {chart.Count, []float64{4, -1, 4, 4}, "M0 0M666.7 0L1000 0 M0 0h0", []string{"4", "3", "2", "1", "0"}},
		"one point":        {chart.Count, []float64{1}, "M500 0 M500 0h0", []string{"1", "0"}},
		"only zeros":       {chart.Count, []float64{0, 0}, "M0 100L1000 100", []string{"1", "0"}},
		"a whole percent": {
			chart.Percent,
			[]float64{50, 250},
			"M0 50L1000 0",
			[]string{"100.0 %", "75.0 %", "50.0 %", "25.0 %", "0.0 %"},
		},
		"seconds": {
			chart.Milliseconds,
			[]float64{0, 1900},
			"M0 100L1000 5",
			[]string{"2.0 s", "1.5 s", "1.0 s", "500 ms", "0 ms"},
		},
		"fractions": {
			chart.Credits, []float64{0, 0.02}, "M0 100L1000 0", []string{"0.02", "0.015", "0.01", "0.005", "0"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := sound(t, chart.Line{Frame: chart.Frame{Unit: c.unit}, Series: []chart.Series{values("a", c.in...)}}.HTML())
			var paths []string
			for _, e := range all {
				if class := e.attributes["class"]; strings.HasPrefix(class, "line") || strings.HasPrefix(class, "dot") {
					paths = append(paths, e.attributes["d"])
				}
			}
			if got := strings.Join(paths, " "); got != c.want {
				t.Errorf("the line and the dots are %s, want %s", got, c.want)
			}
			if got := texts(all, "span", ""); !slices.Equal(got[:len(c.axis)], c.axis) {
				t.Errorf("the axis is %q", got)
			}
		})
	}
}

// TestBlocks_Stack: the blocks of a column stand on each other.
func TestBlocks_Stack(t *testing.T) {
	t.Parallel()
	drawn := chart.StackedBars{Series: []chart.Series{values("a", 1, 3), values("b", 3, 0)}}.HTML()
	var got []string
	for _, e := range sound(t, drawn) {
		if e.name == "rect" && e.attributes["x"] != "" {
			a := e.attributes
			got = append(got, a["class"]+" "+a["x"]+" "+a["y"]+" "+a["width"]+" "+a["height"])
		}
	}
	if want := []string{"block s1 50 75 400 25", "block s2 50 0 400 75", "block s1 550 25 400 75"}; !slices.Equal(got, want) {
		t.Errorf("blocks %q", got)
	}
}

// TestEmpty: a chart without values says so, and has no drawing that could be taken for zeros.
func TestEmpty(t *testing.T) {
	t.Parallel()
	for name, series := range map[string][]chart.Series{
		"no series": nil, "no points": {{Name: "a"}}, "only missing": {values("a", -1, -1)},
	} {
		for kind, drawn := range charts(chart.Frame{Title: "T", Empty: "Nothing was sent."}, series...) {
			t.Run(name+", "+kind, func(t *testing.T) {
				t.Parallel()
				all := sound(t, drawn)
				says := strings.Contains(string(drawn), "Nothing was sent.")
				if drawnLines := texts(all, "rect", "block"); len(drawnLines) > 0 || says != (kind != "spark") {
					t.Errorf("%s", drawn)
				}
			})
		}
	}
}

// TestLimits: what a drawing cannot have is in the table, and the page says so.
func TestLimits(t *testing.T) {
	t.Parallel()
	many := make([]chart.Series, 6)
	for i := range many {
		many[i] = values("series "+strconv.Itoa(i), make([]float64, 300)...)
	}
	drawn := chart.Line{Series: many}.HTML()
	all := sound(t, drawn)
	if n := len(texts(all, "path", "line")); n != 8 { // of the legend, too
		t.Errorf("%d lines are drawn", n)
	}
	if n := len(texts(all, "td", "")); n != 6*300 {
		t.Errorf("the table has %d values", n)
	}
	for _, want := range []string{"first 4 of 6 series", "newest 200 of 300 values"} {
		if !strings.Contains(string(drawn), want) {
			t.Errorf("the chart does not say: %s", want)
		}
	}
}

// TestFunnel_Shares: each step has its share of the first and of the one before.
func TestFunnel_Shares(t *testing.T) {
	t.Parallel()
	drawn := chart.Funnel{Steps: values("", 200, 100, 50).Points}.HTML()
	all := sound(t, drawn)
	if got := texts(all, "small", ""); !slices.Equal(got, []string{
		"50.0 % of all", "25.0 % of all, 50.0 % of the step before",
	}) {
		t.Errorf("shares %q", got)
	}
	var widths []string
	for _, e := range all {
		if e.name == "rect" {
			widths = append(widths, e.attributes["width"])
		}
	}
	if !slices.Equal(widths, []string{"1000", "500", "250"}) {
		t.Errorf("widths %q", widths)
	}
}

func TestCell(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cell  chart.Cell
		width string
		text  string
	}{
		"half":       {chart.Cell{Value: 5, Max: 10}, "50", "5"},
		"too much":   {chart.Cell{Value: 20, Max: 10, Unit: chart.Percent}, "100", "20.0 %"},
		"no maximum": {chart.Cell{Value: 5}, "0", "5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := sound(t, c.cell.HTML())
			if got := all[len(all)-2].attributes["width"]; got != c.width || all[len(all)-1].text != c.text {
				t.Errorf("%s", c.cell.HTML())
			}
		})
	}
}

func TestUnit_Format(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"1,234,567": chart.Count.Format(1234567), "-1,000": chart.Count.Format(-1000), "999": chart.Count.Format(999),
		"999 ms": chart.Milliseconds.Format(999), "1.2 s": chart.Milliseconds.Format(1234), "5": chart.Credits.Format(5),
		"1,000.0351": chart.Credits.Format(1000.0351), "12.3 %": chart.Percent.Format(12.34),
		"–": chart.Count.Format(math.NaN()),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// FuzzCharts: labels and links are written by strangers, for example as metadata.
func FuzzCharts(f *testing.F) {
	f.Add(`"><script>alert(1)</script>`, "javascript:alert(1)", 1.5)
	f.Add("a\x00b\xff", "//evil.example/", math.Inf(1))
	f.Add("' onload=alert(1) x='", `/\evil.example`, -1.0)
	f.Fuzz(func(t *testing.T, label, href string, number float64) {
		point := chart.Point{Label: label, Href: href, Value: number}
		frame := chart.Frame{Title: label, Note: label, Labels: label, CSV: href, Empty: label}
		one := chart.Series{Name: label, Points: []chart.Point{point, {Label: "b", Value: 2}}}
		for _, drawn := range charts(frame, one, one) {
			sound(t, drawn)
		}
	})
}
