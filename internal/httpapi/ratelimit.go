package httpapi

import (
	"net/http"

	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/problem"
)

// showRate tells what the key's rate still lets through.
func (s *Server) showRate(h http.Header, room guard.Space) {
	if s.Gate.Rate.N == 0 {
		return
	}
	h[problem.LimitPolicyField] = []string{problem.LimitPolicy(guard.RequestsPerKey, s.Gate.Rate)}
	h[problem.LimitField] = []string{problem.LimitLeft(guard.RequestsPerKey, room.Left, room.More)}
}
