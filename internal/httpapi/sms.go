package httpapi

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/field"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/query"
)

type sendSMSInput struct {
	Repeatable
	Body struct {
		To          string         `json:"to" format:"e164" doc:"Recipient phone number in E.164 format." example:"+32470123456"`
		Body        string         `json:"body" minLength:"1" maxLength:"1600" doc:"Message content. GSM-7 when every character is in its alphabet or its extension table, else UCS-2; cut into concatenated segments." example:"Your parcel is on its way."`
		From        string         `json:"from,omitempty" minLength:"1" maxLength:"16" doc:"Sender: an E.164 number, a short code of 3 to 8 digits, or 1 to 11 letters, digits, spaces and . _ & - with at least one letter. Without it the account's sender is used, then the carrier's." example:"Acme"`
		CallbackURL string         `json:"callback_url,omitempty" minLength:"1" maxLength:"2048" doc:"Webhook URL to receive delivery status updates; https, or http to a range that the operator allows." example:"https://example.com/hooks/syssecure"`
		ScheduledAt string         `json:"scheduled_at,omitempty" format:"iso8601" minLength:"1" maxLength:"64" doc:"When to send it: ISO 8601 with an offset from UTC (Z, +02:00, +0200), in the future and at most 30 days ahead. Seconds may be left out. Without it the message is sent now." example:"2026-04-26T09:00:00Z"`
		Metadata    field.Metadata `json:"metadata,omitempty"`
	}

	at time.Time // scheduled_at, once Resolve has read it
}

func (in *sendSMSInput) request() engine.SMSRequest {
	b := &in.Body
	return engine.SMSRequest{
		To: b.To, Body: b.Body, From: b.From, CallbackURL: b.CallbackURL,
		ScheduledAt: in.at.Truncate(time.Microsecond), Metadata: b.Metadata,
	}
}

// Resolve implements huma.Resolver: what no schema says is told together with what one says.
func (in *sendSMSInput) Resolve(ctx huma.Context) []error {
	var err error
	errs := requestOf(ctx.Context()).server.Engine.CheckSMS(in.request())
	if in.at, err = field.Instant("scheduled_at", in.Body.ScheduledAt); err != nil {
		errs = append(errs, err)
	}
	if err := in.Body.Metadata.Check(); err != nil {
		errs = append(errs, err)
	}

	return errs
}

// sentSMSBody is the answer to a send of a text.
type sentSMSBody struct {
	MessageID   string `json:"message_id" example:"msg_01HWXYZABC123DEF4560000000"`
	Status      string `json:"status" enum:"sent,scheduled,pending" doc:"sent: a carrier accepted it. scheduled: it waits for its time. pending: no carrier has accepted it yet, and it is tried again, or its fate is not known."`
	Channel     string `json:"channel" enum:"sms" example:"sms"`
	To          string `json:"to" example:"+32470123456"`
	From        string `json:"from" doc:"The sender; empty when neither request, account nor carrier names one." example:"Acme"`
	Segments    int    `json:"segments" minimum:"1" doc:"How many SMS segments it has." example:"1"`
	Encoding    string `json:"encoding" enum:"gsm7,ucs2" doc:"The alphabet that it travels in." example:"gsm7"`
	Credits     int64  `json:"credits" doc:"What was charged, or is held until a carrier accepts it." example:"8"`
	ScheduledAt string `json:"scheduled_at,omitempty" format:"date-time" doc:"When it will be sent." example:"2026-04-26T09:00:00Z"`
	CreatedAt   string `json:"created_at" format:"date-time" example:"2026-04-25T15:27:00Z"`
}

func showSentSMS(m query.Message) sentSMSBody {
	status := "pending"
	switch {
	case !m.SentAt.IsZero():
		status = "sent"
	case !m.ScheduledAt.IsZero() && len(m.Attempts) == 0:
		status = "scheduled"
	}

	step := m.ShownStep()

	return sentSMSBody{
		MessageID: m.ID.String(), Status: status, Channel: step.Channel.String(), To: m.To.E164(), From: m.Sender,
		Segments: step.Segments, Encoding: step.Encoding.String(), Credits: m.Credits(), ScheduledAt: stampOrNone(m.ScheduledAt),
		CreatedAt: stamp(m.CreatedAt),
	}
}

func (s *Server) sendSMS(ctx context.Context, c account.Caller, in *sendSMSInput, idem *idempotency.Request) (query.Message, *idempotency.Answer, error) {
	return s.Engine.SendSMS(ctx, c, in.request(), idem)
}

// messageBody is a message. What it says is never in it.
type messageBody struct {
	MessageID   string         `json:"message_id" example:"msg_01HWXYZABC123DEF4560000000"`
	Status      string         `json:"status" enum:"scheduled,pending,sent,delivered,read,failed,canceled,unknown" doc:"unknown: a carrier gave no answer, and it is not tried again."`
	Channel     string         `json:"channel" enum:"whatsapp,sms,telegram,voice" doc:"The channel that accepted it, or that is tried next." example:"sms"`
	To          string         `json:"to" example:"+32470123456"`
	From        string         `json:"from" doc:"The sender; empty when none is known." example:"Acme"`
	Segments    int            `json:"segments" doc:"SMS segments; 0 on other channels." example:"1"`
	Encoding    string         `json:"encoding" enum:"gsm7,ucs2" doc:"The alphabet that an SMS travels in." example:"gsm7"`
	Credits     int64          `json:"credits" doc:"What was charged, or is held until a carrier accepts it." example:"8"`
	Reason      string         `json:"reason,omitempty" doc:"Why it failed, from a closed list." example:"unreachable"`
	Carrier     string         `json:"carrier" doc:"The carrier that accepted it, or that is tried next." example:"smsc-1"`
	Metadata    field.Metadata `json:"metadata"`
	Attempts    []attemptBody  `json:"attempts" doc:"What was tried, oldest first; none while it is scheduled."`
	ScheduledAt string         `json:"scheduled_at,omitempty" format:"date-time" doc:"When it is, or was, to be sent." example:"2026-04-26T09:00:00Z"`
	CreatedAt   string         `json:"created_at" format:"date-time" example:"2026-04-25T15:27:00Z"`
	SentAt      string         `json:"sent_at,omitempty" format:"date-time" doc:"When a carrier accepted it." example:"2026-04-26T09:00:00Z"`
	DeliveredAt string         `json:"delivered_at,omitempty" format:"date-time" doc:"When it arrived." example:"2026-04-26T09:00:02Z"`
}

func showMessage(m query.Message) messageBody {
	step := m.ShownStep()
	return messageBody{
		MessageID: m.ID.String(), Status: m.State.String(), Channel: step.Channel.String(), To: m.To.E164(),
		From: m.Sender, Segments: step.Segments, Encoding: step.Encoding.String(), Credits: m.Credits(), Reason: string(m.Reason),
		Carrier: step.Carrier, Metadata: field.Metadata(m.Metadata), Attempts: showAttempts(m.Message.Message),
		ScheduledAt: stampOrNone(m.ScheduledAt), CreatedAt: stamp(m.CreatedAt), SentAt: stampOrNone(m.SentAt),
		DeliveredAt: stampOrNone(m.DeliveredAt),
	}
}

// MessagePath names the message of an operation.
type MessagePath struct {
	ID string `path:"message_id" doc:"The message_id that the send returned." example:"msg_01HWXYZABC123DEF4560000000"`
}

func (s *Server) getMessage(ctx context.Context, c account.Caller, in *MessagePath) (messageBody, error) {
	m, err := named(id.ParseMessage, in.ID, "message")
	if err != nil {
		return messageBody{}, err
	}

	found, err := s.Query.GetMessage(ctx, c, m)
	if err != nil {
		return messageBody{}, err
	}

	return showMessage(found), nil
}

type listMessagesInput struct {
	Paging
	Narrowing
	Status string `query:"status" enum:"scheduled,pending,sent,delivered,read,failed,canceled,unknown" doc:"Only those with this status." example:"failed"`
}

func (s *Server) listMessages(ctx context.Context, c account.Caller, in *listMessagesInput) (page[messageBody], error) {
	return list(s, c, "messages", &in.Paging, &in.Narrowing, in.Status, func(f query.Filter, below [16]byte, limit int) ([]query.Message, [16]byte, error) {
		return s.Query.ListMessages(ctx, c, f, below, limit)
	}, showMessage)
}

type cancelMessageInput struct {
	Repeatable
	MessagePath
}

func (in cancelMessageInput) resource() string { return in.ID }

func (s *Server) cancelMessage(ctx context.Context, c account.Caller, in *cancelMessageInput, idem *idempotency.Request) (query.Message, *idempotency.Answer, error) {
	m, err := named(id.ParseMessage, in.ID, "message")
	if err != nil {
		return query.Message{}, nil, err
	}
	return s.Engine.CancelMessage(ctx, c, m, idem)
}
