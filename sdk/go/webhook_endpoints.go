package syssecure

import (
	"context"
	"iter"
	"time"
)

// WebhookEndpointsService manages the addresses to which events are posted.
type WebhookEndpointsService struct{ core *core }

// WebhookEndpoint is an address to which events are posted.
type WebhookEndpoint struct {
	Meta `json:"-"`

	// ID identifies the endpoint.
	ID string `json:"id"`
	// URL is the address.
	URL string `json:"url"`
	// Description is your own description.
	Description string `json:"description,omitempty"`
	// Events are the types of events that are sent to it.
	Events []string `json:"events"`
	// Enabled says whether events are sent to it.
	Enabled bool `json:"enabled"`
	// DisabledReason says why it is disabled: by_caller, gone or is_failing.
	DisabledReason string `json:"disabled_reason,omitempty"`
	// FailingSince is when the first attempt after the last successful one failed.
	FailingSince time.Time `json:"failing_since,omitzero"`
	// Secret is the signing secret, for ConstructEvent. Only the calls that create or rotate it return it.
	Secret string `json:"secret,omitempty" log:"-"`
	// CreatedAt is when it was made.
	CreatedAt time.Time `json:"created_at"`
}

// WebhookEndpointCreateParams are the parameters of [WebhookEndpointsService.Create]. URL is required.
type WebhookEndpointCreateParams struct {
	// URL is the address, which must begin with https.
	URL string `api:"url,required"`
	// Description is your own description.
	Description string `api:"description"`
	// Events are the types of events to send. Without them all types are sent.
	Events []string `api:"events"`
	// Enabled says whether events are sent from now on. By default they are.
	Enabled *bool `api:"enabled"`
}

// Create makes an endpoint, and returns it with its secret. Errors that matter: [ErrBadRequest] with all faults in
// Errors.
func (s *WebhookEndpointsService) Create(
	ctx context.Context, params WebhookEndpointCreateParams, options ...RequestOption,
) (*WebhookEndpoint, error) {
	return call[WebhookEndpoint](ctx, s.core, operation{method: "POST", path: "/webhooks", body: params}, options)
}

// Get returns an endpoint. Errors that matter: [ErrNotFound].
func (s *WebhookEndpointsService) Get(
	ctx context.Context, webhookID string, options ...RequestOption,
) (*WebhookEndpoint, error) {
	op := operation{method: "GET", path: "/webhooks/{webhook_id}", ids: []string{webhookID}}
	return call[WebhookEndpoint](ctx, s.core, op, options)
}

// List returns one page of the endpoints.
func (s *WebhookEndpointsService) List(
	ctx context.Context, params ListParams, options ...RequestOption,
) (*Page[WebhookEndpoint], error) {
	return list[WebhookEndpoint](ctx, s.core, listOf("/webhooks", params, params.Cursor), options)
}

// All iterates over the endpoints, and requests page after page.
func (s *WebhookEndpointsService) All(
	ctx context.Context, params ListParams, options ...RequestOption,
) iter.Seq2[*WebhookEndpoint, error] {
	return all[WebhookEndpoint](ctx, s.core, listOf("/webhooks", params, params.Cursor), options)
}

// WebhookEndpointUpdateParams are the parameters of [WebhookEndpointsService.Update]. What is not given stays as it is.
type WebhookEndpointUpdateParams struct {
	// URL is the new address.
	URL string `api:"url"`
	// Description is the new description; a pointer to an empty text removes it.
	Description *string `api:"description"`
	// Events are the types of events to send from now on; an empty list means all types.
	Events []string `api:"events"`
	// Enabled true enables the endpoint, and events that wait for it are sent at once.
	Enabled *bool `api:"enabled"`
}

// Update changes an endpoint. Errors that matter: [ErrNotFound], and [ErrBadRequest] with all faults in Errors.
func (s *WebhookEndpointsService) Update(
	ctx context.Context, webhookID string, params WebhookEndpointUpdateParams, options ...RequestOption,
) (*WebhookEndpoint, error) {
	op := operation{method: "PATCH", path: "/webhooks/{webhook_id}", ids: []string{webhookID}, body: params}
	return call[WebhookEndpoint](ctx, s.core, op, options)
}

// Delete deletes an endpoint. Errors that matter: [ErrNotFound].
func (s *WebhookEndpointsService) Delete(
	ctx context.Context, webhookID string, options ...RequestOption,
) (*Deleted, error) {
	op := operation{method: "DELETE", path: "/webhooks/{webhook_id}", ids: []string{webhookID}}
	return call[Deleted](ctx, s.core, op, options)
}

// RotateSecretParams are the parameters of the calls that rotate a secret.
type RotateSecretParams struct {
	// Overlap is how long events are signed with both secrets, in whole seconds; a pointer to 0 ends the old one at
	// once.
	Overlap *time.Duration `api:"overlap"`
}

// RotateSecret makes a new secret, and returns the endpoint with it. Errors that matter: [ErrNotFound].
func (s *WebhookEndpointsService) RotateSecret(
	ctx context.Context, webhookID string, params RotateSecretParams, options ...RequestOption,
) (*WebhookEndpoint, error) {
	path := "/webhooks/{webhook_id}/rotate-secret"
	op := operation{method: "POST", path: path, ids: []string{webhookID}, body: params}
	return call[WebhookEndpoint](ctx, s.core, op, options)
}

// CallbackSecret is the secret of the events that are posted to callback URLs.
type CallbackSecret struct {
	Meta `json:"-"`

	// Secret is the secret, which is not shown again.
	Secret string `json:"secret" log:"-"`
}

// RotateCallbackSecret makes a new secret for the events that are posted to callback URLs, and returns it.
func (s *WebhookEndpointsService) RotateCallbackSecret(
	ctx context.Context, params RotateSecretParams, options ...RequestOption,
) (*CallbackSecret, error) {
	op := operation{method: "POST", path: "/webhooks/callback/rotate-secret", body: params}
	return call[CallbackSecret](ctx, s.core, op, options)
}

// EventType describes a type of event.
type EventType struct {
	Meta `json:"-"`

	// Event is the type.
	Event string `json:"event"`
	// Description says what happened.
	Description string `json:"description"`
	// Schema is the JSON Schema of the payload.
	Schema any `json:"schema" log:"-"`
	// Example is an example of the payload.
	Example any `json:"example" log:"-"`
}

// EventTypes returns all types of events, on one page.
func (s *WebhookEndpointsService) EventTypes(ctx context.Context, options ...RequestOption) (*Page[EventType], error) {
	return list[EventType](ctx, s.core, operation{method: "GET", path: "/webhooks/event-types"}, options)
}
