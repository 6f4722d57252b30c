package httpapi

import (
	"net/http"

	"github.com/syssecure/syssecure/internal/fault"
)

// restorePlus reads "?to=+32…", where the plus should have been escaped and is decoded as a space.
func restorePlus(to string) string {
	if len(to) > 1 && to[0] == ' ' {
		return "+" + to[1:]
	}
	return to
}

// rejectAmbiguousQuery refuses queries on which parsers disagree, for paths that are not operations of the document.
// Unknown parameters are fine, because probes and gateways add some.
func (s *Server) rejectAmbiguousQuery(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if f := fault.Collect(repeatedParameters(r.URL.RawQuery)); f != nil {
			s.refuse(w, r, f)
			return
		}
		next(w, r)
	}
}

// healthz reports that the process runs. It checks nothing else, so that a database that is down does not get the
// process restarted in a loop.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = encode(w, map[string]string{"status": "ok"})
}

// readyz reports whether requests can be served.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if err := s.Ready(r.Context()); err != nil {
		s.refuse(w, r, fault.Unavailable(err))
		return
	}
	s.healthz(w, r)
}

// carrierCallback passes a callback to its carrier, which authenticates it.
func (s *Server) carrierCallback(w http.ResponseWriter, r *http.Request) {
	c, ok := s.Callbacks[r.PathValue("name")]
	if !ok {
		s.refuse(w, r, fault.New(fault.NotFound,
			"no carrier has callbacks at this path; check the name of the [[carrier]] in the configuration"))
		return
	}
	f := c.ServeCallback(w, r, r.PathValue("callback"), s.Sink)
	if f == nil {
		return
	}

	// Either somebody forges callbacks, or a secret or public_url is wrong, and all receipts and opt-outs are lost.
	if f.Status == http.StatusUnauthorized || f.Status == http.StatusForbidden {
		s.Log.Warn("a callback was refused; when all of a carrier's are, its secret or public_url is wrong",
			"carrier", r.PathValue("name"), "callback", r.PathValue("callback"), "because", f.Message)
	}
	s.refuse(w, r, f)
}
