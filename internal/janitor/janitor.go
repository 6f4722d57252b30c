// Package janitor implements retention: it removes rows that were kept for long enough.
//
// Each kind of row has its own age and its own job. A job finds rows without locks and removes them in small
// transactions, which check each row once more, so a send never waits for more than one batch. What a job could not do,
// because the database was out or the server stopped, its next round does.
package janitor

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// Janitor is safe for concurrent use.
type Janitor struct {
	Store *store.Store
	Now   func() time.Time
	Log   *slog.Logger
	// KeepMessages is how long codes and messages are kept; 0 = for ever. Those of sandboxes are kept for at most
	// bound.KeepSandbox.
	KeepMessages time.Duration
	// KeepAudit and KeepRequests are how long the audit log and the request log are kept; 0 = for ever.
	KeepAudit, KeepRequests time.Duration
}

// batch is how many rows one transaction removes.
const batch = 500

// job removes one kind of rows.
type job struct {
	name  string // for the log
	every time.Duration
	run   func(context.Context) error
}

func (j *Janitor) jobs() []job {
	return []job{
		{"preparing and removing the database's days", time.Minute, j.RotateDays},
		{"removing expired rows", time.Minute, j.RemoveExpired},
		{"merging old statistics", 10 * time.Minute, j.MergeStatistics},
		// Below the hour by which messages of sandboxes are counted.
		{"removing old messages of sandboxes", 30 * time.Minute, j.RemoveSandboxMessages},
		{"removing old messages", time.Hour, j.RemoveMessages},
		{"removing old events", time.Hour, j.RemoveEvents},
	}
}

// Run runs all jobs, each immediately and then at its own interval, until ctx ends. They run in parallel, because
// removing a day's messages may take minutes.
func (j *Janitor) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, one := range j.jobs() {
		all.Go(func() { j.repeat(ctx, one) })
	}
	all.Wait()
	return nil
}

func (j *Janitor) repeat(ctx context.Context, one job) {
	tick := time.NewTicker(one.every)
	defer tick.Stop()
	for {
		if err := one.run(ctx); err != nil && ctx.Err() == nil {
			j.Log.Warn(one.name+" failed; it is tried again", "error", err)
		}

		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// page lists rows to remove, without those that an earlier page of the pass listed and that still exist.
func (j *Janitor) page(
	ctx context.Context, pass *store.Pass[store.Key], limit int, list func(v store.Reader, most int) ([]store.Key, error),
) (keys []store.Key, err error) {
	err = j.Store.View(ctx, func(v store.Reader) (err error) {
		keys, err = pass.Page(limit, func(most int) ([]store.Key, error) { return list(v, most) })
		return err
	})
	return keys, err
}

// stale lists rows of a table that are older than a time.
func (j *Janitor) stale(
	ctx context.Context, pass *store.Pass[store.Key], t store.Table, before time.Time, limit int,
) ([]store.Key, error) {
	return j.page(ctx, pass, limit, func(v store.Reader, most int) ([]store.Key, error) { return v.Stale(t, before, most) })
}

// remove removes the rows of which gone holds in the transaction; nil is all.
func (j *Janitor) remove(
	ctx context.Context, of id.Account, keys []store.Key, gone func(*store.Tx, store.Key) bool,
) error {
	if len(keys) == 0 {
		return nil
	}

	return j.Store.Update(ctx, of, keys, func(tx *store.Tx) error {
		for _, k := range keys {
			if gone == nil || gone(tx, k) {
				tx.Delete(k)
			}
		}
		return nil
	})
}
