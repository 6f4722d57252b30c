package ops

import (
	"context"
	"errors"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/restore"
)

// ApplyRule makes a database that was brought back by other means (a file copy, pg_restore, a recovery to a point in time),
// or one whose data was moved away, a restored copy.
func ApplyRule(ctx context.Context, c *config.Config, tell Tell) (out restore.Counts, err error) {
	tell.step(Opening)
	d, there, err := install.OpenExistingDatabase(ctx, c)
	if err != nil {
		return out, err
	}

	// What is half filled is no copy of anything.
	if half := there.Closed; half != nil && half.Why != install.ClosedMoved && half.Other != "" {
		_ = d.Close() // why it is closed is what counts
		return out, half
	}

	b, err := install.Unlock(ctx, c, d, there)
	if err != nil {
		return out, err
	}

	defer func() { err = errors.Join(err, b.Close()) }()
	ctx, lost := context.WithCancelCause(ctx)
	defer func() { err = install.Cause(ctx, err); lost(nil) }()
	release, err := install.Hold(ctx, c, d, lost)
	if err != nil {
		return out, err
	}

	defer func() { err = errors.Join(err, release()) }()
	// Nobody may serve a copy to which the rule was applied by half.
	if err := install.CloseFor(ctx, b.Store, install.ClosedError{Why: install.ClosedRestoring, At: b.Now()}); err != nil {
		return out, err
	}
	if out, err = applyRule(ctx, b, tell); err != nil {
		return out, err
	}

	return out, install.Reopen(ctx, b.Store)
}

// Decide carries out the operator's word on what a restore parked, also beside a server.
func Decide(ctx context.Context, b *install.Base, d restore.Decision, tell Tell) (restore.Counts, error) {
	s := shell(b, 0)
	s.Tell = func(n restore.Counts) {
		tell.step(Step{Phase: "deciding", Done: n.Messages + n.Deliveries, Unit: "rows"})
	}

	n, err := s.Decide(ctx, d)
	if err == nil {
		s.Tell(n)
	}

	return n, err
}
