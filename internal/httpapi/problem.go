package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/syssecure/syssecure/internal/fault"
)

// Problem is the body of every error.
type Problem struct {
	Code      fault.Code     `json:"code" enum:"invalid_params,unauthorized,insufficient_credits,not_found,invalid_phone,rate_limit_exceeded,internal_error" doc:"Machine-readable code." example:"invalid_params"`
	Message   string         `json:"message" doc:"What is wrong, and how to mend it." example:"to is missing; it is required"`
	RequestID string         `json:"request_id" doc:"Quote it when you ask for help; the same as X-Request-Id." example:"req_01HWXYZABC123DEF4560000000"`
	Details   *fault.Details `json:"details,omitempty" doc:"More, for programs."`

	status int
	after  time.Duration
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

func newProblem(requestID string, f *fault.Fault) *Problem {
	p := &Problem{Code: f.Code, Message: f.Message, RequestID: requestID, status: f.Status, after: f.RetryAfter}
	if f.Details != (fault.Details{}) {
		p.Details = &f.Details
	}
	return p
}

// problem makes the answer for an error and logs those that are ours. It is the one place where an error is logged.
func (s *Server) problem(ctx context.Context, err error) *Problem {
	f, r := fault.From(err), requestOf(ctx)
	if f.Status >= http.StatusInternalServerError && ctx.Err() == nil { // who has hung up reads no answer, and nothing is wrong
		s.Log.Error("request failed", "request", r.id, "account", r.caller.Account, "error", f)
	}
	return newProblem(r.id, f)
}

var overrideOnce sync.Once

// overrideHumaErrors makes Huma's own refusals (validation) look like ours. Huma keeps these as package variables; there
// is no other way.
func overrideHumaErrors() {
	overrideOnce.Do(func() {
		huma.ValidateStrictCasing = true
		huma.DefaultArrayNullable = false
		huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
			return newProblem("", humaFault(status, msg, errs))
		}
		huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
			return newProblem(requestOf(ctx.Context()).id, humaFault(status, msg, errs))
		}
	})
}

// humaFault reads what Huma found: always a mistake of the caller, told by its first finding.
func humaFault(status int, msg string, errs []error) *fault.Fault {
	for _, err := range errs {
		var f *fault.Fault
		if errors.As(err, &f) {
			return f
		}
		var d *huma.ErrorDetail
		if errors.As(err, &d) {
			return detailFault(d)
		}
	}
	if status >= http.StatusInternalServerError {
		return fault.From(errors.Join(errs...))
	}
	if msg == "" || msg == "validation failed" {
		msg = "the request is malformed"
	}
	if strings.Contains(strings.ToLower(msg), "body is required") {
		msg = "the body is missing; send a JSON object"
	}
	return fault.New(fault.InvalidParams, "%s", msg)
}

// detailFault names the field and the fix. The value that was sent is not repeated: it may be a code.
func detailFault(d *huma.ErrorDetail) *fault.Fault {
	where, field, _ := strings.Cut(d.Location, ".")
	var name string
	switch {
	case d.Message == validation.MsgUnexpectedProperty:
		return fault.Invalid(field, "%s is no field of this request; remove it, or check its spelling", field)
	case where == "query" && d.Message == "unknown query parameter":
		return fault.Invalid(field, "%s is no parameter of this request; remove it, or check its spelling", field)
	case scan(d.Message, validation.MsgExpectedRequiredProperty, &name):
		if field != "" {
			name = field + "." + name
		}
		return fault.Invalid(name, "%s is missing; it is required", name)
	case field == "":
		return fault.New(fault.InvalidParams, "the %s is malformed: %s", where, d.Message)
	}
	return fault.Invalid(field, "%s: %s", field, d.Message)
}

func scan(message, format string, name *string) bool {
	_, err := fmt.Sscanf(message, format, name)
	return err == nil
}
