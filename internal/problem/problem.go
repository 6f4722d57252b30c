// Package problem is the body of every error answer: it turns faults, and what the checks of a request found, into the
// published shape.
//
// It decides nothing about a request. A value that was sent is never repeated in an answer, because it may be a code.
package problem

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
)

// Problem is the body of every error.
type Problem struct {
	Code      fault.Code     `json:"code" enum:"invalid_params,unauthorized,insufficient_credits,not_found,invalid_phone,rate_limit_exceeded,internal_error" doc:"Machine-readable code." example:"invalid_params"`
	Message   string         `json:"message" doc:"What is wrong, and how to fix it." example:"to is required but missing; write \"to\": \"+32470123456\""`
	RequestID string         `json:"request_id" doc:"Quote it when you ask for help; the same as X-Request-Id." example:"req_01HWXYZABC123DEF4560000000"`
	Details   *fault.Details `json:"details,omitempty" doc:"More, for programs."`

	status int
	after  time.Duration
}

// New makes the answer for a fault. docs is the address of the page that describes the errors; empty when it has none.
func New(requestID, docs string, f *fault.Fault) *Problem {
	p := &Problem{Code: f.Code, Message: f.Message, RequestID: requestID, status: f.Status, after: f.RetryAfter}
	d := f.Details
	if d.Field != "" && d.Errors == nil {
		d.Errors = []fault.FieldError{{Field: d.Field, Message: f.Message}}
	}
	if docs != "" {
		d.DocURL = docs + "#" + cmp.Or(d.Reason, string(f.Code))
	}
	if !d.Empty() {
		p.Details = &d
	}

	return p
}

func (p *Problem) Error() string { return string(p.Code) + ": " + p.Message }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.status }

// GetHeaders implements huma.HeadersError. Retry-After is in whole seconds, rounded up: a client that keeps to it must
// not come too early.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.after > 0 {
		h.Set("Retry-After", strconv.FormatInt(wholeSeconds(p.after), 10))
	}
	if p.status == http.StatusTooManyRequests {
		showLimit(h, p.Details, p.after)
	}
	if p.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}

	return h
}
