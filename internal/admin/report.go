package admin

import (
	"context"
	"errors"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// reportPage is how many days are in memory at a time.
	reportPage = 8
	// maxTallies bounds the rows of days that are not over yet.
	maxTallies = 100_000
)

// tooLarge is returned for a report that would take too long to read or to write.
func tooLarge() error {
	return fault.Invalid("group_by", "this report has more than %d lines; ask for fewer days or fewer groups",
		stats.MaxGroups)
}

// Report adds up the statistics of the caller's messages.
func (a *Admin) Report(ctx context.Context, c account.Caller, q stats.Query) (*stats.Report, error) {
	var r *stats.Report
	err := a.Store.View(ctx, func(v store.Reader) error {
		now := a.Now()
		if c.Mode == id.Test {
			rows, err := v.Load(store.AccountKey(c.Account))
			if err != nil {
				return err
			}
			row, _ := store.Get[store.Account](rows, store.AccountKey(c.Account))
			now = now.Add(row.SandboxOffset)
		}

		q.Mode = c.Mode
		var err error
		if q, err = q.Resolve(stats.DayOf(now)); errors.Is(err, stats.ErrOrder) || errors.Is(err, stats.ErrRange) {
			return fault.Invalid("from", "from %v (%v)", err, q.To)
		}

		r = stats.NewReport(q)
		if err := addDays(v, c.Account, r); err != nil {
			return err
		}

		return addTallies(v, c.Account, r)
	})

	return r, err
}

// addDays adds the days that are over.
func addDays(v store.Reader, of id.Account, r *stats.Report) error {
	for from := r.From; from <= r.To; {
		days, err := v.TallyDays(of, r.Mode, r.By&stats.ByPrefix != 0, from, r.To, reportPage)
		if err != nil {
			return err
		}

		for _, d := range days {
			for i := range d.Lines {
				r.Add(d.Day, &d.Lines[i])
			}
			from = d.Day + 1
		}
		if r.Full() {
			return tooLarge()
		}
		if len(days) < reportPage {
			return nil
		}
	}

	return nil
}

// addTallies adds the days that are not over yet.
func addTallies(v store.Reader, of id.Account, r *stats.Report) error {
	tallies, err := v.Tallies(of, r.Mode, r.From, r.To, maxTallies+1)
	for i := range tallies {
		r.Add(tallies[i].Day, &tallies[i].Line)
	}
	if r.Full() || len(tallies) > maxTallies {
		return tooLarge()
	}

	return err
}
