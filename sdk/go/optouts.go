package syssecure

import (
	"context"
	"iter"
	"time"
)

// OptOutsService manages the numbers that want no messages.
type OptOutsService struct{ core *core }

// OptOut is a number's wish to receive no messages.
type OptOut struct {
	Meta `json:"-"`

	// Number is the phone number.
	Number string `json:"number" log:"number"`
	// Source says where the wish comes from: keyword, api or carrier.
	Source string `json:"source"`
	// Keyword is the word that the phone wrote, when the source is keyword.
	Keyword string `json:"keyword,omitempty"`
	// CreatedAt is when the number opted out.
	CreatedAt time.Time `json:"created_at"`
}

// OptOutListParams are the parameters of [OptOutsService.List] and [OptOutsService.All]. All are optional.
type OptOutListParams struct {
	// Limit is the number of rows on a page.
	Limit int `api:"limit"`
	// Cursor is the NextCursor of the page before.
	Cursor string `api:"cursor"`
	// To restricts the list to a phone number.
	To string `api:"to" log:"number"`
}

func (v OptOutListParams) operation() operation {
	return listOf("/opt-outs", v, v.Cursor)
}

// List returns one page of the numbers that opted out.
func (s *OptOutsService) List(
	ctx context.Context, params OptOutListParams, options ...RequestOption,
) (*Page[OptOut], error) {
	return list[OptOut](ctx, s.core, params.operation(), options)
}

// All iterates over the numbers that opted out, and requests page after page.
func (s *OptOutsService) All(
	ctx context.Context, params OptOutListParams, options ...RequestOption,
) iter.Seq2[*OptOut, error] {
	return all[OptOut](ctx, s.core, params.operation(), options)
}

// Put adds a number, so that it gets no more messages. Errors that matter: [ErrInvalidPhone].
func (s *OptOutsService) Put(ctx context.Context, number string, options ...RequestOption) (*OptOut, error) {
	op := operation{method: "PUT", path: "/opt-outs/{number}", ids: []string{number}}
	return call[OptOut](ctx, s.core, op, options)
}

// Delete removes a number, so that it gets messages again. Errors that matter: [ErrNotFound].
func (s *OptOutsService) Delete(ctx context.Context, number string, options ...RequestOption) (*OptOut, error) {
	op := operation{method: "DELETE", path: "/opt-outs/{number}", ids: []string{number}}
	return call[OptOut](ctx, s.core, op, options)
}
