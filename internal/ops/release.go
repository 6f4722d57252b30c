package ops

import (
	"context"
	"errors"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/restore"
)

// MakeSafe ends the codes and parks the pending messages and deliveries of a database that was restored with other tools
// (a file copy, pg_restore, a recovery to a point in time), or of one whose data was moved away.
func MakeSafe(
	ctx context.Context, c *config.Config, skipDamaged bool, progress ProgressFunc,
) (out Restored, err error) {
	progress.report(Opening)
	d, there, err := install.OpenExistingDatabase(ctx, c)
	if err != nil {
		return out, err
	}

	// A half filled database is not a copy of anything.
	if partial := there.Blocked; partial != nil && partial.Why != install.BlockedMoved && partial.Other != "" {
		_ = d.Close() // the reason why it is blocked matters more
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
	if out.Damaged, err = mayRestore(ctx, b.Store, skipDamaged, progress); err != nil {
		return out, err
	}
	// No server may start on a copy that was made safe only in part.
	if err := install.Block(ctx, b.Store, install.BlockedError{
		Why: install.BlockedRestoring,
		At:  b.Now(),
	}); err != nil {
		return out, err
	}
	if out.Counts, err = makeSafe(ctx, b, progress); err != nil {
		return out, err
	}

	return out, install.Unblock(ctx, b.Store)
}

// ResolveParked releases or discards what a restore parked, also while a server runs.
func ResolveParked(
	ctx context.Context, b *install.Base, how restore.Resolution, progress ProgressFunc,
) (restore.Counts, error) {
	phase := "discarding"
	if how.Send {
		phase = "releasing"
	}
	r := restorer(b, 0)
	r.Progress = func(n restore.Counts) {
		progress.report(Progress{Phase: phase, Done: n.Messages + n.Deliveries, Unit: "rows"})
	}

	n, err := r.ResolveParked(ctx, how)
	if err == nil {
		r.Progress(n)
	}

	return n, err
}
