package syssecure

import (
	"context"
	"iter"
	"time"
)

// OTPService sends and verifies codes.
type OTPService struct{ core *core }

// OTPSendParams are the parameters of [OTPService.Send]. To and Channels are required.
type OTPSendParams struct {
	// To is the phone number in E.164 format, such as +32470123456.
	To string `api:"to,required" log:"number"`
	// Channels are the channels to try, in this order.
	Channels []Channel `api:"channels,required"`
	// ExpiresIn is how long the code is valid, in whole seconds. By default it is 5 minutes.
	ExpiresIn time.Duration `api:"expires_in"`
	// Length is the number of digits of the code. By default it is 6.
	Length int `api:"length"`
	// Locale is the language of the message, as a BCP 47 tag such as en.
	Locale string `api:"locale"`
	// Template is the id of the template of the message.
	Template string `api:"template"`
	// Purpose is what the code is for, such as login. A number has one pending code for each purpose.
	Purpose string `api:"purpose"`
	// ClientIP is the IP address of your user. It is used for limits.
	ClientIP string `api:"client_ip" log:"-"`
	// ForceNew cancels a pending code and makes a new one, instead of sending the pending one again.
	ForceNew bool `api:"force_new"`
	// Fallback says when to try the next channel if no receipt confirms the delivery.
	Fallback *Fallback `api:"fallback"`
	// Metadata is any JSON object for your own use. It is returned unchanged, also in webhooks.
	Metadata map[string]any `api:"metadata" log:"-"`
}

// Fallback says when to try the next channel.
type Fallback struct {
	// After is how long to wait for a receipt, in whole seconds.
	After time.Duration `api:"after,required"`
}

// SentOTP is the result of [OTPService.Send] and [OTPService.Resend].
type SentOTP struct {
	Meta `json:"-"`

	// ID identifies the code. It is needed to verify it.
	ID string `json:"otp_id"`
	// Status is sent when a carrier has accepted the message, and pending while the server keeps trying.
	Status string `json:"status"`
	// Channel is the channel on which a carrier accepted the message, or that is being tried.
	Channel Channel `json:"channel"`
	// To is the phone number.
	To string `json:"to" log:"number"`
	// ExpiresAt is when the code stops being valid.
	ExpiresAt time.Time `json:"expires_at"`
	// CreatedAt is when the code was made.
	CreatedAt time.Time `json:"created_at"`
}

// Send makes a code and sends it to a phone. While a code for the same number and purpose is pending, that code is sent
// again. Errors that matter: [ErrInvalidPhone], [ErrRateLimited] with OTPID and RetryAfter when the last send is too
// recent, and [ErrInsufficientCredits].
func (s *OTPService) Send(ctx context.Context, params OTPSendParams, options ...RequestOption) (*SentOTP, error) {
	return call[SentOTP](ctx, s.core, operation{method: "POST", path: "/otp/send", body: params}, options)
}

// OTPVerifyParams are the parameters of [OTPService.Verify]. Both are required.
type OTPVerifyParams struct {
	// OTPID is the ID of the result of the send.
	OTPID string `api:"otp_id,required"`
	// Code is the code as the user entered it.
	Code string `api:"code,required" log:"-"`
}

// The values of [Verification].Reason. A newer server may have more.
const (
	ReasonIncorrect       = "incorrect"
	ReasonExpired         = "expired"
	ReasonMaxAttempts     = "max_attempts"
	ReasonAlreadyVerified = "already_verified"
	ReasonCanceled        = "canceled"
)

// Verification is the result of [OTPService.Verify].
type Verification struct {
	Meta `json:"-"`

	// Valid says whether the code was right. A code is valid once.
	Valid bool `json:"valid"`
	// OTPID identifies the code.
	OTPID string `json:"otp_id"`
	// Reason says why the code is not valid.
	Reason string `json:"reason,omitempty"`
	// AttemptsRemaining is how many more codes can be tried, with the reason incorrect.
	AttemptsRemaining int `json:"attempts_remaining,omitempty"`
	// VerifiedAt is when the code was verified.
	VerifiedAt time.Time `json:"verified_at,omitzero"`
}

// Verify checks a code that a user entered. A wrong code is no error: Valid is false then, and Reason says why. Errors
// that matter: [ErrNotFound] for an unknown OTPID, and [ErrRateLimited].
func (s *OTPService) Verify(
	ctx context.Context, params OTPVerifyParams, options ...RequestOption,
) (*Verification, error) {
	op := operation{method: "POST", path: "/otp/verify", body: params}
	result, err := call[Verification](ctx, s.core, op, options)
	if err != nil {
		return nil, err
	}

	if _, ok := result.Raw["valid"].(bool); !ok {
		return nil, &ResponseError{Status: 200, RequestID: result.RequestID, Message: "the field valid is missing"}
	}

	return result, nil
}

// OTP is one code.
type OTP struct {
	Meta `json:"-"`

	// ID identifies the code.
	ID string `json:"otp_id"`
	// Status is one of pending, sent, delivered, verified, expired, failed and canceled.
	Status string `json:"status"`
	// Channel is the channel of the newest message.
	Channel Channel `json:"channel"`
	// To is the phone number.
	To string `json:"to" log:"number"`
	// Purpose is what the code is for.
	Purpose string `json:"purpose,omitempty"`
	// AttemptsRemaining is how many more codes can be tried.
	AttemptsRemaining int `json:"attempts_remaining"`
	// Attempts are the steps of its messages, oldest first.
	Attempts []*Attempt `json:"attempts"`
	// Metadata is what the send gave. Numbers are of type json.Number.
	Metadata map[string]any `json:"metadata" log:"-"`
	// TestNumber says that the number is one of the server's test numbers, so that nothing was sent.
	TestNumber bool `json:"test_number,omitempty"`
	// ExpiresAt is when the code stops being valid.
	ExpiresAt time.Time `json:"expires_at"`
	// VerifiedAt is when the code was verified.
	VerifiedAt time.Time `json:"verified_at,omitzero"`
	// CreatedAt is when the code was made.
	CreatedAt time.Time `json:"created_at"`
}

// Get returns the state of a code. Errors that matter: [ErrNotFound].
func (s *OTPService) Get(ctx context.Context, otpID string, options ...RequestOption) (*OTP, error) {
	return call[OTP](ctx, s.core, operation{method: "GET", path: "/otp/{otp_id}", ids: []string{otpID}}, options)
}

// OTPListParams are the parameters of [OTPService.List] and [OTPService.All]. All are optional.
type OTPListParams struct {
	// Limit is the number of codes on a page.
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
	// Template restricts the list to codes with a template, by its id.
	Template string `api:"template"`
	// CreatedAfter restricts the list to codes made after this time.
	CreatedAfter time.Time `api:"created_after"`
	// CreatedBefore restricts the list to codes made before this time.
	CreatedBefore time.Time `api:"created_before"`
	// Metadata restricts the list to codes with these values in their metadata.
	Metadata map[string]string `api:"metadata" log:"-"`
}

func (v OTPListParams) operation() operation {
	return listOf("/otp", v, v.Cursor)
}

// List returns one page of the codes, newest first.
func (s *OTPService) List(ctx context.Context, params OTPListParams, options ...RequestOption) (*Page[OTP], error) {
	return list[OTP](ctx, s.core, params.operation(), options)
}

// All iterates over the codes, newest first, and requests page after page.
func (s *OTPService) All(ctx context.Context, params OTPListParams, options ...RequestOption) iter.Seq2[*OTP, error] {
	return all[OTP](ctx, s.core, params.operation(), options)
}

// OTPResendParams are the parameters of [OTPService.Resend].
type OTPResendParams struct {
	// Channel is the channel to send on. Without it the channels of the last send are used.
	Channel Channel `api:"channel"`
}

// Resend sends a pending code again. Errors that matter: [ErrRateLimited] with RetryAfter when the last send is too
// recent, and [ErrNotFound].
func (s *OTPService) Resend(
	ctx context.Context, otpID string, params OTPResendParams, options ...RequestOption,
) (*SentOTP, error) {
	op := operation{method: "POST", path: "/otp/{otp_id}/resend", ids: []string{otpID}, body: params}
	return call[SentOTP](ctx, s.core, op, options)
}

// Cancel ends a code, so that it cannot be verified any more. Errors that matter: [ErrNotFound].
func (s *OTPService) Cancel(ctx context.Context, otpID string, options ...RequestOption) (*OTP, error) {
	op := operation{method: "POST", path: "/otp/{otp_id}/cancel", ids: []string{otpID}}
	return call[OTP](ctx, s.core, op, options)
}
