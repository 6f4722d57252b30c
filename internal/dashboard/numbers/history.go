package numbers

import (
	"net/url"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/web"
)

// historyPage asks for a number, and says what happened to it.
type historyPage struct {
	Search, To string
	// Read is how the number was read, when it was written in another way than with + and the country code.
	Read   string
	Faults []fault.FieldError
	Report *report
	// Requests is the request log; empty for users who may not see it.
	Requests string
}

// report is what happened to a number in the last 24 hours.
type report struct {
	Number, Country, Summary, Verdict string
	// Next is what a code meets that is asked for now; empty when the summary says it.
	Next     string
	Timeline []screen.Event
	Advice   []string
	// Links lead to where the advice is carried out, as far as the user may.
	Links  []web.Link
	Things []screen.Fact
}

// history answers why the number in the query got no code; without one it asks for it.
func history(q *screen.Request) (screen.Answer, error) {
	number := screen.ReadNumber(q.Value("to"))
	if number == "" {
		return historyOf(q, "", nil), nil
	}

	r, err := explain(q, number)
	if err != nil && screen.FormFault(err) {
		return historyOf(q, "", screen.At("to", err)), nil
	} else if err != nil {
		return nil, err
	}

	return historyOf(q, number, nil, r), nil
}

// historyOfThing answers it for the number of a verification or message, which is not part of the address.
func historyOfThing(q *screen.Request) (screen.Answer, error) {
	number, err := numberOfThing(q, q.PathValue("id"))
	if err != nil {
		return nil, err
	}
	r, err := explain(q, number.E164())
	if err != nil {
		return nil, err
	}

	return historyOf(q, "", nil, r), nil
}

func numberOfThing(q *screen.Request, text string) (phone.Number, error) {
	if o, err := id.ParseOTP(text); err == nil {
		found, err := q.Verbs.Query.GetOTP(q.Context(), q.Caller, o)
		return found.To, err
	}
	if m, err := id.ParseMessage(text); err == nil {
		found, err := q.Verbs.Query.GetMessage(q.Context(), q.Caller, m)
		return found.To, err
	}

	return "", fault.NoSuch("verification or message")
}

// historyOf shows the search field, and the report if there is one. The call of the API has the number only if the user
// wrote it.
func historyOf(q *screen.Request, number string, wrong error, found ...*report) screen.Answer {
	out := historyPage{Search: q.At("/history"), To: q.Value("to"), Faults: q.FaultsOf(wrong)}
	p := screen.Page{Template: "history", Title: q.Text("Why no code?"), Section: q.At("/history")}
	if wrong != nil {
		p.Status = fault.From(wrong).Status
	}
	if len(found) > 0 {
		out.Report = found[0]
	}
	if q.May(signin.SeeRequests) {
		out.Requests = q.At("/requests?status=4xx")
	}
	if number != "" {
		if number != strings.ReplaceAll(out.To, " ", "") {
			out.Read = number
		}
		p.API = "GET /v2/lookup/" + url.PathEscape(number) + "/explain"
	}
	p.Data = out

	return p
}

func explain(q *screen.Request, number string) (*report, error) {
	if _, err := phone.ParseFormat(number); err != nil {
		return nil, fault.New(fault.InvalidPhone, "%s",
			q.Text("This is not one number with its country code. Write it with + in front, such as +32470123456.")).WithField("to")
	}
	e, err := q.Verbs.Engine.ExplainNumber(q.Context(), q.Caller, number)
	if err != nil {
		return nil, err
	}

	events := make([]screen.Event, len(e.Findings))
	for i, f := range e.Findings {
		events[i] = eventOf(f)
	}

	verdict := strings.ReplaceAll(e.Verdict, "_", " ")
	if e.Verdict == engine.VerdictNoRequest {
		verdict = q.Text("nothing accepted")
	}
	out := &report{
		Number: q.Masked(e.Number), Country: e.Country, Summary: e.Summary, Verdict: verdict, Next: e.Next,
		Timeline: q.Timeline(events), Advice: e.Advice, Things: thingsOf(q, e.Findings), Links: linksOf(q, e),
	}
	if strings.Contains(e.Summary, e.Next) {
		out.Next = ""
	}

	return out, nil
}

// linksOf lead to the screens that the causes are about.
func linksOf(q *screen.Request, e engine.ExplainedNumber) (out []web.Link) {
	optOuts := q.At("/opt-outs")
	if q.Value("to") != "" { // the number of a thing is not shown to everybody
		optOuts += "?" + url.Values{"to": {e.Number.E164()}}.Encode()
	}
	for _, l := range []struct {
		shown       bool
		title, href string
	}{
		{e.Cause == engine.CauseOptOut && q.May(signin.ManageOptOuts), q.Text("Opt-outs"), optOuts},
		{e.Cause == engine.CauseCredits && q.May(signin.SeeCredits), q.Text("Credits"), q.At("/credits")},
		{e.Cause == engine.CauseCap && q.May(signin.ManageSettings), q.Text("Settings"), q.At("/settings")},
		{e.Cause == engine.CauseCarriers && q.Visit.Operator, q.Text("Carriers"), screen.Root + "/carriers"},
		{
			e.Verdict == engine.VerdictNoRequest && q.May(signin.SeeRequests), q.Text("Refused requests"),
			q.At("/requests?status=4xx"),
		},
	} {
		if l.shown {
			out = append(out, web.Link{Title: l.title, Href: l.href})
		}
	}

	return out
}

// classes say what the kinds of findings mean.
var classes = map[string]string{
	"request": screen.MeansInfo, "attempt": screen.MeansInfo, "receipt": screen.MeansOK, "check": screen.MeansWarn,
	"refusal": screen.MeansBad, "opt_out": screen.MeansWarn, "limit": screen.MeansWarn,
}

func eventOf(f engine.Finding) screen.Event {
	class, ok := classes[f.Kind]
	if !ok {
		class = screen.MeansNothing
	}
	e := screen.Event{When: f.At, Class: class, Title: f.Text, TitleLang: "en"}
	if !strings.Contains(f.Text, f.CarrierCode) {
		e.Code = f.CarrierCode
	}
	if !strings.Contains(f.Text, f.Carrier+" by ") {
		e.Text = strings.TrimSpace(f.Carrier + " " + f.Channel)
	}

	return e
}

// thingsOf are the verifications and messages of the findings, each once.
func thingsOf(q *screen.Request, findings []engine.Finding) (facts []screen.Fact) {
	for _, f := range findings {
		for _, of := range []string{f.OTP, f.Message} {
			name, href := q.Thing(of)
			known := slices.ContainsFunc(facts, func(x screen.Fact) bool { return x.Text == of })
			if href != "" && !known {
				facts = append(facts, screen.Fact{Name: name, Text: of, Href: href})
			}
		}
	}

	return facts
}
