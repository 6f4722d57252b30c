package hooks

import (
	"sync"

	"github.com/syssecure/syssecure/internal/webhook"
)

// maxSigners bounds the memory of signers. Above it all are forgotten.
const maxSigners = 10_000

// signers remembers the signer of each secret that signed lately. The zero value is ready.
type signers struct {
	mu sync.RWMutex
	by map[string]*webhook.Signer
}

func (s *signers) of(secrets []string) []*webhook.Signer {
	out := make([]*webhook.Signer, len(secrets))
	for i, text := range secrets {
		s.mu.RLock()
		out[i] = s.by[text]
		s.mu.RUnlock()
		if out[i] == nil {
			out[i] = webhook.NewSigner(text)
			s.keep(text, out[i])
		}
	}

	return out
}

func (s *signers) keep(text string, n *webhook.Signer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by == nil || len(s.by) >= maxSigners {
		s.by = map[string]*webhook.Signer{}
	}
	s.by[text] = n
}
