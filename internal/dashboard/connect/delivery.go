package connect

import (
	"context"
	"fmt"
	"strconv"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/webhook"
)

// deliveryRow is a delivery in a list.
type deliveryRow struct {
	ID, Href, Type, Status, Last string
	Attempts                     int
	Next, Created                screen.Moment
}

func rowOfDelivery(q *screen.Request, e hooks.Endpoint, d hooks.Delivery) deliveryRow {
	row := deliveryRow{
		ID: d.Event.String(), Href: q.At("/webhooks/" + e.ID.String() + "/deliveries/" + d.Event.String()),
		Type: string(d.Type), Status: d.State.String(), Attempts: d.Total, Created: q.When(d.CreatedAt),
	}
	if d.State == webhook.Waiting {
		row.Next = q.When(d.DueAt)
	}
	if n := len(d.Tries); n > 0 {
		row.Last = answerText(d.Tries[n-1])
	}

	return row
}

// answerText is what an endpoint answered, in a word.
func answerText(t webhook.Try) string {
	if t.Status != 0 {
		return "HTTP " + strconv.Itoa(t.Status)
	}
	return t.Error
}

// errorTexts say in plain words why there was no answer.
var errorTexts = map[string]string{
	"destination_not_allowed": screen.Text("The address is not public, and the operator of the server has not allowed it."),
	"dns_failed":              screen.Text("The name of the host was not found."),
	"connection_failed":       screen.Text("No connection could be made, or it broke off."),
	"tls_failed":              screen.Text("The certificate is not valid for this host, or TLS failed."),
	"timeout":                 screen.Text("There was no answer in time. Answer first, and work afterwards."),
	"invalid_url":             screen.Text("The address cannot be used. Change it."),
	"endpoint_deleted":        screen.Text("The endpoint was deleted."),
	"secret_unreadable":       screen.Text("The signing secret cannot be read. Rotate it."),
	"event_unreadable":        screen.Text("The stored event cannot be read."),
}

// deliveryPage is what the screen of one delivery shows.
type deliveryPage struct {
	deliveryRow
	URL, Back, Once string
	Facts           []screen.Fact
	Timeline        []screen.Event
}

// deliveryOfPath finds the delivery of the request's path.
func deliveryOfPath(q *screen.Request) (e hooks.Endpoint, d hooks.Delivery, err error) {
	if e, err = endpointOfPath(q); err != nil {
		return e, d, err
	}
	event, err := id.ParseEvent(q.PathValue("event"))
	if err != nil {
		return e, d, fault.NoSuch("delivery")
	}
	d, err = q.Verbs.Hooks.FindDelivery(q.Context(), q.Caller, e.ID, event)

	return e, d, err
}

// oneDelivery is the screen of one delivery, with its attempts.
func oneDelivery(q *screen.Request) (screen.Answer, error) {
	e, d, err := deliveryOfPath(q)
	if err != nil {
		return nil, err
	}

	out := deliveryPage{
		deliveryRow: rowOfDelivery(q, e, d), URL: e.URL, Back: q.At("/webhooks/" + e.ID.String()),
		Once: screen.NewOnce(),
	}
	out.Facts = []screen.Fact{
		{Name: q.Text("Event"), ID: out.ID},
		{Name: q.Text("Type"), Text: out.Type},
		{Name: q.Text("What was sent"), Text: q.Text("The payload of the event"), Href: q.At("/events/" + out.ID)},
		{Name: q.Text("Attempts"), Text: strconv.Itoa(d.Total)},
		{Name: q.Text("Created"), When: out.Created},
	}
	if out.Next.ISO != "" {
		out.Facts = append(out.Facts, screen.Fact{Name: q.Text("Next attempt"), When: out.Next})
	}
	out.Timeline = q.Timeline(attemptsOf(q, d))

	return screen.Page{
		Template: "delivery", Title: q.Text("Delivery"), Data: out, Section: q.At("/webhooks"),
		API: "POST /v2/webhooks/" + e.ID.String() + "/deliveries/" + out.ID + "/redeliver",
	}, nil
}

// attemptsOf are the attempts as events.
func attemptsOf(q *screen.Request, d hooks.Delivery) []screen.Event {
	events := []screen.Event{{When: d.CreatedAt, Title: q.Text("The event happened"), Class: screen.MeansInfo}}
	first := d.Total - len(d.Tries) + 1
	for i, t := range d.Tries {
		e := screen.Event{
			When: t.At, Title: q.Textf("Attempt %d", first+i), Code: answerText(t),
			Class: screen.MeansBad,
			Text:  q.Took(t.Took),
		}
		if (webhook.Response{Status: t.Status}).OK() {
			e.Class = screen.MeansOK
		}
		for _, more := range []string{q.Text(errorTexts[t.Error]), d.Answers[i]} {
			if more != "" {
				e.Text += " · " + more
			}
		}
		events = append(events, e)
	}

	return events
}

// redeliver sends an event to an endpoint again.
func redeliver(q *screen.Request) (screen.Answer, error) {
	e, d, err := deliveryOfPath(q)
	if err != nil {
		return nil, err
	}
	once, err := q.Once(func(any) (string, secret.String) { return d.Event.String(), secret.String{} })
	if err != nil {
		return nil, err
	}
	if _, _, err := q.Verbs.Hooks.Redeliver(q.Context(), q.Caller, e.ID, d.Event, once); err != nil {
		return nil, err
	}

	return screen.Redirect{
		To:     q.At("/webhooks/" + e.ID.String() + "/deliveries/" + d.Event.String()),
		Notice: q.Text("The event is sent again. Load the page again to see how it went."),
	}, nil
}

// deliveriesLive is the stream of the first page of an endpoint's deliveries.
func deliveriesLive(q *screen.Request) (screen.Answer, error) {
	e, state, err := askedDeliveries(q)
	if err != nil {
		return nil, err
	}

	return q.Live("webhook", func(ctx context.Context) (rows []screen.LiveRow, err error) {
		list, err := q.Verbs.Hooks.FindDeliveries(ctx, q.Caller, e.ID, state, id.Event{}, screen.ListSize)
		for _, d := range list.Rows {
			r := rowOfDelivery(q, e, d)
			rows = append(rows, screen.LiveRow{ID: r.ID, State: fmt.Sprint(r.Status, r.Attempts, r.Next.ISO), View: r})
		}
		return rows, err
	}), nil
}

// deliveriesCSV is the list of deliveries as a file, with the same filter.
func deliveriesCSV(q *screen.Request) (screen.Answer, error) {
	e, state, err := askedDeliveries(q)
	if err != nil {
		return nil, err
	}
	columns := []string{"event_id", "event", "status", "attempts", "last_answer", "next_attempt_at", "created_at"}

	return q.CSV("deliveries", columns, func(below [16]byte) (rows [][]any, next [16]byte, err error) {
		list, err := q.Verbs.Hooks.FindDeliveries(q.Context(), q.Caller, e.ID, state, below, screen.CSVPage)
		for _, d := range list.Rows {
			row := rowOfDelivery(q, e, d)
			rows = append(rows, []any{row.ID, row.Type, row.Status, row.Attempts, row.Last, d.DueAt, d.CreatedAt})
		}
		if list.More {
			next = list.Last
		}
		return rows, next, err
	}), nil
}
