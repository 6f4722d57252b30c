package query

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/store"
)

// UsedRows is how many of the newest codes TemplatesUsed reads.
const UsedRows = 500

// TemplatesUsed says when each template was used last, by its id, as far as the newest codes of the caller tell. all
// reports that these are all codes, so that a template without a time was not used by any. Codes have no index by
// template, which every send would pay for.
func (q *Query) TemplatesUsed(ctx context.Context, c account.Caller) (used map[string]time.Time, all bool, err error) {
	used = map[string]time.Time{}
	err = q.store.View(ctx, func(v store.Reader) error {
		p := &store.Page{Limit: UsedRows, Scan: UsedRows}
		rows, err := v.OTPs(store.ListQuery{Account: c.Account, Mode: c.Mode}, p)
		for _, o := range rows {
			if o.Template != "" && used[o.Template].IsZero() {
				used[o.Template] = o.CreatedAt
			}
		}
		all = p.Next == [16]byte{}

		return err
	})

	return used, all, err
}
