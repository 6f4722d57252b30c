package dispatch

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

const (
	// MaxAhead is how far a sandbox's clock can be moved in total.
	MaxAhead = query.MaxAhead
	// clockBatch is how many rows that are due at the same time are carried out in parallel.
	clockBatch = 64
)

// SandboxClock is the state of a sandbox's clock.
type SandboxClock struct {
	Offset time.Duration // ahead of real time
	Done   bool          // it has reached the requested time
}

// MoveClock moves a sandbox's clock forward and carries out everything that falls due on the way, in order and each at
// its own time, before it returns. Moving by 0 continues a move that was not finished. When ctx ends first, the clock
// stays where it is, and Done is false. note is called in the transaction that stores how far it is moved.
func (d *Dispatcher) MoveClock(
	ctx context.Context, a id.Account, by time.Duration, note func(*store.Tx),
) (SandboxClock, error) {
	detached := context.WithoutCancel(ctx) // what is carried out has to be stored even if the client is gone
	goal, err := d.setGoal(detached, a, by, note)
	if err != nil {
		return SandboxClock{}, err
	}
	if err := d.clocks.beginMove(ctx, a); err != nil {
		return d.clockState(detached, a, goal)
	}

	defer d.clocks.endMove(a)

	real := d.Config.Now()
	for ctx.Err() == nil {
		due, err := d.nextInSandbox(detached, a, real.Add(goal))
		if err != nil {
			return SandboxClock{}, err
		}

		if len(due) == 0 {
			offset, err := d.setOffset(detached, a, goal)
			return SandboxClock{Offset: offset, Done: true}, err
		}
		if _, err := d.setOffset(detached, a, due[0].At.Sub(real)); err != nil {
			return SandboxClock{}, err
		}
		err = inParallel(due, func(row store.Due) error { return d.runInSandbox(detached, row, due[0].At) })
		if err != nil {
			return SandboxClock{}, err
		}
	}

	return d.clockState(detached, a, goal)
}

// setGoal stores how far the clock has to be moved.
func (d *Dispatcher) setGoal(
	ctx context.Context, account id.Account, by time.Duration, note func(*store.Tx),
) (goal time.Duration, err error) {
	k := store.AccountKey(account)
	err = d.Config.Store.Update(ctx, account, []store.Key{k}, func(tx *store.Tx) error {
		a, ok := store.Get[store.Account](tx, k)
		if !ok {
			return fault.NoSuch("account")
		}

		from := max(a.SandboxGoal, a.SandboxOffset)
		goal = from + by
		if left := MaxAhead - from; by > left {
			return fault.Invalid("advance", "the sandbox's clock moves at most 720h in all, and %s are left; "+
				`send {"reset": true} to set it back to real time`, formatDuration(left))
		}

		if goal != a.SandboxGoal {
			a.SandboxGoal = goal
			tx.Put(a)
			note(tx)
		}

		return nil
	})

	return goal, err
}

// setOffset moves the offset forward to at least the given one, and returns it.
func (d *Dispatcher) setOffset(
	ctx context.Context, account id.Account, to time.Duration,
) (offset time.Duration, err error) {
	k := store.AccountKey(account)
	err = d.Config.Store.Update(ctx, account, []store.Key{k}, func(tx *store.Tx) error {
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

// clockState is the state of a clock that could not be moved as far as requested.
func (d *Dispatcher) clockState(ctx context.Context, a id.Account, goal time.Duration) (SandboxClock, error) {
	offset, err := d.setOffset(ctx, a, 0)
	return SandboxClock{Offset: offset, Done: offset >= goal}, err
}

// nextInSandbox finds what falls due first until a time, and everything that falls due at the same moment.
func (d *Dispatcher) nextInSandbox(
	ctx context.Context, account id.Account, until time.Time,
) (next []store.Due, err error) {
	err = d.Config.Store.View(ctx, func(v store.Reader) error {
		messages, err := d.dueInSandbox(v, account, until, clockBatch)
		if err != nil {
			return err
		}

		otps, err := d.expired(v, until, account, clockBatch)
		if err != nil {
			return err
		}

		next = slices.Concat(messages, otps)
		slices.SortFunc(next, func(a, b store.Due) int { return cmp.Or(a.At.Compare(b.At), a.Key.Compare(b.Key)) })

		return nil
	})

	same := slices.IndexFunc(next, func(due store.Due) bool { return !due.At.Equal(next[0].At) })
	if same >= 0 {
		next = next[:same]
	}

	return next, err
}

// runInSandbox carries out a due row at the sandbox's time.
func (d *Dispatcher) runInSandbox(ctx context.Context, due store.Due, at time.Time) error {
	if due.Key.Table == store.TableOTP {
		return d.expire(ctx, due.Key, &at)
	}
	ticket, ok := d.inFlight.Begin(due.Key)
	if !ok {
		return nil
	}

	defer d.inFlight.End(due.Key, ticket)

	m, c, begun, err := d.claim(ctx, due, message.Timer, &at, nil)
	if err == nil && begun {
		d.attempt(ctx, m, c, nil)
	}

	return err
}

// maxSandboxes is how many sandboxes are swept in parallel.
const maxSandboxes = 4

// sweepSandboxes carries out what is due in sandboxes whose clocks were moved. A sandbox whose clock is being moved is
// left to MoveClock.
func (d *Dispatcher) sweepSandboxes(ctx context.Context) error {
	var list []store.Account
	read := func(v store.Reader) (err error) {
		list, err = v.Sandboxes()
		return err
	}
	if _, err := d.Config.Store.Peek(ctx, read); err != nil {
		return err
	}

	nodes, errs := d.Config.Nodes.Members(), make([]error, len(list))
	var group errgroup.Group
	group.SetLimit(maxSandboxes)
	for i, a := range list {
		if !nodes.Takes(string(a.ID[:])) || !d.clocks.hold(a.ID) {
			continue
		}
		group.Go(func() error {
			defer d.clocks.release(a.ID)
			errs[i] = d.sweepSandbox(ctx, a)
			return nil
		})
	}
	_ = group.Wait() // the errors are in errs, so that one sandbox does not stop the others

	return errors.Join(errs...)
}

// sweepSandbox carries out a part of what is due by a sandbox's own clock.
func (d *Dispatcher) sweepSandbox(ctx context.Context, a store.Account) error {
	var due, expired []store.Due
	now := d.Config.Now().Add(a.SandboxOffset)
	err := d.Config.Store.View(ctx, func(v store.Reader) (err error) {
		if due, err = d.dueInSandbox(v, a.ID, now, sweepBatch); err != nil {
			return err
		}
		expired, err = d.expired(v, now, a.ID, sweepBatch)
		return err
	})
	if err != nil {
		return err
	}

	for _, row := range due {
		if err := d.runInSandbox(context.WithoutCancel(ctx), row, d.Config.Now().Add(a.SandboxOffset)); err != nil {
			return err
		}
	}

	return d.expireAll(ctx, expired)
}

// endOfTime is after every time at which a row can be due.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// ResetClock ends everything that is pending in a sandbox and sets its clock back to real time. When ctx ends first,
// Done is false, and what was ended stays ended. note is called in the transaction that sets it back.
func (d *Dispatcher) ResetClock(ctx context.Context, a id.Account, note func(*store.Tx)) (SandboxClock, error) {
	detached := context.WithoutCancel(ctx)
	if err := d.clocks.beginMove(ctx, a); err != nil {
		return d.clockState(detached, a, MaxAhead+1)
	}

	defer d.clocks.endMove(a)

	for ctx.Err() == nil {
		due, err := d.pendingInSandbox(detached, a)
		if err != nil {
			return SandboxClock{}, err
		}
		if len(due) == 0 {
			return SandboxClock{Done: true}, d.resetOffset(detached, a, note)
		}
		if err := inParallel(due, func(row store.Due) error { return d.endInSandbox(detached, row) }); err != nil {
			return SandboxClock{}, err
		}
	}

	return d.clockState(detached, a, MaxAhead+1)
}

func (d *Dispatcher) pendingInSandbox(ctx context.Context, a id.Account) (due []store.Due, err error) {
	err = d.Config.Store.View(ctx, func(v store.Reader) error {
		// Codes first, as each ends its message as well.
		if due, err = d.expired(v, endOfTime, a, clockBatch); err != nil || len(due) > 0 {
			return err
		}
		due, err = d.dueInSandbox(v, a, endOfTime, clockBatch)
		return err
	})

	return due, err
}

// endInSandbox cancels a code or a message.
func (d *Dispatcher) endInSandbox(ctx context.Context, due store.Due) error {
	k, real := due.Key, d.Config.Now()
	err := d.Config.Store.Update(ctx, k.Account, []store.Key{k, store.AccountKey(k.Account)}, func(tx *store.Tx) error {
		owner, _ := store.Get[store.Account](tx, store.AccountKey(k.Account))
		now := real.Add(owner.SandboxOffset)
		if k.Table == store.TableMessage {
			return d.endMessage(tx, k, now)
		}

		row, ok := store.Get[store.OTP](tx, k)
		if !ok {
			return nil
		}
		if err := d.StopLast(tx, row, now); err != nil {
			return err
		}

		next, canceled := otp.Cancel(row.OTP, now)
		event, status := webhook.OTPCanceled, "canceled"
		if !canceled {
			next, _ = otp.Expire(row.OTP, endOfTime)
			event, status = webhook.OTPExpired, "expired"
		}

		row.OTP = next
		if err := d.EnqueueOTP(tx, &row, event, status, now); err != nil {
			return err
		}
		tx.Put(row)

		return nil
	})

	return d.deferDamaged(k, err)
}

// StopLast ends the plan of the OTP's newest message, as the row in this transaction names it: there may have been a
// resend since the caller read it.
func (d *Dispatcher) StopLast(tx *store.Tx, o store.OTP, now time.Time) error {
	k := store.MessageKey(o.Account, o.Messages[len(o.Messages)-1])
	if !tx.MayUse(k) {
		return store.Need(k)
	}
	return d.endMessage(tx, k, now)
}

// endMessage ends the plan of a message, unless it is over.
func (d *Dispatcher) endMessage(tx *store.Tx, k store.Key, now time.Time) error {
	m, ok := store.Get[store.Message](tx, k)
	if !ok || m.Over {
		return nil
	}

	kind := message.Cancel
	if !m.OTP.IsZero() {
		kind = message.Stop // the event of the code reports it
	}
	_, _, err := d.Apply(tx, m, now, message.Input{Kind: kind})

	return err
}

// resetOffset sets a sandbox's clock back to real time.
func (d *Dispatcher) resetOffset(ctx context.Context, account id.Account, note func(*store.Tx)) error {
	k := store.AccountKey(account)
	return d.Config.Store.Update(ctx, account, []store.Key{k}, func(tx *store.Tx) error {
		if a, ok := store.Get[store.Account](tx, k); ok {
			a.SandboxOffset, a.SandboxGoal = 0, 0
			tx.Put(a)
			note(tx)
		}
		return nil
	})
}

// formatDuration formats a duration in seconds, without zeros at the end: 720h, not 720h0m0s.
func formatDuration(d time.Duration) string {
	text := d.Truncate(time.Second).String()
	if short, ok := strings.CutSuffix(text, "m0s"); ok {
		text = short + "m"
	}
	if short, ok := strings.CutSuffix(text, "h0m"); ok {
		text = short + "h"
	}

	return text
}
