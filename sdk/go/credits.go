package syssecure

import (
	"context"
	"iter"
	"time"
)

// BalanceEntry is a line of the ledger of credits.
type BalanceEntry struct {
	Meta `json:"-"`

	// Seq is its number, which counts up.
	Seq int64 `json:"seq"`
	// Kind is one such as grant, hold, capture, release or refund.
	Kind string `json:"kind"`
	// Credits is what it added to the credits; negative for what it took.
	Credits int64 `json:"credits"`
	// Held is what it added to the held credits; negative for what it took.
	Held int64 `json:"held"`
	// Balance is the credits after it.
	Balance int64 `json:"balance"`
	// MessageID is the message that it is about.
	MessageID string `json:"message_id,omitempty"`
	// CreatedAt is when it was written.
	CreatedAt time.Time `json:"created_at"`
}

// Price is what a channel costs.
type Price struct {
	Meta `json:"-"`

	// Channel is the channel.
	Channel string `json:"channel"`
	// Prefix is the first digits of the numbers; empty for all others.
	Prefix string `json:"prefix"`
	// Country is the ISO 3166-1 code of their country.
	Country string `json:"country,omitempty"`
	// Unit is what is counted: segment, message or call.
	Unit string `json:"unit"`
	// Credits are the credits for one unit.
	Credits int64 `json:"credits"`
	// Cost is what a unit costs the operator; only for keys with the scope operator; nil otherwise.
	Cost *int64 `json:"cost"`
}

// BalanceEntryListParams are the parameters of [BalanceService.Entries] and [BalanceService.AllEntries]. All are
// optional.
type BalanceEntryListParams struct {
	// Kind restricts the list to lines of this kind.
	Kind string `api:"kind"`
	// Limit is the number of rows on a page.
	Limit int `api:"limit"`
	// Cursor is the NextCursor of the page before.
	Cursor string `api:"cursor"`
}

func (v BalanceEntryListParams) operation() operation { return listOf("/balance/entries", v, v.Cursor) }

// Entries returns one page of the lines of the ledger of credits, newest first. Test keys have none.
func (s *BalanceService) Entries(
	ctx context.Context, params BalanceEntryListParams, options ...RequestOption,
) (*Page[BalanceEntry], error) {
	return list[BalanceEntry](ctx, s.core, params.operation(), options)
}

// AllEntries iterates over the lines of the ledger of credits, and requests page after page.
func (s *BalanceService) AllEntries(
	ctx context.Context, params BalanceEntryListParams, options ...RequestOption,
) iter.Seq2[*BalanceEntry, error] {
	return all[BalanceEntry](ctx, s.core, params.operation(), options)
}

// Prices returns what each channel costs, on one page.
func (s *BalanceService) Prices(ctx context.Context, options ...RequestOption) (*Page[Price], error) {
	return list[Price](ctx, s.core, operation{method: "GET", path: "/prices"}, options)
}
