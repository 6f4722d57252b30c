package ops

import (
	"context"
	"errors"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/restore"
)

// ApplyRule applies the rule of restored copies to a database that was brought back by other means (a file copy,
// pg_restore, a recovery to a point in time), or to one whose data was moved away.
func ApplyRule(ctx context.Context, c *config.Config, progress ProgressFunc) (out restore.Counts, err error) {
	progress.report(Opening)
	d, there, err := install.OpenExistingDatabase(ctx, c)
	if err != nil {
		return out, err
	}

	// A half filled database is not a copy of anything.
	if partial := there.Closed; partial != nil && partial.Why != install.ClosedMoved && partial.Other != "" {
		_ = d.Close() // the reason why it is closed matters more
		return out, partial
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
	// No server may start on a copy to which the rule was applied only in part.
	if err := install.CloseFor(ctx, b.Store, install.ClosedError{
		Why: install.ClosedRestoring,
		At:  b.Now(),
	}); err != nil {
		return out, err
	}
	if out, err = applyRule(ctx, b, progress); err != nil {
		return out, err
	}

	return out, install.Reopen(ctx, b.Store)
}

// Decide releases or discards what a restore parked, also while a server runs.
func Decide(ctx context.Context, b *install.Base, d restore.Decision, progress ProgressFunc) (restore.Counts, error) {
	r := restorer(b, 0)
	r.Progress = func(n restore.Counts) {
		progress.report(Progress{Phase: "deciding", Done: n.Messages + n.Deliveries, Unit: "rows"})
	}

	n, err := r.Decide(ctx, d)
	if err == nil {
		r.Progress(n)
	}

	return n, err
}
