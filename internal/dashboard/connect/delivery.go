package connect

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

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
	// Payload is the body that was sent, with numbers as lists show them; empty when the event is not kept any more.
	Payload string
	Tries   []tryRow
}

// tryRow is one attempt with what was sent and what came back.
type tryRow struct {
	Number  int
	At      screen.Moment
	OK      bool
	Result  string
	Took    string
	Why     string // in words, when there was no answer
	Answer  string // the beginning of the body, as far as it is kept
	Headers string
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
		{Name: q.Text("Event"), ID: out.ID, Href: q.At("/events/" + out.ID)},
		{Name: q.Text("Type"), Text: out.Type},
		{Name: q.Text("Attempts"), Text: strconv.Itoa(d.Total)},
		{Name: q.Text("Created"), When: out.Created},
		{Name: q.Text("Next attempt"), When: out.Next},
	}
	event, err := q.Verbs.Hooks.GetEvent(q.Context(), q.Caller, d.Event)
	if err != nil && fault.From(err).Status != http.StatusNotFound {
		return nil, err
	}
	if err == nil {
		out.Payload = q.Payload(event.Body)
		p := screen.PayloadOf(event.Body)
		for _, of := range []string{p.MessageID, p.OTPID, p.WebhookID} {
			if name, href := q.Thing(of); href != "" {
				out.Facts = append(out.Facts, screen.Fact{Name: name, ID: of, Href: href})
			}
		}
	}
	out.Tries = triesOf(q, d)

	return screen.Page{
		Template: "delivery", Title: q.Text("Delivery"), Data: out, Section: q.At("/webhooks"),
		API: "POST /v2/webhooks/" + e.ID.String() + "/deliveries/" + out.ID + "/redeliver",
	}, nil
}

// triesOf are the attempts, the newest first. Of many, the first ones are not kept.
func triesOf(q *screen.Request, d hooks.Delivery) (rows []tryRow) {
	first := d.Total - len(d.Tries) + 1
	for i, t := range d.Tries {
		row := tryRow{
			Number: first + i, At: q.When(t.At), OK: (webhook.Response{Status: t.Status}).OK(), Result: answerText(t),
			Took: q.Took(t.Took), Why: q.Text(errorTexts[t.Error]), Answer: d.Answers[i],
		}
		if t.Status != 0 || t.Error == "timeout" { // after other errors nothing was sent, or it is not known
			row.Headers = headersOf(d, t, row.Number)
		}
		rows = append(rows, row)
	}
	slices.Reverse(rows)

	return rows
}

// headersOf are the headers of an attempt. Signatures are not kept, and the secrets that made them may have been
// replaced, so they are shown as the formula by which a receiver checks them.
func headersOf(d hooks.Delivery, t webhook.Try, number int) string {
	event, at := d.Event.String(), strconv.FormatInt(t.At.Unix(), 10)
	lines := []string{
		"Content-Type: application/json",
		webhook.HeaderEvent + ": " + string(d.Type),
		webhook.HeaderEventID + ": " + event,
		webhook.HeaderAttempt + ": " + strconv.Itoa(number),
		webhook.HeaderSignature + ": t=" + at + ",v1=hex(HMAC-SHA256(secret, \"" + at + ".\" + body))",
		webhook.HeaderStandardID + ": " + event,
		webhook.HeaderStandardTime + ": " + at,
		webhook.HeaderStandardSignature + ": v1,base64(HMAC-SHA256(secret, \"" + event + "." + at + ".\" + body))",
	}

	return strings.Join(lines, "\n")
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
