package work

import (
	"context"
	"log/slog"
	"time"
)

// retryPause is the time between two tries.
const retryPause = 200 * time.Millisecond

// Retry calls fn until it succeeds, fails with a permanent error, or the workers are stopped. It is for changes that
// must not be lost while the database is away. It returns the last error.
func (w *Workers) Retry(what string, permanent func(error) bool, fn func() error) error {
	return retry(w.log, w.stopping, what, 0, permanent, fn)
}

// reclaimTries is how often ReclaimAtStart tries: long enough for a database to come back, and not so long that one row that
// fails holds up all others. Its callers try again later.
const reclaimTries = 50

// ReclaimAtStart calls recover, which continues unfinished work, until it succeeds, ctx ends or there were too many tries. So
// a server can start while its database is away.
func ReclaimAtStart(ctx context.Context, log *slog.Logger, recover func(context.Context) error) {
	ended := func(error) bool { return ctx.Err() != nil }
	try := func() error { return recover(ctx) }
	_ = retry(log, ctx.Done(), "taking over what was left undone", reclaimTries, ended, try)
}

// retry calls fn until it succeeds, fails with a permanent error or for the given number of times (0 = any), or until
// stop is closed.
func retry(
	log *slog.Logger, stop <-chan struct{}, what string, tries int, permanent func(error) bool, fn func() error,
) error {
	for n := 1; ; n++ {
		err := fn()
		if err == nil || permanent(err) {
			return err
		}

		log.Warn(what+" failed; it is tried again", "error", err)
		if n == tries {
			return err
		}

		select {
		case <-stop:
			return err
		case <-time.After(retryPause):
		}
	}
}
