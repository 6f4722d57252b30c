// Package janitor removes what sandboxes have made, when it is old enough.
package janitor

import (
	"context"
	"log/slog"
	"time"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
)

// Janitor is safe for concurrent use.
type Janitor struct {
	Store *store.Store
	Now   func() time.Time
	Log   *slog.Logger
	// KeepMessages is how long messages are kept; 0 = for ever. Those of sandboxes are kept for bound.KeepSandbox at most.
	KeepMessages time.Duration
}

const (
	// every is how often it looks. It is below the hour by which messages of sandboxes are counted.
	every = 30 * time.Minute
	// batch is how many rows one look finds.
	batch = 500
)

// Run works until ctx ends.
func (j *Janitor) Run(ctx context.Context) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		j.CleanSandboxes(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// CleanSandboxes removes messages of sandboxes, with their codes, that were made longer ago than they are kept. What counts
// is real time: a sandbox's own clock may be a month ahead, and what is scheduled by it would wait as long.
func (j *Janitor) CleanSandboxes(ctx context.Context) {
	keep := bound.KeepSandbox
	if j.KeepMessages > 0 {
		keep = min(keep, j.KeepMessages)
	}
	// A count of them is dropped by the hour, and the rows not before it.
	before := j.Now().Add(-keep - time.Hour)

	for removed := true; removed && ctx.Err() == nil; {
		var err error
		if removed, err = j.cleanSandboxes(ctx, before); err != nil && ctx.Err() == nil {
			j.Log.Warn("removing old messages of sandboxes failed; it is tried again", "error", err)
		}
	}
}

// cleanSandboxes removes one batch; more says that the next may find something.
func (j *Janitor) cleanSandboxes(ctx context.Context, before time.Time) (more bool, err error) {
	var keys []store.Key
	err = j.Store.View(ctx, func(v store.Reader) (err error) {
		keys, err = v.Stale(store.TableMessage, before, batch)
		return err
	})
	if err != nil {
		return false, err
	}

	byAccount := map[id.Account][]store.Key{}
	for _, k := range keys {
		byAccount[k.Account] = append(byAccount[k.Account], k)
	}
	removed := 0
	for a, some := range byAccount {
		n, err := j.removeSandbox(ctx, a, some)
		if err != nil {
			return false, err
		}
		removed += n
	}

	return len(keys) == batch && removed > 0, nil
}

// removeSandbox removes messages of one sandbox, and the verifications that they belong to. What is being submitted, and a
// code whose end is not stored, stays for the next time.
func (j *Janitor) removeSandbox(ctx context.Context, a id.Account, keys []store.Key) (removed int, err error) {
	keys = append([]store.Key{store.CountsKey(a, id.Test)}, keys...)
	err = j.Store.Update(ctx, a, keys, func(tx *store.Tx) error {
		var codes []store.Key
		for _, k := range keys[1:] {
			if m, ok := store.Get[store.Message](tx, k); ok && !m.OTP.IsZero() && !tx.Has(store.OTPKey(a, m.OTP)) {
				codes = append(codes, store.OTPKey(a, m.OTP))
			}
		}
		if len(codes) > 0 {
			return store.Need(codes...)
		}

		removed = 0
		counts := store.CountsOf(tx, a, id.Test)
		for _, k := range keys[1:] {
			m, ok := store.Get[store.Message](tx, k)
			if !ok || !removable(tx, m) {
				continue
			}
			if m.State == message.Scheduled {
				counts.Counts = counts.RemoveScheduled()
			}
			if !m.OTP.IsZero() {
				tx.Delete(store.OTPKey(a, m.OTP))
			}
			tx.Delete(k)
			removed++
		}
		tx.Put(counts)

		return nil
	})
	return removed, err
}

// removable reports whether nobody works on a sandbox's message, and its verification is over.
func removable(tx *store.Tx, m store.Message) bool {
	if m.Owner > 0 || m.OTP.IsZero() {
		return m.Owner <= 0
	}
	o, there := store.Get[store.OTP](tx, store.OTPKey(m.Account, m.OTP))

	return !there || o.Status != otp.Open
}
