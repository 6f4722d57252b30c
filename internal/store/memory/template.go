package memory

import (
	"slices"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

func (r reader) Templates(account id.Account, mode id.Mode, before id.Template, limit int) ([]store.Template, error) {
	var out []store.Template
	err := each(r.b, store.TableTemplate, func(t store.Template) {
		if t.Account == account && t.Mode == mode && t.DeletedAt.IsZero() && (before.IsZero() || slices.Compare(t.ID[:], before[:]) < 0) {
			out = append(out, t)
		}
	})
	slices.SortFunc(out, func(a, b store.Template) int { return slices.Compare(b.ID[:], a.ID[:]) })

	return first(out, limit), err
}
