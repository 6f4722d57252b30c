package syssecure

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Errors for [errors.Is]. The status alone decides which of them an [APIError] is.
var (
	// ErrBadRequest is the status 400: a parameter is missing or wrong. APIError.Errors names each.
	ErrBadRequest = errors.New("syssecure: bad request")
	// ErrAuthentication is the status 401: the key is missing, wrong, revoked or not allowed to do this.
	ErrAuthentication = errors.New("syssecure: authentication failed")
	// ErrInsufficientCredits is the status 402.
	ErrInsufficientCredits = errors.New("syssecure: insufficient credits")
	// ErrNotFound is the status 404.
	ErrNotFound = errors.New("syssecure: not found")
	// ErrInvalidPhone is the status 422: the number is not valid, or cannot be reached.
	ErrInvalidPhone = errors.New("syssecure: invalid phone number")
	// ErrRateLimited is the status 429. APIError.RetryAfter says when to try again.
	ErrRateLimited = errors.New("syssecure: rate limited")
	// ErrInternalServer is every status from 500 on.
	ErrInternalServer = errors.New("syssecure: internal server error")
	// ErrTimeout is a [ConnectionError] because the answer took too long.
	ErrTimeout = errors.New("syssecure: timeout")
)

const (
	noMessage      = "the server's answer has no error message"
	selfHostedHint = "Self-hosted? Set WithBaseURL or SYSSECURE_BASE_URL to the address of your server."
)

// ConfigurationError says that an argument, option or environment variable is wrong. Nothing was sent.
type ConfigurationError struct {
	// Message says what is wrong, and how to put it right.
	Message string
}

func configurationError(format string, args ...any) *ConfigurationError {
	return &ConfigurationError{Message: fmt.Sprintf(format, args...)}
}

// Error returns the message.
func (e *ConfigurationError) Error() string { return "syssecure: " + e.Message }

// ConnectionError says that there was no whole answer: the server was not reached, did not answer in time, or the
// connection broke off. Whether the request had an effect is unknown, but a retry with the same idempotency key is
// safe. It is also what a call returns when its context ends.
type ConnectionError struct {
	// Err is the cause, such as context.Canceled or a *net.OpError.
	Err error

	text string
}

// Error describes the cause, without the address's path and query.
func (e *ConnectionError) Error() string { return "syssecure: " + e.text }

// Unwrap returns the cause.
func (e *ConnectionError) Unwrap() error { return e.Err }

// Timeout reports whether the answer took too long.
func (e *ConnectionError) Timeout() bool {
	var timeout interface{ Timeout() bool }
	return errors.As(e.Err, &timeout) && timeout.Timeout()
}

// Is reports whether the target is [ErrTimeout] and the answer took too long.
func (e *ConnectionError) Is(target error) bool { return target == ErrTimeout && e.Timeout() }

// ResponseError says that the server answered 2xx, but not with what the API promises. The request took effect.
type ResponseError struct {
	// Status is the HTTP status.
	Status int
	// RequestID identifies the request in the logs of the server.
	RequestID string
	// Message says what is wrong with the answer.
	Message string
}

// Error returns the status, the message and the id of the request.
func (e *ResponseError) Error() string {
	return describe(e.Status, "", e.Message, e.RequestID)
}

// FieldError is one fault of a request.
type FieldError struct {
	// Field is the path of the parameter, such as fallback.after. It is empty when the whole request is meant.
	Field string
	// Message says what is wrong, and what to write.
	Message string
}

// APIError is an answer with any status but 2xx.
type APIError struct {
	// Status is the HTTP status.
	Status int
	// Code is the kind of error, such as rate_limit_exceeded. It is empty when the answer is not the API's.
	Code string
	// Message says what is wrong, for people.
	Message string
	// RequestID identifies the request in the logs of the server.
	RequestID string
	// Details are the details of the answer. Numbers are of type json.Number.
	Details map[string]any
	// Errors lists everything that is wrong with the request.
	Errors []FieldError
	// OTPID is the pending code that this request would have sent again, with the status 429.
	OTPID string
	// Limit is the limit that was reached, with the status 429.
	Limit string
	// DocURL is the page that describes the error.
	DocURL string
	// RetryAfter is how long to wait before the next try. It is 0 when the server does not say.
	RetryAfter time.Duration
	// Header holds the headers of the answer.
	Header http.Header

	hint string
}

// Error returns the status, the code, the message and the id of the request, without those that are absent.
func (e *APIError) Error() string {
	text := describe(e.Status, e.Code, e.Message, e.RequestID)
	if e.hint != "" {
		text += " " + e.hint
	}

	return text
}

// Format writes the text of Error for every verb, so that %+v and %#v do not show the headers.
func (e *APIError) Format(s fmt.State, _ rune) { fmt.Fprint(s, e.Error()) }

// Is reports whether the target is the error of this package for the status.
func (e *APIError) Is(target error) bool {
	switch e.Status {
	case http.StatusBadRequest:
		return target == ErrBadRequest
	case http.StatusUnauthorized:
		return target == ErrAuthentication
	case http.StatusPaymentRequired:
		return target == ErrInsufficientCredits
	case http.StatusNotFound:
		return target == ErrNotFound
	case http.StatusUnprocessableEntity:
		return target == ErrInvalidPhone
	case http.StatusTooManyRequests:
		return target == ErrRateLimited
	}

	return e.Status >= http.StatusInternalServerError && target == ErrInternalServer
}

// describe joins the parts of an error's text that are there.
func describe(status int, code, message, requestID string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d", status)
	if code != "" {
		b.WriteString(" " + code)
	}
	b.WriteString(": " + message)
	if requestID != "" {
		fmt.Fprintf(&b, " (request_id: %s)", requestID)
	}

	return b.String()
}

// apiError reads the answer of a request that failed.
func (c *core) apiError(a *answer) *APIError {
	body, err := decodeObject(a.body)
	if err != nil {
		body = nil
	}
	code, ok := body["code"].(string)
	if !ok {
		body = nil
	}

	e := &APIError{Status: a.status, Message: noMessage, RequestID: a.requestID, Header: c.redact.Header(a.header)}
	e.Details = map[string]any{}
	e.RetryAfter, _ = c.retryAfter(a.header)
	if a.status == http.StatusUnauthorized {
		e.hint = c.hint
	}
	if body == nil {
		return e
	}

	e.Code = c.redact.Text(code)
	if message, ok := body["message"].(string); ok && message != "" {
		e.Message = c.redact.Text(message)
	}
	if id, ok := body["request_id"].(string); ok && id != "" {
		e.RequestID = c.redact.Text(id)
	}
	if details, ok := body["details"].(map[string]any); ok {
		e.Details = c.redact.Object(details)
	}
	e.readDetails()

	return e
}

// readDetails fills the fields that come from the details.
func (e *APIError) readDetails() {
	e.OTPID, _ = e.Details["otp_id"].(string)
	e.Limit, _ = e.Details["limit"].(string)
	e.DocURL, _ = e.Details["doc_url"].(string)

	list, _ := e.Details["errors"].([]any)
	for _, item := range list {
		object, ok := item.(map[string]any)
		if !ok {
			continue
		}
		field, _ := object["field"].(string)
		message, _ := object["message"].(string)
		e.Errors = append(e.Errors, FieldError{Field: field, Message: message})
	}
}
