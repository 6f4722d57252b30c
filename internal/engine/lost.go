package engine

import (
	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
)

// Lost makes the result of a send that a crash cut off, or its refusal, from the rows that it made, for
// idempotency.Config.
func Lost(q *query.Query) func(*store.Tx, account.Caller, store.Idempotency) (any, *fault.Fault, error) {
	return func(tx *store.Tx, c account.Caller, row store.Idempotency) (any, *fault.Fault, error) {
		if row.OTP.IsZero() {
			m, err := messageFrom(q, tx, c, row.Message)
			return m, rejectedNumber(m.Message), err
		}
		sent, err := sentFrom(q, tx, c, row.OTP)
		return sent, rejectedNumber(sent.Message), err
	}
}

// sentFrom makes the result of a send from its rows.
func sentFrom(q *query.Query, tx *store.Tx, c account.Caller, o id.OTP) (OTPSent, error) {
	k := store.OTPKey(c.Account, o)
	if !tx.MayUse(k) {
		return OTPSent{}, store.Need(k)
	}

	row, ok := store.Get[store.OTP](tx, k)
	if !ok {
		return OTPSent{}, fault.NoSuch("OTP")
	}

	mk := store.MessageKey(c.Account, row.Messages[len(row.Messages)-1])
	if !tx.MayUse(mk) {
		return OTPSent{}, store.Need(mk)
	}
	m, _ := store.Get[store.Message](tx, mk)
	to, err := q.Number(row.Key(), row.Number)

	return OTPSent{OTP: row, Message: m, To: to}, err
}
