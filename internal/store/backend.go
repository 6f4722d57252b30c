package store

import (
	"context"
	"time"
)

// Backend is a database. Only Store calls its methods.
type Backend interface {
	// Group runs fn in a write transaction, and commits when fn returned nil; otherwise nothing of it may be visible,
	// nor survive. Groups of a lane run one after another. When Group returns nil the changes are on disk.
	Group(ctx context.Context, fn func(Batch) error) error
	// Lanes is how many groups may run at the same time. All updates of an account have the same lane, so that they
	// share transactions and do not wait for each other's locks.
	Lanes() int
	// View runs fn with a reader of one state of the database.
	View(ctx context.Context, fn func(Reader) error) error
	// Peek is a View that may miss the latest changes, when they would be expensive to read; complete says that it did
	// not.
	Peek(ctx context.Context, fn func(Reader) error) (complete bool, err error)
	// Find reads single rows, which need not be one state. Absent rows are left out.
	Find(ctx context.Context, keys []Key) (Rows, error)
	// Writable returns an error when the database does not answer, or is known to accept no changes, such as a standby.
	// It does not write.
	Writable(ctx context.Context) error
	// RotatesDays reports whether the rows of a day are stored together, and removed together by RotateDays.
	RotatesDays() bool
	// RotateDays creates the days around now, and removes days that are older than keep and in which nothing waits.
	// Several nodes may call it at the same time. It does nothing unless RotatesDays.
	RotateDays(ctx context.Context, now time.Time, keep Retention) error
	Close() error
}

// Batch is one write transaction.
type Batch interface {
	// Load reads the rows of the keys. Absent rows are left out.
	Load(keys []Key) (Rows, error)
	// Write inserts or replaces the records, and removes the rows of gone.
	Write(records []Record, gone []Key) error
	// Unchanged reports whether no other process wrote since this backend's last group, if that is known. Only then may
	// the committer use cached rows. SQLite knows it by PRAGMA data_version under the write lock; a database with
	// several nodes does not.
	Unchanged() (unchanged, known bool)
}

// Retention is how long rows are kept: messages and codes, and events with their deliveries. Zero keeps them for ever.
type Retention struct{ Messages, Events time.Duration }
