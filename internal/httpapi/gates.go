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

// authenticate is the first gate of a routed request: who asks, whether he may, and whether he asks too often.
func (s *Server) authenticate(ctx huma.Context, next func(huma.Context)) {
	scope, guarded := ctx.Operation().Metadata[scopeKey].(account.Scope)
	if !guarded {
		next(ctx)
		return
	}

	r, w := humago.Unwrap(ctx)
	who, err := s.Gate.Authenticate(r.Context(), r.Header.Get("Authorization"))
	if err != nil {
		s.refuse(w, r, fault.From(err))
		return
	}

	requestOf(r.Context()).caller = who
	if !who.May(scope) {
		s.refuse(w, r, fault.New(fault.Unauthorized, "this key lacks the scope %s; use a key that has it", scope).WithReason("missing_scope"))
		return
	}

	room, f := s.Gate.Allow(who.Key)
	s.showRate(w.Header(), room)
	if f != nil {
		s.refuse(w, r, f)
		return
	}
	next(ctx)
}

// readBody is the second gate: it reads the body within its limits and refuses what parsers disagree about.
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
	// Huma looks the format up letter by letter; how the caller spelled it was checked above.
	r.Header.Set("Content-Type", "application/json")
	next(ctx)
}

// bodyFaults is what is wrong with the body of an operation that takes none. One without fields is as good as none; a field
// that is passed over would make its client believe that it did something.
func bodyFaults(body []byte) (faults []*fault.Fault) {
	if len(body) == 0 {
		return nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil || fields == nil {
		return []*fault.Fault{fault.New(fault.InvalidParams, "this request takes no body; send none, or {}")}
	}

	for _, name := range slices.Sorted(maps.Keys(fields)) {
		name = problem.Shorten(name)
		faults = append(faults, fault.Invalid(name, "%s is not a field of this request, which takes no body; send none, or {}", name))
	}

	return faults
}

// readAll reads a body of at most maxBody bytes; one whose length is told into no more than that.
func readAll(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength < 0 || r.ContentLength > maxBody {
		return io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(r.Body, body)

	return body, err
}

// unreadable is the refusal of a body that was not read to its end.
func unreadable(err error) *fault.Fault {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return fault.New(fault.InvalidParams, "the body is larger than %d bytes; send less", maxBody).WithStatus(http.StatusRequestEntityTooLarge)
	}

	return fault.New(fault.InvalidParams, "the body could not be read to its end").WithCause(err)
}

func (s *Server) body(w http.ResponseWriter, r *http.Request) ([]byte, *fault.Fault) {
	if r.Header.Get("Content-Encoding") != "" {
		return nil, fault.New(fault.InvalidParams, "compressed bodies are not taken; send plain JSON").WithStatus(http.StatusUnsupportedMediaType)
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
			return nil, fault.New(fault.InvalidParams, "the body must be JSON; send Content-Type: application/json").WithStatus(http.StatusUnsupportedMediaType)
		}
	}
	if !utf8.Valid(body) {
		return nil, fault.New(fault.InvalidParams, "the body is not UTF-8")
	}
	if err := strictjson.Check(body, maxDepth); err != nil {
		return nil, fault.New(fault.InvalidParams, "%v", err)
	}

	return body, nil
}
