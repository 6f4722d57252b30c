package dispatch

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
)

// allowance is whether the limits of the message's number allow one more copy, if the transaction has loaded its
// contact.
func (d *Dispatcher) allowance(tx *store.Tx, m store.Message, now time.Time) message.Allowance {
	k := store.ContactKey(m.Account, m.Contact)
	if m.Mode != id.Live || !tx.MayUse(k) {
		return message.Allowance{}
	}

	c, _ := store.Get[store.Contact](tx, k)
	c, _ = c.CorrectTimes(now, d.Clock.Era())
	r, _ := guard.NumberSpent(c.Sends, c.Copies, d.Config.SendsPerNumber, now)

	return message.Allowance{Known: true, Wait: r.After}
}

// countSends counts for the limits of the message's number what an input changed: copies that were begun or turned out
// not to be copies, and a code that cannot have reached the phone.
func (d *Dispatcher) countSends(
	tx *store.Tx, m store.Message, before message.Message, out message.Effects, now time.Time,
) error {
	k := store.ContactKey(m.Account, m.Contact)
	moved := len(out.AddCopies)+len(out.RemoveCopies) > 0 || !m.Counted.Equal(before.Counted)
	switch {
	case !moved && !out.NeedAllowance:
		return nil
	case !tx.MayUse(k):
		return store.Need(k)
	}

	c, ok := store.Get[store.Contact](tx, k)
	if !moved || !ok {
		return nil
	}

	c, _ = c.CorrectTimes(now, d.Clock.Era())
	if !m.Counted.Equal(before.Counted) {
		c.Sends = guard.Forget(c.Sends, before.Counted)
		if !m.Counted.IsZero() {
			c.Sends = guard.Note(c.Sends, now)
		}
	}

	for _, at := range out.RemoveCopies {
		c.Copies = guard.Forget(c.Copies, at)
	}

	for _, at := range out.AddCopies {
		c.Copies = guard.Note(c.Copies, at)
	}
	tx.Put(c)

	return nil
}

// startFallbackTimer runs the fallback timer while a submit waits for its answer. Its result stops the timer.
func (d *Dispatcher) startFallbackTimer(m store.Message, attempt int) (stop func()) {
	if m.DueAt.IsZero() || m.Mode != id.Live {
		return func() {}
	}
	// The closure must not keep the whole message alive.
	k, id, submit := m.Key(), m.ID, m.Attempts[attempt].Submits
	t := time.AfterFunc(max(0, m.DueAt.Sub(d.Config.Now())), func() {
		if err := d.unanswered(context.Background(), k, attempt, submit); err != nil {
			d.Config.Log.Warn("could not start the fallback while its submit is unanswered; it starts when the submit ends",
				"message", id, "error", err)
		}
	})

	return func() { t.Stop() }
}

// unanswered begins the next step after a submit of this node that got no answer within the time for its receipt.
func (d *Dispatcher) unanswered(ctx context.Context, k store.Key, attempt, submit int) error {
	real := d.Config.Now()
	in := message.Input{Kind: message.Unanswered, Attempt: attempt, Submit: submit, Places: noPlace}
	var m store.Message
	var soon bool
	keys := []store.Key{k, store.AccountKey(k.Account)}
	err := d.Config.Store.Update(ctx, k.Account, keys, func(tx *store.Tx) (err error) {
		soon = false
		row, ok := store.Get[store.Message](tx, k)
		if !ok || row.Owner != d.Config.Epoch {
			return nil
		}

		now := query.Clock(tx, row.Account, row.Mode, real)
		m, _, err = d.Apply(tx, row, now, in)
		soon = dueNow(m.Message, now)

		return err
	})

	if err == nil && soon {
		d.inFlight.Forget(k)
		d.queueNext(m)
	}

	return err
}
