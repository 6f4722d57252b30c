package dispatch

import (
	"context"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
)

// answerOf is the input for a carrier's answer.
func (d *Dispatcher) answerOf(name string, attempt int, r carrier.Result) message.Input {
	in := message.Input{
		Kind: answerKinds[r.Outcome], Attempt: attempt, Parts: len(r.IDs), Reason: r.Reason, CarrierCode: r.CarrierCode,
		After: r.RetryAfter, MaybeAccepted: r.MaybeAccepted,
	}
	if _, ok := d.revoker(name); ok && len(r.IDs) == 1 {
		in.CarrierID = r.IDs[0]
	}

	return in
}

// Answer stores a carrier's answer that came after Send had given up. It settles the attempt: no copy follows a submit
// that was accepted or rejected.
func (d *Dispatcher) Answer(ctx context.Context, a carrier.Answer) error {
	k, attempt, ok := ParseRef(a.Ref)
	if !ok || a.Result.Outcome == carrier.Unknown {
		return nil
	}

	in := d.answerOf(a.Carrier, attempt, a.Result)
	in.Late = true
	_, err := d.report(ctx, reported{carrier: a.Carrier, message: k, input: in, result: a.Result})

	return err
}

// reported is what a carrier reports after a submit has ended: a receipt, or a late answer with its result.
type reported struct {
	carrier string
	message store.Key
	input   message.Input
	result  carrier.Result
	user    phone.Number // see carrier.Receipt
}

// report applies what a carrier reports. matched says that the carrier was given such a submit.
func (d *Dispatcher) report(ctx context.Context, what reported) (matched bool, err error) {
	var m store.Message
	var soon bool
	in, k, real := what.input, what.message, d.Config.Now()
	in.Places = noPlace
	// The account is loaded because a failed receipt gives credits back, and the next step's text depends on its
	// settings.
	keys := []store.Key{k, store.AccountKey(k.Account)}
	if hint, known := d.Config.Store.Hint(k); known {
		keys = d.eventKeys(keys, hint.(store.Message))
	}
	if what.user != "" {
		keys = append(keys, d.userKey(k.Account, what.user))
	}

	err = d.Config.Store.Update(ctx, k.Account, keys, func(tx *store.Tx) (err error) {
		soon, matched = false, false
		row, ok := store.Get[store.Message](tx, k)
		if !ok || in.Attempt < 0 || in.Attempt >= len(row.Attempts) {
			return nil
		}
		// A carrier may report only on submits that it was given.
		if row.Mode == id.Live && row.StepOf(in.Attempt).Carrier != what.carrier {
			return nil
		}

		matched = true
		refs := refsOf(row, in.Attempt, what.result, real)
		for _, ref := range refs {
			if k := refKey(what.carrier, ref.ID); !tx.MayUse(k) {
				return store.Need(k)
			}
		}

		now := query.Clock(tx, row.Account, row.Mode, real)
		m, _, err = d.Apply(tx, row, now, withEarlyReceipts(tx, in, what.carrier, refs)...)
		soon = dueNow(m.Message, now)
		if err == nil && what.user != "" && row.Mode == id.Live {
			err = d.noteUser(tx, row, what, now)
		}

		return err
	})
	if err == nil && soon {
		d.queueNext(m)
	}

	return matched, err
}
