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

// SendFaults checks the number and the time of a send that is refused for another reason, so that the answer lists
// every fault. Empty ones are not checked. The time is compared with the caller's clock, which in test mode is the
// sandbox's.
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

// timeOf is the time by the caller's clock. It is real time when the sandbox's cannot be read: the request is refused
// anyway, and then with fewer faults.
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
