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

// problem makes the answer for an error and logs those that are ours. It is the one place where an error is logged.
func (s *Server) problem(ctx context.Context, err error) *problem.Problem {
	f, r := fault.From(err), requestOf(ctx)
	// A version of HTTP that is not spoken (505) is the client's. Who has hung up reads no answer, and nothing is wrong.
	if f.Code == fault.Internal && ctx.Err() == nil {
		s.Log.Error("request failed", "request", r.id, "account", r.caller.Account, "error", f)
	}
	return r.problem(f)
}

// problem is the answer for a fault of the request.
func (r *request) problem(f *fault.Fault) *problem.Problem {
	docs := ""
	if r.server != nil {
		docs = r.server.docs
	}
	return problem.New(r.id, docs, f)
}

// Unhandled is the answer to a request that is refused before the handler sees it, see listener.Refusal.
func (s *Server) Unhandled(status int, message string) (body []byte, request string) {
	return problem.Unhandled(s.docs, status, message)
}

// refuse writes a fault.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, f *fault.Fault) {
	s.problem(r.Context(), f).Send(w)
}

var overrideOnce sync.Once

// overrideHumaErrors makes Huma's own refusals (validation) look like ours. Huma keeps these as package variables; there
// is no other way.
func overrideHumaErrors() {
	overrideOnce.Do(func() {
		huma.ValidateStrictCasing = true
		huma.DefaultArrayNullable = false
		huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
			return problem.New("", "", (&request{}).refusal(context.Background(), nil, status, msg, errs))
		}

		huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
			r := requestOf(ctx.Context())
			return r.problem(r.refusal(ctx.Context(), ctx.Operation(), status, msg, errs))
		}
	})
}

// refusal makes one fault of what Huma found, and of what was found before it.
func (r *request) refusal(ctx context.Context, op *huma.Operation, status int, msg string, errs []error) *fault.Fault {
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
		msg = "the request is malformed"
	}

	return fault.New(fault.InvalidParams, "%s", msg)
}

// sendFaults is what is wrong with the number and the time of a request that is refused already. The engine looks at them
// for those that are not, after the answer that may be stored for the request.
func (r *request) sendFaults(ctx context.Context) []*fault.Fault {
	var body struct {
		To          string
		ScheduledAt string `json:"scheduled_at"`
	}

	_ = json.Unmarshal(r.body, &body) // of another kind they are refused for that
	at, err := field.Instant("scheduled_at", body.ScheduledAt)
	if err != nil {
		at = time.Time{} // and told
	}

	return r.server.Engine.SendFaults(ctx, r.caller, body.To, at)
}
