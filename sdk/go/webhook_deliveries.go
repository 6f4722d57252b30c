package syssecure

import (
	"context"
	"iter"
	"time"
)

// WebhookTestParams are the parameters of [WebhookEndpointsService.Test].
type WebhookTestParams struct {
	// Event is the type of event of which an example is sent.
	Event string `api:"event"`
}

// WebhookTest is the result of [WebhookEndpointsService.Test].
type WebhookTest struct {
	Meta `json:"-"`

	// Delivered says whether the endpoint answered 2xx.
	Delivered bool `json:"delivered"`
	// Try is the attempt.
	Try WebhookTry `json:"try"`
}

// WebhookTry is one attempt to deliver an event.
type WebhookTry struct {
	// At is when it began.
	At time.Time `json:"at"`
	// DurationMS is how many milliseconds it took.
	DurationMS int64 `json:"duration_ms"`
	// StatusCode is the HTTP status of the endpoint's answer; 0 when there was none.
	StatusCode int `json:"status_code,omitempty"`
	// Error says why there was no answer, such as timeout.
	Error string `json:"error,omitempty"`
	// Answer is the beginning of the endpoint's answer, unless it was 2xx.
	Answer string `json:"answer,omitempty" log:"-"`
}

// Test sends an example of an event to an endpoint, and waits for its answer. That the endpoint fails is no error:
// Delivered is false then. Errors that matter: [ErrNotFound].
func (s *WebhookEndpointsService) Test(
	ctx context.Context, webhookID string, params WebhookTestParams, options ...RequestOption,
) (*WebhookTest, error) {
	op := operation{method: "POST", path: "/webhooks/{webhook_id}/test", ids: []string{webhookID}, body: params}
	return call[WebhookTest](ctx, s.core, op, options)
}

// WebhookDelivery is an event on its way to an endpoint.
type WebhookDelivery struct {
	Meta `json:"-"`

	// ID is the id of the event, the same in all attempts.
	ID string `json:"id"`
	// Event is the type of the event.
	Event string `json:"event"`
	// Status is one of waiting, delivered and failed.
	Status string `json:"status"`
	// Attempts is how many attempts were made.
	Attempts int `json:"attempts"`
	// Tries are the last attempts, oldest first.
	Tries []*WebhookTry `json:"tries"`
	// NextAttemptAt is when the next attempt is due.
	NextAttemptAt time.Time `json:"next_attempt_at,omitzero"`
	// CreatedAt is when the event happened.
	CreatedAt time.Time `json:"created_at"`
}

// DeliveryListParams are the parameters of [WebhookEndpointsService.Deliveries] and
// [WebhookEndpointsService.AllDeliveries]. All are optional.
type DeliveryListParams struct {
	// Limit is the number of deliveries on a page.
	Limit int `api:"limit"`
	// Cursor is the NextCursor of the page before.
	Cursor string `api:"cursor"`
	// Status selects deliveries: waiting, delivered or failed.
	Status string `api:"status"`
}

func deliveries(webhookID string, params DeliveryListParams) operation {
	return listOf("/webhooks/{webhook_id}/deliveries", params, params.Cursor, webhookID)
}

// Deliveries returns one page of the deliveries to an endpoint, newest first. Errors that matter: [ErrNotFound].
func (s *WebhookEndpointsService) Deliveries(
	ctx context.Context, webhookID string, params DeliveryListParams, options ...RequestOption,
) (*Page[WebhookDelivery], error) {
	return list[WebhookDelivery](ctx, s.core, deliveries(webhookID, params), options)
}

// AllDeliveries iterates over the deliveries to an endpoint, newest first, and requests page after page.
func (s *WebhookEndpointsService) AllDeliveries(
	ctx context.Context, webhookID string, params DeliveryListParams, options ...RequestOption,
) iter.Seq2[*WebhookDelivery, error] {
	return all[WebhookDelivery](ctx, s.core, deliveries(webhookID, params), options)
}

// Redeliver sends one event to an endpoint again. Errors that matter: [ErrNotFound].
func (s *WebhookEndpointsService) Redeliver(
	ctx context.Context, webhookID, eventID string, options ...RequestOption,
) (*WebhookDelivery, error) {
	path := "/webhooks/{webhook_id}/deliveries/{event_id}/redeliver"
	op := operation{method: "POST", path: path, ids: []string{webhookID, eventID}}
	return call[WebhookDelivery](ctx, s.core, op, options)
}

// WebhookRecoverParams are the parameters of [WebhookEndpointsService.Recover]. Since is required.
type WebhookRecoverParams struct {
	// Since is the time from which on events are sent again. Events are kept for 30 days.
	Since time.Time `api:"since,required"`
	// Until is the time until which events are sent again. Without it they are until now.
	Until time.Time `api:"until"`
}

// WebhookRecovery is the result of [WebhookEndpointsService.Recover].
type WebhookRecovery struct {
	Meta `json:"-"`

	// Queued is the number of events that are sent again now.
	Queued int64 `json:"queued"`
	// NextSince is there when one call could not cover all events: call again with it as Since.
	NextSince time.Time `json:"next_since,omitzero"`
}

// Recover sends all events of a time again that the endpoint has not received. Errors that matter: [ErrNotFound].
func (s *WebhookEndpointsService) Recover(
	ctx context.Context, webhookID string, params WebhookRecoverParams, options ...RequestOption,
) (*WebhookRecovery, error) {
	op := operation{method: "POST", path: "/webhooks/{webhook_id}/recover", ids: []string{webhookID}, body: params}
	return call[WebhookRecovery](ctx, s.core, op, options)
}
