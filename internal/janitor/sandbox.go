package janitor

import (
	"context"
	"errors"
	"time"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
)

// RemoveSandboxMessages removes old messages of sandboxes with their codes. Their age is in real time, as a sandbox's
// clock may be a month ahead.
func (j *Janitor) RemoveSandboxMessages(ctx context.Context) error {
	keep := bound.KeepSandbox
	if j.KeepMessages > 0 {
		keep = min(keep, j.KeepMessages)
	}

	// The counts of messages are dropped by the hour. The rows must not be removed before them.
	before := j.Now().Add(-keep - time.Hour)

	return j.removeStale(ctx, store.TableMessage, before, batch, j.removeSandboxes)
}

func (j *Janitor) removeSandboxes(ctx context.Context, keys []store.Key) error {
	byAccount := map[id.Account][]store.Key{}
	for _, k := range keys {
		byAccount[k.Account] = append(byAccount[k.Account], k)
	}

	for a, some := range byAccount {
		// A damaged row of one account, which the store logs, must not stop the others.
		if err := j.removeSandbox(ctx, a, some); err != nil && !errors.Is(err, store.ErrDamaged) {
			return err
		}
	}

	return nil
}

// removeSandbox removes messages of one sandbox, and the verifications that they belong to. Messages that
// are being submitted, and codes whose end is not stored, stay for the next round.
func (j *Janitor) removeSandbox(ctx context.Context, a id.Account, keys []store.Key) error {
	keys = append([]store.Key{store.CountsKey(a, id.Test)}, keys...)

	return j.Store.Update(ctx, a, keys, func(tx *store.Tx) error {
		var codes []store.Key
		for _, k := range keys[1:] {
			if m, ok := store.GetSound[store.Message](tx, k); ok && !m.OTP.IsZero() && !tx.MayUse(store.OTPKey(a, m.OTP)) {
				codes = append(codes, store.OTPKey(a, m.OTP))
			}
		}
		if len(codes) > 0 {
			return store.Need(codes...)
		}

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
		}
		tx.Put(counts)

		return nil
	})
}

// removable reports whether a sandbox's message is not in work, and its verification is over.
func removable(tx *store.Tx, m store.Message) bool {
	if m.Owner > 0 || m.OTP.IsZero() {
		return m.Owner <= 0
	}
	o, there := store.GetSound[store.OTP](tx, store.OTPKey(m.Account, m.OTP))

	return !there || o.Status != otp.Open
}
