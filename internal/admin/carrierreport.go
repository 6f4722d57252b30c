package admin

import (
	"context"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
)

// mostReported is of how many accounts a report on a carrier adds up the statistics.
const mostReported = 200

// CarrierReport adds up by day what all accounts sent over a carrier in live mode. Statistics are kept by account, so
// of many accounts it reads the oldest ones only; whole says whether it read all.
func (a *Admin) CarrierReport(
	ctx context.Context, carrier string, from, to stats.Day,
) (r *stats.Report, whole bool, err error) {
	r = stats.NewReport(stats.Query{
		Mode: id.Live, By: stats.ByDay, From: from, To: to, Only: stats.Only{Carrier: carrier},
	})
	list, next, err := a.FindAccounts(ctx, "", id.Account{}, mostReported)
	if err != nil {
		return nil, false, err
	}

	err = a.Store.View(ctx, func(v store.Reader) error {
		r = stats.NewReport(r.Query)
		for _, one := range list {
			if err := addDays(v, one.ID, []*stats.Report{r}); err != nil {
				return err
			}
			if err := addTallies(v, one.ID, []*stats.Report{r}); err != nil {
				return err
			}
		}
		return nil
	})

	return r, next.IsZero(), err
}
