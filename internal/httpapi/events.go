package httpapi

import (
	"context"
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/field"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/webhook"
)

// deliveryRoutes are the routes of events and deliveries; one is the path of an endpoint.
func (s *Server) deliveryRoutes(one string) {
	register(s, op("list-deliveries", "GET "+one+"/deliveries", account.ScopeRead,
		"List deliveries to a webhook endpoint", 404), s.listDeliveries)
	registerIdempotent(s, op("redeliver", "POST "+one+"/deliveries/{event_id}/redeliver", account.ScopeAdmin,
		"Send an event to a webhook endpoint again", 404), s.redeliver, showDelivery)
	registerIdempotent(s, op("recover-webhook", "POST "+one+"/recover", account.ScopeAdmin,
		"Send all events that a webhook endpoint missed", 404), s.recoverWebhook, showRecovered)
	register(s, op("list-events", "GET /v2/events", account.ScopeRead, "List events"), s.listEvents)
}

type listDeliveriesInput struct {
	WebhookPath
	Paging
	Status string `query:"status" enum:"waiting,delivered,failed" doc:"Only those with this status." example:"failed"`
}

// deliveryBody is the delivery of an event to an endpoint. Its id is the event's.
type deliveryBody struct {
	ID            string    `json:"id" doc:"The event's id, the same in all attempts and redeliveries." example:"evt_01HWXYZABC123DEF4560000000"`
	Event         string    `json:"event" example:"message.delivered"`
	Status        string    `json:"status" enum:"waiting,delivered,failed" doc:"waiting: it will be sent, or sent again. delivered: the endpoint answered 2xx. failed: all attempts failed, or the endpoint answered 410; it can be sent again for 30 days." example:"delivered"`
	Attempts      int       `json:"attempts" doc:"How many attempts were made." example:"1"`
	NextAttemptAt string    `json:"next_attempt_at,omitempty" format:"date-time" doc:"When the next attempt is due. It may be made later when the endpoint fails often; no attempt is lost by that."`
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

func (s *Server) listDeliveries(ctx context.Context, c account.Caller,
	in *listDeliveriesInput,
) (page[deliveryBody], error) {
	w, err := in.parse()
	if err != nil {
		return page[deliveryBody]{}, err
	}

	state, _ := webhook.ParseState(in.Status) // Huma has validated it
	read := func(before [16]byte, n int) ([]hooks.Delivery, [16]byte, bool, error) {
		found, err := s.Hooks.FindDeliveries(ctx, c, w, state, before, n)
		return found.Rows, found.Last, found.More, err
	}

	// The filter is part of the list's name, so that a cursor of another one is refused.
	return pageFrom(s, c, "deliveries "+in.ID+" "+in.Status, &in.Paging, read,
		func(d hooks.Delivery) [16]byte { return d.Event }, showDelivery)
}

type redeliverInput struct {
	Repeatable
	WebhookPath
	Event string `path:"event_id" doc:"The event's id." example:"evt_01HWXYZABC123DEF4560000000"`
}

func (in redeliverInput) resource() string { return in.ID + " " + in.Event }

func (s *Server) redeliver(ctx context.Context, c account.Caller, in *redeliverInput,
	idem *idempotency.Request,
) (hooks.Delivery, *idempotency.Answer, error) {
	w, err := in.parse()
	if err != nil {
		return hooks.Delivery{}, nil, err
	}

	event, err := parseID(id.ParseEvent, in.Event, "delivery")
	if err != nil {
		return hooks.Delivery{}, nil, err
	}

	return s.Hooks.Redeliver(ctx, c, w, event, idem)
}

type recoverInput struct {
	Repeatable
	WebhookPath
	Body struct {
		Since string `json:"since" minLength:"1" maxLength:"64" format:"iso8601" doc:"Events from this time on, ISO 8601 with an offset from UTC. Events are kept for 30 days." example:"2026-04-25T00:00:00Z"`
		Until string `json:"until,omitempty" minLength:"1" maxLength:"64" format:"iso8601" doc:"Events until this time, ISO 8601 with an offset from UTC. Without it: until now." example:"2026-04-26T00:00:00Z"`
	}
}

func (in recoverInput) resource() string { return in.ID }

// times reads the range of events; without an end, until is the zero time.
func (in *recoverInput) times() (since, until time.Time, err error) {
	since, errSince := field.Instant("since", in.Body.Since)
	until, errUntil := field.Instant("until", in.Body.Until)

	return since, until, fault.Join(errSince, errUntil)
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *recoverInput) Resolve(huma.Context) []error {
	_, _, err := in.times()
	return errorList(err)
}

type recoveredBody struct {
	Queued    int    `json:"queued" doc:"The number of deliveries that are sent again now. Events that were delivered, or are waiting already, are not sent again." example:"3"`
	NextSince string `json:"next_since,omitempty" format:"date-time" doc:"Present when there are more events than one request covers: repeat the request with it as since."`
}

func showRecovered(r hooks.Recovered) recoveredBody {
	return recoveredBody{r.Queued, stampOrNone(r.Next)}
}

func (s *Server) recoverWebhook(ctx context.Context, c account.Caller, in *recoverInput,
	idem *idempotency.Request,
) (hooks.Recovered, *idempotency.Answer, error) {
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
	Type  typeName `query:"type" doc:"Only events of this type. Not with after, which lists every event." example:"message.delivered"`
	After string   `query:"after" maxLength:"64" pattern:"^(start|evt_[0-7][0-9A-HJKMNP-TV-Z]{25})$" patternDescription:"the id of an event, or start" doc:"List oldest first, beginning after the event with this id, or with \"start\" at the oldest. Use the answer's next_cursor, which is never null then, as the next after. An event can appear shortly after a newer one: to reconcile, begin a minute earlier and skip the ids that you have."`
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *listEventsInput) Resolve(huma.Context) []error {
	if in.After == "" {
		return nil
	}

	var errs []error
	if in.Cursor != "" {
		errs = append(errs, fault.Invalid("cursor", "send either cursor or after"))
	}
	if in.Type != "" { // a page could be empty although more follow, and would end a reconciliation too early
		errs = append(errs, fault.Invalid("type", "send either type or after"))
	}

	return errs
}

type eventBody struct {
	ID        string          `json:"id" example:"evt_01HWXYZABC123DEF4560000000"`
	Event     string          `json:"event" example:"message.delivered"`
	CreatedAt string          `json:"created_at" format:"date-time"`
	Payload   json.RawMessage `json:"payload" doc:"The exact body that is posted to webhook endpoints."`
}

func (s *Server) listEvents(ctx context.Context, c account.Caller, in *listEventsInput) (page[eventBody], error) {
	if in.After != "" {
		return s.eventsAfter(ctx, c, in)
	}
	read := func(before [16]byte, n int) ([]hooks.Event, [16]byte, bool, error) {
		found, err := s.Hooks.FindEvents(ctx, c, hooks.EventSearch{Type: webhook.Type(in.Type), Before: before, Limit: n})
		return found.Rows, found.Last, found.More, err
	}
	// The filter is part of the list's name, so that a cursor of another one is refused.
	return pageFrom(s, c, "events "+string(in.Type), &in.Paging, read,
		func(e hooks.Event) [16]byte { return e.ID }, showEvent)
}

func (s *Server) eventsAfter(ctx context.Context, c account.Caller, in *listEventsInput) (page[eventBody], error) {
	var out pageBuilder[eventBody]
	var after id.Event
	if in.After != "start" {
		var err error
		if after, err = id.ParseEvent(in.After); err != nil {
			return out.page, fault.Invalid("after", "after must be the id of an event, or start")
		}
	}

	found, err := s.Hooks.FindEvents(ctx, c, hooks.EventSearch{After: &after, Limit: in.Limit})
	if err != nil {
		return out.page, err
	}

	last := found.Last
	for i, e := range found.Rows {
		if !out.add(showEvent(e)) {
			last = found.Rows[i-1].ID
			break
		}
	}
	next := in.After
	if !last.IsZero() {
		next = last.String()
	}
	out.NextCursor = &next

	return out.page, nil
}

func showEvent(e hooks.Event) eventBody {
	return eventBody{e.ID.String(), string(e.Type), stamp(e.CreatedAt), e.Body}
}
