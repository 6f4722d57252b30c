package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/listener"
	"github.com/syssecure/syssecure/internal/problem"
)

// request is what is known of the request being served. It is the one value in a request's context.
type request struct {
	id     string
	server *Server
	caller account.Caller
	body   []byte
	// faults are those of head and query, which are told together with the body's.
	faults []*fault.Fault
	// made is called when a large answer is made and begins to be written; nil for others.
	made func()
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// ServeHTTP is the outermost gate: an id for every request, a panic becomes a 500, and what no route takes is refused in
// the published shape.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	req := &request{id: id.NewRequest(start).String(), server: s}
	problem.SetCommon(w.Header(), req.id)
	r = r.WithContext(context.WithValue(r.Context(), requestKey{}, req))
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
	}()

	s.serve(status, r)
	if s.Log.Enabled(r.Context(), slog.LevelDebug) {
		s.Log.Debug("request", "request", req.id, "method", r.Method, "path", r.URL.Path, "status", status.code, "took", time.Since(start))
	}
}

// serve finds the route, when the request can have one.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	clean := path.Clean(r.URL.Path)
	switch {
	case headSize(r) > maxHead:
		if r.ProtoMajor == 1 {
			w.Header().Set("Connection", "close")
		}
		s.refuse(w, r, fault.New(fault.InvalidParams, "%s", listener.LargeHead).WithStatus(http.StatusRequestHeaderFieldsTooLarge))
	case len(r.Header["Authorization"]) > 1:
		s.refuse(w, r, fault.Invalid("Authorization", "Authorization is given twice; send it once, as Authorization: Bearer sk_…"))
	case r.RequestURI == "*" && r.Method == http.MethodOptions:
		s.wrongMethod(w, r, strings.Join(methods, ", "))
	case r.Method == "PRI" && r.ProtoMajor == 2: // how HTTP/2 begins without TLS, by guess
		w.Header().Set("Connection", "close")
		s.refuse(w, r, fault.New(fault.InvalidParams, "HTTP/2 is spoken over TLS alone; use HTTP/1.1").WithStatus(http.StatusHTTPVersionNotSupported))
	case r.RequestURI != "*" && (clean == r.URL.Path || clean != "/" && clean+"/" == r.URL.Path):
		s.mux.ServeHTTP(w, r)
	default:
		// The mux would send a redirect, as plain text, and a client would follow it with its key.
		s.refuse(w, r, nowhere())
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
	if w.request.made != nil {
		w.request.made() // the whole answer comes in one piece
	}
	return w.ResponseWriter.Write(b)
}

// SetReadDeadline does nothing: the body was read, within the server's own limit, before Huma asks for a limit on it,
// and each change of a deadline costs as much as a system call.
func (w *statusWriter) SetReadDeadline(time.Time) error { return nil }

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// unrouted answers a request that no route takes: 405 when the path has a route for another method, else 404.
func (s *Server) unrouted(w http.ResponseWriter, r *http.Request) {
	if fixed[r.URL.Path] != "" {
		s.onlyFixed(w, r)
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
	s.refuse(w, r, nowhere())
}

func nowhere() *fault.Fault {
	return fault.New(fault.NotFound, "there is nothing at this path; the API begins with /v2, see /openapi.json")
}

func (s *Server) wrongMethod(w http.ResponseWriter, r *http.Request, allow string) {
	w.Header().Set("Allow", allow)
	s.refuse(w, r, fault.New(fault.InvalidParams, "%s is not allowed here; use %s", r.Method, allow).WithStatus(http.StatusMethodNotAllowed))
}

// onlyFixed refuses another method than the one that a fixed path has.
func (s *Server) onlyFixed(w http.ResponseWriter, r *http.Request) {
	s.wrongMethod(w, r, fixed[r.URL.Path])
}
