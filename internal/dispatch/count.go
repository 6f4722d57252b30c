package dispatch

import (
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
)

// countChange adds a change of a message to the account's statistics, in the same transaction. It loads no row: see
// store.Sum.
func countChange(tx *store.Tx, before, after message.Message) {
	if after.ToTestNumber() {
		return // no message was sent
	}
	var lines [2]stats.Line // most changes move one
	for _, l := range stats.Delta(lines[:0], before, after) {
		addLine(tx, after, l)
	}
}

func addLine(tx *store.Tx, m message.Message, l stats.Line) {
	tx.Add(&store.Tally{
		Account: m.Account, Mode: m.Mode, Day: stats.DayOfMessage(m), Split: stats.Split{Line: l},
	})
}

// CountVerified adds a verification to the statistics, and returns the OTP's newest message, which the transaction has
// loaded. When it is committed, NoteVerified has to be called.
func CountVerified(tx *store.Tx, o store.OTP) store.Message {
	m, ok := store.Get[store.Message](tx, store.MessageKey(o.Account, o.Messages[len(o.Messages)-1]))
	if !ok || len(m.Plan) == 0 || m.ToTestNumber() {
		return store.Message{}
	}

	addLine(tx, m.Message, stats.Verified(m.Message, o.VerifiedAt.Sub(o.CreatedAt)))

	return m
}

// NoteVerified counts a verification for the routes that choose carriers by them. m is what CountVerified returned.
func (d *Dispatcher) NoteVerified(m store.Message, at time.Time) {
	if d.Rates != nil && m.Mode == id.Live && len(m.Plan) > 0 {
		d.Rates.Verified(m.Message, at)
	}
}

// SpendCap is the reason of a fault because of an account's caps.
const SpendCap = "spend_cap"

// spend counts a hold against the account's caps, or returns the fault of the cap that does not allow it.
func spend(a *store.Account, m message.Message, amount int64, now time.Time) *fault.Fault {
	watch, capped, ok := ledger.Spend(a.Watch, a.Settings.Live.Caps(), m.Country, amount, now)
	if ok {
		a.Watch = watch
		return nil
	}

	f := fault.New(fault.InsufficientCredits,
		"this message can cost %d credits, and the account's %s leaves less until %s; wait, or raise the setting",
		amount, capped.Name, capped.Until.Format(time.RFC3339)).WithReason(SpendCap)
	f.Details.Limit = capped.Limit

	return f
}

// unspend subtracts from the caps the credits that a message gave back.
func unspend(tx *store.Tx, m message.Message, amount int64) {
	if amount == 0 {
		return
	}
	a, found := store.Get[store.Account](tx, store.AccountKey(m.Account))
	if !found {
		return
	}
	a.Watch = ledger.Unspend(a.Watch, m.Country, amount, m.CreatedAt)
	tx.Put(a)
}
