// Package fault holds the errors that a caller of the API sees: the published code, the HTTP status, a message that
// names the field and the fix, and details for programs.
//
// A client never sees the text of a cause; that is for the log. An error that is not a Fault reaches a client as a bare
// internal_error.
package fault

import (
	"errors"
	"fmt"
	"reflect"
	"time"
)

// Code is one of the published error codes.
type Code string

// The published codes, with the HTTP status that each has by default.
const (
	InvalidParams       Code = "invalid_params"       // 400
	Unauthorized        Code = "unauthorized"         // 401
	InsufficientCredits Code = "insufficient_credits" // 402
	NotFound            Code = "not_found"            // 404
	InvalidPhone        Code = "invalid_phone"        // 422
	RateLimitExceeded   Code = "rate_limit_exceeded"  // 429
	Internal            Code = "internal_error"       // 500
)

// Codes lists the published codes in the order of the API reference.
var Codes = []Code{
	InvalidParams, Unauthorized, InsufficientCredits, NotFound, InvalidPhone, RateLimitExceeded,
	Internal,
}

var statuses = map[Code]int{
	InvalidParams: 400, Unauthorized: 401, InsufficientCredits: 402, NotFound: 404, InvalidPhone: 422,
	RateLimitExceeded: 429, Internal: 500,
}

// Fault is an error to be shown. Build it with the functions below and the With methods.
type Fault struct {
	Code    Code
	Status  int    // HTTP status; the code's own unless a constructor says otherwise
	Message string // a sentence with the field and the fix
	Details Details
	// RetryAfter is when the same request can succeed; rounded up to whole seconds on the wire. Always set on 429 and
	// 503.
	RetryAfter time.Duration
	// Missing is what does not exist, in a word, such as "template"; empty for other errors. It is not on the wire.
	Missing string
	cause   error
}

// Details is the machine-readable part.
type Details struct {
	Field  string `json:"field,omitempty" doc:"The request field that the error is about."`
	Reason string `json:"reason,omitempty" doc:"The reason, more precise than the code: for example missing_scope, opted_out or country_not_allowed."`
	Limit  string `json:"limit,omitempty" doc:"The limit that was reached: as in the configuration, such as 5/10m, or by its name, such as templates."`
	Max    int    `json:"max,omitempty" doc:"With the reason limit_reached: the largest number allowed."`
	OTPID  string `json:"otp_id,omitempty" doc:"The id of the pending OTP that this request would have sent again."`
	DocURL string `json:"doc_url,omitempty" doc:"The page that describes the error. Present when the operator has set public_url."`
	// Errors are all faults of a request; Message is the first of them.
	Errors []FieldError `json:"errors,omitempty" doc:"Everything that is wrong with the request, field by field; at most 20."`
}

// FieldError is what is wrong with one field, and what to write.
type FieldError struct {
	Field   string `json:"field,omitempty" doc:"The path of the field, such as fallback.after or channels[0]. Absent when the error is about the request as a whole." example:"channels"`
	Message string `json:"message" doc:"What is wrong with the field, and what to write." example:"channels is required but missing; write \"channels\": [\"sms\"]"`
}

// Empty reports whether there is nothing in it.
func (d Details) Empty() bool { return reflect.ValueOf(d).IsZero() }

func (f *Fault) Error() string {
	if f.cause != nil {
		return fmt.Sprintf("%s: %s: %v", f.Code, f.Message, f.cause)
	}
	return fmt.Sprintf("%s: %s", f.Code, f.Message)
}

// Unwrap gives the cause, for the log.
func (f *Fault) Unwrap() error { return f.cause }

// New makes a fault of the code with its default status.
func New(code Code, format string, args ...any) *Fault {
	return &Fault{Code: code, Status: statuses[code], Message: fmt.Sprintf(format, args...)}
}

// Invalid is a 400 about one field.
func Invalid(field, format string, args ...any) *Fault {
	f := New(InvalidParams, format, args...)
	f.Details.Field = field
	return f
}

// NoSuch is the 404 for an id that does not exist, is another account's or of the other mode: one text for all of them,
// so that an answer says nothing about other accounts.
func NoSuch(what string) *Fault {
	f := New(NotFound, "there is no such %s; check the id and that the key is of the same account and mode", what)
	f.Missing = what
	return f
}

// OnlyLive refuses a test key for what there is once for the whole installation; why is a sentence that says so.
func OnlyLive(why string) *Fault {
	return New(InvalidParams, "%s; use a key that begins with sk_live_", why).WithField("Authorization").
		WithReason("live_only")
}

// Limited is a 429: limit is the limit that was reached, after is the time until it allows the next request.
func Limited(limit, reason string, after time.Duration, format string, args ...any) *Fault {
	f := New(RateLimitExceeded, format, args...)
	f.Details.Limit, f.Details.Reason = limit, reason
	f.RetryAfter = max(after, time.Second)
	return f
}

// Full refuses what would be one more than a bound allows: name is the bound's name, most is how many there may be.
func Full(name string, most int, format string, args ...any) *Fault {
	f := New(InvalidParams, format, args...).WithReason("limit_reached")
	f.Details.Limit, f.Details.Max = name, most
	return f
}

// Number refuses a phone number that is not written as one; err says what is wrong with it.
func Number(field string, err error) *Fault {
	return New(InvalidPhone, "%s: %v", field, err).WithField(field).WithReason("format")
}

// Unavailable is a 503: the database or the disk does not answer.
func Unavailable(cause error) *Fault {
	f := New(Internal, "the database is not available and nothing was done; wait as long as Retry-After says, then retry")
	f.Status, f.RetryAfter, f.cause = 503, time.Second, cause
	f.Details.Reason = "unavailable"
	return f
}

// WithReason sets details.reason.
func (f *Fault) WithReason(reason string) *Fault { f.Details.Reason = reason; return f }

// WithField sets details.field.
func (f *Fault) WithField(field string) *Fault { f.Details.Field = field; return f }

// WithStatus sets another HTTP status than the code's own (405, 413, 415).
func (f *Fault) WithStatus(status int) *Fault { f.Status = status; return f }

// WithCause keeps the cause for the log.
func (f *Fault) WithCause(err error) *Fault { f.cause = err; return f }

// From returns the fault in err's chain; any other error becomes a bare internal error with err as its cause.
func From(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return New(Internal,
		"the server failed to process the request; retry with exponential backoff, "+
			"and quote request_id when you ask for help").WithCause(err)
}
