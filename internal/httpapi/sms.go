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
		To          string         `json:"to" format:"e164" doc:"The recipient's phone number in E.164 format." example:"+32470123456"`
		Body        string         `json:"body" minLength:"1" maxLength:"1600" doc:"The text. It is sent in GSM-7 when every character is in that alphabet or its extension table, otherwise in UCS-2. A long text is split into segments that the phone joins." example:"Your parcel is on its way."`
		From        string         `json:"from,omitempty" minLength:"1" maxLength:"16" doc:"The sender: a number in E.164 format, a short code of 3 to 8 digits, or a name of 1 to 11 letters, digits, spaces and . _ & - with at least one letter. Without it the account's sender is used, or else the carrier's." example:"Acme"`
		CallbackURL string         `json:"callback_url,omitempty" minLength:"1" maxLength:"2048" doc:"The URL to which this message's events are posted: https, or http to a range that the operator allows." example:"https://example.com/hooks/syssecure"`
		ScheduledAt string         `json:"scheduled_at,omitempty" format:"iso8601" minLength:"1" maxLength:"64" doc:"When to send the message: ISO 8601 with an offset from UTC (Z, +02:00, +0200), at most 30 days ahead. Seconds are optional. Without it the message is sent now." example:"2026-04-26T09:00:00Z"`
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

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
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

// sentSMSBody is the answer to the send of an SMS.
type sentSMSBody struct {
	MessageID   string            `json:"message_id" example:"msg_01HWXYZABC123DEF4560000000"`
	Status      string            `json:"status" enum:"sent,scheduled,pending" doc:"sent: a carrier has accepted the message. scheduled: it will be sent at scheduled_at. pending: no carrier is known to have accepted it yet; the server keeps trying, unless on_unknown is hold and the carrier gave no answer."`
	Channel     string            `json:"channel" enum:"sms" example:"sms"`
	To          string            `json:"to" example:"+32470123456"`
	From        string            `json:"from" doc:"The sender; empty when neither the request, the account nor the carrier has one." example:"Acme"`
	Segments    int               `json:"segments" minimum:"1" doc:"The number of SMS segments." example:"1"`
	Encoding    string            `json:"encoding" enum:"gsm7,ucs2" doc:"The encoding of the text." example:"gsm7"`
	Credits     int64             `json:"credits" doc:"The credits charged, or held until a carrier accepts the message." example:"8"`
	Replaced    []replacementBody `json:"replaced,omitempty" doc:"The characters that smart encoding replaced in the SMS; absent when none."`
	ScheduledAt string            `json:"scheduled_at,omitempty" format:"date-time" doc:"When the message will be sent." example:"2026-04-26T09:00:00Z"`
	CreatedAt   string            `json:"created_at" format:"date-time" example:"2026-04-25T15:27:00Z"`
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
		Segments: step.Segments, Encoding: step.Encoding.String(), Credits: m.Credits(),
		Replaced: showReplaced(m.Replaced), ScheduledAt: stampOrNone(m.ScheduledAt), CreatedAt: stamp(m.CreatedAt),
	}
}

func (s *Server) sendSMS(ctx context.Context, c account.Caller, in *sendSMSInput,
	idem *idempotency.Request,
) (query.Message, *idempotency.Answer, error) {
	return s.Engine.SendSMS(ctx, c, in.request(), idem)
}

// messageBody is a message, without its text.
type messageBody struct {
	MessageID   string            `json:"message_id" example:"msg_01HWXYZABC123DEF4560000000"`
	Status      string            `json:"status" enum:"scheduled,pending,sent,delivered,read,failed,canceled,unknown" doc:"unknown: a carrier gave no answer, so it is unknown whether it accepted the message, and it is not submitted again."`
	Channel     string            `json:"channel" enum:"whatsapp,sms,telegram,voice" doc:"The channel on which a carrier accepted the message, or that is tried next." example:"sms"`
	To          string            `json:"to" example:"+32470123456"`
	From        string            `json:"from" doc:"The sender; empty when none is known." example:"Acme"`
	Segments    int               `json:"segments" doc:"The number of SMS segments; 0 on other channels." example:"1"`
	Encoding    string            `json:"encoding" enum:"gsm7,ucs2" doc:"The encoding of the text as an SMS." example:"gsm7"`
	Credits     int64             `json:"credits" doc:"The credits charged, or held until a carrier accepts the message." example:"8"`
	Reason      string            `json:"reason,omitempty" doc:"Why it failed: one of a fixed list of reasons." example:"unreachable"`
	Carrier     string            `json:"carrier" doc:"The carrier that accepted the message, or that is tried next, by its name in the server's configuration." example:"smsc-1"`
	Metadata    field.Metadata    `json:"metadata"`
	Replaced    []replacementBody `json:"replaced,omitempty" doc:"The characters that smart encoding replaced in the SMS; absent when none."`
	Attempts    []attemptBody     `json:"attempts" doc:"The attempts, oldest first; none while the message is scheduled."`
	ScheduledAt string            `json:"scheduled_at,omitempty" format:"date-time" doc:"The time for which the message is or was scheduled." example:"2026-04-26T09:00:00Z"`
	CreatedAt   string            `json:"created_at" format:"date-time" example:"2026-04-25T15:27:00Z"`
	SentAt      string            `json:"sent_at,omitempty" format:"date-time" doc:"When a carrier accepted the message." example:"2026-04-26T09:00:00Z"`
	DeliveredAt string            `json:"delivered_at,omitempty" format:"date-time" doc:"When the phone received the message, by the carrier's receipt." example:"2026-04-26T09:00:02Z"`
}

func showMessage(m query.Message) messageBody { return viewer{}.message(m) }

func (v viewer) message(m query.Message) messageBody {
	step := m.ShownStep()
	return messageBody{
		MessageID: m.ID.String(), Status: m.State.String(), Channel: step.Channel.String(), To: m.To.E164(),
		From: m.Sender, Segments: step.Segments, Encoding: step.Encoding.String(), Credits: m.Credits(),
		Reason: string(m.Reason), Carrier: step.Carrier, Metadata: field.Metadata(m.Metadata), Replaced: showReplaced(m.Replaced),
		Attempts:    v.attempts(m.Message.Message),
		ScheduledAt: stampOrNone(m.ScheduledAt), CreatedAt: stamp(m.CreatedAt), SentAt: stampOrNone(m.SentAt),
		DeliveredAt: stampOrNone(m.DeliveredAt),
	}
}

// MessagePath names the message of an operation.
type MessagePath struct {
	ID string `path:"message_id" doc:"The message_id from the answer to the send." example:"msg_01HWXYZABC123DEF4560000000"`
}

func (s *Server) getMessage(ctx context.Context, c account.Caller, in *MessagePath) (messageBody, error) {
	m, err := parseID(id.ParseMessage, in.ID, "message")
	if err != nil {
		return messageBody{}, err
	}

	found, err := s.Query.GetMessage(ctx, c, m)
	if err != nil {
		return messageBody{}, err
	}

	return viewerOf(c).message(found), nil
}

type listMessagesInput struct {
	Paging
	Filters
	Status string `query:"status" enum:"scheduled,pending,sent,delivered,read,failed,canceled,unknown" doc:"Only those with this status." example:"failed"`
}

func (s *Server) listMessages(ctx context.Context, c account.Caller, in *listMessagesInput) (page[messageBody], error) {
	return list(s, c, "messages", &in.Paging, &chosen{Filters: in.Filters, status: in.Status},
		func(f query.Filter, below [16]byte, limit int) ([]query.Message, [16]byte, error) {
			return s.Query.ListMessages(ctx, c, f, below, limit)
		}, viewerOf(c).message)
}

type cancelMessageInput struct {
	Repeatable
	MessagePath
}

func (in cancelMessageInput) resource() string { return in.ID }

func (s *Server) cancelMessage(ctx context.Context, c account.Caller, in *cancelMessageInput,
	idem *idempotency.Request,
) (query.Message, *idempotency.Answer, error) {
	m, err := parseID(id.ParseMessage, in.ID, "message")
	if err != nil {
		return query.Message{}, nil, err
	}
	return s.Engine.CancelMessage(ctx, c, m, idem)
}
