package engine

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
)

// SendFaults finds what is wrong with the number and the time of a send that is refused for something else, so that all is
// told at once. Empty ones are passed over. The time is judged by the caller's own clock.
func (e *Engine) SendFaults(ctx context.Context, c account.Caller, to string, at time.Time) (faults []*fault.Fault) {
	if to != "" {
		if _, _, err := e.number(c.Mode, to); err != nil {
			faults = append(faults, fault.From(err))
		}
	}
	if at.IsZero() {
		return faults
	}
	if f := checkSchedule(at, e.timeOf(ctx, c)); f != nil {
		faults = append(faults, f)
	}

	return faults
}

// timeOf is the time by the caller's own clock. A sandbox's that cannot be read is taken for real: a request that is refused
// anyway is told less then.
func (e *Engine) timeOf(ctx context.Context, c account.Caller) time.Time {
	now := e.dispatch.Clock.Now()
	if c.Mode != id.Test {
		return now
	}

	rows, err := e.store.Find(ctx, store.AccountKey(c.Account))
	if err != nil {
		return now
	}

	return query.Clock(rows, c.Account, c.Mode, now)
}
