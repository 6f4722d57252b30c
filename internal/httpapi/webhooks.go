package httpapi

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/field"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/webhook"
)

func (s *Server) webhookRoutes() {
	const list, one = "/v2/webhooks", "/v2/webhooks/{webhook_id}"
	register(s, op("list-event-types", "GET "+list+"/event-types", account.ScopeRead,
		"List the types of events"), s.eventTypes)
	registerIdempotent(s, op("create-webhook", "POST "+list, account.ScopeAdmin,
		"Create a webhook endpoint"), s.createWebhook, showSecret)
	register(s, op("list-webhooks", "GET "+list, account.ScopeRead, "List webhook endpoints"), s.listWebhooks)
	register(s, op("get-webhook", "GET "+one, account.ScopeRead, "Get a webhook endpoint", 404), s.getWebhook)
	register(s, op("update-webhook", "PATCH "+one, account.ScopeAdmin,
		"Change a webhook endpoint", 404), s.updateWebhook)
	register(s, op("delete-webhook", "DELETE "+one, account.ScopeAdmin,
		"Delete a webhook endpoint", 404), s.deleteWebhook)
	registerIdempotent(s, op("test-webhook", "POST "+one+"/test", account.ScopeAdmin,
		"Send a test event to a webhook endpoint", 404), s.testWebhook, showTest)
	registerIdempotent(s, op("rotate-webhook-secret", "POST "+one+"/rotate-secret", account.ScopeAdmin,
		"Rotate the secret of a webhook endpoint", 404), s.rotateWebhook, showSecret)
	registerIdempotent(s, op("rotate-callback-secret", "POST "+list+"/callback/rotate-secret", account.ScopeAdmin,
		"Rotate the secret of callback URLs"), s.rotateCallback, showCallbackSecret)
	s.deliveryRoutes(one)
}

type eventTypeBody struct {
	Event       string          `json:"event" example:"message.delivered"`
	Description string          `json:"description" example:"A message was submitted to its carrier."`
	Schema      json.RawMessage `json:"schema" doc:"The JSON Schema of the payload."`
	Example     json.RawMessage `json:"example" doc:"An example of the payload."`
}

type eventTypesBody struct {
	Data []eventTypeBody `json:"data"`
}

func (s *Server) eventTypes(_ context.Context, _ account.Caller, _ *struct{}) (eventTypesBody, error) {
	var out eventTypesBody
	for _, k := range webhook.Catalogue() {
		out.Data = append(out.Data, eventTypeBody{string(k.Type), k.Description, k.Schema(), k.Example()})
	}
	return out, nil
}

// webhookBody is a webhook endpoint.
type webhookBody struct {
	ID             string   `json:"id" example:"whe_01HWXYZABC123DEF4560000000"`
	URL            string   `json:"url" example:"https://example.com/hooks/syssecure"`
	Description    string   `json:"description,omitempty"`
	Events         []string `json:"events" doc:"The types of events that are sent to it." example:"[\"message.delivered\",\"otp.verified\"]"`
	Enabled        bool     `json:"enabled" example:"true"`
	DisabledReason string   `json:"disabled_reason,omitempty" enum:"by_caller,gone,is_failing" doc:"Why the endpoint is disabled. by_caller: by this API. gone: it answered 410. is_failing: every attempt failed for five days. After you enable it again, recover the events that it missed."`
	FailingSince   string   `json:"failing_since,omitempty" format:"date-time" doc:"When the first attempt after the last successful one failed."`
	CreatedAt      string   `json:"created_at" format:"date-time"`
	Secret         string   `json:"secret,omitempty" doc:"The signing secret, only in the answers that create or rotate it. Use the whole string, including whsec_, to verify X-SysSecure-Signature."`
}

func showWebhook(e hooks.Endpoint) webhookBody {
	b := webhookBody{
		ID: e.ID.String(), URL: e.URL, Description: e.Description, Events: []string{}, Enabled: e.Enabled,
		DisabledReason: string(e.Disabled), FailingSince: stampOrNone(e.FailingSince), CreatedAt: stamp(e.CreatedAt),
	}

	events := e.Events
	if len(events) == 0 {
		events = webhook.Types
	}

	for _, t := range events {
		b.Events = append(b.Events, string(t))
	}

	return b
}

func showSecret(e hooks.Endpoint) webhookBody {
	b := showWebhook(e)
	b.Secret = e.Secret.Reveal()
	return b
}

type createWebhookInput struct {
	Repeatable
	Body struct {
		URL         string      `json:"url" minLength:"1" maxLength:"2048" doc:"The URL to which events are posted: https, with any port. The operator must allow addresses that are not public." example:"https://example.com/hooks/syssecure"`
		Description string      `json:"description,omitempty" maxLength:"200" doc:"A description for your own use."`
		Events      []eventName `json:"events,omitempty" maxItems:"16" doc:"The types of events to send to it, see /v2/webhooks/event-types. Absent, empty or [\"*\"] means every type, including those of later versions." example:"[\"message.delivered\",\"otp.verified\"]"`
		Enabled     *bool       `json:"enabled,omitempty" default:"true" doc:"Whether events are sent to it from now on."`
	}
}

// eventName is a type of event, or * for all types.
type eventName string

// Schema implements huma.SchemaProvider: it lists the types of events.
func (eventName) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Enum: []any{"*"}}
	for _, t := range webhook.Types {
		s.Enum = append(s.Enum, string(t))
	}
	s.PrecomputeMessages()
	return s
}

// typeName is a type of event.
type typeName string

// Schema implements huma.SchemaProvider: it lists the types of events.
func (typeName) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, t := range webhook.Types {
		s.Enum = append(s.Enum, string(t))
	}
	s.PrecomputeMessages()
	return s
}

// typesOf converts a list of events; nil means all types.
func typesOf(names []eventName) (out []webhook.Type) {
	if slices.Contains(names, "*") {
		return nil
	}
	for _, n := range names {
		out = append(out, webhook.Type(n))
	}
	return out
}

// endpointFaults are the faults of an endpoint's URL and events that no schema finds.
func endpointFaults(ctx huma.Context, url string, names []eventName) (errs []error) {
	if url != "" {
		errs = errorList(requestOf(ctx.Context()).server.Hooks.CheckEndpointURL(url))
	}
	for i, n := range names {
		if slices.Contains(names[:i], n) {
			return append(errs, fault.Invalid("events", "events names %s twice; name each event once", n))
		}
	}

	return errs
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *createWebhookInput) Resolve(ctx huma.Context) []error {
	return endpointFaults(ctx, in.Body.URL, in.Body.Events)
}

func (s *Server) createWebhook(ctx context.Context, c account.Caller, in *createWebhookInput,
	idem *idempotency.Request,
) (hooks.Endpoint, *idempotency.Answer, error) {
	b := &in.Body
	return s.Hooks.Create(ctx, c, hooks.NewEndpoint{
		URL: b.URL, Description: b.Description, Events: typesOf(b.Events),
		Disabled: b.Enabled != nil && !*b.Enabled,
	}, idem)
}

type listWebhooksInput struct{ Paging }

func (s *Server) listWebhooks(ctx context.Context, c account.Caller, in *listWebhooksInput) (page[webhookBody], error) {
	before, err := s.openPlainCursor(c, "webhooks", &in.Paging)
	if err != nil {
		return page[webhookBody]{}, err
	}

	list, err := s.Hooks.List(ctx, c, before, in.Limit+1)
	if err != nil {
		return page[webhookBody]{}, err
	}

	return pageOf(s, c, "webhooks", &in.Paging, list, func(e hooks.Endpoint) [16]byte { return e.ID }, showWebhook), nil
}

// WebhookPath names the endpoint of an operation.
type WebhookPath struct {
	ID string `path:"webhook_id" doc:"The endpoint's id." example:"whe_01HWXYZABC123DEF4560000000"`
}

func (p WebhookPath) parse() (id.Webhook, error) {
	return parseID(id.ParseWebhook, p.ID, "webhook endpoint")
}

func (s *Server) getWebhook(ctx context.Context, c account.Caller, in *WebhookPath) (webhookBody, error) {
	w, err := in.parse()
	if err != nil {
		return webhookBody{}, err
	}

	e, err := s.Hooks.Get(ctx, c, w)
	if err != nil {
		return webhookBody{}, err
	}

	return showWebhook(e), nil
}

type updateWebhookInput struct {
	WebhookPath
	Body struct {
		URL         *string      `json:"url,omitempty" minLength:"1" maxLength:"2048" doc:"The new URL." example:"https://example.com/hooks/syssecure"`
		Description *string      `json:"description,omitempty" maxLength:"200" doc:"A description for your own use."`
		Events      *[]eventName `json:"events,omitempty" maxItems:"16" doc:"The types of events to send to it from now on; empty or [\"*\"] means every type."`
		Enabled     *bool        `json:"enabled,omitempty" doc:"true enables it again: waiting events are sent immediately."`
	}
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *updateWebhookInput) Resolve(ctx huma.Context) []error {
	var url string
	var names []eventName
	if in.Body.URL != nil {
		url = *in.Body.URL
	}
	if in.Body.Events != nil {
		names = *in.Body.Events
	}

	return endpointFaults(ctx, url, names)
}

func (s *Server) updateWebhook(ctx context.Context, c account.Caller, in *updateWebhookInput) (webhookBody, error) {
	w, err := in.parse()
	if err != nil {
		return webhookBody{}, err
	}

	change := hooks.Change{URL: in.Body.URL, Description: in.Body.Description, Enabled: in.Body.Enabled}
	if in.Body.Events != nil {
		types := typesOf(*in.Body.Events)
		change.Events = &types
	}

	e, err := s.Hooks.Update(ctx, c, w, change)
	if err != nil {
		return webhookBody{}, err
	}

	return showWebhook(e), nil
}

func (s *Server) deleteWebhook(ctx context.Context, c account.Caller, in *WebhookPath) (deletedBody, error) {
	w, err := in.parse()
	if err == nil {
		err = s.Hooks.Delete(ctx, c, w)
	}
	return deletedBody{in.ID, true}, err
}

type testWebhookInput struct {
	Repeatable
	WebhookPath
	Body *struct {
		Event webhook.Type `json:"event,omitempty" enum:"message.sent,message.delivered,message.failed,message.read,otp.verified,otp.expired,otp.failed,otp.canceled,contact.opted_out,contact.opted_in,message.received,credits.low,webhook.disabled" default:"message.delivered" doc:"The type of event of which an example is sent." example:"otp.verified"`
	}
}

func (in testWebhookInput) resource() string { return in.ID }

// tryBody is one attempt of a delivery.
type tryBody struct {
	At         string `json:"at" format:"date-time"`
	DurationMS int64  `json:"duration_ms" doc:"How long the attempt took, in milliseconds." example:"182"`
	StatusCode int    `json:"status_code,omitempty" doc:"The HTTP status of the endpoint's answer; absent when there was none." example:"200"`
	Error      string `json:"error,omitempty" doc:"Why there was no answer: destination_not_allowed, dns_failed, connection_failed, tls_failed, timeout, invalid_url, endpoint_deleted, secret_unreadable, event_unreadable."`
	Answer     string `json:"answer,omitempty" doc:"The first 1,024 bytes of the answer, unless it was 2xx."`
}

func showTry(t webhook.Try, answer string) tryBody {
	return tryBody{
		At: stamp(t.At), DurationMS: t.Took.Milliseconds(), StatusCode: t.Status, Error: t.Error,
		Answer: answer,
	}
}

type testBody struct {
	Delivered bool    `json:"delivered" doc:"Whether the endpoint answered 2xx." example:"true"`
	Try       tryBody `json:"try" doc:"The attempt."`
}

func showTest(t webhook.Try) testBody {
	return testBody{webhook.Response{Status: t.Status}.OK(), showTry(t, string(t.Answer))}
}

func (s *Server) testWebhook(ctx context.Context, c account.Caller, in *testWebhookInput,
	idem *idempotency.Request,
) (webhook.Try, *idempotency.Answer, error) {
	w, err := in.parse()
	if err != nil {
		return webhook.Try{}, nil, err
	}

	event := webhook.MessageDelivered
	if in.Body != nil && in.Body.Event != "" {
		event = in.Body.Event
	}

	return s.Hooks.Test(ctx, c, w, event, idem)
}

type rotateInput struct {
	Repeatable
	WebhookPath
	Body *overlapBody
}

func (in rotateInput) resource() string { return in.ID }

type overlapBody struct {
	Overlap *field.Seconds `json:"overlap,omitempty" minimum:"0" maximum:"604800" default:"86400" doc:"How many seconds events are signed with both the old secret and the new one. 0 ends the old secret immediately."`
}

func (b *overlapBody) duration() time.Duration {
	if b == nil || b.Overlap == nil {
		return webhook.DefaultOverlap
	}
	return time.Duration(*b.Overlap) * time.Second
}

func (s *Server) rotateWebhook(ctx context.Context, c account.Caller, in *rotateInput,
	idem *idempotency.Request,
) (hooks.Endpoint, *idempotency.Answer, error) {
	w, err := in.parse()
	if err != nil {
		return hooks.Endpoint{}, nil, err
	}
	return s.Hooks.RotateSecret(ctx, c, w, in.Body.duration(), idem)
}

type rotateCallbackInput struct {
	Repeatable
	Body *overlapBody
}

type callbackSecretBody struct {
	Secret string `json:"secret" doc:"The secret that signs events to callback URLs from now on. It is not shown again." example:"whsec_C2FVsBQIhrscChlQIMVb5sSYspob7oDx"`
}

func showCallbackSecret(t secret.String) callbackSecretBody { return callbackSecretBody{t.Reveal()} }

func (s *Server) rotateCallback(ctx context.Context, c account.Caller, in *rotateCallbackInput,
	idem *idempotency.Request,
) (secret.String, *idempotency.Answer, error) {
	return s.Hooks.RotateCallback(ctx, c, in.Body.duration(), idem)
}
