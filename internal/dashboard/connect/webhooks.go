package connect

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/webhook"
)

// endpointRow is an endpoint as its screens show it.
type endpointRow struct {
	ID, Href, URL, Description, Events, Status, Why string
	FailingSince, Created                           screen.Moment
	// Recent says what went to it in the last day.
	Recent string
	// Failed says that some of that failed.
	Failed bool
}

// disabledTexts say why an endpoint gets nothing.
var disabledTexts = map[webhook.Disabled]string{
	webhook.ByCaller:  screen.Text("switched off by a user or by the API"),
	webhook.Gone:      screen.Text("it answered 410, which asks for no further events"),
	webhook.IsFailing: screen.Text("every attempt failed for five days"),
}

func rowOfEndpoint(q *screen.Request, e hooks.Endpoint) endpointRow {
	row := endpointRow{
		ID: e.ID.String(), Href: q.At("/webhooks/" + e.ID.String()), URL: e.URL, Description: e.Description,
		Events: eventsText(q, e.Events), Status: "enabled", Created: q.When(e.CreatedAt),
	}
	switch {
	case !e.Enabled:
		row.Status, row.Why = "disabled", q.Text(disabledTexts[e.Disabled])
	case !e.FailingSince.IsZero():
		row.Status, row.FailingSince = "failing", q.When(e.FailingSince)
	}

	return row
}

func eventsText(q *screen.Request, types []webhook.Type) string {
	switch len(types) {
	case 0:
		return q.Text("every event")
	case 1, 2:
		return typeNames(types)
	}
	return q.Count(len(types), "%d type", "%d types")
}

func typeNames(types []webhook.Type) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = string(t)
	}
	return strings.Join(names, ", ")
}

// endpointList is what the list shows.
type endpointList struct {
	Filters screen.Filters
	Rows    []endpointRow
	Pages   screen.Pager
	Empty   *screen.Empty
	// New is where an endpoint is created, Callback where the secret of callback URLs is rotated.
	New, Callback string
}

// findEndpoints reads the endpoints with the request's filter, newest first. All endpoints are in the server's memory, so
// the screen filters them itself, and the API's list needs no search.
func findEndpoints(q *screen.Request) ([]hooks.Endpoint, error) {
	all, err := q.Verbs.Hooks.List(q.Context(), q.Caller, id.Webhook{}, math.MaxInt)
	return slices.DeleteFunc(all, func(e hooks.Endpoint) bool {
		return !screen.Has(q.Value("q"), e.URL, e.Description, e.ID.String())
	}), err
}

// webhooks is the list of endpoints.
func webhooks(q *screen.Request) (screen.Answer, error) {
	all, err := findEndpoints(q)
	if err != nil {
		return nil, err
	}
	list, next, err := screen.PageOf(all, q.Value("before"), func(e hooks.Endpoint) string { return e.ID.String() })
	if err != nil {
		return nil, err
	}

	out := endpointList{New: q.At("/webhooks/new"), Callback: q.At("/webhooks/callback/rotate")}
	out.Filters = q.Bar(q.At("/webhooks.csv"), screen.FilterField{
		Name: "q", Label: q.Text("Address or description"), Kind: "search", Placeholder: "example.com",
	})
	recent, err := q.Verbs.Hooks.RecentDeliveries(q.Context(), q.Caller, list, q.Verbs.Now().Add(-24*time.Hour))
	if err != nil {
		return nil, err
	}

	for _, e := range list {
		row := rowOfEndpoint(q, e)
		row.Recent, row.Failed = recentText(q, recent[e.ID]), recent[e.ID].Failed > 0
		out.Rows = append(out.Rows, row)
	}
	out.Pages = q.Pages(next)
	none := q.Text("There are no webhooks with these filters.")
	out.Empty = q.EmptyList(out.Filters, out.Pages.Older, len(out.Rows), none, screen.Empty{
		Icon: "webhook", Title: q.Text("No webhook yet"), Href: out.New,
		Action: q.Text("Add an endpoint"),
		Text:   q.Text("Your server gets each event as soon as it happens: a code was verified, a message was delivered, somebody opted out."),
	})

	return screen.Page{Template: "webhooks", Title: q.Text("Webhooks"), Data: out, API: "GET /v2/webhooks"}, nil
}

// webhooksCSV is the list as a file, with the same filter.
func webhooksCSV(q *screen.Request) (screen.Answer, error) {
	all, err := findEndpoints(q)
	if err != nil {
		return nil, err
	}

	rows := make([][]any, len(all))
	for i, e := range all {
		rows[i] = []any{
			e.ID.String(), e.URL, e.Description, rowOfEndpoint(q, e).Status, e.FailingSince, typeNames(e.Events),
			e.CreatedAt,
		}
	}
	columns := []string{"webhook_id", "url", "description", "status", "failing_since", "events", "created_at"}

	return q.Table("webhooks", columns, rows), nil
}

func recentText(q *screen.Request, n hooks.Recent) string {
	if n.Delivered+n.Waiting+n.Failed == 0 {
		return q.Text("none")
	}
	parts := []string{q.Textf("%d delivered", n.Delivered)}
	if n.Waiting > 0 {
		parts = append(parts, q.Textf("%d waiting", n.Waiting))
	}
	if n.Failed > 0 {
		parts = append(parts, q.Textf("%d failed", n.Failed))
	}
	text := strings.Join(parts, ", ")
	if n.More {
		return q.Textf("%s of the last 1,000", text)
	}

	return text
}

// endpointOfPath finds the endpoint of the request's path.
func endpointOfPath(q *screen.Request) (hooks.Endpoint, error) {
	w, err := id.ParseWebhook(q.PathValue("id"))
	if err != nil {
		return hooks.Endpoint{}, fault.NoSuch("webhook endpoint")
	}
	return q.Verbs.Hooks.Get(q.Context(), q.Caller, w)
}

// endpointPage is what the screen of one endpoint shows.
type endpointPage struct {
	endpointRow
	Facts   []screen.Fact
	Types   []string
	Filters screen.Filters
	Rows    []deliveryRow
	Pages   screen.Pager
	Empty   *screen.Empty
	Live    string
	Enabled bool
}

// askedDeliveries are the endpoint of the request's path, and the state of the deliveries that its filter asks for.
func askedDeliveries(q *screen.Request) (hooks.Endpoint, webhook.State, error) {
	e, err := endpointOfPath(q)
	if err != nil {
		return e, 0, err
	}
	state, err := stateOf(q.Value("status"))

	return e, state, err
}

// oneWebhook is the screen of one endpoint, with its deliveries.
func oneWebhook(q *screen.Request) (screen.Answer, error) {
	e, state, err := askedDeliveries(q)
	if err != nil {
		return nil, err
	}
	below, err := screen.Position(id.ParseEvent, q.Value("before"))
	if err != nil {
		return nil, err
	}
	list, err := q.Verbs.Hooks.FindDeliveries(q.Context(), q.Caller, e.ID, state, below, screen.ListSize)
	if err != nil {
		return nil, err
	}

	out := endpointPage{endpointRow: rowOfEndpoint(q, e), Enabled: e.Enabled, Facts: factsOfEndpoint(q, e)}
	for _, t := range e.Events {
		out.Types = append(out.Types, string(t))
	}
	out.Filters = q.Bar(out.Href+"/deliveries.csv", screen.FilterField{
		Name: "status", Label: q.Text("Status"),
		Options: screen.Choices(q.Text("Any"), webhook.Waiting.String(), webhook.Delivered.String(),
			webhook.Failed.String()),
	})
	for _, d := range list.Rows {
		out.Rows = append(out.Rows, rowOfDelivery(q, e, d))
	}
	out.Pages = q.Pages("")
	if list.More {
		out.Pages = q.Pages(list.Last.String())
	}
	if q.Value("before") == "" {
		out.Live = out.Href + "/deliveries/live" + q.RawQuery()
	}
	out.noRows(q)

	return screen.Page{
		Template: "webhook", Title: q.Text("Webhook"), Data: out, Section: q.At("/webhooks"), Scripts: []string{"live.js"},
		API: screen.API("GET /v2/webhooks/"+out.ID+"/deliveries", "status", state.String()),
	}, nil
}

// noRows says what to do when there are no deliveries.
func (p *endpointPage) noRows(q *screen.Request) {
	p.Empty = q.EmptyList(p.Filters, p.Pages.Older, len(p.Rows), q.Text("There are no deliveries with these filters."), screen.Empty{
		Icon: "send", Title: q.Text("No delivery yet"), Href: p.Href + "/test",
		Action: q.Text("Send a test event"),
		Text:   q.Text("Events appear here when they happen. Try the endpoint with a test event, which is not listed."),
	})
}

func factsOfEndpoint(q *screen.Request, e hooks.Endpoint) []screen.Fact {
	facts := []screen.Fact{
		{Name: q.Text("Id"), ID: e.ID.String()}, {Name: q.Text("Created"), When: q.When(e.CreatedAt)},
	}
	if e.Description != "" {
		facts = append(facts, screen.Fact{Name: q.Text("Description"), Text: e.Description})
	}
	for _, s := range e.Secrets {
		if !s.ExpiresAt.IsZero() && s.Lives(q.Verbs.Now()) {
			facts = append(facts, screen.Fact{Name: q.Text("An old secret ends"), When: q.When(s.ExpiresAt)})
		}
	}

	return facts
}

// stateOf reads the state of the filter; none is every state.
func stateOf(name string) (webhook.State, error) {
	s, ok := webhook.ParseState(name)
	if !ok {
		return 0, fault.Invalid("status", "status must be waiting, delivered or failed")
	}
	return s, nil
}
