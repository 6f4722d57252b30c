package dispatch

import (
	"context"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
)

// answerOf is the event of a carrier's answer.
func answerOf(attempt int, r carrier.Result) message.Event {
	return message.Event{
		Kind: answerKinds[r.Outcome], Attempt: attempt, Parts: len(r.IDs), Reason: r.Reason, CarrierCode: r.CarrierCode,
		After: r.RetryAfter, Doubt: r.Doubtful,
	}
}

// Answer stores a carrier's answer that came after Send had given up. It settles the attempt: no copy follows a submit
// that was accepted or rejected.
func (d *Dispatcher) Answer(ctx context.Context, a carrier.Answer) error {
	k, attempt, ok := ParseRef(a.Ref)
	if !ok || a.Result.Outcome == carrier.Unknown {
		return nil
	}

	event := answerOf(attempt, a.Result)
	event.Late = true
	_, err := d.report(ctx, a.Carrier, k, event, a.Result)

	return err
}

// report applies what a carrier reports after a submit has ended: a receipt, or a late answer with its result. matched
// says that the carrier was given such a submit.
func (d *Dispatcher) report(
	ctx context.Context, name string, k store.Key, event message.Event, r carrier.Result,
) (matched bool, err error) {
	var m store.Message
	var soon bool
	real := d.Config.Now()
	event.Down, event.Places = d.Down(real), noPlace
	// The account is loaded because a failed receipt gives credits back, and the next step's text depends on its
	// settings.
	keys := []store.Key{k, store.AccountKey(k.Account)}
	if hint, known := d.Config.Store.Hint(k); known {
		keys = d.eventKeys(keys, hint.(store.Message))
	}

	err = d.Config.Store.Update(ctx, k.Account, keys, func(tx *store.Tx) (err error) {
		soon, matched = false, false
		row, ok := store.Get[store.Message](tx, k)
		if !ok || event.Attempt < 0 || event.Attempt >= len(row.Attempts) {
			return nil
		}
		// A carrier may report only on submits that it was given.
		if row.Mode == id.Live && row.StepOf(event.Attempt).Carrier != name {
			return nil
		}

		matched = true
		refs := refsOf(row, event.Attempt, r, real)
		for _, ref := range refs {
			if k := refKey(name, ref.ID); !tx.Has(k) {
				return store.Need(k)
			}
		}

		now := query.Clock(tx, row.Account, row.Mode, real)
		m, _, err = d.Apply(tx, row, now, withEarlyReceipts(tx, event, name, refs)...)
		soon = dueNow(m.Message, now)

		return err
	})
	if err == nil && soon {
		d.enqueueNext(m)
	}

	return matched, err
}
