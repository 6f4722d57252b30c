package dispatch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
)

// Show puts a submit of the sandbox on its phone.
func (d *Dispatcher) Show(ctx context.Context, m carrier.Message) error {
	k, _, ok := ParseRef(m.Ref)
	if !ok {
		return fmt.Errorf("%q is no reference of the sandbox", m.Ref)
	}
	account, now := k.Account, d.Now()
	row := store.Inbox{Account: account, ID: id.NewMessage(now), Contact: d.Contact(id.Test, m.To), Channel: m.Channel, SandboxAt: now}
	random := row.ID
	return d.Store.Update(ctx, account, []store.Key{store.AccountKey(account)}, func(tx *store.Tx) error {
		row.At = query.Clock(tx, account, id.Test, now)
		// The inbox is ordered by its ids, so they follow the sandbox's clock: an advance shows hours within a millisecond.
		row.ID = id.NewMessage(row.At)
		copy(row.ID[6:], random[6:])
		row.Number = d.SealNumber(store.TableInbox, row.ID[:], m.To)
		row.Body = d.Keys.Seal([]byte(m.Body.Reveal()), store.TableInbox.String(), "body", row.ID[:])
		tx.Insert(row)
		return nil
	})
}

// MoveClock moves a sandbox's clock forward and carries out everything that falls due on the way, in order and each at its
// own time, before it returns. It answers how far the clock is ahead.
func (d *Dispatcher) MoveClock(ctx context.Context, a id.Account, by time.Duration) (offset time.Duration, err error) {
	d.sandboxes.Lock()
	defer d.sandboxes.Unlock()
	real := d.Now()
	start, err := d.setOffset(ctx, a, 0)
	if err != nil {
		return 0, err
	}
	target := real.Add(start + by)
	for {
		due, found, err := d.nextInSandbox(ctx, a, target)
		if err != nil {
			return 0, err
		}
		if !found {
			break
		}
		if err := d.sandboxStep(ctx, due, real); err != nil {
			return 0, err
		}
	}
	return d.setOffset(ctx, a, start+by)
}

// setOffset moves the offset forward to at least the given one, and returns it.
func (d *Dispatcher) setOffset(ctx context.Context, account id.Account, to time.Duration) (offset time.Duration, err error) {
	k := store.AccountKey(account)
	err = d.Store.Update(ctx, account, []store.Key{k}, func(tx *store.Tx) error {
		a, ok := store.Get[store.Account](tx, k)
		if !ok {
			return fault.NoSuch("account")
		}
		if to > a.SandboxOffset {
			a.SandboxOffset = to
			tx.Put(a)
		}
		offset = a.SandboxOffset
		return nil
	})
	return offset, err
}

// nextInSandbox finds the first thing that falls due until the time.
func (d *Dispatcher) nextInSandbox(ctx context.Context, account id.Account, until time.Time) (first store.Due, found bool, err error) {
	err = d.Store.View(ctx, func(v store.Reader) error {
		messages, err := v.DueMessages(until, account, 1)
		if err != nil {
			return err
		}
		otps, err := v.ExpiredOTPs(until, account, 1)
		if err != nil {
			return err
		}
		both := slices.Concat(messages, otps)
		if found = len(both) > 0; found {
			first = slices.MinFunc(both, func(a, b store.Due) int { return cmp.Or(a.At.Compare(b.At), a.Key.Compare(b.Key)) })
		}
		return nil
	})
	return first, found, err
}

// sandboxStep moves the clock to a due row's time and carries the row out.
func (d *Dispatcher) sandboxStep(ctx context.Context, due store.Due, real time.Time) error {
	if _, err := d.setOffset(ctx, due.Key.Account, due.At.Sub(real)); err != nil {
		return err
	}
	at := due.At
	if due.Key.Table == store.TableOTP {
		return d.expire(ctx, due.Key, &at)
	}
	return d.claim(ctx, due, message.Timer, &at)
}

// sweepSandbox carries out what is due by a sandbox's own clock.
func (d *Dispatcher) sweepSandbox(ctx context.Context, a store.Account, real time.Time) error {
	d.sandboxes.RLock()
	defer d.sandboxes.RUnlock()
	var due, expired []store.Due
	err := d.Store.View(ctx, func(v store.Reader) (err error) {
		if due, err = v.DueMessages(real.Add(a.SandboxOffset), a.ID, sweepBatch); err != nil {
			return err
		}
		expired, err = v.ExpiredOTPs(real.Add(a.SandboxOffset), a.ID, sweepBatch)
		return err
	})
	if err != nil {
		return err
	}
	for _, row := range due {
		now := d.Now().Add(a.SandboxOffset)
		if err := d.claim(ctx, row, message.Timer, &now); err != nil {
			return err
		}
	}
	return d.expireAll(ctx, expired)
}
