package webhook

import (
	"bytes"
	"encoding/json"
	"time"
)

// Payload is the body of a webhook, flat and in the published order of fields. No field holds a code or
// the text of a message that was sent; Text is what a phone wrote.
type Payload struct {
	Event       Type            `json:"event"`
	MessageID   string          `json:"message_id,omitempty"`
	OTPID       string          `json:"otp_id,omitempty"`
	WebhookID   string          `json:"webhook_id,omitempty"`
	InboundID   string          `json:"inbound_id,omitempty"`
	Channel     string          `json:"channel,omitempty"`
	From        string          `json:"from,omitempty"`
	To          *string         `json:"to,omitempty"` // empty in message.received when the carrier does not say
	Text        *string         `json:"body,omitempty"`
	Status      string          `json:"status,omitempty"`
	Purpose     string          `json:"purpose,omitempty"`
	Keyword     string          `json:"keyword,omitempty"`
	SentAt      string          `json:"sent_at,omitempty"`
	DeliveredAt string          `json:"delivered_at,omitempty"`
	ReadAt      string          `json:"read_at,omitempty"`
	FailedAt    string          `json:"failed_at,omitempty"`
	VerifiedAt  string          `json:"verified_at,omitempty"`
	ExpiredAt   string          `json:"expired_at,omitempty"`
	CanceledAt  string          `json:"canceled_at,omitempty"`
	ReceivedAt  string          `json:"received_at,omitempty"`
	OptedOutAt  string          `json:"opted_out_at,omitempty"`
	OptedInAt   string          `json:"opted_in_at,omitempty"`
	LowAt       string          `json:"low_at,omitempty"`
	DisabledAt  string          `json:"disabled_at,omitempty"`
	LatencyMS   *int64          `json:"latency_ms,omitempty"`
	Reason      string          `json:"reason,omitempty"`
	CarrierCode string          `json:"carrier_code,omitempty"`
	Credits     *int64          `json:"credits,omitempty"`
	Threshold   *int64          `json:"threshold,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
	Sequence    int             `json:"sequence,omitempty"`
	Test        bool            `json:"test,omitempty"`
}

// At sets the time field of the event.
func (p *Payload) At(t time.Time) {
	fields := map[Type]*string{
		MessageSent: &p.SentAt, MessageDelivered: &p.DeliveredAt, MessageRead: &p.ReadAt, MessageFailed: &p.FailedAt,
		OTPVerified: &p.VerifiedAt, OTPExpired: &p.ExpiredAt, OTPFailed: &p.FailedAt, OTPCanceled: &p.CanceledAt,
		ContactOptedOut: &p.OptedOutAt, ContactOptedIn: &p.OptedInAt, MessageReceived: &p.ReceivedAt,
		CreditsLow: &p.LowAt, WebhookDisabled: &p.DisabledAt,
	}
	if f := fields[p.Event]; f != nil {
		*f = t.UTC().Format(time.RFC3339)
	}
}

// Since sets latency_ms to the time from start to end; a clock that went back makes it 0.
func (p *Payload) Since(start, end time.Time) {
	ms := max(0, end.Sub(start).Milliseconds())
	p.LatencyMS = &ms
}

// Body is the JSON that is signed and sent, byte for byte. Metadata keeps its characters: escaping < and > would change
// what the customer gave.
func (p Payload) Body() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(p) != nil {
		// Only metadata that is not valid JSON cannot be written. The event goes without it.
		b.Reset()
		p.Metadata = nil
		_ = e.Encode(p)
	}

	return bytes.TrimRight(b.Bytes(), "\n")
}
