package engine

import (
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// post adds one entry to the account's ledger. It is false, and nothing changes, when the balance does not allow it.
func post(tx *store.Tx, account id.Account, kind ledger.Kind, amount int64, m id.Message, now time.Time) bool {
	if amount == 0 {
		return true
	}
	a, found := store.Get[store.Account](tx, store.AccountKey(account))
	if !found {
		return false
	}
	balance, entry, ok := ledger.Post(a.Balance, kind, amount)
	if !ok {
		return false
	}
	a.Balance = balance
	a.Entries++
	entry.Account, entry.Seq, entry.Message, entry.At = account, a.Entries, m, now
	tx.Put(a)
	tx.Insert(store.Entry{Entry: entry})
	return true
}

// hold sets credits aside before anything is sent.
func hold(tx *store.Tx, m message.Message, amount int64, now time.Time) *fault.Fault {
	if post(tx, m.Account, ledger.Hold, amount, m.ID, now) {
		return nil
	}
	return fault.New(fault.InsufficientCredits,
		"this message can cost %d credits, which the account does not have; add credits and send again", amount)
}

// book moves the money that a message's event moved. The closure has to have named the account when money moves; see
// moneyNeeds.
func book(tx *store.Tx, m message.Message, out message.Effects, now time.Time) error {
	for _, p := range []struct {
		kind   ledger.Kind
		amount int64
	}{{ledger.Capture, out.Capture}, {ledger.Release, out.Release}, {ledger.Refund, out.Refund}} {
		if !post(tx, m.Account, p.kind, p.amount, m.ID, now) {
			return fault.From(errLedger)
		}
	}
	return nil
}

// priced reports whether the message's events can move money, so that its account has to be loaded.
func priced(m message.Message) bool { return message.Price(m.Plan) > 0 }
