package dispatch

import (
	"errors"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// errLedger means that a hold was smaller than what it had to cover, which is a bug.
var errLedger = errors.New("a message's credits do not match its hold")

// post adds one entry to the account's ledger. It is false, and nothing changes, when the balance does not allow it.
func (d *Dispatcher) post(
	tx *store.Tx, account id.Account, kind ledger.Kind, amount int64, m id.Message, now time.Time,
) bool {
	if amount == 0 {
		return true
	}
	a, found := store.Get[store.Account](tx, store.AccountKey(account))
	return found && d.postTo(tx, a, kind, amount, m, now)
}

// postTo is post for an account that was read, and changed in another way, before.
func (d *Dispatcher) postTo(
	tx *store.Tx, a store.Account, kind ledger.Kind, amount int64, m id.Message, now time.Time,
) bool {
	next, entry, ok := a.Post(kind, amount, m, now)
	if !ok {
		return false
	}

	tx.Put(next)
	tx.Insert(entry)
	if next.WentLow(a) {
		d.enqueueCreditsLow(tx, next, a.Settings.Live.CreditsLow, now)
	}

	return true
}

// Hold sets credits aside before a message is sent, within the account's caps. A free message has no hold, and its
// transaction need not load the account.
func (d *Dispatcher) Hold(tx *store.Tx, m message.Message, amount int64, now time.Time) *fault.Fault {
	if amount == 0 {
		return nil
	}
	a, found := store.Get[store.Account](tx, store.AccountKey(m.Account))
	if f := spend(&a, m, amount, now); f != nil {
		return f
	}
	if found && d.postTo(tx, a, ledger.Hold, amount, m.ID, now) {
		return nil
	}

	return fault.New(fault.InsufficientCredits,
		"this message can cost %d credits, which the account does not have; add credits and send again", amount)
}

// moveCredits makes the ledger entries of an input. The transaction must have loaded the account if credits move.
func (d *Dispatcher) moveCredits(tx *store.Tx, m message.Message, out message.Effects, now time.Time) error {
	for _, p := range []struct {
		kind   ledger.Kind
		amount int64
	}{{ledger.Capture, out.Capture}, {ledger.Release, out.Release}, {ledger.Refund, out.Refund}} {
		if !d.post(tx, m.Account, p.kind, p.amount, m.ID, now) {
			return fault.From(errLedger)
		}
	}
	unspend(tx, m, out.Release+out.Refund)
	return nil
}

// movesCredits reports whether an input moves credits.
func movesCredits(out message.Effects) bool {
	return out.Capture != 0 || out.Release != 0 || out.Refund != 0
}

// priced reports whether inputs of the message can move credits, so that its account has to be loaded.
func priced(m message.Message) bool { return message.Price(m.Plan) > 0 }
