package syssecure

import (
	"context"
	"iter"
	"time"
)

// RequestsService shows the requests to the API.
type RequestsService struct{ core *core }

// LoggedRequest is a request to the API, without its body.
type LoggedRequest struct {
	Meta `json:"-"`

	// ID is the id of the request, as in X-Request-Id.
	ID string `json:"id"`
	// Method is the HTTP method.
	Method string `json:"method"`
	// Path is the path, with numbers masked.
	Path string `json:"path" log:"number"`
	// Operation is the operation, such as send-otp.
	Operation string `json:"operation,omitempty"`
	// Status is the HTTP status of the answer.
	Status int64 `json:"status"`
	// Error is the code of the error.
	Error string `json:"error,omitempty"`
	// Reason says why it failed, more precisely.
	Reason string `json:"reason,omitempty"`
	// DurationMS says how long it took, in milliseconds.
	DurationMS int64 `json:"duration_ms"`
	// KeyID is the id of the key.
	KeyID string `json:"key_id"`
	// KeyName is the name of the key.
	KeyName string `json:"key_name,omitempty"`
	// Address is the address of the caller.
	Address string `json:"address"`
	// UserAgent is the User-Agent of the caller.
	UserAgent string `json:"user_agent"`
	// Replayed says whether an earlier answer was given again for the same idempotency key.
	Replayed bool `json:"replayed"`
	// Sampled says how many requests before it were left out.
	Sampled int64 `json:"sampled,omitempty"`
	// CreatedAt is when it was answered.
	CreatedAt time.Time `json:"created_at"`
}

// RequestListParams are the parameters of [RequestsService.List] and [RequestsService.All]. All are optional.
type RequestListParams struct {
	// KeyID restricts the list to requests with this key.
	KeyID string `api:"key_id"`
	// Status restricts the list to rows with this outcome: success, error, 2xx, 4xx, 5xx or a status such as 429.
	Status string `api:"status"`
	// Method restricts the list to rows with this HTTP method.
	Method string `api:"method"`
	// Operation restricts the list to this operation, such as send-otp.
	Operation string `api:"operation"`
	// CreatedAfter restricts the list to rows from this time on.
	CreatedAfter time.Time `api:"created_after"`
	// CreatedBefore restricts the list to rows before this time.
	CreatedBefore time.Time `api:"created_before"`
	// Limit is the number of rows on a page.
	Limit int `api:"limit"`
	// Cursor is the NextCursor of the page before.
	Cursor string `api:"cursor"`
}

func (v RequestListParams) operation() operation { return listOf("/requests", v, v.Cursor) }

// List returns one page of requests to the API, newest first. A busy server leaves some out, and says how many.
func (s *RequestsService) List(
	ctx context.Context, params RequestListParams, options ...RequestOption,
) (*Page[LoggedRequest], error) {
	return list[LoggedRequest](ctx, s.core, params.operation(), options)
}

// All iterates over requests to the API, and requests page after page.
func (s *RequestsService) All(
	ctx context.Context, params RequestListParams, options ...RequestOption,
) iter.Seq2[*LoggedRequest, error] {
	return all[LoggedRequest](ctx, s.core, params.operation(), options)
}

// AuditService shows who changed what.
type AuditService struct{ core *core }

// AuditEntry is a change that somebody made to the account.
type AuditEntry struct {
	Meta `json:"-"`

	// ID identifies the entry.
	ID string `json:"id"`
	// Action is what was done, such as key.rotated.
	Action string `json:"action"`
	// Object is the id of what it was done to.
	Object string `json:"object" log:"number"`
	// Actor is who did it.
	Actor AuditActor `json:"actor"`
	// Mode is test or live, when it was done in one of them.
	Mode string `json:"mode,omitempty"`
	// Changes are the fields that were changed, without secrets.
	Changes []*AuditChange `json:"changes"`
	// Address is the address from which it was done.
	Address string `json:"address,omitempty"`
	// UserAgent is the User-Agent with which it was done.
	UserAgent string `json:"user_agent,omitempty"`
	// CreatedAt is when it was done.
	CreatedAt time.Time `json:"created_at"`
}

// AuditActor is who made a change.
type AuditActor struct {
	// Kind is user, key, command_line or system.
	Kind string `json:"kind"`
	// ID is the id of the user or key.
	ID string `json:"id,omitempty"`
	// Name is the name of the user or key.
	Name string `json:"name,omitempty"`
}

// AuditChange is a field that was changed.
type AuditChange struct {
	// Field is the name of the field.
	Field string `json:"field"`
	// Before is what it was.
	Before string `json:"before,omitempty" log:"number"`
	// After is what it is now.
	After string `json:"after,omitempty" log:"number"`
}

// AuditListParams are the parameters of [AuditService.List] and [AuditService.All]. All are optional.
type AuditListParams struct {
	// Of is whose log: account, the default, or installation, which needs the scope operator.
	Of string `api:"of"`
	// Actor restricts the list to changes by this user or key.
	Actor string `api:"actor"`
	// Action restricts the list to this action, such as key.rotated.
	Action string `api:"action"`
	// Object restricts the list to changes to this object, by its id.
	Object string `api:"object" log:"number"`
	// CreatedAfter restricts the list to rows from this time on.
	CreatedAfter time.Time `api:"created_after"`
	// CreatedBefore restricts the list to rows before this time.
	CreatedBefore time.Time `api:"created_before"`
	// Limit is the number of rows on a page.
	Limit int `api:"limit"`
	// Cursor is the NextCursor of the page before.
	Cursor string `api:"cursor"`
}

func (v AuditListParams) operation() operation { return listOf("/audit", v, v.Cursor) }

// List returns one page of the changes that were made to the account, newest first. Errors that matter:
// [ErrAuthentication] when the key lacks the scope admin.
func (s *AuditService) List(
	ctx context.Context, params AuditListParams, options ...RequestOption,
) (*Page[AuditEntry], error) {
	return list[AuditEntry](ctx, s.core, params.operation(), options)
}

// All iterates over the changes that were made to the account, and requests page after page.
func (s *AuditService) All(
	ctx context.Context, params AuditListParams, options ...RequestOption,
) iter.Seq2[*AuditEntry, error] {
	return all[AuditEntry](ctx, s.core, params.operation(), options)
}
