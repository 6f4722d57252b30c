package httpapi

import (
	"context"
	"io"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
)

func (s *Server) sandboxRoutes() {
	register(s, op("sandbox-messages", "GET /v2/sandbox/messages", account.ScopeRead,
		"List the messages that sandbox phones received", 422), s.sandboxMessages)
	register(s, op("clear-sandbox", "DELETE /v2/sandbox/messages", account.ScopeSend,
		"Empty the sandbox's inbox", 422), s.clearSandbox)
	registerIdempotent(s, op("force-outcome", "POST /v2/sandbox/messages/{message_id}/outcome", account.ScopeSend,
		"Choose what happens to a message of the sandbox", 404), s.forceOutcome, showMessage)
	registerIdempotent(s, op("sandbox-clock", "POST /v2/sandbox/clock", account.ScopeSend,
		"Move the sandbox's clock"), s.sandboxClock, showClock)
}

type inboxInput struct {
	To    string `query:"to" minLength:"1" maxLength:"64" format:"e164" doc:"Only messages to this number, in E.164 format (+ is %2B in a URL)."`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"The largest number of results."`
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *inboxInput) Resolve(huma.Context) []error { return numberFaults(in.To) }

type inboxBody struct {
	To        string  `json:"to" example:"+32470123456"`
	Channel   string  `json:"channel" enum:"whatsapp,sms,telegram,voice"`
	Body      string  `json:"body" doc:"The text that the phone would have shown." example:"000000 is your Acme verification code. It is valid for 5 min."`
	At        string  `json:"at" format:"date-time"`
	MessageID string  `json:"message_id" doc:"The message that the phone received." example:"msg_01HWXYZABC123DEF4560000000"`
	OTPID     *string `json:"otp_id" doc:"The OTP whose code it has; null for any other text." example:"otp_01HWXYZABC123DEF4560000000"`
	Status    string  `json:"status,omitempty" enum:"scheduled,pending,sent,delivered,read,failed,canceled,unknown" doc:"The status of the message now; absent when the message has been removed." example:"delivered"`
}

func showInboxText(t engine.InboxText) inboxBody {
	b := inboxBody{
		To: t.To.E164(), Channel: t.Channel.String(), Body: t.Body, At: stamp(t.At), MessageID: t.Message.String(),
		Status: t.State.String(),
	}
	if !t.OTP.IsZero() {
		o := t.OTP.String()
		b.OTPID = &o
	}

	return b
}

// inboxPage has no cursor: older messages are not shown.
type inboxPage struct {
	Data []inboxBody `json:"data"`

	rows [][]byte // each as JSON, as in a page
}

// write implements writer.
func (p inboxPage) write(w io.Writer) error { return writeRows(w, p.rows, "") }

func (s *Server) sandboxMessages(ctx context.Context, c account.Caller, in *inboxInput) (inboxPage, error) {
	var out pageBuilder[inboxBody]
	list, err := s.Engine.Inbox(ctx, c, restorePlus(in.To), id.Message{}, in.Limit)
	for _, t := range list {
		if !out.add(showInboxText(t)) {
			break
		}
	}

	return inboxPage{rows: out.rows}, err
}

type clearSandboxInput struct {
	To string `query:"to" minLength:"1" maxLength:"64" format:"e164" doc:"Only the messages to this number, in E.164 format (+ is %2B in a URL). Without it, all are removed from the inbox."`
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *clearSandboxInput) Resolve(huma.Context) []error { return numberFaults(in.To) }

type clearedBody struct {
	Cleared int `json:"cleared" minimum:"0" doc:"How many messages were removed from the inbox. GET /v2/otp and GET /v2/messages still have them." example:"3"`
}

func (s *Server) clearSandbox(ctx context.Context, c account.Caller, in *clearSandboxInput) (clearedBody, error) {
	n, err := s.Engine.ClearInbox(ctx, c, restorePlus(in.To))
	return clearedBody{n}, err
}

type outcomeInput struct {
	Repeatable
	MessagePath
	Body struct {
		Status string `json:"status" enum:"delivered,read,failed" doc:"What the carrier reports. It has every effect of a real receipt: events, refunds, and after failed the next channel." example:"delivered"`
		Reason string `json:"reason,omitempty" enum:"invalid_destination,not_on_channel,unreachable,carrier_rejected,blocked_by_recipient,opted_out,expired_in_transit,template_rejected,sender_not_allowed,carrier_error,carrier_timeout,no_answer,busy,unknown" doc:"Why it failed. Only with failed; without it unreachable."`
	}
}

func (in outcomeInput) resource() string { return in.ID }

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *outcomeInput) Resolve(huma.Context) []error {
	if in.Body.Reason != "" && in.Body.Status != "failed" {
		return []error{fault.Invalid("reason", "reason says why a message failed; send it with status failed only")}
	}
	return nil
}

var outcomes = map[string]carrier.Status{
	"delivered": carrier.Delivered, "read": carrier.Read, "failed": carrier.Failed,
}

func (s *Server) forceOutcome(ctx context.Context, c account.Caller, in *outcomeInput,
	idem *idempotency.Request,
) (query.Message, *idempotency.Answer, error) {
	want := engine.Outcome{Status: outcomes[in.Body.Status], Reason: message.Reason(in.Body.Reason)}
	m, err := parseID(id.ParseMessage, in.ID, "message")
	if err != nil && c.Mode == id.Test {
		return query.Message{}, nil, err
	}
	return s.Engine.ForceOutcome(ctx, c, m, want, idem)
}

type clockInput struct {
	Repeatable
	Body struct {
		Advance string `json:"advance,omitempty" maxLength:"32" format:"go-duration" doc:"How far to move the sandbox's clock forward, such as 301s or 5m; at most 720h in total. 0s continues a move that was not done." example:"301s"`
		Reset   bool   `json:"reset,omitempty" doc:"Ends everything that is pending in the sandbox and sets its clock back to real time, before it is advanced. What was created ahead of real time keeps its times and its place in lists."`
	}
}

type clockBody struct {
	Now    string `json:"now" format:"date-time" doc:"The time in the sandbox."`
	Offset string `json:"offset" doc:"How far the sandbox's clock is ahead of real time." example:"5m1s"`
	Done   bool   `json:"done" doc:"false when processing what fell due took longer than 20 seconds: the clock has stopped on its way. Send {\"advance\": \"0s\"}, or {\"reset\": true}, to continue." example:"true"`
}

func showClock(t engine.SandboxTime) clockBody {
	return clockBody{Now: stamp(t.Now), Offset: t.Offset.Round(time.Second).String(), Done: t.Done}
}

func (s *Server) sandboxClock(ctx context.Context, c account.Caller, in *clockInput,
	idem *idempotency.Request,
) (engine.SandboxTime, *idempotency.Answer, error) {
	move := engine.ClockMove{Reset: in.Body.Reset}
	if in.Body.Advance == "" && !move.Reset {
		return engine.SandboxTime{}, nil,
			fault.Invalid("advance", `advance is missing; send {"advance": "301s"}, or {"reset": true}`)
	}

	if in.Body.Advance != "" {
		var err error
		if move.By, err = time.ParseDuration(in.Body.Advance); err != nil {
			return engine.SandboxTime{}, nil, fault.Invalid("advance", "advance must be a duration such as 301s or 5m")
		}
	}

	return s.Engine.MoveClockOnce(ctx, c, move, idem)
}
