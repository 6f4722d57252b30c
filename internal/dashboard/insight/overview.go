package insight

import (
	"html/template"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/web/chart"
)

// week is how many days the tiles add up.
const week = 7

// overviewPage is what the screen shows.
type overviewPage struct {
	// First are the first steps, as long as nothing was sent in test mode.
	First     *firstSteps
	Attention []concern
	// Clear says that nothing needs attention.
	Clear     bool
	Tiles     []tile
	Chart     template.HTML
	Analytics string
}

// firstSteps lead to the first code.
type firstSteps struct{ Keys, Call, Inbox string }

// overview shows today and the last days, and what somebody should look at.
func overview(q *screen.Request) (screen.Answer, error) {
	r, err := q.Verbs.Admin.Report(q.Context(), q.Caller, stats.Query{By: stats.ByDay})
	if err != nil {
		return nil, err
	}
	all := days(r)

	out := overviewPage{Tiles: overviewTiles(q, all), Analytics: q.At("/analytics")}
	if out.Attention, err = concerns(q, all); err != nil {
		return nil, err
	}
	out.Clear = len(out.Attention) == 0
	if r.Total.Sent == 0 {
		if out.First, err = stepsToFirst(q); err != nil {
			return nil, err
		}
	}
	out.Chart = overviewChart(q, all, r.Total.Codes > 0)

	return screen.Page{
		Template: "overview", Title: q.Text("Overview"), Data: out,
		API: "GET /v2/analytics/conversion?group_by=day",
	}, nil
}

// overviewChart draws the codes of each day; without any it says so.
func overviewChart(q *screen.Request, all span, some bool) template.HTML {
	c := chart.Line{Area: true, Frame: chart.Frame{
		Text:  q.Text,
		Title: q.Text("Codes by day"), Note: q.Text("Days in UTC. A click on a day opens its verifications."),
		Labels: q.Text("Day (UTC)"), Empty: q.Text("No code was sent in the last 30 days."),
	}}
	if some {
		c.Series = []chart.Series{
			all.series(q, q.Text("Sent"), codesOf), all.series(q, q.Text("Verified"), verifiedOf),
		}
	}

	return c.HTML()
}

// overviewTiles are the numbers of the last week, with today's below.
func overviewTiles(q *screen.Request, all span) (out []tile) {
	today, last, before := all[len(all)-1], all[len(all)-week:], all[len(all)-2*week:len(all)-week]
	now, was := last.sum(), before.sum()
	drawn := all[len(all)-2*week:]
	under := func(value string) string { return q.Textf("today %s", value) }

	out = []tile{
		tile{
			Label: q.Text("Codes sent in 7 days"), Value: number(now.Codes), Under: under(number(today.Codes)),
			Spark: drawn.spark(q, q.Text("Codes sent in the last 14 days"), codesOf),
			Href:  listOf(q, last[0].Day, today.Day),
		}.change(q, now.Codes, was.Codes, 0),
		tile{
			Label: q.Text("Verified in 7 days"), Value: number(now.Verified), Under: under(number(today.Verified)),
			Spark: drawn.spark(q, q.Text("Codes verified in the last 14 days"), verifiedOf),
			Href:  listOf(q, last[0].Day, today.Day, "status", "verified"),
		}.change(q, now.Verified, was.Verified, 1),
		tile{
			Label: q.Text("Conversion in 7 days"), Value: share(now.Conversion()),
			Under: under(share(today.Conversion())),
			Spark: drawn.spark(q, q.Text("Conversion in the last 14 days"), rateOf), Href: q.At("/analytics"),
		}.points(q, now, was),
	}
	if !showsCredits(q) {
		return out
	}

	spent := tile{
		Label: q.Text("Credits spent in 7 days"), Value: number(now.Credits), Under: under(number(today.Credits)),
		Spark: drawn.spark(q, q.Text("Credits spent in the last 14 days"), creditsOf), Href: q.At("/credits"),
	}.change(q, now.Credits, was.Credits, 0)
	left := tile{
		Label: q.Text("Credits left"), Value: number(q.Account.Balance.Credits), Href: q.At("/credits"),
		Under: q.Text("nothing was spent in 7 days"),
	}
	if n, known := daysLeft(q, all); known {
		left.Under = q.Textf("enough for %s at this rate", lasting(q, n))
	}

	return append(out, spent, left)
}

// pace is how many credits go in a day: the average of the days of the last week on which some went, or today's when those
// are more, because today may be the day on which they run out.
func (s span) pace() int64 {
	var spent, days int64
	for _, day := range s[len(s)-week:] {
		if spent += day.Credits; day.Credits > 0 {
			days++
		}
	}

	return max(s[len(s)-1].Credits, (spent+max(1, days)-1)/max(1, days))
}

// daysLeft is for how many whole days the credits are enough at the pace; false when nothing was spent.
func daysLeft(q *screen.Request, all span) (int, bool) {
	pace := all.pace()
	if pace <= 0 {
		return 0, false
	}
	return int(min(q.Account.Balance.Credits/pace, 9999)), true
}

// lasting says for how long the credits are enough.
func lasting(q *screen.Request, days int) string {
	if days == 0 {
		return q.Text("less than a day")
	}
	return q.Count(days, "%d day", "%d days")
}

// stepsToFirst are the first steps; nil outside of test mode, or when there was a message before.
func stepsToFirst(q *screen.Request) (*firstSteps, error) {
	if q.Mode != id.Test || !q.MaySend() {
		return nil, nil //nolint:nilnil // there are none
	}
	rows, _, err := q.Verbs.Query.ListMessages(q.Context(), q.Caller, query.Filter{}, [16]byte{}, 1)
	if err != nil || len(rows) > 0 {
		return nil, err
	}
	codes, _, err := q.Verbs.Query.ListOTPs(q.Context(), q.Caller, query.Filter{}, [16]byte{}, 1)
	if err != nil || len(codes) > 0 {
		return nil, err
	}

	out := &firstSteps{
		Inbox: q.At("/inbox"),
		Call:  q.Curl(&screen.Page{API: "POST /v2/otp/send", Body: `{"to": "+15005550006", "channels": ["sms"]}`}),
	}
	if q.May(signin.ManageKeys) {
		out.Keys = q.At("/keys")
	}

	return out, nil
}
