package httpapi

import (
	"context"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/field"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/secret"
)

// Repeatable is the header of operations that can be repeated safely. It is exported, as OTPPath is, because Huma
// ignores the fields of embedded types that are not.
type Repeatable struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"255" pattern:"\\S" doc:"A unique key for this request, such as a UUID. A repeat with the same key and body has no further effect and gets the first answer. Answers are kept for 24 hours, those of verify for 5 minutes."`
}

func (k Repeatable) key() string      { return k.IdempotencyKey }
func (k Repeatable) resource() string { return "" }

type fallback struct {
	After field.Seconds `json:"after" minimum:"5" maximum:"300" example:"30" doc:"How many seconds to wait for a receipt before trying the next channel."`
}

type sendOTPInput struct {
	Repeatable
	Body struct {
		To        string         `json:"to" format:"e164" doc:"The phone number in E.164 format." example:"+32470123456"`
		Channels  []string       `json:"channels" minItems:"1" maxItems:"4" enum:"whatsapp,sms,telegram,voice" doc:"The channels to try, in this order." example:"[\"whatsapp\",\"sms\"]"`
		ExpiresIn field.Seconds  `json:"expires_in,omitempty" minimum:"1" maximum:"3600" default:"300" doc:"How many seconds the code is valid."`
		Length    field.Whole    `json:"length,omitempty" minimum:"4" maximum:"10" default:"6" doc:"The number of digits of the code."`
		Template  string         `json:"template,omitempty" maxLength:"64" pattern:"^(tmpl_[0-7][0-9A-HJKMNP-TV-Z]{25})?$" patternDescription:"the id of a template, tmpl_…" doc:"The id of the template of the message. Without it the built-in text is used." example:"tmpl_01HWXYZABC123DEF4560000000"`
		Purpose   string         `json:"purpose,omitempty" maxLength:"64" doc:"What the code is for, such as login. A number has one pending code for each purpose: a second send with the same purpose sends the pending code again, one with another purpose makes another code." example:"login"`
		Locale    string         `json:"locale,omitempty" doc:"The language of the message, as a BCP 47 tag. The nearest available language is used; an unknown one is not an error." example:"en"`
		Metadata  field.Metadata `json:"metadata,omitempty"`
		Fallback  *fallback      `json:"fallback,omitempty" doc:"When to try the next channel if no receipt confirms the delivery."`
		ForceNew  bool           `json:"force_new,omitempty" doc:"Whether to cancel a pending code and make a new one, instead of sending the pending one again."`
		ClientIP  string         `json:"client_ip,omitempty" maxLength:"100" format:"ip-port" doc:"The IP address of your user, with or without a port. It is used for limits: by default 10 OTPs an hour and 3 countries a day for each address, or for each /64 of IPv6." example:"203.0.113.7"`
	}
}

// sentBody is the answer to a send.
type sentBody struct {
	OTPID     string `json:"otp_id" example:"otp_01HWXYZABC123DEF4560000000"`
	Status    string `json:"status" enum:"sent,pending" doc:"sent: a carrier has accepted the message. pending: none has yet, and the server keeps trying."`
	Channel   string `json:"channel" enum:"whatsapp,sms,telegram,voice" doc:"The channel on which a carrier accepted the message, or that is being tried."`
	To        string `json:"to" example:"+32470123456"`
	ExpiresAt string `json:"expires_at" format:"date-time" example:"2026-04-25T15:32:00Z"`
	CreatedAt string `json:"created_at" format:"date-time"`
}

func showSent(s engine.OTPSent) sentBody {
	status := "pending"
	if s.Accepted() {
		status = "sent"
	}

	return sentBody{
		OTPID: s.OTP.ID.String(), Status: status, Channel: s.Channel().String(), To: s.To.E164(),
		ExpiresAt: stamp(s.OTP.ExpiresAt), CreatedAt: stamp(s.OTP.CreatedAt),
	}
}

// request is the engine's request, without the channels.
func (in *sendOTPInput) request() engine.OTPRequest {
	b := &in.Body
	r := engine.OTPRequest{
		To: b.To, ExpiresIn: time.Duration(b.ExpiresIn) * time.Second, Length: int(b.Length), Template: b.Template,
		Purpose: b.Purpose, Locale: b.Locale,
		Metadata: b.Metadata, ForceNew: b.ForceNew, ClientIP: b.ClientIP,
	}
	if b.Fallback != nil {
		r.FallbackAfter = time.Duration(b.Fallback.After) * time.Second
	}

	return r
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *sendOTPInput) Resolve(huma.Context) []error {
	errs := in.request().Check()
	if err := in.Body.Metadata.Check(); err != nil {
		errs = append(errs, err)
	}

	for i, name := range in.Body.Channels {
		if slices.Contains(in.Body.Channels[:i], name) {
			errs = append(errs, fault.Invalid("channels", "channels names %s twice; name each channel once", name))
		}
	}

	return errs
}

func (s *Server) sendOTP(ctx context.Context, c account.Caller, in *sendOTPInput,
	idem *idempotency.Request,
) (engine.OTPSent, *idempotency.Answer, error) {
	r := in.request()
	for _, name := range in.Body.Channels {
		ch, err := message.ParseChannel(name)
		if err != nil {
			return engine.OTPSent{}, nil, fault.Invalid("channels", "channels: %v", err)
		}
		r.Channels = append(r.Channels, ch)
	}

	return s.Engine.SendOTP(ctx, c, r, idem)
}

type verifyOTPInput struct {
	Repeatable
	Body struct {
		OTPID string `json:"otp_id" doc:"The otp_id from the answer to the send." example:"otp_01HWXYZABC123DEF4560000000"`
		Code  string `json:"code" minLength:"1" maxLength:"64" doc:"The code as the user entered it, as a string. Spaces and hyphens are ignored, and digits of other scripts are understood." example:"847291"`
	}
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *verifyOTPInput) Resolve(huma.Context) []error {
	if code := in.Body.Code; code == "" || len(otp.ReadCode(code)) >= otp.MinLength {
		return nil
	}
	return []error{fault.Invalid("code",
		"code must have %d to %d digits, as the user entered them; write \"code\": \"847291\"", otp.MinLength,
		otp.MaxLength)}
}

// verifiedBody is the answer to a verification.
type verifiedBody struct {
	Valid             bool   `json:"valid" doc:"Whether the code was right. A code is valid once." example:"true"`
	OTPID             string `json:"otp_id" example:"otp_01HWXYZABC123DEF4560000000"`
	VerifiedAt        string `json:"verified_at,omitempty" format:"date-time" example:"2026-04-25T15:28:14Z"`
	Reason            string `json:"reason,omitempty" enum:"incorrect,expired,max_attempts,already_verified,canceled" doc:"Why the code is not valid."`
	AttemptsRemaining *int   `json:"attempts_remaining,omitempty" doc:"With the reason incorrect: how many more codes can be tried."`
}

func showVerified(v engine.Verified) verifiedBody {
	b := verifiedBody{Valid: v.Result == otp.Valid, OTPID: v.OTP.ID.String(), Reason: string(v.Result)}
	if b.Valid {
		b.VerifiedAt = stamp(v.OTP.VerifiedAt)
	}

	if v.Result == otp.Incorrect {
		left := v.OTP.Left()
		b.AttemptsRemaining = &left
	}

	return b
}

func (s *Server) verifyOTP(ctx context.Context, c account.Caller, in *verifyOTPInput,
	idem *idempotency.Request,
) (engine.Verified, *idempotency.Answer, error) {
	o, err := parseID(id.ParseOTP, in.Body.OTPID, "OTP")
	if err != nil {
		return engine.Verified{}, nil, err
	}
	return s.Engine.VerifyOTP(ctx, c, o, secret.NewString(otp.ReadCode(in.Body.Code)), idem)
}

// OTPPath names the OTP of an operation.
type OTPPath struct {
	ID string `path:"otp_id" doc:"The otp_id from the answer to the send." example:"otp_01HWXYZABC123DEF4560000000"`
}

// otpBody is a verification, without its code.
type otpBody struct {
	OTPID             string         `json:"otp_id" example:"otp_01HWXYZABC123DEF4560000000"`
	Status            string         `json:"status" enum:"pending,sent,delivered,verified,expired,failed,canceled" example:"delivered"`
	Channel           string         `json:"channel" enum:"whatsapp,sms,telegram,voice"`
	To                string         `json:"to" example:"+32470123456"`
	Purpose           string         `json:"purpose,omitempty" doc:"The purpose in the send; absent when it had none."`
	TestNumber        bool           `json:"test_number,omitempty" doc:"true for a code to one of the server's test numbers with a live key: no message was sent, and the code is in the server's configuration."`
	AttemptsRemaining int            `json:"attempts_remaining" doc:"How many more codes can be tried." example:"5"`
	Attempts          []attemptBody  `json:"attempts"`
	Metadata          field.Metadata `json:"metadata"`
	ExpiresAt         string         `json:"expires_at" format:"date-time" example:"2026-04-25T15:32:00Z"`
	CreatedAt         string         `json:"created_at" format:"date-time"`
	VerifiedAt        string         `json:"verified_at,omitempty" format:"date-time"`
}

func showOTP(o engine.OTP) otpBody { return viewer{}.otp(o) }

func (v viewer) otp(o engine.OTP) otpBody {
	b := otpBody{
		OTPID: o.ID.String(), Status: o.State(), Channel: o.Channel().String(), To: o.To.E164(), Purpose: o.Purpose,
		TestNumber: o.TestNumber, AttemptsRemaining: o.Left(), Attempts: []attemptBody{},
		Metadata: field.Metadata(o.Metadata), ExpiresAt: stamp(o.ExpiresAt), CreatedAt: stamp(o.CreatedAt),
		VerifiedAt: stampOrNone(o.VerifiedAt),
	}

	for _, m := range o.Sent {
		b.Attempts = append(b.Attempts, v.attempts(m.Message)...)
	}

	return b
}

func (s *Server) getOTP(ctx context.Context, c account.Caller, in *OTPPath) (otpBody, error) {
	o, err := parseID(id.ParseOTP, in.ID, "OTP")
	if err != nil {
		return otpBody{}, err
	}

	found, err := s.Query.GetOTP(ctx, c, o)
	if err != nil {
		return otpBody{}, err
	}

	return viewerOf(c).otp(found), nil
}

type listOTPsInput struct {
	Paging
	Filters
	Status   string `query:"status" enum:"pending,sent,delivered,verified,expired,failed,canceled" doc:"Only those with this status." example:"verified"`
	Template string `query:"template" maxLength:"64" pattern:"^tmpl_[0-7][0-9A-HJKMNP-TV-Z]{25}$" patternDescription:"the id of a template, tmpl_…" doc:"Only those with this template, also after it was deleted." example:"tmpl_01HWXYZABC123DEF4560000000"`
}

func (s *Server) listOTPs(ctx context.Context, c account.Caller, in *listOTPsInput) (page[otpBody], error) {
	return list(s, c, "otp", &in.Paging, &chosen{in.Filters, in.Status, in.Template},
		func(f query.Filter, below [16]byte, limit int) ([]query.OTP, [16]byte, error) {
			return s.Query.ListOTPs(ctx, c, f, below, limit)
		}, viewerOf(c).otp)
}

type resendOTPInput struct {
	Repeatable
	OTPPath
	Body *struct {
		Channel string `json:"channel,omitempty" enum:"whatsapp,sms,telegram,voice" doc:"The channel to send on. Without it the channels of the last send are used."`
	}
}

func (in resendOTPInput) resource() string { return in.ID }

func (s *Server) resendOTP(ctx context.Context, c account.Caller, in *resendOTPInput,
	idem *idempotency.Request,
) (engine.OTPSent, *idempotency.Answer, error) {
	o, err := parseID(id.ParseOTP, in.ID, "OTP")
	if err != nil {
		return engine.OTPSent{}, nil, err
	}

	var ch message.Channel
	if in.Body != nil && in.Body.Channel != "" {
		ch, _ = message.ParseChannel(in.Body.Channel) // Huma has validated it
	}

	return s.Engine.ResendOTP(ctx, c, o, ch, idem)
}

type cancelOTPInput struct {
	Repeatable
	OTPPath
}

func (in cancelOTPInput) resource() string { return in.ID }

func (s *Server) cancelOTP(ctx context.Context, c account.Caller, in *cancelOTPInput,
	idem *idempotency.Request,
) (engine.OTP, *idempotency.Answer, error) {
	o, err := parseID(id.ParseOTP, in.ID, "OTP")
	if err != nil {
		return engine.OTP{}, nil, err
	}
	return s.Engine.CancelOTP(ctx, c, o, idem)
}
