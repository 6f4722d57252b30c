// Package problem implements the body of every error answer: it turns faults, and the errors of Huma's validation, into
// the published shape.
//
// A value that was sent is never repeated in an answer, because it may be a code.
package problem

import (
	"net/http"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
)

// Problem is the body of every error.
type Problem struct {
	Code      fault.Code     `json:"code" enum:"invalid_params,unauthorized,insufficient_credits,not_found,invalid_phone,rate_limit_exceeded,internal_error" doc:"The kind of error, for programs." example:"invalid_params"`
	Message   string         `json:"message" doc:"What is wrong and how to fix it, for people. The text may change; do not parse it." example:"to is required but missing; write \"to\": \"+32470123456\""`
	RequestID string         `json:"request_id" doc:"The id of this request, as in the header X-Request-Id. Quote it when you ask for help." example:"req_01HWXYZABC123DEF4560000000"`
	Details   *fault.Details `json:"details,omitempty" doc:"Details of the error, for programs."`

	status int
	after  time.Duration
}

// New makes the answer for a fault. docs is the address of the page that describes the errors; it may be empty.
func New(requestID, docs string, f *fault.Fault) *Problem {
	p := &Problem{Code: f.Code, Message: f.Message, RequestID: requestID, status: f.Status, after: f.RetryAfter}
	d := f.Details
	if d.Field != "" && d.Errors == nil {
		d.Errors = []fault.FieldError{{Field: d.Field, Message: f.Message}}
	}
	if docs != "" {
		d.DocURL = docs + "#" + Anchor(f)
	}
	if !d.Empty() {
		p.Details = &d
	}

	return p
}

func (p *Problem) Error() string { return string(p.Code) + ": " + p.Message }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.status }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.after > 0 {
		h.Set("Retry-After", strconv.FormatInt(WholeSeconds(p.after), 10))
	}
	if p.status == http.StatusTooManyRequests {
		setLimitHeaders(h, p.Details, p.after)
	}
	if p.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}

	return h
}
