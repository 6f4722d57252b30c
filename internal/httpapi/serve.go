package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/listener"
	"github.com/syssecure/syssecure/internal/problem"
)

// request is the state of a request. It is the only value that this package puts in a request's context.
type request struct {
	id     string
	ulid   id.Request
	server *Server
	http   *http.Request
	caller account.Caller
	body   []byte
	// faults are those of the head and query, which are reported together with the body's.
	faults []*fault.Fault
	// answerReady is called when a large answer begins to be written; nil for others.
	answerReady func()

	// For the request log:
	start     time.Time
	operation *huma.Operation
	status    int
	refusal   *fault.Fault
	replayed  []byte // the stored answer that was sent
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// ServeHTTP gives every request an id and routes it. A panic becomes a 500.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	requestID := id.NewRequest(start)
	req := &request{id: requestID.String(), ulid: requestID, server: s, start: start}
	problem.SetCommon(w.Header(), req.id)
	r = r.WithContext(context.WithValue(r.Context(), requestKey{}, req))
	req.http = r
	status := &statusWriter{ResponseWriter: w, request: req}
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.Log.Error("a request panicked", "request", req.id, "panic", p, "stack", string(debug.Stack()))
			if status.code == 0 {
				s.refuse(status, r, fault.From(nil))
			}
		}
		s.logRequest(req, status.code)
	}()

	s.serve(status, r)
	if s.Log.Enabled(r.Context(), slog.LevelDebug) {
		s.Log.Debug("request", "request", req.id, "method", r.Method, "path", r.URL.Path,
			"status", status.code, "took", time.Since(start))
	}
}

// serve refuses requests that cannot have a route, and routes the others.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	clean := path.Clean(r.URL.Path)
	switch {
	case headSize(r) > maxHead:
		if r.ProtoMajor == 1 {
			w.Header().Set("Connection", "close")
		}
		s.refuse(w, r, invalid(http.StatusRequestHeaderFieldsTooLarge, "%s", listener.LargeHead))
	case len(r.Header["Authorization"]) > 1:
		s.refuse(w, r, fault.Invalid("Authorization",
			"Authorization appears twice; send it once, as Authorization: Bearer sk_…"))
	case r.RequestURI == "*" && r.Method == http.MethodOptions:
		s.wrongMethod(w, r, strings.Join(methods, ", "))
	case r.Method == "PRI" && r.ProtoMajor == 2: // HTTP/2 without TLS
		w.Header().Set("Connection", "close")
		s.refuse(w, r, invalid(http.StatusHTTPVersionNotSupported, "HTTP/2 needs TLS here; use HTTP/1.1"))
	case r.RequestURI != "*" && (clean == r.URL.Path || clean != "/" && clean+"/" == r.URL.Path):
		s.mux.ServeHTTP(w, r)
	default:
		// The mux would redirect in plain text, and a client would follow with its key.
		s.refuse(w, r, noRoute())
	}
}

// statusWriter remembers the status for the log.
type statusWriter struct {
	http.ResponseWriter
	request *request
	code    int
}

func (w *statusWriter) WriteHeader(code int) {
	w.code = code
	w.ResponseWriter.WriteHeader(code)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.code == 0 {
		w.code = http.StatusOK
	}
	if w.request.answerReady != nil {
		w.request.answerReady()
	}
	return w.ResponseWriter.Write(b)
}

// SetReadDeadline does nothing for operations of the API. Huma calls it when the body has been read already, within the
// server's limit, and changing a deadline costs a system call.
func (w *statusWriter) SetReadDeadline(until time.Time) error {
	if w.request.operation != nil {
		return nil
	}
	return http.NewResponseController(w.ResponseWriter).SetReadDeadline(until)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// unrouted answers requests without a route: 405 when the path has a route for another method, else 404.
func (s *Server) unrouted(w http.ResponseWriter, r *http.Request) {
	if fixedPaths[r.URL.Path] != "" {
		s.wrongFixedMethod(w, r)
		return
	}

	var allow []string
	for _, method := range methods {
		probe := r.Clone(r.Context())
		probe.Method = method
		if _, pattern := s.mux.Handler(probe); pattern != "/" {
			allow = append(allow, method)
		}
	}

	if len(allow) > 0 {
		s.wrongMethod(w, r, strings.Join(allow, ", "))
		return
	}
	s.refuse(w, r, noRoute())
}

func noRoute() *fault.Fault {
	return fault.New(fault.NotFound,
		"there is nothing at this path; the paths of the API begin with /v2, see /openapi.json")
}

func (s *Server) wrongMethod(w http.ResponseWriter, r *http.Request, allow string) {
	w.Header().Set("Allow", allow)
	s.refuse(w, r, invalid(http.StatusMethodNotAllowed, "%s is not allowed here; use %s", r.Method, allow))
}

// wrongFixedMethod refuses a method that a fixed path does not have.
func (s *Server) wrongFixedMethod(w http.ResponseWriter, r *http.Request) {
	s.wrongMethod(w, r, fixedPaths[r.URL.Path])
}
