package syssecure

import (
	"context"
	"iter"
	"time"
)

// InboundService lists what phones wrote.
type InboundService struct{ core *core }

// InboundMessage is a message from a phone.
type InboundMessage struct {
	Meta `json:"-"`

	// ID identifies the message.
	ID string `json:"inbound_id"`
	// Channel is the channel on which it was received.
	Channel Channel `json:"channel"`
	// Carrier is the carrier that received it, by its name on the server; sandbox for test keys.
	Carrier string `json:"carrier"`
	// From is the number of the phone.
	From string `json:"from" log:"number"`
	// To is what the phone wrote to. It is empty when the carrier does not say.
	To string `json:"to" log:"number"`
	// Body is the text.
	Body string `json:"body" log:"-"`
	// ReceivedAt is when it was received.
	ReceivedAt time.Time `json:"received_at"`
}

// InboundListParams are the parameters of [InboundService.List] and [InboundService.All]. All are optional.
type InboundListParams struct {
	// Limit is the number of messages on a page.
	Limit int `api:"limit"`
	// Cursor is the NextCursor of the page before.
	Cursor string `api:"cursor"`
	// From restricts the list to a phone.
	From string `api:"from" log:"number"`
	// To restricts the list to what was written to one number, short code or name.
	To string `api:"to" log:"number"`
	// ReceivedAfter restricts the list to messages received after this time.
	ReceivedAfter time.Time `api:"received_after"`
	// ReceivedBefore restricts the list to messages received before this time.
	ReceivedBefore time.Time `api:"received_before"`
}

func (v InboundListParams) operation() operation {
	return listOf("/inbound", v, v.Cursor)
}

// List returns one page of what phones wrote, newest first.
func (s *InboundService) List(
	ctx context.Context, params InboundListParams, options ...RequestOption,
) (*Page[InboundMessage], error) {
	return list[InboundMessage](ctx, s.core, params.operation(), options)
}

// All iterates over what phones wrote, newest first, and requests page after page.
func (s *InboundService) All(
	ctx context.Context, params InboundListParams, options ...RequestOption,
) iter.Seq2[*InboundMessage, error] {
	return all[InboundMessage](ctx, s.core, params.operation(), options)
}
