package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/field"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
)

// deliveryRoutes are those about what was sent; one is the path of an endpoint.
func (s *Server) deliveryRoutes(one string) {
	register(s, op("list-deliveries", http.MethodGet, one+"/deliveries", account.ScopeRead, "List what was sent to a webhook endpoint", 404), s.listDeliveries)
	registerIdempotent(s, op("redeliver", http.MethodPost, one+"/deliveries/{event_id}/redeliver", account.ScopeAdmin, "Send an event to a webhook endpoint again", 404), s.redeliver, showDelivery)
	registerIdempotent(s, op("recover-webhook", http.MethodPost, one+"/recover", account.ScopeAdmin, "Send everything that a webhook endpoint missed", 404), s.recoverWebhook, showRecovered)
	register(s, op("list-events", http.MethodGet, "/v2/events", account.ScopeRead, "List events"), s.listEvents)
}

type listDeliveriesInput struct {
	WebhookPath
	Paging
}

// deliveryBody is an event's way to an endpoint. It is named by the event.
type deliveryBody struct {
	ID            string    `json:"id" doc:"The event's id, the same over all attempts and redeliveries." example:"evt_01HWXYZABC123DEF4560000000"`
	Event         string    `json:"event" example:"message.delivered"`
	Status        string    `json:"status" enum:"waiting,delivered,failed" doc:"failed: the last attempt of the schedule failed, or the endpoint answered 410. It can be sent again for 30 days." example:"delivered"`
	Attempts      int       `json:"attempts" doc:"How often it was sent." example:"1"`
	NextAttemptAt string    `json:"next_attempt_at,omitempty" format:"date-time" doc:"When it is sent again; an endpoint that fails often is asked later, without losing attempts."`
	CreatedAt     string    `json:"created_at" format:"date-time"`
	Tries         []tryBody `json:"tries" doc:"The last attempts, oldest first."`
}

func showDelivery(d hooks.Delivery) deliveryBody {
	b := deliveryBody{
		ID: d.Event.String(), Event: string(d.Type), Status: d.State.String(), Attempts: d.Total,
		NextAttemptAt: stampOrNone(d.DueAt), CreatedAt: stamp(d.CreatedAt), Tries: []tryBody{},
	}

	for i, t := range d.Tries {
		b.Tries = append(b.Tries, showTry(t, d.Answers[i]))
	}

	return b
}

func (s *Server) listDeliveries(ctx context.Context, c account.Caller, in *listDeliveriesInput) (page[deliveryBody], error) {
	w, err := in.parse()
	if err != nil {
		return page[deliveryBody]{}, err
	}

	read := func(before [16]byte, n int) ([]hooks.Delivery, error) {
		return s.Hooks.Deliveries(ctx, c, w, before, n)
	}

	return pageFrom(s, c, "deliveries "+in.ID, &in.Paging, read, func(d hooks.Delivery) [16]byte { return d.Event }, showDelivery)
}

type redeliverInput struct {
	Repeatable
	WebhookPath
	Event string `path:"event_id" doc:"The event's id." example:"evt_01HWXYZABC123DEF4560000000"`
}

func (in redeliverInput) resource() string { return in.ID + " " + in.Event }

func (s *Server) redeliver(ctx context.Context, c account.Caller, in *redeliverInput, idem *idempotency.Request) (hooks.Delivery, *idempotency.Answer, error) {
	w, err := in.parse()
	if err != nil {
		return hooks.Delivery{}, nil, err
	}

	event, err := named(id.ParseEvent, in.Event, "delivery")
	if err != nil {
		return hooks.Delivery{}, nil, err
	}

	return s.Hooks.Redeliver(ctx, c, w, event, idem)
}

type recoverInput struct {
	Repeatable
	WebhookPath
	Body struct {
		Since string `json:"since" minLength:"1" maxLength:"64" format:"iso8601" doc:"From when on, with an offset; events are kept for 30 days." example:"2026-04-25T00:00:00Z"`
		Until string `json:"until,omitempty" minLength:"1" maxLength:"64" format:"iso8601" doc:"Until when, with an offset; absent is until now." example:"2026-04-26T00:00:00Z"`
	}
}

func (in recoverInput) resource() string { return in.ID }

// times reads the range of events; without an end it is the zero time.
func (in *recoverInput) times() (since, until time.Time, err error) {
	since, errSince := field.Instant("since", in.Body.Since)
	until, errUntil := field.Instant("until", in.Body.Until)

	return since, until, fault.Join(errSince, errUntil)
}

// Resolve implements huma.Resolver: what no schema says is told together with what one says.
func (in *recoverInput) Resolve(huma.Context) []error {
	_, _, err := in.times()
	return listed(err)
}

type recoveredBody struct {
	Queued    int    `json:"queued" doc:"How many deliveries are sent now; what was delivered, or waits already, is left alone." example:"3"`
	NextSince string `json:"next_since,omitempty" format:"date-time" doc:"Present when there is more than one request goes through: repeat with it as since."`
}

func showRecovered(r hooks.Recovered) recoveredBody {
	return recoveredBody{r.Queued, stampOrNone(r.Next)}
}

func (s *Server) recoverWebhook(ctx context.Context, c account.Caller, in *recoverInput, idem *idempotency.Request) (hooks.Recovered, *idempotency.Answer, error) {
	w, err := in.parse()
	if err != nil {
		return hooks.Recovered{}, nil, err
	}

	since, until, err := in.times()
	if err != nil {
		return hooks.Recovered{}, nil, err
	}

	return s.Hooks.Recover(ctx, c, w, since, until, idem)
}

type listEventsInput struct {
	Paging
	After string `query:"after" maxLength:"64" pattern:"^(start|evt_[0-7][0-9A-HJKMNP-TV-Z]{25})$" patternDescription:"the id of an event, or start" doc:"Oldest first instead: only events behind this one, or \"start\" for all. The answer's next_cursor is then the next after, also on the last page. An event can appear shortly behind a newer one: to reconcile, begin a minute earlier and pass over ids that you know."`
}

// Resolve implements huma.Resolver: what no schema says is told together with what one says.
func (in *listEventsInput) Resolve(huma.Context) []error {
	if in.After != "" && in.Cursor != "" {
		return []error{fault.Invalid("cursor", "send either cursor or after")}
	}
	return nil
}

type eventBody struct {
	ID        string          `json:"id" example:"evt_01HWXYZABC123DEF4560000000"`
	Event     string          `json:"event" example:"message.delivered"`
	CreatedAt string          `json:"created_at" format:"date-time"`
	Payload   json.RawMessage `json:"payload" doc:"What is posted to webhook endpoints, byte for byte."`
}

func (s *Server) listEvents(ctx context.Context, c account.Caller, in *listEventsInput) (page[eventBody], error) {
	if in.After != "" {
		return s.eventsAfter(ctx, c, in)
	}
	read := func(before [16]byte, n int) ([]hooks.Event, error) { return s.Hooks.Events(ctx, c, nil, before, n) }
	return pageFrom(s, c, "events", &in.Paging, read, func(e hooks.Event) [16]byte { return e.ID }, showEvent)
}

func (s *Server) eventsAfter(ctx context.Context, c account.Caller, in *listEventsInput) (page[eventBody], error) {
	var out filling[eventBody]
	var after id.Event
	if in.After != "start" {
		var err error
		if after, err = id.ParseEvent(in.After); err != nil {
			return out.page, fault.Invalid("after", "after must be the id of an event, or start")
		}
	}

	list, err := s.Hooks.Events(ctx, c, &after, id.Event{}, in.Limit)
	if err != nil {
		return out.page, err
	}

	next := in.After
	for _, e := range list {
		if !out.add(showEvent(e)) {
			break
		}
		next = e.ID.String()
	}
	out.NextCursor = &next

	return out.page, nil
}

func showEvent(e hooks.Event) eventBody {
	return eventBody{e.ID.String(), string(e.Type), stamp(e.CreatedAt), e.Body}
}
