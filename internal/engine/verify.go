package engine

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Verified is the answer to a check of a code.
type Verified struct {
	OTP    store.OTP
	Result otp.Result
}

// VerifyOTP checks a code. If the right code is checked many times in parallel, exactly one check succeeds, because the
// row of the OTP is read and written in one transaction.
func (e *Engine) VerifyOTP(ctx context.Context, c account.Caller, o id.OTP, code secret.String,
	idem *idempotency.Request,
) (Verified, *idempotency.Answer, error) {
	row, err := e.otpRow(ctx, c, o)
	if err != nil {
		return Verified{}, nil, err
	}

	to, err := e.query.Number(row.Key(), row.Number)
	if err != nil {
		return Verified{}, nil, err
	}

	derived := e.dispatch.Code(row.OTP, to)
	if length := codeLength(row.OTP, derived); !otp.WellFormed(code.Reveal(), length) {
		return Verified{}, nil, fault.Invalid("code", "code must have the %d digits of this OTP; nothing was counted",
			length)
	}

	idem.KeepFor(idempotency.KeepVerified)
	r := e.dispatch.Clock.Read()
	v := &verify{
		e: e, caller: c, code: code, derived: derived, idem: idem, realNow: r.Now, era: r.Era, otpKey: row.Key(),
	}
	v.contactKey = store.ContactKey(c.Account, row.Contact)
	keys := []store.Key{v.otpKey, v.contactKey, store.MessageKey(c.Account, row.Messages[len(row.Messages)-1])}
	if c.Mode == id.Test {
		keys = append(keys, store.AccountKey(c.Account))
	}

	err = e.store.Update(ctx, c.Account, idem.Keys(c, keys), v.decide)
	failpoint.Hit(failpoint.VerifyStored)
	if err == nil && v.refused != nil {
		err = v.refused
	}
	if err != nil {
		return Verified{}, nil, err // nothing was stored
	}
	e.dispatch.NoteVerified(v.message, v.realNow)

	return v.out, v.answer, nil
}

// codeLength is how many digits a code has. The operator may have changed that of a test number since the OTP was made.
func codeLength(o otp.OTP, derived secret.String) int {
	if o.TestNumber && !derived.Empty() {
		return len(derived.Reveal())
	}
	return o.Length
}

// otpRow finds an OTP of the caller's account and mode. The row may be stale: use only what never changes (identity,
// number, length, contact). The transaction reads the rest again.
func (e *Engine) otpRow(ctx context.Context, c account.Caller, o id.OTP) (row store.OTP, err error) {
	k := store.OTPKey(c.Account, o)
	hint, found := e.store.Hint(k)
	if found {
		row = hint.(store.OTP)
	} else {
		var rows store.Rows
		rows, err = e.store.Find(ctx, k)
		row, found = store.Get[store.OTP](rows, k)
	}
	if err == nil && (!found || row.Mode != c.Mode) {
		err = fault.NoSuch("OTP")
	}

	return row, err
}

// verify is one check of a code.
type verify struct {
	e                  *Engine
	caller             account.Caller
	code, derived      secret.String
	idem               *idempotency.Request
	realNow            time.Time
	era                clock.Era
	otpKey, contactKey store.Key

	refused *fault.Fault
	answer  *idempotency.Answer
	out     Verified
	message store.Message // the newest one of a code that was verified
}

// decide is the check's transaction. A wrong code is not an error: it is stored like a right one.
func (v *verify) decide(tx *store.Tx) (err error) {
	v.refused, v.answer, v.out, v.message = nil, nil, Verified{}, store.Message{}
	if v.answer, v.refused, err = v.idem.Replayed(tx, v.caller, v.realNow); v.answer != nil || v.refused != nil ||
		err != nil {
		return err
	}

	row, _ := store.Get[store.OTP](tx, v.otpKey)
	now := query.Clock(tx, v.caller.Account, v.caller.Mode, v.realNow)
	if err := v.compare(tx, &row, now); err != nil || v.refused != nil {
		return err
	}
	v.out.OTP = row
	v.answer = v.idem.Answer(tx, v.caller, v.realNow, v.out, nil)

	return nil
}

func (v *verify) compare(tx *store.Tx, row *store.OTP, now time.Time) error {
	if v.out.Result = row.Settled(row.At(now, v.era)); v.out.Result != otp.Valid {
		// The end is stored, so that the code does not become valid again when the clock is set back.
		var err error
		*row, err = v.e.dispatch.ExpireIn(tx, *row, now, v.era)
		return err
	}

	contact, known := store.Get[store.Contact](tx, v.contactKey)
	contact, settled := contact.CorrectTimes(now, v.era)
	if known && settled {
		tx.Put(contact) // also when the check is refused
	}

	if r, spent := guard.Spent(contact.FailedGuesses, guard.GuessRates, now); spent && v.caller.Mode == id.Live {
		v.refused = fault.Limited(r.Limit, guard.GuessBudget, r.After,
			"too many wrong codes were tried for this number; a new OTP does not help; wait as long as Retry-After "+
				"says")
		return nil
	}

	row.OTP, v.out.Result = otp.Check(row.OTP, v.code.Reveal(), v.derived.Reveal(), now)
	if v.out.Result == otp.Incorrect {
		contact.FailedGuesses = guard.Note(contact.FailedGuesses, now)
		tx.Put(contact)
	}
	if v.out.Result == otp.Valid {
		if err := v.e.dispatch.EnqueueOTP(tx, row, webhook.OTPVerified, "verified", now); err != nil {
			return err
		}
	}

	tx.Put(*row)
	if v.out.Result == otp.Valid || row.Left() == 0 {
		// No other channel is needed: the code was used, or can no longer be.
		if err := v.e.dispatch.StopLast(tx, *row, now); err != nil {
			return err
		}
	}
	if v.out.Result == otp.Valid {
		v.message = dispatch.CountVerified(tx, *row)
	}

	return nil
}
