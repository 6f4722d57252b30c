package insight

import (
	"html/template"
	"net/url"
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/web/chart"
)

// tile is a number with what it was before.
type tile struct {
	Label, Value string
	// Delta is the change since the time before, and Class whether that is good or worse; both may be empty.
	Delta, Class string
	Under        string
	Spark        template.HTML
	Href         string
}

// number writes a count, and share writes 0…1 as a percentage.
func number(n int64) string { return chart.Count.Format(float64(n)) }

func share(v float64, known bool) string {
	if !known {
		return "–"
	}
	return chart.Percent.Format(100 * v)
}

func credits(v float64, known bool) string {
	if !known {
		return "–"
	}
	return chart.Credits.Format(v)
}

// change says how a count compares with the time before. better is 1 when more is better, -1 when less is, and 0 when
// neither is.
func (t tile) change(q *screen.Request, now, before int64, better int) tile {
	if before == 0 {
		return t
	}
	percent := 100 * float64(now-before) / float64(before)
	t.Delta = q.Textf("%+.0f %% on the time before", percent)
	t.Class = class(percent, better)

	return t
}

// ratio says how an average compares with the time before, of which less is better.
func (t tile) ratio(q *screen.Request, now, before float64, known bool) tile {
	if !known || before == 0 {
		return t
	}
	percent := 100 * (now - before) / before
	t.Delta = q.Textf("%+.0f %% on the time before", percent)
	t.Class = class(percent, -1)

	return t
}

// points says how a share compares with the time before, in percentage points.
func (t tile) points(q *screen.Request, now, before stats.Summary) tile {
	is, known := now.Conversion()
	was, knew := before.Conversion()
	if !known || !knew {
		return t
	}
	t.Delta = q.Textf("%+.1f points on the time before", 100*(is-was))
	t.Class = class(is-was, 1)

	return t
}

func class(change float64, better int) string {
	switch c := change * float64(better); {
	case c > 0:
		return "good"
	case c < 0:
		return "worse"
	}
	return ""
}

// showsCredits reports whether figures have credits: test mode costs nothing.
func showsCredits(q *screen.Request) bool { return q.Mode == id.Live && q.May(signin.SeeCredits) }

// span are days of a report, in order and without gaps.
type span []stats.Summary

// days completes a report by day: a day without messages has zeros.
func days(r *stats.Report) (out span) {
	by := map[stats.Day]*stats.Summary{}
	for _, l := range r.Lines() {
		by[l.Day] = l
	}
	for d := r.From; d <= r.To; d++ {
		one := stats.Summary{Group: r.Total.Group}
		if l := by[d]; l != nil {
			one = *l
		}
		one.Day = d
		out = append(out, one)
	}

	return out
}

// sum adds up counts of days.
func (s span) sum() (out stats.Summary) {
	for i := range s {
		out.Codes += s[i].Codes
		out.Sent += s[i].Sent
		out.Verified += s[i].Verified
		out.Delivered += s[i].Delivered
		out.Credits += s[i].Credits
	}
	return out
}

// series are the values of the days, each with the list behind it.
func (s span) series(q *screen.Request, name string, value func(*stats.Summary) (float64, bool),
	filter ...string,
) chart.Series {
	out := chart.Series{Name: name}
	for i := range s {
		v, known := value(&s[i])
		out.Points = append(out.Points, chart.Point{
			Label: s[i].Day.Start().Format(q.Text("2 Jan")), Value: v, Missing: !known,
			Href: listOf(q, s[i].Day, s[i].Day, filter...),
		})
	}
	return out
}

// spark draws the days of a tile.
func (s span) spark(q *screen.Request, title string, value func(*stats.Summary) (float64, bool)) template.HTML {
	return chart.Spark{Title: title, Points: s.series(q, title, value).Points}.HTML()
}

// What a day is drawn with.
func codesOf(s *stats.Summary) (float64, bool)    { return float64(s.Codes), true }
func sentOf(s *stats.Summary) (float64, bool)     { return float64(s.Sent), true }
func verifiedOf(s *stats.Summary) (float64, bool) { return float64(s.Verified), true }
func creditsOf(s *stats.Summary) (float64, bool)  { return float64(s.Credits), true }
func rateOf(s *stats.Summary) (float64, bool) {
	v, known := s.Conversion()
	return 100 * v, known
}

// listOf is the list of the verifications of some days, which are those of UTC; empty for who may not see it.
func listOf(q *screen.Request, from, to stats.Day, filter ...string) string {
	if !q.May(signin.SeeMessages) {
		return ""
	}
	values := url.Values{"from": {screen.Stamp(from.Start())}, "until": {screen.Stamp((to + 1).Start())}}
	for i := 0; i+1 < len(filter); i += 2 {
		if filter[i+1] != "" {
			values.Set(filter[i], filter[i+1])
		}
	}

	if t := values.Get("template"); t != "" && !isTemplate(t) {
		return "" // there is no list of those alone
	}

	return q.At("/verifications?" + values.Encode())
}

// narrowed are the filters of the report for the list behind a part of it, and what that part is: name, value, of which
// a later one replaces an earlier.
func narrowed(q *screen.Request, part ...string) []string {
	filters := []string{
		"channel", q.Value("channel"), "country", strings.ToUpper(q.Value("country")), "carrier", q.Value("carrier"),
		"template", q.Value("template"),
	}
	return append(filters, part...)
}
