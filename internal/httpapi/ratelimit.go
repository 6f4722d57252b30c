package httpapi

import (
	"net/http"

	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/problem"
)

// setRateHeaders shows the key's rate, and what is left of it.
func (s *Server) setRateHeaders(h http.Header, room guard.Remainder) {
	if s.Gate.Rate.N == 0 {
		return
	}
	h[problem.LimitPolicyField] = []string{problem.LimitPolicy(guard.RequestsPerKey, s.Gate.Rate)}
	h[problem.LimitField] = []string{problem.LimitLeft(guard.RequestsPerKey, room.Left, room.More)}
}
