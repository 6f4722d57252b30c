package insight

import (
	"html/template"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/web/chart"
)

// analyticsPage is what the screen shows.
type analyticsPage struct {
	Filters screen.Filters
	// Ranges are links to usual numbers of days.
	Ranges []choice
	// From and To are the days of the report.
	From, To string
	Tiles    []tile
	Funnel   template.HTML
	Counts   template.HTML
	Rates    template.HTML
	Tables   []breakdown
	Empty    *screen.Empty
}

// choice is a link of a row of links, one of which is current.
type choice struct {
	Text, Href string
	Current    bool
}

// ranges are the usual numbers of days.
var ranges = []int{7, stats.DefaultDays, stats.MaxDays}

// analyticsQuery reads the filters of the screen.
func analyticsQuery(q *screen.Request) (out stats.Query, err error) {
	out = stats.Query{Kind: stats.OTPs, Only: stats.Only{Carrier: q.Value("carrier")}}
	for _, f := range []struct {
		name string
		day  *stats.Day
	}{{"from", &out.From}, {"to", &out.To}} {
		if text := q.Value(f.name); text != "" {
			if *f.day, err = stats.ParseDay(text); err != nil {
				return out, fault.Invalid(f.name, "%s %v", f.name, err)
			}
		}
	}
	if out.Only.Channel, err = q.Channel(); err != nil {
		return out, err
	}
	if out.Only.Country, err = q.Country(); err != nil {
		return out, err
	}
	var ok bool
	if out.Only.Template, ok = templateOf(q); !ok {
		return out, fault.Invalid("template", "template must be the id of a template, tmpl_…, or built-in")
	}

	return out, nil
}

// analytics shows how many codes arrive and are verified, and where they are not.
func analytics(q *screen.Request) (screen.Answer, error) {
	want, err := analyticsQuery(q)
	if err != nil {
		return nil, err
	}
	reports, err := q.Verbs.Admin.Reports(q.Context(), q.Caller, want, stats.ByDay, stats.ByChannel, stats.ByCountry,
		stats.ByCarrier, stats.ByTemplate)
	if err != nil {
		return nil, err
	}
	r := reports[0]
	earlier := r.Query
	earlier.By, earlier.To = 0, r.From-1
	earlier.From = earlier.To - (r.To - r.From)
	before, err := q.Verbs.Admin.Report(q.Context(), q.Caller, earlier)
	if err != nil {
		return nil, err
	}

	filters, err := analyticsFields(q)
	if err != nil {
		return nil, err
	}

	out := analyticsPage{
		Filters: filters, Ranges: rangesOf(q, r.Query), From: r.From.String(), To: r.To.String(),
	}
	if r.Total.Sent+r.Total.Codes+r.Total.Verified == 0 {
		out.Empty = noAnalytics(q, out.Filters)
	} else if err := out.show(q, reports, &before.Total); err != nil {
		return nil, err
	}

	return screen.Page{
		Template: "analytics", Title: q.Text("Analytics"), Data: out,
		API: screen.API("GET /v2/analytics/conversion", "from", out.From, "to", out.To, "group_by",
			"day,country,channel,carrier,template", "channel", want.Only.Channel.String(), "country",
			want.Only.Country, "carrier", want.Only.Carrier, "template", want.Only.Template),
	}, nil
}

// show fills in what a report with codes has.
func (p *analyticsPage) show(q *screen.Request, reports []*stats.Report, before *stats.Summary) error {
	r := reports[0]
	all := days(r)
	p.Tiles = analyticsTiles(q, all, &r.Total, before)
	p.Funnel = funnel(q, r)
	list := narrowed(q)
	sent, name := codesOf, q.Text("Codes sent")
	if ofAttempts(r) { // codes began elsewhere
		sent, name = sentOf, q.Text("Messages sent")
	}
	frame := chart.Frame{
		Text:  q.Text,
		Title: q.Text("Codes by day"), Note: q.Text("Days in UTC. A click on a day opens its verifications."),
		Labels: q.Text("Day (UTC)"), CSV: csvOf(q, "day"),
	}
	p.Counts = chart.Line{Frame: frame, Area: true, Series: []chart.Series{
		all.series(q, name, sent, list...), all.series(q, q.Text("Verified"), verifiedOf, list...),
	}}.HTML()
	frame.Title, frame.Unit, frame.CSV = q.Text("Conversion by day"), chart.Percent, ""
	p.Rates = chart.Line{Frame: frame, Series: []chart.Series{all.series(q, q.Text("Conversion"), rateOf,
		list...)}}.HTML()

	for i, by := range groupings[1:] {
		table, err := breakdownOf(q, by, reports[i+1])
		if err != nil {
			return err
		}
		p.Tables = append(p.Tables, table)
	}

	return nil
}

// ofAttempts reports whether shares are of what was sent over one channel or carrier.
func ofAttempts(r *stats.Report) bool { return r.Only.Channel != 0 || r.Only.Carrier != "" }

// analyticsTiles are the numbers of the whole range, compared with as many days before it.
func analyticsTiles(q *screen.Request, all span, now, before *stats.Summary) []tile {
	out := []tile{
		tile{
			Label: q.Text("Codes sent"), Value: number(now.Codes), Spark: all.spark(q,
				q.Text("Codes sent by day"), codesOf),
			Under: q.Count(int(now.Sent),
				"%s message with resends and fallbacks; the list also has codes that no carrier accepted",
				"%s messages with resends and fallbacks; the list also has codes that no carrier accepted"),
		}.change(q, now.Codes, before.Codes, 0),
		tile{
			Label: q.Text("Verified"), Value: number(now.Verified),
			Spark: all.spark(q, q.Text("Codes verified by day"), verifiedOf),
		}.change(q, now.Verified, before.Verified, 1),
		tile{
			Label: q.Text("Conversion"), Value: share(now.Conversion()),
			Spark: all.spark(q, q.Text("Conversion by day"), rateOf),
		}.points(q, *now, *before),
		timeTile(q, now, before),
	}
	if showsCredits(q) {
		is, known := now.CreditsPerVerified()
		was, _ := before.CreditsPerVerified()
		out = append(out, tile{
			Label: q.Text("Credits per verified code"), Value: credits(is, known),
			Under: q.Count(int(now.Credits), "%s credit for codes", "%s credits for codes"),
		}.ratio(q, is, was, known))
	}
	if cost, known := costPerVerified(now); q.Visit.Operator && known {
		was, _ := costPerVerified(before)
		out = append(out, tile{
			Label: q.Text("Cost per verified code"), Value: credits(cost, known),
			Under: q.Text("what carriers cost you, in credits"),
		}.ratio(q, cost, was, known))
	}

	return out
}

// timeTile is how long users take.
func timeTile(q *screen.Request, now, before *stats.Summary) tile {
	out := tile{Label: q.Text("Time to verify"), Under: q.Text("no code was verified")}
	is, known := now.Quantile(0.5)
	if known {
		out.Under = q.Textf("median; 95 %% within %s", screen.AtMost(now.Quantile(0.95)))
	}
	was, knew := before.Quantile(0.5)
	out.Value = q.Percentile(now, 0.5)
	if shortest := stats.Shortest.Seconds(); known && knew && is > shortest && was > shortest {
		return out.ratio(q, is, was, known)
	}

	return out
}

// costPerVerified is what carriers cost for each verified code; false without configured costs.
func costPerVerified(s *stats.Summary) (float64, bool) {
	return float64(s.Cost) / float64(max(1, s.Verified)), s.Cost > 0 && s.Verified > 0
}

// funnel shows where codes are lost.
func funnel(q *screen.Request, r *stats.Report) template.HTML {
	link := func(status string) string {
		return listOf(q, r.From, r.To, narrowed(q, "status", status)...)
	}
	first := chart.Point{Label: q.Text("Codes sent"), Value: float64(r.Total.Codes), Href: link("")}
	last := chart.Point{Label: q.Text("Codes verified"), Value: float64(r.Total.Verified), Href: link("verified")}
	frame := chart.Frame{
		Text:  q.Text,
		Title: q.Text("From sent to verified"), Note: q.Text("A click on a number opens its verifications."),
	}
	if ofAttempts(r) {
		return chart.Funnel{Frame: frame, Steps: []chart.Point{
			{Label: q.Text("Messages sent"), Value: float64(r.Total.Sent), Href: link("")},
			// Without a list: in that of delivered codes are those that nobody has verified yet.
			{Label: q.Text("Messages delivered"), Value: float64(r.Total.Delivered)},
			last,
		}}.HTML()
	}

	// A code can have several messages, so they are no step between codes.
	frame.Note = q.Count(int(r.Total.Sent),
		"Codes. For them %s message was sent, with resends and fallbacks; arrived by receipts: %s.",
		"Codes. For them %s messages were sent, with resends and fallbacks; arrived by receipts: %s.",
		number(r.Total.Delivered)) + " " + frame.Note

	return chart.Funnel{Frame: frame, Steps: []chart.Point{first, last}}.HTML()
}

func analyticsFields(q *screen.Request) (screen.Filters, error) {
	template, err := templateField(q)
	fields := append([]screen.FilterField{
		{Name: "from", Label: q.Text("From (UTC)"), Kind: "date"},
		{Name: "to", Label: q.Text("To (UTC)"), Kind: "date"},
		q.ChannelField(),
		q.CountryField(),
		{Name: "carrier", Label: q.Text("Carrier")},
	}, template...)

	return q.Bar(q.At("/analytics.csv"), fields...), err
}

// rangesOf are links to the usual ranges, which end today.
func rangesOf(q *screen.Request, r stats.Query) (out []choice) {
	today := stats.DayOf(q.Verbs.Now().Add(q.SandboxAhead()))
	for _, n := range ranges {
		from := today - stats.Day(n) + 1
		out = append(out, choice{
			Text: q.Count(n, "%d day", "%d days"),
			Href: q.With("from", from.String(), "to", today.String()), Current: r.From == from && r.To == today,
		})
	}

	return out
}

func noAnalytics(q *screen.Request, f screen.Filters) *screen.Empty {
	return q.EmptyList(f, "", 0, q.Text("There are no codes with these filters."), screen.Empty{
		Icon: "chart", Title: q.Text("No code in the last 30 days"),
		Text: q.Text("Send one with this call, and it is counted here at once."),
	}.WithCall(q, "POST /v2/otp/send", `{"to": "%s", "channels": ["sms"]}`))
}
