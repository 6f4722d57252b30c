package app

import (
	"context"
	"errors"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/restore"
)

// ApplyRule makes a database that was brought back by other means (a file copy, pg_restore, a recovery to a point in time),
// or one whose data was moved away, a restored copy.
func ApplyRule(ctx context.Context, c *config.Config, tell Tell) (out restore.Counts, err error) {
	tell.step(Opening)
	d, there, err := openExisting(ctx, c)
	if err != nil {
		return out, err
	}
	// What is half filled is no copy of anything.
	if half := there.closed; half != nil && half.Why != closedMoved && half.Other != "" {
		_ = d.Close() // why it is closed is what counts
		return out, half
	}
	b, err := newBase(ctx, c, d, there)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	ctx, lost := context.WithCancelCause(ctx)
	defer func() { err = cause(ctx, err); lost(nil) }()
	release, err := hold(ctx, c, d, lost)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, release()) }()
	// Nobody may serve a copy to which the rule was applied by half.
	if err := closeFor(ctx, b.Store, ClosedError{Why: closedRestoring, At: b.Now()}); err != nil {
		return out, err
	}
	if out, err = b.applyRule(ctx, tell); err != nil {
		return out, err
	}
	return out, reopen(ctx, b.Store)
}

// Decide carries out the operator's word on what a restore parked, also beside a server.
func (b *Base) Decide(ctx context.Context, d restore.Decision, tell Tell) (restore.Counts, error) {
	s := b.shell(0)
	s.Tell = func(n restore.Counts) {
		tell.step(Step{Phase: "deciding", Done: n.Messages + n.Deliveries, Unit: "rows"})
	}
	n, err := s.Decide(ctx, d)
	if err == nil {
		s.Tell(n)
	}
	return n, err
}
