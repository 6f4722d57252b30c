package insight

import (
	"context"
	"slices"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/webhook"
)

// eventsPage is what the list shows.
type eventsPage struct {
	Filters   screen.Filters
	Rows      []eventRow
	Pages     screen.Pager
	Empty     *screen.Empty
	Live      string
	Catalogue []webhook.Kind
}

// eventRow is an event in the list.
type eventRow struct {
	ID, Href, Type string
	// Of is the message or verification that it is about.
	Of, OfHref string
	Sent       int
	At         screen.Moment
}

// typeOf reads the filter.
func typeOf(q *screen.Request) (webhook.Type, error) {
	t := webhook.Type(q.Value("type"))
	known := func(k webhook.Kind) bool { return k.Type == t }
	if t != "" && !slices.ContainsFunc(webhook.Catalogue(), known) {
		return "", fault.Invalid("type", "there is no event %q; the catalogue below the list has all types", string(t))
	}
	return t, nil
}

// events is the list of what happened, as webhooks tell it.
func events(q *screen.Request) (screen.Answer, error) {
	t, err := typeOf(q)
	if err != nil {
		return nil, err
	}
	before, err := screen.Position(id.ParseEvent, q.Value("before"))
	if err != nil {
		return nil, err
	}
	list, err := q.Verbs.Hooks.FindEvents(q.Context(), q.Caller, hooks.EventSearch{
		Type: t, Before: before, Limit: screen.ListSize,
	})
	if err != nil {
		return nil, err
	}

	out := eventsPage{Catalogue: webhook.Catalogue()}
	names := make([]string, len(out.Catalogue))
	for i, k := range out.Catalogue {
		names[i], out.Catalogue[i].Description = string(k.Type), q.Text(k.Description)
	}
	out.Filters = q.Bar(q.At("/events.csv"), screen.FilterField{
		Name: "type", Label: q.Text("Type"), Options: screen.Choices(q.Text("Any"), names...),
	})
	for _, e := range list.Rows {
		out.Rows = append(out.Rows, rowOfEvent(q, e))
	}
	out.Pages = q.Pages("")
	if list.More {
		out.Pages = q.Pages(list.Last.String())
	}
	if q.Value("before") == "" {
		out.Live = q.At("/events/live") + q.RawQuery()
	}
	if len(out.Rows) == 0 {
		out.Empty = noEvents(q, out.Filters, out.Pages.Older)
	}

	return screen.Page{
		Template: "events", Title: q.Text("Events"), Data: out, Scripts: []string{"live.js"},
		API: screen.API("GET /v2/events", "type", string(t)),
	}, nil
}

func noEvents(q *screen.Request, f screen.Filters, older string) *screen.Empty {
	first := screen.Empty{
		Icon: "activity", Title: q.Text("No event yet"),
		Text: q.Text("Events are kept while there is a webhook endpoint or a callback URL that gets them."),
	}
	if q.May(signin.ManageWebhooks) {
		first.Href, first.Action = q.At("/webhooks"), q.Text("Webhooks")
	}

	return q.EmptyList(f, older, 0, q.Text("There are no events with these filters."), first)
}

func rowOfEvent(q *screen.Request, e hooks.Event) eventRow {
	row := eventRow{
		ID: e.ID.String(), Href: q.At("/events/" + e.ID.String()), Type: string(e.Type), Sent: len(e.Targets),
		At: q.When(e.CreatedAt),
	}
	p := screen.PayloadOf(e.Body)
	switch {
	case p.MessageID != "":
		row.Of, row.OfHref = p.MessageID, q.At("/messages/"+p.MessageID)
	case p.OTPID != "":
		row.Of, row.OfHref = p.OTPID, q.At("/verifications/"+p.OTPID)
	case p.WebhookID != "" && q.May(signin.ManageWebhooks):
		row.Of, row.OfHref = p.WebhookID, q.At("/webhooks/"+p.WebhookID)
	case p.InboundID != "":
		row.Of = p.InboundID
	}

	return row
}

// eventsLive is the stream of the list's first page.
func eventsLive(q *screen.Request) (screen.Answer, error) {
	t, err := typeOf(q)
	if err != nil {
		return nil, err
	}
	return q.Live("events", func(ctx context.Context) (rows []screen.LiveRow, err error) {
		list, err := q.Verbs.Hooks.FindEvents(ctx, q.Caller, hooks.EventSearch{Type: t, Limit: screen.ListSize})
		for _, e := range list.Rows {
			r := rowOfEvent(q, e)
			rows = append(rows, screen.LiveRow{ID: r.ID, State: "", View: r})
		}
		return rows, err
	}), nil
}

// eventsCSV is the list as a file, with the same filter. It has no payloads.
func eventsCSV(q *screen.Request) (screen.Answer, error) {
	t, err := typeOf(q)
	if err != nil {
		return nil, err
	}
	columns := []string{"event_id", "type", "about", "targets", "created_at"}

	return q.CSV("events", columns, func(below [16]byte) (rows [][]any, next [16]byte, err error) {
		list, err := q.Verbs.Hooks.FindEvents(q.Context(), q.Caller, hooks.EventSearch{
			Type: t, Before: below, Limit: screen.CSVPage,
		})
		for _, e := range list.Rows {
			r := rowOfEvent(q, e)
			rows = append(rows, []any{r.ID, r.Type, r.Of, r.Sent, e.CreatedAt})
		}
		if list.More {
			next = list.Last
		}
		return rows, next, err
	}), nil
}

// eventPage is what the screen of one event shows.
type eventPage struct {
	ID, Type, About string
	Facts           []screen.Fact
	// Payload is what webhooks send, with masked numbers unless the user may see them here.
	Payload string
	// Endpoints are those that it can be sent to again, by a form; none for who may not.
	Endpoints    []screen.Option
	Action, Once string
}

// findEvent reads the event of the path.
func findEvent(q *screen.Request) (out hooks.Event, err error) {
	e, err := id.ParseEvent(q.PathValue("id"))
	if err != nil {
		return out, fault.NoSuch("event")
	}

	return q.Verbs.Hooks.GetEvent(q.Context(), q.Caller, e)
}

// oneEvent is the screen of one event.
func oneEvent(q *screen.Request) (screen.Answer, error) {
	e, err := findEvent(q)
	if err != nil {
		return nil, err
	}

	row := rowOfEvent(q, e)
	out := eventPage{ID: row.ID, Type: row.Type, Payload: q.Payload(e.Body), Facts: []screen.Fact{
		{Name: q.Text("Id"), ID: row.ID}, {Name: q.Text("Created"), When: row.At},
	}}
	if row.Of != "" {
		out.Facts = append(out.Facts, screen.Fact{Name: q.Text("About"), Text: row.Of, Href: row.OfHref})
	}
	for _, k := range webhook.Catalogue() {
		if k.Type == e.Type {
			out.About = q.Text(k.Description)
		}
	}
	if q.May(signin.ManageWebhooks) {
		list, err := q.Verbs.Hooks.List(q.Context(), q.Caller, id.Webhook{}, screen.ListSize)
		if err != nil {
			return nil, err
		}
		for _, w := range list {
			if slices.Contains(e.Targets, webhook.Target(w.ID)) {
				out.Endpoints = append(out.Endpoints, screen.Option{Value: w.ID.String(), Text: w.URL})
			}
		}
		out.Action, out.Once = q.At("/events/"+row.ID+"/redeliver"), screen.NewOnce()
	}

	return screen.Page{
		Template: "event", Title: q.Text("Event"), Data: out, API: "GET /v2/events", Section: q.At("/events"),
	}, nil
}

// redeliverEvent sends an event to one of its endpoints again.
func redeliverEvent(q *screen.Request) (screen.Answer, error) {
	e, err := findEvent(q)
	if err != nil {
		return nil, err
	}
	w, err := id.ParseWebhook(q.Value("endpoint"))
	if err != nil {
		return nil, fault.Invalid("endpoint", "choose the endpoint that gets the event again")
	}
	once, err := q.Once(func(any) (string, secret.String) { return e.ID.String(), secret.String{} })
	if err != nil {
		return nil, err
	}
	if _, _, err := q.Verbs.Hooks.Redeliver(q.Context(), q.Caller, w, e.ID, once); err != nil {
		return nil, err
	}

	return screen.Redirect{
		To:     q.At("/events/" + e.ID.String()),
		Notice: q.Text("The event is sent again, as its delivery will show."),
	}, nil
}
