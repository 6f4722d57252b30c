package engine

import (
	"context"
	"slices"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// OTP is a verification with its messages.
type OTP = query.OTP

// ResendOTP sends a pending code again, over the given channel or, for 0, the channels of the last send.
func (e *Engine) ResendOTP(ctx context.Context, c account.Caller, o id.OTP, channel message.Channel,
	idem *idempotency.Request,
) (OTPSent, *idempotency.Answer, error) {
	found, err := e.query.GetOTP(ctx, c, o)
	if err != nil {
		return OTPSent{}, nil, err
	}
	if !found.Pending(found.Now) {
		return OTPSent{}, nil, fault.Invalid("otp_id", "this OTP is %s and cannot be sent again; send a new one",
			endState(found))
	}

	r := requestOf(found)
	r.resendOf, r.countedBy = o, found.Counted
	if channel != 0 {
		r.Channels = []message.Channel{channel}
	}

	return e.SendOTP(ctx, c, r, idem)
}

// requestOf is the request that asks for a code as the newest message of a verification has it.
func requestOf(o OTP) OTPRequest {
	last := o.Sent[len(o.Sent)-1]
	r := OTPRequest{
		To: o.To.E164(), Length: o.Length, Template: o.Template, Purpose: o.Purpose, Locale: last.Locale,
		Metadata: o.Metadata,
	}
	for _, s := range last.Plan {
		if !slices.Contains(r.Channels, s.Channel) {
			r.Channels = append(r.Channels, s.Channel)
		}
	}

	return r
}

// endState is a word for why a code is not pending any more.
func endState(o OTP) string {
	if s := o.State(); s == "verified" || s == "canceled" || s == "expired" {
		return s
	}
	if !o.Now.Before(o.ExpiresAt) {
		return "expired"
	}
	return "out of attempts"
}

// CancelOTP cancels a verification: when it returns, its code is no longer valid, and no further step is sent. Carriers
// that can take back what the phone did not get yet are asked to.
func (e *Engine) CancelOTP(ctx context.Context, c account.Caller, o id.OTP,
	idem *idempotency.Request,
) (out OTP, answer *idempotency.Answer, err error) {
	found, err := e.query.GetOTP(ctx, c, o)
	if err != nil {
		return OTP{}, nil, err
	}

	k, mk := found.Key(), store.MessageKey(c.Account, found.Messages[len(found.Messages)-1])
	r := e.dispatch.Clock.Read()
	note := noteOfPerson(ctx, c, r.Now, audit.VerificationCanceled, o.String())

	out, answer, err = idempotency.Once(ctx, e.store, c, idem, r.Now, []store.Key{k, mk, store.AccountKey(c.Account)},
		func(tx *store.Tx) (OTP, error) {
			row, _ := store.Get[store.OTP](tx, k)
			now := query.Clock(tx, c.Account, c.Mode, r.Now)
			var changed bool
			if row.OTP, changed = otp.Cancel(row.OTP, row.At(now, r.Era)); !changed && row.Status != otp.Canceled {
				return OTP{}, fault.Invalid("otp_id", "this OTP is %s and cannot be canceled",
					endState(OTP{OTP: row, Now: now}))
			}
			if err := e.dispatch.StopLast(tx, row, now); err != nil {
				return OTP{}, err
			}
			if changed {
				note(tx)
				if err := e.dispatch.EnqueueOTP(tx, &row, webhook.OTPCanceled, "canceled", now); err != nil {
					return OTP{}, err
				}
			}

			tx.Put(row)
			out := found
			out.OTP, out.Now = row, now

			return out, nil
		})
	e.dispatch.Revoke(out.OTP) // none after an error or a replay

	return out, answer, err
}
