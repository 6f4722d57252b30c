package syssecure

import "time"

// The types of events. A newer server may have more.
const (
	EventMessageSent      = "message.sent"
	EventMessageDelivered = "message.delivered"
	EventMessageFailed    = "message.failed"
	EventMessageRead      = "message.read"
	EventMessageReceived  = "message.received"
	EventOTPVerified      = "otp.verified"
	EventOTPExpired       = "otp.expired"
	EventOTPFailed        = "otp.failed"
	EventOTPCanceled      = "otp.canceled"
	EventContactOptedOut  = "contact.opted_out"
	EventContactOptedIn   = "contact.opted_in"
	EventCreditsLow       = "credits.low"
	EventWebhookDisabled  = "webhook.disabled"
)

// Event is what a webhook reports. A field that its type does not have is zero.
type Event struct {
	// Type says what happened, such as message.delivered.
	Type string `json:"event"`
	// MessageID is the message that the event is about.
	MessageID string `json:"message_id,omitempty"`
	// OTPID is the code that the event is about.
	OTPID string `json:"otp_id,omitempty"`
	// WebhookID is the endpoint that was disabled.
	WebhookID string `json:"webhook_id,omitempty"`
	// InboundID is the message from a phone.
	InboundID string `json:"inbound_id,omitempty"`
	// Channel is the channel of the message.
	Channel Channel `json:"channel,omitempty"`
	// From is the number of the phone, in message.received.
	From string `json:"from,omitempty" log:"number"`
	// To is the number of the recipient; in message.received, what the phone wrote to.
	To string `json:"to,omitempty" log:"number"`
	// Body is what the phone wrote, in message.received.
	Body string `json:"body,omitempty" log:"-"`
	// Status is the new status of the message or code.
	Status string `json:"status,omitempty"`
	// Purpose is the purpose of the code.
	Purpose string `json:"purpose,omitempty"`
	// Keyword is the word that a phone wrote to opt out or in.
	Keyword string `json:"keyword,omitempty"`
	// Reason says why a message failed or an endpoint was disabled.
	Reason string `json:"reason,omitempty"`
	// CarrierCode is the carrier's own error code.
	CarrierCode string `json:"carrier_code,omitempty"`
	// Metadata is what the request gave. Numbers are of type json.Number.
	Metadata map[string]any `json:"metadata,omitempty" log:"-"`
	// LatencyMS is how many milliseconds it took since the request.
	LatencyMS int64 `json:"latency_ms,omitempty"`
	// Credits are the credits that are left, in credits.low.
	Credits int64 `json:"credits,omitempty"`
	// Threshold is the number below which the credits fell, in credits.low.
	Threshold int64 `json:"threshold,omitempty"`
	// Sequence counts the events of one message or code.
	Sequence int64 `json:"sequence,omitempty"`
	// Test says that it is an example, sent by WebhookEndpoints.Test.
	Test bool `json:"test,omitempty"`
	// At is when it happened, in UTC.
	At time.Time `json:"-"`
	// Raw is the decoded payload, with the fields that this version of the package does not know.
	Raw map[string]any `json:"-" log:"-"`
}
