package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/problem"
	"github.com/syssecure/syssecure/internal/strictjson"
)

// Limits on a request's body.
const (
	maxBody  = 64 << 10
	maxDepth = 16
)

// scopeKey is where an operation keeps the scope that it asks for.
const scopeKey = "scope"

// authenticate is the first gate of a routed request: it checks the key, its scope and its rate.
func (s *Server) authenticate(ctx huma.Context, next func(huma.Context)) {
	scope, guarded := ctx.Operation().Metadata[scopeKey].(account.Scope)
	if !guarded {
		next(ctx)
		return
	}

	r, w := humago.Unwrap(ctx)
	caller, err := s.Gate.Authenticate(r.Context(), r.Header.Get("Authorization"))
	if err != nil {
		s.refuse(w, r, fault.From(err))
		return
	}

	req := requestOf(r.Context())
	caller.Request = req.ulid
	req.caller, req.operation = caller, ctx.Operation()
	if f := lacks(caller, scope); f != nil {
		s.refuse(w, r, f)
		return
	}

	room, f := s.Gate.Allow(caller.Key)
	s.setRateHeaders(w.Header(), room)
	if f != nil {
		s.refuse(w, r, f)
		return
	}
	next(ctx)
}

// readBody is the second gate: it reads the body within its limits and refuses JSON on which parsers disagree.
func (s *Server) readBody(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	requestOf(r.Context()).faults = headFaults(r)
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		next(ctx)
		return
	}

	body, f := s.body(w, r)
	if f != nil {
		s.refuse(w, r, f)
		return
	}

	req := requestOf(r.Context())
	req.body = body
	if ctx.Operation().RequestBody == nil {
		req.faults = append(req.faults, bodyFaults(body)...)
	}

	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	// Huma compares this exactly; body has checked the caller's spelling.
	r.Header.Set("Content-Type", "application/json")
	next(ctx)
}

// bodyFaults are the faults of a body that the operation does not have. An object without fields is fine; ignoring a
// field would let the client believe that it had an effect.
func bodyFaults(body []byte) (faults []*fault.Fault) {
	if len(body) == 0 {
		return nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil || fields == nil {
		return []*fault.Fault{fault.New(fault.InvalidParams, "this operation takes no body; send none, or {}")}
	}

	for _, name := range slices.Sorted(maps.Keys(fields)) {
		name = problem.Shorten(name)
		faults = append(faults,
			fault.Invalid(name, "%s is not a field of this request: the operation takes no body; send none, or {}", name))
	}

	return faults
}

// readAll reads a body of at most maxBody bytes, without more memory than its Content-Length when there is one.
func readAll(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength < 0 || r.ContentLength > maxBody {
		return io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(r.Body, body)

	return body, err
}

// unreadable is the fault for a body that was not read to its end.
func unreadable(err error) *fault.Fault {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return invalid(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes; send a smaller one",
			maxBody)
	}

	return fault.New(fault.InvalidParams, "the body could not be read to its end; send it again").WithCause(err)
}

func (s *Server) body(w http.ResponseWriter, r *http.Request) ([]byte, *fault.Fault) {
	if r.Header.Get("Content-Encoding") != "" {
		return nil, invalid(http.StatusUnsupportedMediaType,
			"compressed bodies are not supported; send plain JSON without Content-Encoding")
	}
	body, err := readAll(w, r)
	if err != nil {
		return nil, unreadable(err)
	}
	if len(body) == 0 {
		return nil, nil
	}

	if ct := r.Header.Get("Content-Type"); ct != "" && ct != "application/json" {
		if media, _, err := mime.ParseMediaType(ct); err != nil || media != "application/json" {
			return nil, invalid(http.StatusUnsupportedMediaType,
				"the body must be JSON; send Content-Type: application/json")
		}
	}
	if !utf8.Valid(body) {
		return nil, fault.New(fault.InvalidParams, "the body is not UTF-8; encode it as UTF-8")
	}
	if err := strictjson.Check(body, maxDepth); err != nil {
		return nil, fault.New(fault.InvalidParams, "%v", err)
	}

	return body, nil
}

// lacks refuses a request that needs a scope which the key does not have; nil when it has it.
func lacks(c account.Caller, scope account.Scope) *fault.Fault {
	if c.May(scope) {
		return nil
	}
	return fault.New(fault.Unauthorized, "this request needs the scope %s, which this key does not have; use another key",
		scope).WithReason("missing_scope")
}
