package insight

import (
	"maps"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/web/chart"
)

// protectionPage is what the screen shows.
type protectionPage struct {
	Limits []limitRow
	Caps   []capRow
	// CapsHref is where an owner sets caps; empty for others and in test mode.
	CapsHref string
	// Test says that caps do not count in the sandbox, and Closed that the user's role does not see credits.
	Test, Closed bool
	OptOuts      []screen.Fact
	// Newest are the numbers that opted out last, and OptOutsHref is the list of all; empty for who may not see it.
	Newest      []optOutRow
	OptOutsHref string
}

// optOutRow is a number that opted out.
type optOutRow struct {
	Number, Keyword string
	At              screen.Moment
}

// How many opt-outs are counted, and how many of them are shown.
const (
	countedOptOuts = 500
	shownOptOuts   = 5
)

// showOptOuts adds how many numbers opted out, and the newest of them.
func (p *protectionPage) showOptOuts(q *screen.Request) error {
	list, more, err := q.Verbs.OptOuts.List(q.Context(), q.Caller, "", countedOptOuts)
	if err != nil {
		return err
	}

	count := number(int64(len(list)))
	if more != "" {
		count = q.Textf("more than %s", count)
	}
	p.OptOutsHref = q.At("/opt-outs")
	p.OptOuts = append(p.OptOuts, screen.Fact{Name: q.Text("Numbers that opted out"), Text: count, Href: p.OptOutsHref})
	for _, o := range list[:min(len(list), shownOptOuts)] {
		p.Newest = append(p.Newest, optOutRow{q.Masked(o.Number), o.Keyword, q.When(o.At)})
	}

	return nil
}

// limitRow is a limit that is in force.
type limitRow struct{ Of, Limit, Means string }

// capRow is a cap with how much of it is used.
type capRow struct {
	Name, Spent, Limit, Percent string
	Used, Max, High             int64
	Until                       screen.Moment
}

// protection shows what keeps strangers from spending the account's credits or its users' patience. It changes nothing.
func protection(q *screen.Request) (screen.Answer, error) {
	out := protectionPage{Limits: limitsOf(q), Test: q.Mode == id.Test, Closed: !q.May(signin.SeeCredits)}
	if q.Mode == id.Live && q.May(signin.SeeCredits) {
		out.Caps = capsInForce(q)
	}
	if q.Mode == id.Live && q.May(signin.ManageSettings) {
		out.CapsHref = q.At("/credits") + "#caps"
	}

	blocks := q.Text("No: codes are sent to numbers that opted out, because their users ask for them.")
	if q.Caller.Settings.OptOutBlocksOTP {
		blocks = q.Text("Yes: codes and texts to numbers that opted out are refused.")
	}
	out.OptOuts = []screen.Fact{{Name: q.Text("Do opt-outs block codes?"), Text: blocks}}
	if q.May(signin.SeeMessages) {
		if err := out.showOptOuts(q); err != nil {
			return nil, err
		}
	}

	return screen.Page{Template: "protection", Title: q.Text("Protection"), Data: out}, nil
}

// limitsOf are the limits of sends and guesses of this server.
func limitsOf(q *screen.Request) (out []limitRow) {
	l := q.Verbs.Engine.Limits()
	for _, r := range l.SendsPerNumber {
		out = append(out, limitRow{
			q.Text("Codes to one number"), rateText(q, r),
			q.Text("Further codes are refused until the oldest is out of the time."),
		})
	}
	for i, gap := range l.SendGaps {
		out = append(out, limitRow{
			q.Textf("Wait before code %d to one number", i+2), timeText(q, gap),
			q.Text("Counted from the code before."),
		})
	}
	for _, r := range guard.GuessRates {
		out = append(out, limitRow{
			q.Text("Wrong guesses for one number"), rateText(q, r),
			q.Text("Whichever code they are for. Always in force."),
		})
	}
	for _, k := range l.Keyed {
		for _, r := range k.Max {
			out = append(out, limitRow{
				limitName(q, k), rateText(q, r),
				q.Text("Counted for each value that your requests send."),
			})
		}
	}
	if l.Scheduled > 0 {
		out = append(out, limitRow{
			q.Text("Scheduled messages"), number(int64(l.Scheduled)),
			q.Text("Of this account and mode that wait for their time."),
		})
	}

	return out
}

// limitName says what a limit of the configuration is of.
func limitName(q *screen.Request, k guard.Keyed) string {
	switch k.Name {
	case guard.ClientIP:
		return q.Text("Codes for one client_ip")
	case guard.ClientIPCountries:
		return q.Text("Countries that one client_ip sends to")
	}
	return q.Textf("%s, by %s", k.Name, string(k.Key))
}

func rateText(q *screen.Request, r guard.Rate) string {
	return q.Textf("%s in %s", number(int64(r.N)), timeText(q, r.Per))
}

// timeText writes a duration of whole days, hours, minutes or seconds in words.
func timeText(q *screen.Request, d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		text func(n int) string
	}{
		{24 * time.Hour, func(n int) string { return q.Count(n, "%d day", "%d days") }},
		{time.Hour, func(n int) string { return q.Count(n, "%d hour", "%d hours") }},
		{time.Minute, func(n int) string { return q.Count(n, "%d minute", "%d minutes") }},
		{time.Second, func(n int) string { return q.Count(n, "%d second", "%d seconds") }},
	} {
		if d%unit.of == 0 {
			return unit.text(int(d / unit.of))
		}
	}
	return d.String()
}

// capsInForce are the spend caps with how much of them is used now.
func capsInForce(q *screen.Request) (out []capRow) {
	s, now := &q.Account.Settings.Live, q.Verbs.Now().UTC()
	w, _ := q.Account.Watch.Settle(now)
	hour, day := now.Truncate(time.Hour), now.Truncate(24*time.Hour)
	inHour, inDay := w.InHour, w.InDay
	if w.Hour.Before(hour) { // nothing was sent since the hour began
		inHour = 0
	}
	countries := w.Countries
	if w.Day.Before(day) {
		inDay, countries = 0, nil
	}

	add := func(name string, spent, limit int64, until time.Time) {
		row := capRow{
			Name: name, Spent: number(spent), Limit: number(limit), Used: min(spent, limit), Max: max(1, limit),
			High:    limit * 8 / 10,
			Percent: chart.Percent.Format(100 * float64(spent) / float64(max(1, limit))), Until: q.When(until),
		}
		out = append(out, row)
	}
	if s.SpendCapHour > 0 {
		add(q.Text("This hour"), inHour, s.SpendCapHour, hour.Add(time.Hour))
	}
	tomorrow := day.Add(24 * time.Hour)
	if s.SpendCapDay > 0 {
		add(q.Text("Today"), inDay, s.SpendCapDay, tomorrow)
	}
	caps := s.SpendCapCountries.Map()
	for _, country := range slices.Sorted(maps.Keys(caps)) {
		name := q.Textf("Today to %s", country)
		if country == "*" {
			name = q.Text("Today to any other country, the most of one")
		}
		add(name, spentOn(countries, country, caps), caps[country], tomorrow)
	}

	return out
}

// spentOn is what was spent on a country; for "*", the most on one that has no cap itself.
func spentOn(all []ledger.CountrySpend, country string, caps map[string]int64) (most int64) {
	for _, c := range all {
		_, own := caps[c.Country]
		if c.Country == country || country == "*" && !own {
			most = max(most, c.Spent)
		}
	}
	return most
}
