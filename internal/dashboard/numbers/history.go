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
)

// historyPage asks for a number, and says what happened to it.
type historyPage struct {
	Search, To string
	Faults     []fault.FieldError
	Report     *report
}

// report is what happened to a number in the last 24 hours.
type report struct {
	Number, Country, Summary, Verdict string
	Since                             screen.Moment
	Timeline                          []screen.Event
	Advice                            []string
	Things                            []screen.Fact
}

// history answers why the number in the query got no code; without one it asks for it.
func history(q *screen.Request) (screen.Answer, error) {
	number := strings.ReplaceAll(q.Value("to"), " ", "")
	if number == "" {
		return historyOf(q, "", nil), nil
	}

	r, err := explain(q, number)
	if err != nil && screen.FormFault(err) {
		return historyOf(q, "", err), nil
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
	out := historyPage{Search: q.At("/history"), To: q.Value("to"), Faults: screen.FaultsOf(wrong)}
	p := screen.Page{Template: "history", Title: q.Text("Why no code?"), Section: q.At("/history")}
	if wrong != nil {
		p.Status = fault.From(wrong).Status
	}
	if len(found) > 0 {
		out.Report = found[0]
	}
	if number != "" {
		p.API = "GET /v2/lookup/" + url.PathEscape(number) + "/explain"
	}
	p.Data = out

	return p
}

func explain(q *screen.Request, number string) (*report, error) {
	e, err := q.Verbs.Engine.ExplainNumber(q.Context(), q.Caller, number)
	if err != nil {
		return nil, err
	}

	events := make([]screen.Event, len(e.Findings))
	for i, f := range e.Findings {
		events[i] = eventOf(f)
	}

	return &report{
		Number: q.Masked(e.Number), Country: e.Country, Summary: e.Summary, Verdict: strings.ReplaceAll(e.Verdict, "_", " "),
		Since: q.When(e.Since), Timeline: q.Timeline(events), Advice: e.Advice, Things: thingsOf(q, e.Findings),
	}, nil
}

// classes say what the kinds of findings mean.
var classes = map[string]string{
	"request": screen.MeansInfo, "attempt": screen.MeansInfo, "receipt": screen.MeansOK, "check": screen.MeansWarn,
	"refusal": screen.MeansBad, "opt_out": screen.MeansBad, "limit": screen.MeansBad,
}

func eventOf(f engine.Finding) screen.Event {
	class, ok := classes[f.Kind]
	if !ok {
		class = screen.MeansNothing
	}
	return screen.Event{
		When: f.At, Class: class, Title: f.Text, Code: f.CarrierCode, Lang: "en",
		Text: strings.TrimSpace(f.Carrier + " " + f.Channel),
	}
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
