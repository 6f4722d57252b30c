package installation

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
)

// carrierRow is a carrier in the list.
type carrierRow struct {
	Name, Href, Kind, Channels, State, Sessions, Rate, Error string
	InFlight, Queued                                         int
	// Since is when it began to fail or was paused, and ErrorAt when Error happened; zero while it still is so.
	Since, ErrorAt screen.Moment
}

// carrierList is what the screen shows.
type carrierList struct {
	Filters screen.Filters
	Rows    []carrierRow
	Empty   *screen.Empty
}

func rowOfCarrier(q *screen.Request, s carrierwatch.State) carrierRow {
	sum := s.Sum()
	row := carrierRow{
		Name: s.Name, Href: screen.Root + "/carriers/" + url.PathEscape(s.Name), Kind: s.Kind,
		Channels: strings.Join(s.Channels, ", "), State: s.State, InFlight: sum.InFlight, Queued: s.Queued,
		Error: cmp.Or(sum.Problem, sum.Error()), Since: q.When(sum.FailingSince), Rate: carrierwatch.Decimal(sum.RateUsed),
	}
	if sum.Problem == "" {
		row.ErrorAt = q.When(sum.LastErrorAt)
	}
	if sum.Rate > 0 {
		row.Rate += " / " + carrierwatch.Decimal(sum.Rate)
	}
	if sum.Sessions > 0 {
		row.Sessions = q.Textf("%d of %d", sum.Bound, sum.Sessions)
	}
	if s.PausedSince != nil {
		row.Since = q.When(*s.PausedSince)
	}

	return row
}

// carriers is the list of the configured carriers with what they do now. The page asks for its rows again and again.
func carriers(q *screen.Request) (screen.Answer, error) {
	list, err := q.Verbs.Engine.Carriers(q.Context(), q.Caller)
	if err != nil {
		return nil, err
	}

	out := carrierList{Filters: q.Bar(screen.Root + "/carriers.csv")}
	for _, s := range list {
		out.Rows = append(out.Rows, rowOfCarrier(q, s))
	}
	if len(out.Rows) == 0 {
		out.Empty = &screen.Empty{
			Icon: "route", Title: q.Text("No carrier is configured"),
			Text: q.Text("Live messages need one. Add a [[carrier]] to syssecure.toml; the guides say how, provider by provider."),
			Href: "/docs/guides", Action: q.Text("Guides"),
		}
	}

	return screen.Page{
		Template: "carriers", Title: q.Text("Carriers"), Data: out, API: "GET /v2/carriers",
	}, nil
}

// carriersCSV is the list as a file.
func carriersCSV(q *screen.Request) (screen.Answer, error) {
	list, err := q.Verbs.Engine.Carriers(q.Context(), q.Caller)
	if err != nil {
		return nil, err
	}

	rows := make([][]any, len(list))
	for i, s := range list {
		sum, since := s.Sum(), s.Sum().FailingSince
		if s.PausedSince != nil {
			since = *s.PausedSince
		}
		rows[i] = []any{
			s.Name, s.Kind, strings.Join(s.Channels, ", "), s.State, since, sum.Bound, sum.Sessions, sum.InFlight, s.Queued,
			sum.RateUsed, sum.Rate, cmp.Or(sum.Problem, sum.Error()),
		}
	}
	columns := []string{
		"name", "kind", "channels", "state", "since", "sessions_bound", "sessions", "in_flight", "queued", "rate_used", "rate",
		"last_error",
	}

	return q.Table("carriers", columns, rows), nil
}

// carrierPage is what the screen of one carrier shows.
type carrierPage struct {
	carrierRow

	Paused bool
	Nodes  []carrierNode
	// Traffic is what went over it lately; nil when nothing did. Accounts lead to it, and Failures are the newest of
	// these.
	Traffic  *traffic
	Days     int
	Accounts []carrierAccount
	Failures []carrierFailure
	// Test is the result of a test that was just made, Faults what was wrong with its number.
	Test   *carrierTest
	Faults []fault.FieldError
	To     string
}

type carrierNode struct {
	Name    string
	At      screen.Moment
	Trouble string
}

type carrierTest struct {
	OK     bool
	Took   string
	Checks []carrierCheck
}

type carrierCheck struct {
	Name, Note string
	OK         bool
}

// findCarrier is the state of the carrier of the path.
func findCarrier(q *screen.Request) (carrierwatch.State, error) {
	list, err := q.Verbs.Engine.Carriers(q.Context(), q.Caller)
	if err != nil {
		return carrierwatch.State{}, err
	}
	for _, s := range list {
		if s.Name == q.PathValue("name") {
			return s, nil
		}
	}

	return carrierwatch.State{}, fault.New(fault.NotFound, "no carrier of the configuration has this name")
}

// oneCarrier is the screen of one carrier.
func oneCarrier(q *screen.Request) (screen.Answer, error) { return showCarrier(q, nil, nil) }

func showCarrier(q *screen.Request, test *engine.CarrierTest, refused error) (screen.Answer, error) {
	s, err := findCarrier(q)
	if err != nil {
		return nil, err
	}

	out := carrierPage{
		carrierRow: rowOfCarrier(q, s), Paused: s.PausedSince != nil, Days: trafficDays,
		Faults: q.FaultsOf(refused), To: q.Value("to"),
	}
	for _, n := range s.Nodes {
		out.Nodes = append(out.Nodes, carrierNode{cmp.Or(n.Name, fmt.Sprint(n.Node)), q.When(n.At), q.Sentence(n.Trouble())})
	}
	if out.Traffic, err = trafficOf(q, s.Name); err != nil {
		return nil, err
	}
	if out.Accounts, out.Failures, err = ofAccounts(q, s.Name); err != nil {
		return nil, err
	}
	if test != nil {
		out.Test = &carrierTest{OK: carrier.OK(test.Checks), Took: q.Took(test.Took)}
		for _, c := range test.Checks {
			out.Test.Checks = append(out.Test.Checks, carrierCheck{c.Name, cmp.Or(c.Problem, c.Found), c.Problem == ""})
		}
	}

	status := 0
	if refused != nil {
		status = fault.From(refused).Status
	}

	return screen.Page{
		Template: "carrier", Title: s.Name, Data: out, Status: status, Section: screen.Root + "/carriers",
		API: "POST /v2/carriers/" + url.PathEscape(s.Name) + "/test",
	}, nil
}

func pauseCarrier(q *screen.Request) (screen.Answer, error) {
	left, err := left(q)
	if err != nil {
		return nil, err
	}
	notice := q.Text("The carrier is paused. Messages go over the others of their routes; where there is none, they wait.")
	if len(left) > 0 {
		notice = q.Textf("The carrier is paused. No other carrier for %s is in use: its messages wait until one is resumed.",
			strings.Join(left, ", "))
	}

	return setPaused(q, true, notice)
}

// left are the channels of the path's carrier that no other carrier in use has.
func left(q *screen.Request) (channels []string, err error) {
	list, err := q.Verbs.Engine.Carriers(q.Context(), q.Caller)
	if err != nil {
		return nil, err
	}

	others := map[string]bool{}
	for _, s := range list {
		if s.Name == q.PathValue("name") {
			channels = s.Channels
			continue
		}
		for _, ch := range s.Channels {
			others[ch] = others[ch] || s.PausedSince == nil
		}
	}

	return slices.DeleteFunc(slices.Clone(channels), func(ch string) bool { return others[ch] }), nil
}

func resumeCarrier(q *screen.Request) (screen.Answer, error) {
	return setPaused(q, false, q.Text("The carrier gets messages again."))
}

func setPaused(q *screen.Request, paused bool, notice string) (screen.Answer, error) {
	name := q.PathValue("name")
	if _, _, err := q.Verbs.Engine.PauseCarrier(q.Context(), q.Caller, name, paused, nil); err != nil {
		return nil, err
	}
	return screen.Redirect{To: screen.Root + "/carriers/" + url.PathEscape(name), Notice: notice}, nil
}

// testCarrier runs the carrier's checks, and shows them on its screen.
func testCarrier(q *screen.Request) (screen.Answer, error) {
	result, _, err := q.Verbs.Engine.TestCarrier(q.Context(), q.Caller, q.PathValue("name"), q.Value("to"), nil)
	if err != nil && !screen.FormFault(err) {
		return nil, err
	}
	if err != nil {
		return showCarrier(q, nil, err)
	}

	return showCarrier(q, &result, nil)
}
