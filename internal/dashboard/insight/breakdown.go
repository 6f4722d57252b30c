package insight

import (
	"cmp"
	"html/template"
	"slices"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/web/chart"
)

// grouping is a way to group a report.
type grouping struct {
	name, title, heading string
	by                   stats.By
	// of names a line's group as the filter of the same name takes it, and href is the list behind it; empty for none.
	of   func(*stats.Summary) string
	href func(*screen.Request, *stats.Report, *stats.Summary) string
}

// groupings are those of the screen and of the file, which begins with days.
var groupings = []grouping{
	{
		name: "day", by: stats.ByDay, of: func(s *stats.Summary) string { return s.Day.String() },
	},
	{
		name: "channel", title: screen.Text("By channel"), heading: screen.Text("Channel"), by: stats.ByChannel,
		of: func(s *stats.Summary) string { return s.Channel.String() },
		href: func(q *screen.Request, r *stats.Report, s *stats.Summary) string {
			return listOf(q, r.From, r.To, narrowed(q, "channel", s.Channel.String())...)
		},
	},
	{
		name: "country", title: screen.Text("By country"), heading: screen.Text("Country"), by: stats.ByCountry,
		of: func(s *stats.Summary) string { return s.Country },
		href: func(q *screen.Request, r *stats.Report, s *stats.Summary) string {
			return listOf(q, r.From, r.To, narrowed(q, "country", s.Country)...)
		},
	},
	{
		name: "carrier", title: screen.Text("By carrier"), heading: screen.Text("Carrier"), by: stats.ByCarrier,
		of: func(s *stats.Summary) string { return s.Carrier },
		href: func(q *screen.Request, r *stats.Report, s *stats.Summary) string {
			return listOf(q, r.From, r.To, narrowed(q, "carrier", s.Carrier)...)
		},
	},
	byTemplate,
}

// breakdown is a table of a report's groups.
type breakdown struct {
	Name, Title, Heading string
	CSV                  string
	Rows                 []breakdownRow
	// More is how many groups the table leaves out; the file has them.
	More int
	// Credits and Cost say which columns the user sees.
	Credits, Cost bool
	// Attempts says that shares are of messages and not of codes.
	Attempts bool
}

type breakdownRow struct {
	Name, Href string
	// Narrow is the report of this line alone; empty when there is no other.
	Narrow string
	// Of is what the shares are of: codes, or messages for channels and carriers.
	Of, Verified                             string
	Conversion, Delivery                     template.HTML
	Median, P95, Credits, PerVerified, Costs string
}

// mostGroups are the rows of a table.
const mostGroups = 25

// breakdownOf makes the table of a report, with the groups of most messages first.
func breakdownOf(q *screen.Request, g grouping, r *stats.Report) (breakdown, error) {
	out := breakdown{
		Name: g.name, Title: q.Text(g.title), Heading: q.Text(g.heading), CSV: csvOf(q, g.name), Credits: showsCredits(q),
		Cost:     q.Visit.Operator && r.Total.Cost > 0,
		Attempts: ofAttempts(r) || g.by&(stats.ByChannel|stats.ByCarrier) != 0,
	}
	lines := r.Lines()
	slices.SortStableFunc(lines, func(x, y *stats.Summary) int { return cmp.Compare(y.Sent, x.Sent) })
	if out.More = max(0, len(lines)-mostGroups); out.More > 0 {
		lines = lines[:mostGroups]
	}

	names := map[string]string{}
	if g.by == stats.ByTemplate {
		var err error
		if names, err = templateNames(q, lines); err != nil {
			return out, err
		}
	}

	for _, s := range lines {
		row := breakdownRow{
			Name: cmp.Or(names[g.of(s)], g.of(s)), Href: g.href(q, r, s), Of: number(s.Codes),
			Verified:   number(s.Verified),
			Conversion: shareCell(s.Conversion()), Delivery: shareCell(delivery(s)), Median: q.Percentile(s, 0.5),
			P95: screen.AtMost(s.Quantile(0.95)), Credits: number(s.Credits), PerVerified: credits(s.CreditsPerVerified()),
			Costs: credits(costPerVerified(s)),
		}
		if row.Name == "" {
			row.Name, row.Href = q.Text("unknown"), ""
		} else if len(lines) > 1 {
			row.Narrow = q.With(g.name, g.of(s))
		}
		if out.Attempts {
			row.Of = number(s.Sent)
		}
		out.Rows = append(out.Rows, row)
	}

	return out, nil
}

// delivery is the share of the messages that a receipt says were delivered.
func delivery(s *stats.Summary) (float64, bool) {
	return min(1, float64(s.Delivered)/float64(max(1, s.Sent))), s.Sent > 0
}

// shareCell draws a share with its number.
func shareCell(v float64, known bool) template.HTML {
	if !known {
		return "–"
	}
	return chart.Cell{Value: 100 * v, Max: 100, Unit: chart.Percent}.HTML()
}

// csvOf is the address of the file with a grouping and the same filters.
func csvOf(q *screen.Request, by string) string {
	return q.At("/analytics.csv") + queryOf(q.With("by", by))
}

// queryOf is the query of an address, with its question mark.
func queryOf(address string) string {
	for i := range address {
		if address[i] == '?' {
			return address[i:]
		}
	}
	return ""
}

// analyticsCSV is a report as a file: by day, or as the parameter by says.
func analyticsCSV(q *screen.Request) (screen.Answer, error) {
	want, err := analyticsQuery(q)
	if err != nil {
		return nil, err
	}
	g := groupings[0]
	if name := q.Value("by"); name != "" {
		i := slices.IndexFunc(groupings, func(g grouping) bool { return g.name == name })
		if i < 0 {
			return nil, fault.Invalid("by", "by must be day, channel, country, carrier or template")
		}
		g = groupings[i]
	}
	want.By = g.by
	r, err := q.Verbs.Admin.Report(q.Context(), q.Caller, want)
	if err != nil {
		return nil, err
	}

	columns := []string{
		g.name, "codes", "sent", "delivered", "verified", "conversion_rate", "median_seconds", "p95_seconds",
		"segments",
	}
	if q.May(signin.SeeCredits) {
		columns = append(columns, "credits", "credits_per_verified")
	}
	if q.Visit.Operator {
		columns = append(columns, "cost")
	}

	return q.CSV("codes by "+g.name, columns, func([16]byte) (rows [][]any, next [16]byte, err error) {
		for _, s := range r.Lines() {
			rows = append(rows, csvRow(q, g, s))
		}
		return rows, next, nil
	}), nil
}

// csvRow is a line of the file. What is not known is empty.
func csvRow(q *screen.Request, g grouping, s *stats.Summary) []any {
	known := func(v float64, ok bool) any {
		if !ok {
			return ""
		}
		return v
	}
	row := []any{
		g.of(s), s.Codes, s.Sent, s.Delivered, s.Verified, known(s.Conversion()), known(s.Quantile(0.5)),
		known(s.Quantile(0.95)),
		s.Segments,
	}
	if q.May(signin.SeeCredits) {
		row = append(row, s.Credits, known(s.CreditsPerVerified()))
	}
	if q.Visit.Operator {
		row = append(row, s.Cost)
	}

	return row
}
