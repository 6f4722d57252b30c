package janitor

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
)

// RemoveSandboxMessages removes messages of sandboxes, with their codes, that were made longer ago than they are kept. What
// counts is real time: a sandbox's own clock may be a month ahead, and what is scheduled by it would wait as long.
func (j *Janitor) RemoveSandboxMessages(ctx context.Context) error {
	keep := bound.KeepSandbox
	if j.KeepMessages > 0 {
		keep = min(keep, j.KeepMessages)
	}

	// A count of them is dropped by the hour, and the rows not before it.
	before := j.Now().Add(-keep - time.Hour)

	for more := true; more && ctx.Err() == nil; {
		var err error
		if more, err = j.removeSandboxes(ctx, before); err != nil {
			return err
		}
	}

	return nil
}

// removeSandboxes removes one batch; more says that the next may find something.
func (j *Janitor) removeSandboxes(ctx context.Context, before time.Time) (more bool, err error) {
	keys, err := j.stale(ctx, store.TableMessage, before, batch)
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
			if m, ok := store.GetSound[store.Message](tx, k); ok && !m.OTP.IsZero() && !tx.Has(store.OTPKey(a, m.OTP)) {
				codes = append(codes, store.OTPKey(a, m.OTP))
			}
		}
		if len(codes) > 0 {
			return store.Need(codes...)
		}

		removed = 0
		counts := store.CountsOf(tx, a, id.Test)
		for _, k := range keys[1:] {
			m, ok := store.GetSound[store.Message](tx, k)
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

// removable reports whether a sandbox's message is not in work, and its verification is over.
func removable(tx *store.Tx, m store.Message) bool {
	if m.Owner > 0 || m.OTP.IsZero() {
		return m.Owner <= 0
	}
	o, there := store.GetSound[store.OTP](tx, store.OTPKey(m.Account, m.OTP))

	return !there || o.Status != otp.Open
}
