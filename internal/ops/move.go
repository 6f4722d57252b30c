package ops

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/transfer"
)

// Move moves an installation's data from one database to another.
type Move struct {
	From, To *config.Config
	// Wait makes the move wait, after a first copy, until no server runs on the source any more.
	Wait     bool
	Progress ProgressFunc
	lost     context.CancelCauseFunc // ends the move
}

// Moved is the result of a move.
type Moved struct {
	Sums     []transfer.Sum
	Changes  transfer.Changes // of all passes
	Accounts int              // whose entries add up to their balances
	// Already is set when an earlier move has done all of it.
	Already bool
}

// ErrStillRunning is returned by a move that does not wait.
var ErrStillRunning = errors.New("a first copy was made, but the server still runs on the old database: stop it, and " +
	"run the same syssecure move again, which copies only what has changed")

// Run moves. It can be interrupted at any moment and run again. The old database is the valid one until the end, and is
// blocked then, so that no server starts on it by mistake.
func (m Move) Run(ctx context.Context) (out Moved, err error) {
	ctx, m.lost = context.WithCancelCause(ctx)
	defer func() { err = install.Cause(ctx, err); m.lost(nil) }()
	if install.Where(m.From) == install.Where(m.To) && m.From.Database == m.To.Database {
		return out, errors.New("--from and --to are the same database")
	}

	m.Progress.report(Opening)
	from, there, err := m.source(ctx)
	if err != nil {
		return out, err
	}

	defer func() { err = errors.Join(err, from.Close()) }()
	m.Progress.phase(phaseTables)
	to, err := m.target(ctx, there)
	if errors.Is(err, errMovedBefore) {
		return Moved{Already: true}, nil
	}
	if err != nil {
		return out, err
	}

	defer func() { err = errors.Join(err, to.Close()) }()
	to.Backend.Codec().Unlock(from.Keys)
	// The index key shows whose data the target has, so that a move that is interrupted from here on can be run again.
	index := store.Meta{Name: install.MetaIndexKey, Value: there.Index}
	blocked := install.BlockedError{Why: install.BlockedMoving, Other: install.Where(m.From), At: from.Now()}
	if err := install.Block(ctx, to.Store, blocked, index); err != nil {
		return out, err
	}
	if err := install.Prepare(ctx, m.To, to.Backend); err != nil {
		return out, err
	}

	release, err := m.holdBoth(ctx, from, to, &out)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, release()) }()

	return out, m.finish(ctx, from, to, &out)
}

// source opens the database that is moved.
func (m Move) source(ctx context.Context) (*install.Base, install.Contents, error) {
	d, there, err := install.OpenExistingDatabase(ctx, m.From)
	if err != nil {
		return nil, there, err
	}
	if there.Blocked != nil && there.Blocked.Why != install.BlockedMoved {
		return nil, there, errors.Join(there.Blocked, d.Close())
	}

	b, err := install.Unlock(ctx, m.From, d, there)

	return b, there, err
}

// errMovedBefore says that there is nothing left to do.
var errMovedBefore = errors.New("the data was moved before")

// target opens the database that is moved to. It may be empty, partly filled by a move that was interrupted, or the
// source of an earlier move; any other data in it may be needed, and is not overwritten.
func (m Move) target(ctx context.Context, from install.Contents) (*install.Base, error) {
	if err := os.MkdirAll(m.To.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	d, there, err := install.OpenDatabase(ctx, m.To, slog.Default())
	if err != nil {
		return nil, err
	}

	same := there.Index != nil && subtle.ConstantTimeCompare(there.Index, from.Index) == 1
	usable, movedBefore := there.Blocked == nil, from.Blocked != nil
	switch {
	case !same && there.Accounts:
		err = fmt.Errorf("%s has the data of another installation: move into an empty database", install.Where(m.To))
	case usable && same && movedBefore:
		err = errMovedBefore
	case usable && same && there.Accounts:
		err = fmt.Errorf("%s already has data of this installation, which may be newer: move into an empty database",
			install.Where(m.To))
	case !usable && there.Blocked.Why == install.BlockedRestoring:
		err = there.Blocked
	case movedBefore && (usable || there.Blocked.Why != install.BlockedMoving):
		err = from.Blocked
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}

	return &install.Base{Config: m.To, Backend: d, Store: store.Open(d), Now: time.Now}, nil
}

// holdEvery is how often a move that waits tries to hold the databases.
const holdEvery = 500 * time.Millisecond

// hold keeps every server away from both databases. A server on the source may also use the target's folder.
func (m Move) hold(ctx context.Context, from, to *install.Base) (release func() error, err error) {
	one, err := install.Hold(ctx, m.From, from.Backend, m.lost)
	if err != nil {
		return nil, err
	}

	other, err := install.Hold(ctx, m.To, to.Backend, m.lost)
	if err != nil {
		return nil, errors.Join(err, one())
	}

	return func() error { return errors.Join(other(), one()) }, nil
}

// holdBoth holds both databases until release is called. When a server runs, a first copy is made, and then holdBoth
// waits for the server to end.
func (m Move) holdBoth(ctx context.Context, from, to *install.Base, out *Moved) (release func() error, err error) {
	release, err = m.hold(ctx, from, to)
	if !install.IsRunning(err) {
		return release, err
	}
	if err := m.pass(ctx, "copying", from, to, out); err != nil {
		return nil, err
	}

	tick := time.NewTicker(holdEvery)
	defer tick.Stop()
	for {
		if release, err = m.hold(ctx, from, to); !install.IsRunning(err) {
			return release, err
		}
		if !m.Wait {
			return nil, ErrStillRunning
		}

		m.Progress.phase(PhaseWaiting)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
	}
}

func (m Move) pass(ctx context.Context, phase string, from, to *install.Base, out *Moved) error {
	options := transfer.Options{Skip: notCopied, Progress: m.Progress.walk(phase)}
	sums, changes, err := transfer.Sync(ctx, from.Store.View, to.Store, options)
	out.Sums = sums
	out.Changes.Written += changes.Written
	out.Changes.Removed += changes.Removed

	return err
}

// finish copies what is left, compares both sides, and hands over: first the old database is blocked, then the new one
// is unblocked. When it is interrupted between the two, both are blocked, and the same move unblocks the new one.
func (m Move) finish(ctx context.Context, from, to *install.Base, out *Moved) error {
	if err := m.pass(ctx, "finishing", from, to, out); err != nil {
		return err
	}
	options := transfer.Options{Skip: notCopied, Progress: m.Progress.walk("comparing")}
	there, err := transfer.Sums(ctx, to.Store.View, options)
	if err != nil {
		return err
	}
	if different := transfer.Differences(out.Sums, there); len(different) > 0 {
		return fmt.Errorf("the copy differs from the original, which stays in use; please report this bug: %s",
			strings.Join(different, "; "))
	}

	m.Progress.phase(phaseLedgers)
	accounts, wrong, err := sumLedgers(ctx, to.Store)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return fmt.Errorf("the ledger entries do not add up to the balances in the original: run syssecure doctor on "+
			"it first: %s",
			strings.Join(wrong, "; "))
	}

	out.Accounts = accounts
	blocked := install.BlockedError{Why: install.BlockedMoved, Other: install.Where(m.To), At: from.Now()}
	if err := install.Block(ctx, from.Store, blocked); err != nil {
		return err
	}

	return install.Unblock(ctx, to.Store)
}
