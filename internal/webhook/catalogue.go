package webhook

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/message"
)

// Kind describes a type of event to those who write receivers.
type Kind struct {
	Type        Type
	Description string
	fields      []string // all but event, in the order of the payload
	optional    []string
	example     Payload
}

var exampleAt = time.Date(2026, 4, 25, 15, 28, 2, 0, time.UTC)

var (
	messageFields = []string{"message_id", "otp_id", "channel", "to", "status"}
	otpFields     = []string{"otp_id", "channel", "to", "status", "purpose"}
	tail          = []string{"metadata", "sequence"}
	optionals     = []string{"otp_id", "carrier_code", "metadata", "test", "latency_ms", "channel", "purpose"}
)

func kind(t Type, description string, fields []string, example Payload) Kind {
	example.Event = t
	example.At(exampleAt)
	return Kind{Type: t, Description: description, fields: append(fields, "test"), optional: optionals, example: example}
}

// Catalogue lists every type with what its payload holds.
func Catalogue() []Kind {
	latency := int64(1241)
	msg := Payload{
		MessageID: "msg_01HWXYZABC123DEF4560000000", Channel: "sms", To: new("+32470123456"), LatencyMS: &latency, Sequence: 2,
	}
	code := Payload{OTPID: "otp_01HWXYZABC123DEF4560000000", Channel: "whatsapp", To: new("+32470123456"), Sequence: 1}
	contact := Payload{Channel: "sms", To: new("+32470123456"), Keyword: "STOP"}
	as := func(p Payload, status string) Payload { p.Status = status; return p }

	failed, verified, low, off := as(msg, "failed"), as(code, "verified"), Payload{}, Payload{}
	failed.Reason, failed.CarrierCode, failed.LatencyMS = string(message.Unreachable), "30003", nil
	verified.LatencyMS = &latency
	credits, threshold := int64(96), int64(100)
	low.Credits, low.Threshold = &credits, &threshold
	off.WebhookID, off.Reason = "whe_01HWXYZABC123DEF4560000000", string(IsFailing)

	written := "Is my parcel on its way?"
	inbound := Payload{
		InboundID: "inb_01HWXYZABC123DEF4560000000", Channel: "sms", From: "+32470123456", To: new("Acme"), Text: &written,
	}

	back := contact
	back.Keyword = "START"
	of := func(base []string, more ...string) []string { return slices.Concat(base, more, tail) }

	return []Kind{
		kind(MessageSent,
			"A message was submitted to its carrier.",
			of(messageFields, "sent_at", "latency_ms"), as(msg, "sent")),
		kind(MessageDelivered,
			"The carrier or the device confirmed delivery.",
			of(messageFields, "delivered_at", "latency_ms"), as(msg, "delivered")),
		kind(MessageFailed,
			"A message could not be delivered.",
			of(messageFields, "failed_at", "reason", "carrier_code"), failed),
		kind(MessageRead,
			"The recipient read a message (WhatsApp and Telegram).",
			of(messageFields, "read_at", "latency_ms"), as(msg, "read")),
		kind(OTPVerified, "The user entered the right code.", of(otpFields, "verified_at", "latency_ms"), verified),
		kind(OTPExpired, "A code expired before it was verified.", of(otpFields, "expired_at"), as(code, "expired")),
		kind(OTPFailed, "No channel could deliver a code.", of(otpFields, "failed_at"), as(code, "failed")),
		kind(OTPCanceled, "A code was called off.", of(otpFields, "canceled_at"), as(code, "canceled")),
		kind(ContactOptedOut,
			"A recipient replied STOP or a word that means it.",
			[]string{"channel", "to", "keyword", "opted_out_at"}, contact),
		kind(ContactOptedIn,
			"A recipient who had opted out replied START or a word that means it.",
			[]string{"channel", "to", "keyword", "opted_in_at"}, back),
		kind(MessageReceived,
			"A phone wrote a text that is no opt-out or opt-in word. "+
				"It belongs to the account that last sent to the phone over the carrier.",
			[]string{"inbound_id", "channel", "from", "to", "body", "received_at"}, inbound),
		kind(CreditsLow,
			"The account's credits fell below its threshold.",
			[]string{"low_at", "credits", "threshold"}, low),
		kind(WebhookDisabled,
			"An endpoint of the account was disabled: it answered 410, or failed for five days.",
			[]string{"webhook_id", "disabled_at", "reason"}, off),
	}
}

// Example is a payload of the type, as it would be sent.
func (k Kind) Example() json.RawMessage { return k.example.Body() }

// ExampleFor is the example that a test delivery sends. It is marked, so that receivers can tell it from an event.
func ExampleFor(t Type) []byte {
	for _, k := range Catalogue() {
		if k.Type == t {
			k.example.Test = true
			return k.example.Body()
		}
	}
	return nil
}

// property is a field in a JSON Schema.
type property struct {
	Type   string   `json:"type"`
	Format string   `json:"format,omitempty"`
	Const  Type     `json:"const,omitempty"`
	Enum   []string `json:"enum,omitempty"`
	Doc    string   `json:"description,omitempty"`
}

var properties = map[string]property{
	"message_id": {Type: "string", Doc: "The message."},
	"otp_id":     {Type: "string", Doc: "The verification; of a message, the one that it carried the code of."},
	"webhook_id": {Type: "string", Doc: "The endpoint that was disabled."},
	"inbound_id": {Type: "string", Doc: "The text; GET /v2/inbound lists it for seven days."},
	"from":       {Type: "string", Doc: "The phone, in E.164 format."},
	"body":       {Type: "string", Doc: "What the phone wrote."},
	"channel":    {Type: "string", Enum: []string{"whatsapp", "sms", "telegram", "voice"}},
	"to": {Type: "string", Doc: "Phone number in E.164 format; of message.received, what the phone wrote to, " +
		"which is empty when its carrier does not say."},
	"status":  {Type: "string", Doc: "What the message or verification became with this event."},
	"purpose": {Type: "string", Doc: "What the code was for, as the send named it; absent when it named nothing."},
	"keyword": {Type: "string", Doc: "The word that the recipient replied."},
	"latency_ms": {Type: "integer", Doc: "Milliseconds since the message, or the verification, was created or fell " +
		"due."},
	"reason":       {Type: "string"},
	"carrier_code": {Type: "string", Doc: "The carrier's own code."},
	"credits":      {Type: "integer", Doc: "What can still be spent."},
	"threshold":    {Type: "integer", Doc: "The account's threshold."},
	"metadata":     {Type: "object", Doc: "The metadata of the send, unchanged."},
	"sequence": {Type: "integer", Doc: "Counts the events of one message or verification from 1: deliveries may come " +
		"out of order."},
	"test": {Type: "boolean", Doc: "True in test deliveries, absent otherwise."},
}

// Schema is the JSON Schema of the type's payload.
func (k Kind) Schema() json.RawMessage {
	all := map[string]property{"event": {Type: "string", Const: k.Type}}
	required := []string{"event"}
	for _, f := range k.fields {
		p, known := properties[f]
		if !known {
			p = property{Type: "string", Format: "date-time"}
		}
		if f == "reason" && k.Type == MessageFailed {
			p.Enum = reasons()
		}

		all[f] = p
		if !slices.Contains(k.optional, f) {
			required = append(required, f)
		}
	}

	b, _ := json.Marshal(map[string]any{ // strings all the way down: cannot fail
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"type":    "object", "properties": all, "required": required,
	})

	return b
}

func reasons() (out []string) {
	for _, r := range message.Reasons {
		out = append(out, string(r))
	}
	return out
}
