// Package sqlite implements the embedded database: one writer and a few readers of one file in WAL mode.
//
// SQLite has one writer at a time, so groups run one after another, and durability (synchronous=FULL: an fsync for each
// commit) costs once for a whole group. What must not be readable in the file is already sealed.
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/store"
)

// readers is how many views can run at once.
const readers = 4

// busy is how long a transaction waits for another process, such as a command during a server's run.
const busy = 10 * time.Second

// Backend is an open database.
type Backend struct {
	path    string
	mu      sync.Mutex // of the writer
	writer  *conn
	idle    chan *conn
	readers int // open connections, idle or not
	closed  chan struct{}
	waiting atomic.Int64 // rows in the journal
	// recalled: the journal of other processes and earlier runs was read.
	recalled atomic.Bool
	timer    *time.Timer // settles the journal
	armed    bool
}

// Close waits for open views, settles the journal, checkpoints and closes every connection. It is called once.
func (b *Backend) Close() error {
	close(b.closed)
	var errs []error
	for range b.readers {
		errs = append(errs, (<-b.idle).Close())
	}

	b.mu.Lock()
	defer b.mu.Unlock()
	// What cannot settle now, on a full disk or without the master key, stays in the journal until the next start.
	_ = b.settle()
	if b.timer != nil {
		b.timer.Stop()
	}

	return errors.Join(append(errs, b.writer.Close())...)
}

// Group implements store.Backend.
func (b *Backend) Group(_ context.Context, fn func(store.Batch) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.writer
	err := b.transact(func() error {
		w.journal.begin()
		return fn(w)
	})
	if err != nil {
		return err
	}

	w.journal.committed()
	b.waiting.Store(int64(len(w.journal.pending)))
	if !b.armed && len(w.journal.pending) > 0 {
		b.armed = true
		b.arm(w.journal.generations)
	}

	return nil
}

// transact runs fn in a transaction of the writer. IMMEDIATE takes the write lock when it begins: a transaction that
// began as a reader could not become a writer when another process wrote in between.
func (b *Backend) transact(fn func() error) (err error) {
	w := b.writer
	if err := w.exec("BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}

	done := false
	defer func() {
		if done && w.codec.Unlocked() {
			b.recalled.Store(true)
			return
		}
		w.version = unknown
		if !w.codec.Unlocked() {
			w.journal.reset() // it was read without the master key
		}
		// SQLite is asked, since some errors end the transaction, and a panic has no err.
		if !w.AutocommitEnabled() {
			err = errors.Join(err, w.exec("ROLLBACK"))
		}
	}()
	if err := w.refresh(); err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err
	}

	failpoint.Hit(failpoint.CommitBegun)
	if err := w.exec("COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	failpoint.Hit(failpoint.CommitDone)
	done = true

	return nil
}

// settleAfter is how long a row waits to settle when the server is not busy.
const settleAfter = 200 * time.Millisecond

// arm starts the timer that settles the journal.
func (b *Backend) arm(turns int) {
	b.timer = time.AfterFunc(settleAfter, func() { b.rest(turns) })
}

// rest settles the journal, unless the server was so busy that a generation ended since turns: then the next groups do
// it.
func (b *Backend) rest(turns int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-b.closed:
		return
	default:
	}

	if now := b.writer.journal.generations; now != turns && b.waiting.Load() > 0 {
		b.arm(now)
		return
	}
	b.armed = false
	_ = b.settle() // what cannot settle now settles with the next group or start
}

// errLocked: nothing settles before the master key is known to be the right one.
var errLocked = errors.New("the master key was not read yet")

// settle writes the rows of the journal into their tables. The caller holds mu.
func (b *Backend) settle() error {
	w := b.writer
	if !w.codec.Unlocked() {
		return errLocked
	}
	if err := b.transact(w.settleAll); err != nil {
		return err
	}
	w.journal.reset()
	b.waiting.Store(0)
	return nil
}

// View implements store.Backend.
func (b *Backend) View(ctx context.Context, fn func(store.Reader) error) error {
	return b.read(ctx, true, fn)
}

// peekBelow is how many rows may wait when a Peek is still a View: so few settle quickly.
const peekBelow = 256

// Peek implements store.Backend.
func (b *Backend) Peek(ctx context.Context, fn func(store.Reader) error) (complete bool, err error) {
	complete = b.waiting.Load() < peekBelow
	return complete, b.read(ctx, complete, fn)
}

// Codec returns the codec of the rows.
func (b *Backend) Codec() *store.Codec { return b.writer.codec }

// Writable implements store.Backend. Only a change would show whether the file can be written.
func (b *Backend) Writable(ctx context.Context) error {
	return b.View(ctx, func(r store.Reader) error {
		_, err := r.Load(store.MetaKey("writable"))
		return err
	})
}

// RotatesDays implements store.Backend.
func (b *Backend) RotatesDays() bool { return false }

// RotateDays implements store.Backend.
func (b *Backend) RotateDays(context.Context, time.Time, store.Retention) error { return nil }

// Lanes implements store.Backend: SQLite has one writer.
func (b *Backend) Lanes() int { return 1 }

// Find implements store.Backend. It reads the journal before the tables: a row that settles in between is in its table.
func (b *Backend) Find(ctx context.Context, keys []store.Key) (rows store.Rows, err error) {
	if !b.recalled.Load() {
		err := b.View(ctx, func(r store.Reader) (err error) {
			rows, err = r.(reader).conn.Load(keys)
			return err
		})
		return rows, err
	}

	rows, others := b.writer.journal.find(keys)
	if len(others) == 0 {
		return rows, nil
	}

	c, err := b.take(ctx)
	if err != nil {
		return nil, err
	}

	defer func() { b.idle <- c }()
	settled, err := c.Load(others)
	maps.Copy(rows, settled)

	return rows, err
}

// take returns an idle reader.
func (b *Backend) take(ctx context.Context) (*conn, error) {
	select {
	case c := <-b.idle:
		return c, nil
	case <-b.closed:
		return nil, store.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// read runs fn with a reader; settled makes it see everything that was committed.
func (b *Backend) read(ctx context.Context, settled bool, fn func(store.Reader) error) (err error) {
	c, err := b.take(ctx)
	if err != nil {
		return err
	}

	defer func() { b.idle <- c }()
	switch err := b.beginRead(c, settled); {
	case errors.Is(err, errUnsettled):
		return b.readUnsettled(fn)
	case err != nil:
		return fmt.Errorf("begin: %w", err)
	}

	// Deferred, in case fn panics: an open transaction would block the connection and all checkpoints.
	defer func() {
		if end := c.exec("COMMIT"); err == nil {
			err = end
		}
	}()

	return fn(reader{c})
}

// errUnsettled is returned when the rows of the journal could not be written into their tables.
var errUnsettled = errors.New("the journal could not settle")

// readUnsettled runs fn inside a transaction that settles and is never committed, so that reads work on a full disk,
// and with a locked codec.
func (b *Backend) readUnsettled(fn func(store.Reader) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	read := errors.New("read")
	err := b.transact(func() error {
		if err := b.writer.settleAll(); err != nil {
			return err
		}
		if err := fn(reader{b.writer}); err != nil {
			return err
		}
		return read
	})
	if errors.Is(err, read) {
		return nil
	}

	return err
}

// beginRead begins a read transaction, in a state without a journal when settled is set.
func (b *Backend) beginRead(c *conn, settled bool) error {
	if err := c.exec("BEGIN"); err != nil || !settled {
		return err
	}
	found, err := c.journaled()
	if err == nil && !found {
		return nil
	}
	if err := errors.Join(err, c.exec("COMMIT")); err != nil {
		return err
	}

	// No group may come between the settling and the snapshot, which begins with the first read.
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.settle(); err != nil {
		return fmt.Errorf("%w: %w", errUnsettled, err)
	}
	if err := c.exec("BEGIN"); err != nil {
		return err
	}
	if _, err = c.journaled(); err != nil {
		return errors.Join(err, c.exec("COMMIT"))
	}

	return nil
}

// UnreadableFrames counts the entries of the journal that could not be read to their end, and are kept.
func (b *Backend) UnreadableFrames(ctx context.Context) (n int64, err error) {
	err = b.View(ctx, func(r store.Reader) (err error) {
		n, err = r.(reader).unreadableFrames()
		return err
	})
	return n, err
}

// Check runs SQLite's check of the file and returns the problems.
func (b *Backend) Check(ctx context.Context) (problems []string, err error) {
	err = b.View(ctx, func(r store.Reader) error {
		return sqlitex.ExecuteTransient(r.(reader).Conn, "PRAGMA integrity_check", &sqlitex.ExecOptions{
			ResultFunc: func(s *sqlite.Stmt) error {
				if line := s.ColumnText(0); line != "ok" {
					problems = append(problems, line)
				}
				return nil
			},
		})
	})

	return problems, err
}

// Backup writes a consistent copy of the database to a new file, readable only by its owner, while writers continue.
func (b *Backend) Backup(ctx context.Context, file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make the copy: %w", err)
	}
	if err := f.Close(); err != nil {
		return err
	}

	c, err := open(b.path, b.writer.codec, false)
	if err != nil {
		return err
	}

	c.SetInterrupt(ctx.Done())
	// VACUUM INTO accepts an empty file.
	err = sqlitex.ExecuteTransient(c.Conn, "VACUUM INTO ?1", &sqlitex.ExecOptions{Args: []any{file}})

	return errors.Join(err, c.Conn.Close())
}
