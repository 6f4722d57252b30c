package janitor

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// messageBatch is how many codes or messages one transaction removes. A send may have to wait for it.
const messageBatch = 200

// RemoveMessages removes codes and messages that are older than KeepMessages and over. The ledger, contacts and
// statistics stay.
func (j *Janitor) RemoveMessages(ctx context.Context) error {
	if j.KeepMessages == 0 {
		return nil
	}
	before := id.Message{}.At(j.Store.UnrotatedBefore(j.Now().Add(-j.KeepMessages)))

	return j.Store.EachAccount(ctx, func(a store.Account) error {
		// Codes before their messages, so that a code in a list always has its messages.
		if err := j.removeOver(ctx, store.TableOTP, a.ID, before); err != nil {
			return err
		}
		return j.removeOver(ctx, store.TableMessage, a.ID, before)
	})
}

// removeOver removes an account's rows from before an id, except those that still wait.
func (j *Janitor) removeOver(ctx context.Context, t store.Table, of id.Account, before [16]byte) error {
	for after := ([16]byte{}); ctx.Err() == nil; {
		var keys []store.Key
		err := j.Store.View(ctx, func(v store.Reader) (err error) {
			keys, err = v.Old(t, of, after, before, messageBatch)
			return err
		})
		if err != nil {
			return err
		}

		now := j.Now()
		err = j.remove(ctx, of, keys, func(tx *store.Tx, k store.Key) bool { return over(tx, k, now) })
		if err != nil || len(keys) < messageBatch {
			return err
		}
		after = [16]byte([]byte(keys[len(keys)-1].ID))
	}

	return ctx.Err()
}

// over reports whether a code or message does not wait for anything.
func over(tx *store.Tx, k store.Key, now time.Time) bool {
	if k.Table == store.TableOTP {
		o, ok := store.GetSound[store.OTP](tx, k)
		return ok && o.Over(now)
	}
	m, ok := store.GetSound[store.Message](tx, k)

	return ok && !m.Waits()
}
