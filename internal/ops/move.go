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

// Move brings an installation's data from one database to another.
type Move struct {
	From, To *config.Config
	// Wait lets the move wait for the end of a server that still runs on the source, after a first copy.
	Wait bool
	Tell Tell
	lost context.CancelCauseFunc // ends the move
}

// Moved is what a move came to.
type Moved struct {
	Sums     []transfer.Sum
	Changes  transfer.Changes // of all passes
	Accounts int              // whose entries add up to their balances
	// Already is set when the data had been moved before.
	Already bool
}

// ErrStillRunning is returned by a move that was not to wait.
var ErrStillRunning = errors.New("a first copy was made, but the server still runs on the old database: stop it, and run the same " +
	"syssecure move again, which copies only what has changed")

// Run moves. It can be cut off anywhere and run again. Until the last moment the old database is the one that counts, and
// from then on nobody can serve it by mistake.
func (m Move) Run(ctx context.Context) (out Moved, err error) {
	ctx, m.lost = context.WithCancelCause(ctx)
	defer func() { err = install.Cause(ctx, err); m.lost(nil) }()
	if install.Where(m.From) == install.Where(m.To) && m.From.Database == m.To.Database {
		return out, errors.New("from and to are the same database")
	}

	m.Tell.step(Opening)
	from, there, err := m.source(ctx)
	if err != nil {
		return out, err
	}

	defer func() { err = errors.Join(err, from.Close()) }()
	m.Tell.step(Step{Phase: making})
	to, err := m.target(ctx, there)
	if errors.Is(err, errMovedBefore) {
		return Moved{Already: true}, nil
	}
	if err != nil {
		return out, err
	}

	defer func() { err = errors.Join(err, to.Close()) }()
	to.Backend.Codec().Unlock(from.Keys)
	// With whose data it is: cut off from here on, the target must be known again.
	whose := store.Meta{Name: install.MetaIndexKey, Value: there.Index}
	if err := install.CloseFor(ctx, to.Store, install.ClosedError{Why: install.ClosedMoving, Other: install.Where(m.From), At: from.Now()}, whose); err != nil {
		return out, err
	}
	if err := install.Prepare(ctx, m.To, to.Backend); err != nil {
		return out, err
	}

	stopped, err := m.stopped(ctx, from, to, &out)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, stopped()) }()

	return out, m.finish(ctx, from, to, &out)
}

// source opens the database that is moved.
func (m Move) source(ctx context.Context) (*install.Base, install.Contents, error) {
	d, there, err := install.OpenExistingDatabase(ctx, m.From)
	if err != nil {
		return nil, there, err
	}
	if there.Closed != nil && there.Closed.Why != install.ClosedMoved {
		return nil, there, errors.Join(there.Closed, d.Close())
	}

	b, err := install.Unlock(ctx, m.From, d, there)

	return b, there, err
}

// errMovedBefore says that there is nothing left to do.
var errMovedBefore = errors.New("the data was moved before")

// target opens the database that is moved to. It may be empty, half filled by a move that was cut off, or what an earlier
// move left behind; whatever else is in it belongs to somebody.
func (m Move) target(ctx context.Context, from install.Contents) (*install.Base, error) {
	if err := os.MkdirAll(m.To.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	d, there, err := install.OpenDatabase(ctx, m.To, slog.Default())
	if err != nil {
		return nil, err
	}

	same := there.Index != nil && subtle.ConstantTimeCompare(there.Index, from.Index) == 1
	open, movedBefore := there.Closed == nil, from.Closed != nil
	switch {
	case !same && there.Accounts:
		err = fmt.Errorf("%s has the data of another installation: move into an empty database", install.Where(m.To))
	case open && same && movedBefore:
		err = errMovedBefore
	case open && same && there.Accounts:
		err = fmt.Errorf("%s has data of this installation already, and nothing says that it is out of date: move into an empty database", install.Where(m.To))
	case !open && there.Closed.Why == install.ClosedRestoring:
		err = there.Closed
	case movedBefore && (open || there.Closed.Why != install.ClosedMoving):
		err = from.Closed
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}

	return &install.Base{Config: m.To, Backend: d, Store: store.Open(d), Now: time.Now}, nil
}

// lookEvery is how often a move looks whether the old server has ended.
const lookEvery = 500 * time.Millisecond

// hold keeps every server away from both databases. A server on the source may have the target's folder, too.
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

// stopped returns once no server works on the source, and keeps it so until release is called. While one does, a first copy
// is made.
func (m Move) stopped(ctx context.Context, from, to *install.Base, out *Moved) (release func() error, err error) {
	release, err = m.hold(ctx, from, to)
	if !install.IsRunning(err) {
		return release, err
	}
	if err := m.pass(ctx, "copying", from, to, out); err != nil {
		return nil, err
	}

	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if release, err = m.hold(ctx, from, to); !install.IsRunning(err) {
			return release, err
		}
		if !m.Wait {
			return nil, ErrStillRunning
		}

		m.Tell.step(Step{Phase: Waiting})
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
	}
}

func (m Move) pass(ctx context.Context, phase string, from *install.Base, to *install.Base, out *Moved) error {
	sums, changes, err := transfer.Sync(ctx, from.Store.View, to.Store, transfer.Options{Skip: own, Tell: m.Tell.walk(phase)})
	out.Sums = sums
	out.Changes.Written += changes.Written
	out.Changes.Removed += changes.Removed
	return err
}

// finish copies what is left, compares both sides, and hands over: first the old database is closed, then the new one is
// opened. Cut off between the two, both are closed, and the same move opens the new one.
func (m Move) finish(ctx context.Context, from *install.Base, to *install.Base, out *Moved) error {
	if err := m.pass(ctx, finishing, from, to, out); err != nil {
		return err
	}
	there, err := transfer.Sums(ctx, to.Store.View, transfer.Options{Skip: own, Tell: m.Tell.walk("comparing")})
	if err != nil {
		return err
	}
	if different := transfer.Differences(out.Sums, there); len(different) > 0 {
		return fmt.Errorf("the copy differs from the original, which stays in use; please report this: %s", strings.Join(different, "; "))
	}

	m.Tell.step(Step{Phase: adding})
	accounts, wrong, err := sumLedgers(ctx, to.Store)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return fmt.Errorf("the ledger does not add up, in the original neither; run syssecure doctor on it first: %s", strings.Join(wrong, "; "))
	}

	out.Accounts = accounts
	if err := install.CloseFor(ctx, from.Store, install.ClosedError{Why: install.ClosedMoved, Other: install.Where(m.To), At: from.Now()}); err != nil {
		return err
	}

	return install.Reopen(ctx, to.Store)
}

// errNoData says that a source has none.
var errNoData = errors.New("holds no data of SysSecure")
