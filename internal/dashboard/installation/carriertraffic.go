package installation

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/web/chart"
)

const (
	// trafficDays is how many days a carrier's traffic is added up and drawn for.
	trafficDays = 14
	// mostAccounts are of how many of the operator's accounts messages are looked at, and newestOf how many of each
	// kind.
	mostAccounts = 5
	newestOf     = 50
	// mostFailures are shown.
	mostFailures = 10
)

// traffic is what went over a carrier lately.
type traffic struct {
	Facts []screen.Fact
	Spark template.HTML
	// Whole is false when there are more accounts than were added up.
	Whole bool
}

// trafficOf adds up what all accounts sent over a carrier.
func trafficOf(q *screen.Request, name string) (*traffic, error) {
	to := stats.DayOf(q.Verbs.Now())
	from := to - trafficDays + 1
	r, whole, err := q.Verbs.Admin.CarrierReport(q.Context(), name, from, to)
	if err != nil || r.Total.Sent == 0 {
		return nil, err
	}

	sum := &r.Total
	out := &traffic{Whole: whole, Facts: []screen.Fact{
		{Name: q.Text("Accepted"), Text: strconv.FormatInt(sum.Sent, 10)},
		{Name: q.Text("Delivered"), Text: strconv.FormatInt(sum.Delivered, 10) + " (" +
			chart.Percent.Format(100*float64(sum.Delivered)/float64(sum.Sent)) + ")"},
		{Name: q.Text("Codes verified"), Text: strconv.FormatInt(sum.Verified, 10)},
	}}
	for _, of := range []struct {
		name  string
		share float64
	}{{q.Text("Time to verify, median"), 0.5}, {q.Text("Time to verify, 95 %"), 0.95}} {
		out.Facts = append(out.Facts, screen.Fact{Name: of.name, Text: q.Percentile(sum, of.share)})
	}

	byDay := map[stats.Day]int64{}
	for _, l := range r.Lines() {
		byDay[l.Day] = l.Sent
	}
	line := chart.Spark{Title: q.Textf("Messages that it accepted each day, of the last %d days", trafficDays)}
	for day := from; day <= to; day++ {
		line.Points = append(line.Points, chart.Point{Label: day.String(), Value: float64(byDay[day])})
	}
	out.Spark = line.HTML()

	return out, nil
}

// carrierAccount leads to what an account sent over the carrier.
type carrierAccount struct{ Name, Verifications, Messages string }

// carrierFailure is an attempt that the carrier did not accept or could not deliver.
type carrierFailure struct {
	ID, Href, Account, Status, Code, Text string
	At                                    screen.Moment
	at                                    time.Time
}

// ofAccounts are the accounts of the operator with links to what went over the carrier, and its newest failures among
// their newest messages. Messages have no index by carrier.
func ofAccounts(q *screen.Request, name string) (links []carrierAccount, failures []carrierFailure, err error) {
	for _, m := range q.Visit.Accounts[:min(mostAccounts, len(q.Visit.Accounts))] {
		base, with := screen.AccountPath(m.Account, id.Live), "?"+url.Values{"carrier": {name}}.Encode()
		links = append(links, carrierAccount{m.Name, base + "/verifications" + with, base + "/messages" + with})

		sent, err := newest(q, account.Caller{Principal: account.Principal{Account: m.Account, Mode: id.Live}})
		if err != nil {
			return nil, nil, err
		}
		for _, one := range sent {
			failures = append(failures, failuresOf(q, one.Message, name, base, m.Name)...)
		}
	}

	slices.SortStableFunc(failures, func(a, b carrierFailure) int { return b.at.Compare(a.at) })

	return links, failures[:min(mostFailures, len(failures))], nil
}

// newest are the newest messages of an account, with codes and without.
func newest(q *screen.Request, c account.Caller) (out []store.Message, err error) {
	codes, _, err := q.Verbs.Query.ListOTPs(q.Context(), c, query.Filter{}, [16]byte{}, newestOf)
	if err != nil {
		return nil, err
	}
	texts, _, err := q.Verbs.Query.ListMessages(q.Context(), c, query.Filter{}, [16]byte{}, newestOf)
	if err != nil {
		return nil, err
	}

	for _, o := range codes {
		out = append(out, o.Sent...)
	}
	for _, m := range texts {
		out = append(out, m.Message)
	}

	return out, nil
}

// failuresOf are the attempts of a message that failed over a carrier.
func failuresOf(q *screen.Request, m message.Message, carrier, base, of string) (out []carrierFailure) {
	for i, a := range m.Attempts {
		if m.StepOf(i).Carrier != carrier {
			continue
		}
		one := carrierFailure{
			ID: m.ID.String(), Href: base + "/messages/" + m.ID.String(), Account: of, Code: a.CarrierCode, at: a.At,
			At: q.When(a.At),
		}
		switch a.Progress {
		case message.AttemptRejected:
			one.Status, one.Text = "failed", q.Reason(a.Reason)
		case message.AttemptUnknown:
			one.Status, one.Text = "unknown", q.Text("It is not known whether the carrier accepted the message.")
		default:
			continue
		}
		out = append(out, one)
	}

	return out
}
