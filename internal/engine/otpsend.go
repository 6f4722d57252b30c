package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// errLedger means that a hold was smaller than what it had to cover: a bug, never the caller's doing.
var errLedger = errors.New("a message's credits do not match its hold")

// OTPRequest is a send of a one-time password. Zero values are the defaults of the API.
type OTPRequest struct {
	To        string
	Channels  []message.Channel
	ExpiresIn time.Duration
	Length    int
	Template  string
	Locale    string
	Metadata  []byte // a JSON object, nil when there is none
	// FallbackAfter replaces the waits for receipts when it is not zero.
	FallbackAfter time.Duration
	ForceNew      bool

	// only is the OTP that has to be sent again; a send that would make another one is refused.
	only id.OTP
}

// OTPSent is the answer to a send.
type OTPSent struct {
	OTP     store.OTP
	Message store.Message
	To      phone.Number
}

// Accepted reports whether a carrier took the message.
func (s OTPSent) Accepted() bool { return !s.Message.SentAt.IsZero() }

// Channel is the channel that took it, or the one in work.
func (s OTPSent) Channel() message.Channel {
	if i := s.Message.Shown(); i >= 0 {
		return s.Message.StepOf(i).Channel
	}
	return s.Message.Plan[0].Channel
}

// SendOTP makes a code, or takes the pending one, and calls the first carrier before it returns. It answers with a
// pending message when no carrier took it in time; the loops go on with it.
func (e *Engine) SendOTP(ctx context.Context, c account.Caller, r OTPRequest, idem *Idempotent) (OTPSent, *Answer, error) {
	s := &otpSend{e: e, caller: c, r: r, idem: idem, real: e.Now()}
	if err := s.prepare(); err != nil {
		return OTPSent{}, nil, err
	}
	ready := e.reserve()
	s.owned = ready
	if err := e.Store.Update(ctx, c.Account, s.keys(), s.decide); err != nil || s.refused != nil || s.replay != nil {
		if ready {
			e.release()
		}
		if s.refused != nil && err == nil {
			err = s.refused
		}
		return OTPSent{}, s.replay, err
	}
	if ready {
		s.sent.Message = e.deliverNow(ctx, s.sent.Message, s.content)
	}
	if f := s.sent.refusal(); f != nil {
		return OTPSent{}, e.finish(ctx, c, idem, OTPSent{}, f), f
	}
	return s.sent, e.finish(ctx, c, idem, s.sent, nil), nil
}

// otpSend is one send on its way through prepare and decide.
type otpSend struct {
	e       *Engine
	caller  account.Caller
	r       OTPRequest
	idem    *Idempotent
	real    time.Time
	to      phone.Number
	contact store.ContactID
	otpID   id.OTP
	msgID   id.Message
	plan    []message.Step
	rules   sandboxRules
	owned   bool

	// what decide found
	refused *fault.Fault
	replay  *Answer
	sent    OTPSent
	content content
}

// prepare does all that needs no row: it refuses what can be refused, makes the plan and fixes ids.
func (s *otpSend) prepare() error {
	if len(s.r.Channels) == 0 {
		return fault.Invalid("channels", "channels is missing; name at least one of whatsapp, sms, telegram, voice")
	}
	to, rules, err := s.e.number(s.caller.Mode, s.r.To)
	if err != nil {
		return err
	}
	s.to, s.rules = to, rules
	if s.r.Length == 0 {
		s.r.Length = otp.DefaultLength
	}
	if s.r.ExpiresIn == 0 {
		s.r.ExpiresIn = otp.DefaultLife
	}
	if !telegramTakes(s.r.Length) {
		s.r.Channels = slices.DeleteFunc(slices.Clone(s.r.Channels), func(c message.Channel) bool { return c == message.Telegram })
		if len(s.r.Channels) == 0 {
			return errTelegram()
		}
	}
	s.otpID, s.msgID = id.NewOTP(s.real), id.NewMessage(s.real)
	s.contact = s.e.contact(s.caller.Mode, to)
	return s.makePlan()
}

// telegramTakes reports whether Telegram's gateway takes codes of the length.
func telegramTakes(length int) bool { return length >= 4 && length <= 8 }

func errTelegram() error {
	return fault.Invalid("length", "telegram takes codes of 4 to 8 digits; ask for at most 8, or add another channel")
}

// makePlan chooses the steps. The price of an SMS depends on its text, so the text is rendered for a code of the length.
func (s *otpSend) makePlan() error {
	draft := otp.OTP{ID: s.otpID, Account: s.caller.Account, Mode: s.caller.Mode, Template: s.r.Template, Length: s.r.Length,
		CreatedAt: s.real, ExpiresAt: s.real.Add(s.r.ExpiresIn)}
	c, err := s.e.otpContent(draft, s.to, s.caller.Settings, s.r.Locale)
	if err != nil {
		return err
	}
	segments := 0
	if slices.Contains(s.r.Channels, message.SMS) {
		_, segments = message.Segments(c.body.Reveal())
	}
	plan, unserved := s.e.table(s.caller.Mode).Plan(route.Request{To: s.to, Channels: s.r.Channels, Segments: segments, Wait: s.r.FallbackAfter})
	if unserved != 0 {
		return fault.Invalid("channels", "no carrier is configured for %s to this number; configure one, or leave %[1]s out", unserved)
	}
	s.plan, s.content = plan, c
	return nil
}

func (s *otpSend) keys() []store.Key {
	keys := make([]store.Key, 0, 4)
	keys = append(keys, store.ContactKey(s.caller.Account, s.contact))
	if s.caller.Mode == id.Test || message.Price(s.plan) > 0 {
		keys = append(keys, store.AccountKey(s.caller.Account))
	}
	return s.idem.keys(s.caller, keys)
}

// decide is the send's transaction.
func (s *otpSend) decide(tx *store.Tx) error {
	s.refused, s.replay, s.sent = nil, nil, OTPSent{}
	var err error
	if s.replay, s.refused, err = s.e.replayed(tx, s.caller, s.idem, s.real); s.replay != nil || s.refused != nil || err != nil {
		return err
	}
	now := s.e.clock(tx, s.caller.Account, s.caller.Mode, s.real)
	ck := store.ContactKey(s.caller.Account, s.contact)
	contact, known := store.Get[store.Contact](tx, ck)
	if !known {
		contact = store.Contact{Account: s.caller.Account, ID: s.contact, Mode: s.caller.Mode}
		contact.Number = s.e.sealNumber(store.TableContact, s.contact[:], s.to)
	}
	if s.caller.Mode == id.Live {
		if r, refused := guard.Sends(contact.Sends, s.e.Limits.SendGaps, s.e.Limits.SendsPerNumber, now); refused {
			s.refused = fault.Limited(r.Limit, r.Name, r.After, "too many codes were sent to this number; wait for the time in Retry-After")
			return nil
		}
	}
	o, err := s.pendingOrNew(tx, contact, now)
	if err != nil {
		return err
	}
	return s.store(tx, contact, o, now)
}

// pendingOrNew finds the OTP that this send repeats, or makes one. An OTP that is replaced is cancelled.
func (s *otpSend) pendingOrNew(tx *store.Tx, contact store.Contact, now time.Time) (store.OTP, error) {
	i := slices.IndexFunc(contact.Pending, func(p store.Pending) bool {
		return p.Template == s.r.Template && now.Before(p.ExpiresAt)
	})
	if i >= 0 {
		p := contact.Pending[i]
		keys := []store.Key{store.OTPKey(s.caller.Account, p.OTP), store.MessageKey(s.caller.Account, p.Message)}
		if !tx.Has(keys[0]) || !tx.Has(keys[1]) {
			return store.OTP{}, store.Need(keys...)
		}
		if o, ok := store.Get[store.OTP](tx, keys[0]); ok && o.Pending(now) && (s.r.only.IsZero() || s.r.only == o.ID) {
			if err := s.e.stop(tx, keys[1], now); err != nil {
				return store.OTP{}, err
			}
			if !s.r.ForceNew {
				o.OTP, _ = otp.Revive(o.OTP)
				return o, nil
			}
			o.OTP, _ = otp.Cancel(o.OTP, now)
			if err := s.e.emitOTP(tx, &o, webhook.OTPCanceled, "canceled", now); err != nil {
				return store.OTP{}, err
			}
			tx.Put(o)
		}
	}
	if !s.r.only.IsZero() {
		return store.OTP{}, fault.Invalid("otp_id", "this OTP has just ended and cannot be sent again; send a new one")
	}
	o := store.OTP{Contact: s.contact, KeyID: s.e.Keys.ID(), Metadata: s.r.Metadata, OTP: otp.OTP{
		ID: s.otpID, Account: s.caller.Account, Mode: s.caller.Mode, Template: s.r.Template, Length: s.r.Length,
		MaxAttempts: otp.MaxAttempts(s.r.Length), Status: otp.Open, CreatedAt: now, ExpiresAt: now.Add(s.r.ExpiresIn).Truncate(time.Second),
	}}
	if s.rules.expiresIn > 0 {
		o.ExpiresAt = now.Add(s.rules.expiresIn)
	}
	if s.rules.attempts > 0 {
		o.MaxAttempts = s.rules.attempts
	}
	o.Number = s.e.sealNumber(store.TableOTP, o.ID[:], s.to)
	return o, nil
}

// stop ends the plan of a message that another one replaces.
func (e *Engine) stop(tx *store.Tx, k store.Key, now time.Time) error {
	m, ok := store.Get[store.Message](tx, k)
	if !ok || m.Over {
		return nil
	}
	_, _, err := e.apply(tx, m, now, message.Event{Kind: message.Stop})
	return err
}

// store writes the message with its first attempt begun, so that a crash from here on leaves a trace.
func (s *otpSend) store(tx *store.Tx, contact store.Contact, o store.OTP, now time.Time) error {
	plan := s.plan
	if !telegramTakes(o.Length) {
		// A resend keeps a long code, whatever length was asked for this time.
		plan = slices.DeleteFunc(slices.Clone(plan), func(s message.Step) bool { return s.Channel == message.Telegram })
		if len(plan) == 0 {
			return errTelegram()
		}
	}
	m := store.Message{Contact: s.contact, From: s.caller.Settings.From, Locale: s.content.locale, Message: message.Message{
		ID: s.msgID, Account: s.caller.Account, Mode: s.caller.Mode, OTP: o.ID, Plan: plan, State: message.Pending,
		Hold: message.Price(plan), Deadline: o.ExpiresAt, CreatedAt: now,
	}}
	if refusal := hold(tx, m.Message, m.Hold, now); refusal != nil {
		// An error, because the pending OTP may have been stopped or cancelled above: it stays as it was.
		return refusal
	}
	m.Number = s.e.sealNumber(store.TableMessage, m.ID[:], s.to)
	if s.owned {
		m.Message, _ = message.Start(m.Message, now, s.e.health.down(s.real))
		m.Owner = s.e.Epoch
	} else {
		m.DueAt = now
	}
	o.Messages = append(slices.Clip(o.Messages), m.ID)
	contact.Sends = guard.Note(contact.Sends, now)
	contact.Pending = note(contact.Pending, store.Pending{Template: s.r.Template, OTP: o.ID, Message: m.ID, ExpiresAt: o.ExpiresAt}, now)
	tx.Insert(m)
	tx.Put(contact)
	s.idem.begin(tx, s.caller, s.e.Epoch, o.ID, id.Message{}, s.real)
	s.sent = OTPSent{OTP: o, Message: m, To: s.to}
	if o.ID == s.otpID {
		tx.Insert(o)
		return nil
	}
	// A resend: the code, and the minutes that the text promises, are those of the first send.
	tx.Put(o)
	c, err := s.e.otpContent(o.OTP, s.to, s.caller.Settings, s.r.Locale)
	s.content = c
	return err
}

// note replaces the template's pending OTP and drops what has expired.
func note(list []store.Pending, p store.Pending, now time.Time) []store.Pending {
	out := make([]store.Pending, 0, len(list)+1)
	for _, old := range list {
		if old.Template != p.Template && now.Before(old.ExpiresAt) {
			out = append(out, old)
		}
	}
	return append(out, p)
}

// stopLast ends the plan of a verification's newest message. The row names it: a resend may have come in since the caller
// last looked.
func (e *Engine) stopLast(tx *store.Tx, o store.OTP, now time.Time) error {
	k := store.MessageKey(o.Account, o.Messages[len(o.Messages)-1])
	if !tx.Has(k) {
		return store.Need(k)
	}
	return e.stop(tx, k, now)
}

// refusal is what the API promises when every carrier refused the number.
func (s OTPSent) refusal() *fault.Fault {
	if s.Message.RefusedNumber() {
		return fault.New(fault.InvalidPhone, "every carrier refused this number; ask the user for another").
			WithField("to").WithReason(string(message.InvalidDestination))
	}
	return nil
}
