package syssecure

import (
	"context"
	"iter"
	"time"
)

// KeysService manages API keys.
type KeysService struct{ core *core }

// APIKey is an API key, without the key itself.
type APIKey struct {
	Meta `json:"-"`

	// ID identifies the key; it may be shown.
	ID string `json:"id"`
	// Name is your name for it.
	Name string `json:"name,omitempty"`
	// Mode is test or live.
	Mode string `json:"mode"`
	// Prefix is the first characters of the key.
	Prefix string `json:"prefix"`
	// Scopes is what it may do: send, verify, read, admin.
	Scopes []string `json:"scopes"`
	// Status is active, expiring, expired or revoked.
	Status string `json:"status"`
	// CreatedBy is who made it: a user, a key or the command line.
	CreatedBy string `json:"created_by,omitempty" log:"number"`
	// CreatedAt is when it was made.
	CreatedAt time.Time `json:"created_at"`
	// LastUsedAt is when it was used last.
	LastUsedAt time.Time `json:"last_used_at,omitzero"`
	// LastUsedFrom is the address that used it last.
	LastUsedFrom string `json:"last_used_from,omitempty"`
	// ExpiresAt is when it ends, after a rotation.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// RevokedAt is when it was revoked.
	RevokedAt time.Time `json:"revoked_at,omitzero"`
	// Secret is the key itself; only the calls that create or rotate it return it.
	Secret string `json:"secret,omitempty" log:"-"`
	// Replaces is the id of the key that this one takes the place of; only after a rotation.
	Replaces string `json:"replaces,omitempty"`
}

// KeyListParams are the parameters of [KeysService.List] and [KeysService.All]. All are optional.
type KeyListParams struct {
	// Limit is the number of keys on a page.
	Limit int `api:"limit"`
	// Cursor is the NextCursor of the page before.
	Cursor string `api:"cursor"`
	// Status selects keys: working, active, expiring, expired or revoked.
	Status string `api:"status"`
	// Search is a text in the name, the prefix or the id.
	Search string `api:"search"`
}

// List returns one page of the API keys of this key's mode, newest first; those that ended, too. Errors that matter:
// [ErrAuthentication] when the key lacks the scope admin.
func (s *KeysService) List(
	ctx context.Context, params KeyListParams, options ...RequestOption,
) (*Page[APIKey], error) {
	return list[APIKey](ctx, s.core, listOf("/keys", params, params.Cursor), options)
}

// All iterates over the API keys of this key's mode, and requests page after page.
func (s *KeysService) All(
	ctx context.Context, params KeyListParams, options ...RequestOption,
) iter.Seq2[*APIKey, error] {
	return all[APIKey](ctx, s.core, listOf("/keys", params, params.Cursor), options)
}

// KeyCreateParams are the parameters of [KeysService.Create]. All are optional.
type KeyCreateParams struct {
	// Name is your name for it, at most 64 characters.
	Name string `api:"name"`
	// Scopes is what it may do; only scopes that your own key has, and by default all of them.
	Scopes []string `api:"scopes"`
}

// Create makes an API key of the same mode. The result has its secret, which is shown only now: keep it. Errors that
// matter: [ErrBadRequest] when there are 100 active keys, or a scope that your own key lacks.
func (s *KeysService) Create(
	ctx context.Context, params KeyCreateParams, options ...RequestOption,
) (*APIKey, error) {
	return call[APIKey](ctx, s.core, operation{method: "POST", path: "/keys", body: params}, options)
}

// KeyRotateParams are the parameters of [KeysService.Rotate].
type KeyRotateParams struct {
	// Overlap is how long the old key still works, in whole seconds: at most 30 days, one day without it; a pointer
	// to 0 ends it at once.
	Overlap *time.Duration `api:"overlap"`
}

// Rotate makes a key that takes the place of another. The result has its secret, which is shown only now: keep it.
// Errors that matter: [ErrNotFound] when there is no such key.
func (s *KeysService) Rotate(
	ctx context.Context, keyID string, params KeyRotateParams, options ...RequestOption,
) (*APIKey, error) {
	op := operation{method: "POST", path: "/keys/{key_id}/rotate", ids: []string{keyID}, body: params}
	return call[APIKey](ctx, s.core, op, options)
}

// Revoke ends a key at once. A key may revoke itself. Errors that matter: [ErrNotFound] when there is no such key.
func (s *KeysService) Revoke(ctx context.Context, keyID string, options ...RequestOption) (*APIKey, error) {
	op := operation{method: "DELETE", path: "/keys/{key_id}", ids: []string{keyID}}
	return call[APIKey](ctx, s.core, op, options)
}
