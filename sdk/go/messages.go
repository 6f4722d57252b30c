package syssecure

import (
	"context"
	"iter"
	"time"
)

// SMSService sends texts.
type SMSService struct{ core *core }

// SMSSendParams are the parameters of [SMSService.Send]. To and Body are required.
type SMSSendParams struct {
	// To is the recipient's phone number in E.164 format, such as +32470123456.
	To string `api:"to,required" log:"number"`
	// Body is the text.
	Body string `api:"body,required" log:"-"`
	// From is the sender: a number, a short code or a name. Without it the account's sender is used.
	From string `api:"from" log:"number"`
	// CallbackURL is where the events of this message are posted, besides the endpoints.
	CallbackURL string `api:"callback_url" log:"-"`
	// ScheduledAt is when to send the message, at most 30 days ahead. Without it the message is sent now.
	ScheduledAt time.Time `api:"scheduled_at"`
	// Metadata is any JSON object for your own use. It is returned unchanged, also in webhooks.
	Metadata map[string]any `api:"metadata" log:"-"`
}

// SentSMS is the result of [SMSService.Send].
type SentSMS struct {
	Meta `json:"-"`

	// ID identifies the message.
	ID string `json:"message_id"`
	// Status is one of sent, scheduled and pending.
	Status string `json:"status"`
	// Channel is sms.
	Channel Channel `json:"channel"`
	// To is the recipient's phone number.
	To string `json:"to" log:"number"`
	// From is the sender. It is empty when none is known.
	From string `json:"from" log:"number"`
	// Segments is the number of SMS segments, by which the message is charged.
	Segments int `json:"segments"`
	// Encoding is gsm7 or ucs2.
	Encoding string `json:"encoding"`
	// Credits are the credits charged, or held until a carrier accepts the message.
	Credits int64 `json:"credits"`
	// Replaced are the characters that smart encoding replaced.
	Replaced []*Replacement `json:"replaced,omitempty" log:"-"`
	// ScheduledAt is when the message will be sent.
	ScheduledAt time.Time `json:"scheduled_at,omitzero"`
	// CreatedAt is when the request was received.
	CreatedAt time.Time `json:"created_at"`
}

// Send sends a text, now or at a later time. Give [WithIdempotencyKey] when the text must not be sent twice even if
// your program starts again. Errors that matter: [ErrInvalidPhone], also when the number has opted out,
// [ErrInsufficientCredits] and [ErrRateLimited].
func (s *SMSService) Send(ctx context.Context, params SMSSendParams, options ...RequestOption) (*SentSMS, error) {
	return call[SentSMS](ctx, s.core, operation{method: "POST", path: "/sms/send", body: params}, options)
}

// Replacement is a character of a text that smart encoding replaced, so that the SMS is shorter.
type Replacement struct {
	// From is the character.
	From string `json:"from"`
	// To is what replaced it; empty when it was left out.
	To string `json:"to"`
	// Count is how often.
	Count int `json:"count"`
}

// MessagesService finds and cancels messages.
type MessagesService struct{ core *core }

// Message is one message, of a text or of a code.
type Message struct {
	Meta `json:"-"`

	// ID identifies the message.
	ID string `json:"message_id"`
	// Status is one of scheduled, pending, sent, delivered, read, failed, canceled and unknown.
	Status string `json:"status"`
	// Channel is the channel on which a carrier accepted the message, or that is tried next.
	Channel Channel `json:"channel"`
	// To is the recipient's phone number.
	To string `json:"to" log:"number"`
	// From is the sender. It is empty when none is known.
	From string `json:"from" log:"number"`
	// Segments is the number of SMS segments; 0 on other channels.
	Segments int `json:"segments"`
	// Encoding is gsm7 or ucs2.
	Encoding string `json:"encoding"`
	// Credits are the credits charged, or held until a carrier accepts the message.
	Credits int64 `json:"credits"`
	// Replaced are the characters that smart encoding replaced.
	Replaced []*Replacement `json:"replaced,omitempty" log:"-"`
	// Carrier is the carrier that accepted the message, or that is tried next, by its name on the server.
	Carrier string `json:"carrier"`
	// Reason says why the message failed.
	Reason string `json:"reason,omitempty"`
	// Metadata is what the request gave. Numbers are of type json.Number.
	Metadata map[string]any `json:"metadata" log:"-"`
	// Attempts are the steps of the message, oldest first.
	Attempts []*Attempt `json:"attempts"`
	// ScheduledAt is the time for which the message is or was scheduled.
	ScheduledAt time.Time `json:"scheduled_at,omitzero"`
	// SentAt is when a carrier accepted the message.
	SentAt time.Time `json:"sent_at,omitzero"`
	// DeliveredAt is when the phone received the message.
	DeliveredAt time.Time `json:"delivered_at,omitzero"`
	// CreatedAt is when the request was received.
	CreatedAt time.Time `json:"created_at"`
}

// Attempt is one step of a message.
type Attempt struct {
	// Channel is the channel of the step.
	Channel Channel `json:"channel"`
	// Carrier is the carrier of the step, by its name on the server.
	Carrier string `json:"carrier"`
	// Status is one of pending, sent, delivered, read, failed and unknown.
	Status string `json:"status"`
	// Reason says why the step failed.
	Reason string `json:"reason,omitempty"`
	// CarrierCode is the carrier's own error code.
	CarrierCode string `json:"carrier_code,omitempty"`
	// Segments is the number of SMS segments; 0 on other channels.
	Segments int `json:"segments,omitempty"`
	// Credits are the credits charged for the step.
	Credits int64 `json:"credits"`
	// Cost is what the step cost the operator, in credits; nil unless the key has the scope operator.
	Cost *int64 `json:"cost"`
	// Chosen says why the step was made over this carrier.
	Chosen string `json:"chosen,omitempty"`
	// Repeated says that the message was submitted again although the phone may have received it before.
	Repeated bool `json:"repeated,omitempty"`
	// At is when the step began.
	At time.Time `json:"at"`
}

// Get returns the state of a message. Errors that matter: [ErrNotFound].
func (s *MessagesService) Get(ctx context.Context, messageID string, options ...RequestOption) (*Message, error) {
	op := operation{method: "GET", path: "/messages/{message_id}", ids: []string{messageID}}
	return call[Message](ctx, s.core, op, options)
}

// MessageListParams are the parameters of [MessagesService.List] and [MessagesService.All]. All are optional.
type MessageListParams struct {
	// Limit is the number of messages on a page.
	Limit int `api:"limit"`
	// Cursor is the NextCursor of the page before.
	Cursor string `api:"cursor"`
	// To restricts the list to a phone number.
	To string `api:"to" log:"number"`
	// Channel restricts the list to a channel.
	Channel Channel `api:"channel"`
	// Status restricts the list to a status.
	Status string `api:"status"`
	// Country restricts the list to numbers of a country, by its ISO 3166-1 code.
	Country string `api:"country"`
	// Carrier restricts the list to a carrier, by its name on the server.
	Carrier string `api:"carrier"`
	// CreatedAfter restricts the list to messages made after this time.
	CreatedAfter time.Time `api:"created_after"`
	// CreatedBefore restricts the list to messages made before this time.
	CreatedBefore time.Time `api:"created_before"`
	// Metadata restricts the list to messages with these values in their metadata.
	Metadata map[string]string `api:"metadata" log:"-"`
}

func (v MessageListParams) operation() operation {
	return listOf("/messages", v, v.Cursor)
}

// List returns one page of the messages, newest first.
func (s *MessagesService) List(
	ctx context.Context, params MessageListParams, options ...RequestOption,
) (*Page[Message], error) {
	return list[Message](ctx, s.core, params.operation(), options)
}

// All iterates over the messages, newest first, and requests page after page.
func (s *MessagesService) All(
	ctx context.Context, params MessageListParams, options ...RequestOption,
) iter.Seq2[*Message, error] {
	return all[Message](ctx, s.core, params.operation(), options)
}

// Cancel calls off a message that is scheduled. Errors that matter: [ErrNotFound], and [ErrBadRequest] when it is too
// late.
func (s *MessagesService) Cancel(ctx context.Context, messageID string, options ...RequestOption) (*Message, error) {
	op := operation{method: "POST", path: "/messages/{message_id}/cancel", ids: []string{messageID}}
	return call[Message](ctx, s.core, op, options)
}
