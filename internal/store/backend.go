package store

import (
	"context"
	"time"
)

// Backend is what a database has to do. Its methods are called by Store alone.
type Backend interface {
	// Group opens a write transaction, gives it to fn and commits when fn returned nil. Nothing of it may be seen, nor
	// survive, otherwise. Groups of a lane run one after another. When Group returns
	// nil the changes are on disk.
	Group(ctx context.Context, fn func(Batch) error) error
	// Lanes is how many groups may run at the same time. Updates of one account meet the same lane, so they wait for each
	// other here, where they share a transaction, and not for each other's locks.
	Lanes() int
	// View gives fn a consistent state to read from.
	View(ctx context.Context, fn func(Reader) error) error
	// Peek is a View that may miss the changes of the last moment, when they would be dear to have; whole says that it did
	// not.
	Peek(ctx context.Context, fn func(Reader) error) (whole bool, err error)
	// Find reads single rows, which need not be of one state; absent rows are left out.
	Find(ctx context.Context, keys []Key) (Rows, error)
	// Writable returns nil when the database answers, and an error when it is known without a write that it takes no
	// changes: one that only answers reads, such as a standby, is no use to anybody who sends.
	Writable(ctx context.Context) error
	// KeepsDays reports whether the rows of a day are kept together, and removed together by RotateDays.
	KeepsDays() bool
	// RotateDays makes places for the days around now, and removes days that are older than keep and hold nothing that
	// waits. It may be called at any time, by several nodes at once. It does nothing unless KeepsDays.
	RotateDays(ctx context.Context, now time.Time, keep Keep) error
	Close() error
}

// Batch is one write transaction.
type Batch interface {
	// Load reads the rows of the keys; absent rows are left out.
	Load(keys []Key) (Rows, error)
	// Write inserts or replaces the records, and removes the rows of gone.
	Write(records []Record, gone []Key) error
	// Unchanged reports whether nobody else wrote since this backend's last group, if that is known. Only then may the
	// committer believe what it remembers: SQLite tells by PRAGMA data_version under the write lock; a database with several
	// nodes cannot, and is always asked.
	Unchanged() (unchanged, known bool)
}

// Keep is how long rows are kept: messages and codes, and events with their deliveries. Zero is for ever.
type Keep struct{ Messages, Events time.Duration }
