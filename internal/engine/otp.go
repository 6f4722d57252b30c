package engine

import (
	"context"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// OTP is a verification with its messages, oldest first.
type OTP struct {
	store.OTP
	Sent []store.Message
	To   phone.Number
	Now  time.Time // as the caller's clock says
}

// State is the published status: how the verification ended, or how far its messages came.
func (o OTP) State() string {
	switch {
	case o.Status == otp.Verified:
		return "verified"
	case o.Status == otp.Canceled:
		return "canceled"
	case o.Status == otp.Failed:
		return "failed"
	case o.Status == otp.Expired || !o.Now.Before(o.ExpiresAt):
		return "expired"
	}
	best := "pending"
	for _, m := range o.Sent {
		switch m.State {
		case message.Delivered, message.Read:
			return "delivered"
		case message.Sent:
			best = "sent"
		}
	}
	return best
}

// Channel is the channel of the last message.
func (o OTP) Channel() message.Channel {
	if len(o.Sent) == 0 {
		return 0
	}
	return OTPSent{Message: o.Sent[len(o.Sent)-1]}.Channel()
}

// GetOTP reads a verification; the code is never in it.
func (e *Engine) GetOTP(ctx context.Context, c account.Caller, o id.OTP) (out OTP, err error) {
	err = e.Store.View(ctx, func(v store.Reader) error {
		k := store.OTPKey(c.Account, o)
		rows, err := v.Load(k, store.AccountKey(c.Account))
		if err != nil {
			return err
		}
		row, found := store.Get[store.OTP](rows, k)
		if !found || row.Mode != c.Mode {
			return fault.NoSuch("OTP")
		}
		out, err = e.withMessages(v, rows, row)
		return err
	})
	return out, err
}

// withMessages adds what belongs to a verification.
func (e *Engine) withMessages(v store.Reader, account store.Rows, row store.OTP) (OTP, error) {
	out := OTP{OTP: row, Now: e.clock(account, row.Account, row.Mode, e.Now())}
	var keys []store.Key
	for _, m := range row.Messages {
		keys = append(keys, store.MessageKey(row.Account, m))
	}
	rows, err := v.Load(keys...)
	if err != nil {
		return out, err
	}
	for _, k := range keys {
		if m, ok := store.Get[store.Message](rows, k); ok {
			out.Sent = append(out.Sent, m)
		}
	}
	out.To, err = e.openNumber(store.TableOTP, row.ID[:], row.Number)
	return out, err
}

// ListOTPs lists verifications, newest first, before the given one (the zero id begins at the newest).
func (e *Engine) ListOTPs(ctx context.Context, c account.Caller, before id.OTP, limit int) (out []OTP, err error) {
	err = e.Store.View(ctx, func(v store.Reader) error {
		account, err := v.Load(store.AccountKey(c.Account))
		if err != nil {
			return err
		}
		list, err := v.OTPs(c.Account, c.Mode, before, limit)
		if err != nil {
			return err
		}
		for _, row := range list {
			o, err := e.withMessages(v, account, row)
			if err != nil {
				return err
			}
			out = append(out, o)
		}
		return nil
	})
	return out, err
}

// ResendOTP sends a pending code again, over the channel named or the channels of the last send.
func (e *Engine) ResendOTP(ctx context.Context, c account.Caller, o id.OTP, channel message.Channel, idem *Idempotent) (OTPSent, *Answer, error) {
	found, err := e.GetOTP(ctx, c, o)
	if err != nil {
		return OTPSent{}, nil, err
	}
	if !found.Pending(found.Now) {
		return OTPSent{}, nil, fault.Invalid("otp_id", "this OTP is %s and cannot be sent again; send a new one", ended(found))
	}
	last := found.Sent[len(found.Sent)-1]
	r := OTPRequest{To: found.To.E164(), Length: found.Length, Template: found.Template, Locale: last.Locale, Channels: []message.Channel{channel}, only: o}
	if channel == 0 {
		r.Channels = r.Channels[:0]
		for _, s := range last.Plan {
			if !slices.Contains(r.Channels, s.Channel) {
				r.Channels = append(r.Channels, s.Channel)
			}
		}
	}
	return e.SendOTP(ctx, c, r, idem)
}

// ended says in a word why a code is not pending any more.
func ended(o OTP) string {
	if s := o.State(); s == "verified" || s == "canceled" || s == "expired" {
		return s
	}
	return "out of attempts"
}

// CancelOTP calls a verification off: its code is worthless from the moment this returns, and no further step is sent.
func (e *Engine) CancelOTP(ctx context.Context, c account.Caller, o id.OTP, idem *Idempotent) (out OTP, answer *Answer, err error) {
	found, err := e.GetOTP(ctx, c, o)
	if err != nil {
		return OTP{}, nil, err
	}
	k, mk := found.Key(), store.MessageKey(c.Account, found.Messages[len(found.Messages)-1])
	keys := idem.keys(c, []store.Key{k, mk, store.AccountKey(c.Account)})
	real := e.Now()
	var refused *fault.Fault
	err = e.Store.Update(ctx, c.Account, keys, func(tx *store.Tx) (err error) {
		out = found
		if answer, refused, err = e.replayed(tx, c, idem, real); answer != nil || refused != nil || err != nil {
			return err
		}
		row, _ := store.Get[store.OTP](tx, k)
		now := e.clock(tx, c.Account, c.Mode, real)
		var changed bool
		if row.OTP, changed = otp.Cancel(row.OTP, now); !changed && row.Status != otp.Canceled {
			refused = fault.Invalid("otp_id", "this OTP is %s and cannot be canceled", ended(OTP{OTP: row, Now: now}))
			return nil
		}
		if err := e.stopLast(tx, row, now); err != nil {
			return err
		}
		if changed {
			if err := e.emitOTP(tx, &row, webhook.OTPCanceled, "canceled", now); err != nil {
				return err
			}
		}
		tx.Put(row)
		out.OTP, out.Now = row, now
		answer = idem.answer(tx, c, real, out, nil)
		return nil
	})
	if err == nil && refused != nil {
		err = refused
	}
	return out, answer, err
}
