package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/field"
	"github.com/syssecure/syssecure/internal/problem"
)

// problem makes the answer for an error, and logs it if it is the server's. No other code logs errors of requests.
func (s *Server) problem(ctx context.Context, err error) *problem.Problem {
	f, r := fault.From(err), requestOf(ctx)
	// The code decides, because an unsupported version of HTTP has status 505. When ctx has ended the client is gone.
	if f.Code == fault.Internal && ctx.Err() == nil {
		s.Log.Error("request failed", "request", r.id, "account", r.caller.Account, "error", f)
	}
	return r.problem(f)
}

// problem makes the answer for a fault.
func (r *request) problem(f *fault.Fault) *problem.Problem {
	r.refusal = f
	docs := ""
	if r.server != nil {
		docs = r.server.docs
	}
	return problem.New(r.id, docs, f)
}

// Unhandled makes the answer to a request that reaches no handler, see listener.Refusal.
func (s *Server) Unhandled(status int, message string) (body []byte, request string) {
	return problem.Unhandled(s.docs, status, message)
}

// invalid is a fault of the request with another status than 400.
func invalid(status int, format string, args ...any) *fault.Fault {
	return fault.New(fault.InvalidParams, format, args...).WithStatus(status)
}

// refuse writes a fault.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, f *fault.Fault) {
	s.problem(r.Context(), f).Send(w)
}

var overrideOnce sync.Once

// overrideHumaErrors gives Huma's errors, such as those of validation, the published shape. Huma has no other way than
// these package variables.
func overrideHumaErrors() {
	overrideOnce.Do(func() {
		huma.ValidateStrictCasing = true
		huma.DefaultArrayNullable = false
		huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
			return problem.New("", "", (&request{}).validationFault(context.Background(), nil, status, msg, errs))
		}

		huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
			r := requestOf(ctx.Context())
			return r.problem(r.validationFault(ctx.Context(), ctx.Operation(), status, msg, errs))
		}
	})
}

// validationFault makes one fault of Huma's errors and of the faults found before.
func (r *request) validationFault(ctx context.Context, op *huma.Operation, status int, msg string,
	errs []error,
) *fault.Fault {
	faults := r.faults
	if op != nil && r.server != nil {
		in := problem.Request{Operation: op, Schemas: r.server.api.OpenAPI().Components.Schemas}
		faults = append(faults, in.Faults(errs)...)
		if len(faults) > 0 && len(r.body) > 0 {
			faults = append(faults, r.sendFaults(ctx)...)
		}
	}

	switch {
	case strings.Contains(strings.ToLower(msg), "body is required"):
		return fault.Collect(append(faults, fault.New(fault.InvalidParams, "the body is missing; send a JSON object")))
	case len(faults) > 0:
		return fault.Collect(faults)
	case status >= http.StatusInternalServerError:
		return fault.From(errors.Join(errs...))
	case msg == "" || msg == "validation failed":
		msg = "the request is malformed; check it against /openapi.json"
	}

	return fault.New(fault.InvalidParams, "%s", msg)
}

// sendFaults are the faults of the number and time in a request that is refused already. For other requests the engine
// checks them, after it has looked for a stored answer.
func (r *request) sendFaults(ctx context.Context) []*fault.Fault {
	var body struct {
		To          string
		ScheduledAt string `json:"scheduled_at"`
	}

	_ = json.Unmarshal(r.body, &body) // a wrong type has its own fault
	at, err := field.Instant("scheduled_at", body.ScheduledAt)
	if err != nil {
		at = time.Time{} // it has its own fault
	}

	return r.server.Engine.SendFaults(ctx, r.caller, body.To, at)
}
