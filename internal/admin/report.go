package admin

import (
	"context"
	"errors"
	"slices"

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
	all, err := a.Reports(ctx, c, q, q.By)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// Reports makes a report for each grouping, and reads the statistics once for all of them.
func (a *Admin) Reports(ctx context.Context, c account.Caller, q stats.Query, by ...stats.By,
) (all []*stats.Report, err error) {
	err = a.Store.View(ctx, func(v store.Reader) error {
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

		all = nil
		for _, one := range by {
			q.By = one
			all = append(all, stats.NewReport(q))
		}
		if err := addDays(v, c.Account, all); err != nil {
			return err
		}

		return addTallies(v, c.Account, all)
	})

	return all, err
}

// addDays adds the days that are over.
func addDays(v store.Reader, of id.Account, all []*stats.Report) error {
	byPrefix := slices.ContainsFunc(all, func(r *stats.Report) bool { return r.By&stats.ByPrefix != 0 })
	for q := all[0].Query; q.From <= q.To; {
		days, err := v.TallyDays(of, q.Mode, byPrefix, q.From, q.To, reportPage)
		if err != nil {
			return err
		}

		for _, d := range days {
			for i := range d.Lines {
				add(all, d.Day, &d.Lines[i])
			}
			q.From = d.Day + 1
		}
		if full(all) {
			return tooLarge()
		}
		if len(days) < reportPage {
			return nil
		}
	}

	return nil
}

// addTallies adds the days that are not over yet.
func addTallies(v store.Reader, of id.Account, all []*stats.Report) error {
	q := all[0].Query
	tallies, err := v.Tallies(of, q.Mode, q.From, q.To, maxTallies+1)
	for i := range tallies {
		for _, l := range tallies[i].Lines() {
			add(all, tallies[i].Day, &l)
		}
	}
	if full(all) || len(tallies) > maxTallies {
		return tooLarge()
	}

	return err
}

func add(all []*stats.Report, day stats.Day, l *stats.Line) {
	for _, r := range all {
		r.Add(day, l)
	}
}

func full(all []*stats.Report) bool { return slices.ContainsFunc(all, (*stats.Report).Full) }
