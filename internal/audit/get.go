package audit

import (
	"context"
	"slices"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// Get reads a row of an account, of one of the modes.
func Get(ctx context.Context, s *store.Store, of id.Account, modes []id.Mode, row id.Audit) (store.Audit, error) {
	k := store.AuditKey(of, row)
	rows, err := s.Find(ctx, k)
	if err != nil {
		return store.Audit{}, err
	}
	found, ok := store.Get[store.Audit](rows, k)
	if !ok || !slices.Contains(modes, found.Mode) {
		return store.Audit{}, fault.NoSuch("entry of the audit log")
	}

	return found, nil
}
