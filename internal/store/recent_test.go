package store

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

// TestRecent_KeepsSmallRows: rows that are large and not written again do not stay in memory.
func TestRecent_KeepsSmallRows(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	a := id.NewAccount(now)
	for name, c := range map[string]struct {
		key  Key
		kept bool
	}{
		"message":  {key: MessageKey(a, id.NewMessage(now)), kept: true},
		"template": {key: TemplateKey(a, id.NewTemplate(now))},
		"audit":    {key: AuditKey(a, id.NewAudit(now))},
	} {
		t.Run(name, func(t *testing.T) {
			var r recent
			r.put(c.key, nil)
			if _, found := r.get(c.key); found != c.kept {
				t.Errorf("found: %v, want %v", found, c.kept)
			}
		})
	}
}
