package engine

import (
	"context"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
	"github.com/syssecure/syssecure/internal/webhook"
)

// OTPRequest is a send of a one-time password. Zero values are the defaults of the API.
type OTPRequest struct {
	To        string
	Channels  []message.Channel
	ExpiresIn time.Duration
	Length    int
	Template  string
	// Purpose keeps codes apart: those of different purposes are different OTPs. It is compared as it is written.
	Purpose  string
	Locale   string
	Metadata []byte // a JSON object, nil when there is none
	// FallbackAfter replaces the waits for receipts when it is not zero.
	FallbackAfter time.Duration
	ForceNew      bool
	ClientIP      string // of the end user, for limits; may be empty

	// only is the OTP that has to be sent again; a send that would make another one is refused.
	only id.OTP
	// counted are the limits that it was counted by.
	counted []store.Counted
}

// Check finds what is wrong with a request by itself; each error is a fault that names its field.
func (r OTPRequest) Check() (errs []error) {
	if !otp.ValidPurpose(r.Purpose) {
		errs = append(errs, fault.Invalid("purpose", "purpose must have at most %d printable characters, without a space at "+
			"either end; write \"purpose\": \"login\"", otp.MaxPurpose))
	}
	if r.ClientIP != "" {
		if _, err := guard.Address(r.ClientIP); err != nil {
			errs = append(errs, fault.Invalid("client_ip", "%v", err))
		}
	}

	return errs
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
func (s OTPSent) Channel() message.Channel { return s.Message.ShownStep().Channel }

// SendOTP makes a code, or takes the pending one, and calls the first carrier before it returns. It answers with a
// pending message when no carrier took it in time; the loops go on with it.
func (e *Engine) SendOTP(ctx context.Context, c account.Caller, r OTPRequest, idem *idempotency.Request) (OTPSent, *idempotency.Answer, error) {
	s := &otpSend{sending: newSending(e, c, idem), r: r}
	if err := s.prepare(ctx); err != nil {
		return OTPSent{}, nil, err
	}
	if done, err := s.carryOut(ctx, message.ForCode, s.quotaKeys(), s.decide); !done {
		return OTPSent{}, s.replay, err
	}

	s.sent.Message = s.message
	if f := refusal(s.message); f != nil {
		return OTPSent{}, idem.Finish(ctx, c, OTPSent{}, f), f
	}

	return s.sent, idem.Finish(ctx, c, s.sent, nil), nil
}

// otpSend is one send on its way through prepare and decide.
type otpSend struct {
	sending
	r       OTPRequest
	otpID   id.OTP
	spec    *template.Spec   // nil: the built-in text
	draft   dispatch.Content // what a new code's message says
	counted []counted
	noted   []store.Counted
	sent    OTPSent // what decide found
}

// prepare does all that needs no row but the template's: it refuses what can be refused, makes the plan and fixes ids.
func (s *otpSend) prepare(ctx context.Context) error {
	if len(s.r.Channels) == 0 {
		return fault.Invalid("channels", "channels is missing; name at least one of whatsapp, sms, telegram, voice")
	}
	number, length := s.recipient(s.r.To), s.length()
	spec, err := s.e.templateFor(ctx, s.caller, s.r.Template, !s.r.only.IsZero())
	if err = fault.Join(fault.Join(s.r.Check()...), number, length, err); err != nil {
		return err
	}

	s.spec = spec
	if s.r.ExpiresIn == 0 {
		s.r.ExpiresIn = otp.DefaultLife
	}
	s.otpID = id.NewOTP(s.real)
	s.findLimits()

	return s.makePlan()
}

// length fixes the length of a new code, and leaves out a channel that does not take it.
func (s *otpSend) length() error {
	if s.r.Length == 0 {
		s.r.Length = otp.DefaultLength
	}
	if s.test {
		s.r.Length = len(s.e.dispatch.Config.TestNumbers.Code(s.to).Reveal())
		return nil
	}
	if telegramTakes(s.r.Length) {
		return nil
	}

	s.r.Channels = slices.DeleteFunc(slices.Clone(s.r.Channels), func(c message.Channel) bool { return c == message.Telegram })
	if len(s.r.Channels) == 0 {
		return errTelegram()
	}

	return nil
}

// telegramTakes reports whether Telegram's gateway takes codes of the length.
func telegramTakes(length int) bool { return length >= 4 && length <= 8 }

func errTelegram() error {
	return fault.Invalid("length", "telegram takes codes of 4 to 8 digits; ask for at most 8, or add another channel")
}

// makePlan chooses the steps of a new code.
func (s *otpSend) makePlan() (err error) {
	draft := otp.OTP{
		ID: s.otpID, Account: s.caller.Account, Mode: s.caller.Mode, Template: s.r.Template, Length: s.r.Length,
		CreatedAt: s.real, ExpiresAt: s.real.Add(s.r.ExpiresIn), TestNumber: s.test, Era: s.era,
	}
	s.draft, s.plan, err = s.say(store.OTP{OTP: draft, Metadata: s.r.Metadata}, s.real)
	return err
}

// say makes the text of a code and the plan for it: the price of an SMS depends on its text, so the text is rendered for
// a code of the length.
func (s *otpSend) say(o store.OTP, now time.Time) (dispatch.Content, []message.Step, error) {
	c := s.e.dispatch.OTPContent(o, s.spec, s.to, s.caller.Settings, s.r.Locale, slices.Contains(s.r.Channels, message.Voice), now)
	plan, unserved := s.route(route.Request{To: s.to, Channels: s.r.Channels, Text: c.Body, Wait: s.r.FallbackAfter})
	if unserved != 0 {
		return c, nil, fault.Invalid("channels", "no carrier is configured for %s to this number; configure one, or leave %[1]s out", unserved)
	}
	return c, plan, nil
}

// decide is the send's transaction.
func (s *otpSend) decide(tx *store.Tx) error {
	s.sent = OTPSent{}
	now, over, err := s.begin(tx)
	if over || err != nil {
		return err
	}
	if s.caller.Mode == id.Test {
		s.otpID = s.otpID.Ahead(now.Sub(s.real))
	}

	contact := s.contactRow(tx)
	if s.caller.Settings.OptOutBlocksOTP {
		if s.refused = optedOut(s.caller.Mode, s.to, contact); s.refused != nil {
			return nil
		}
	}

	contact, settled := contact.Settle(now, s.era)
	if settled {
		tx.Put(contact) // also when the send is refused
	}
	if s.caller.Mode == id.Live && !s.test {
		if r, refused := guard.Number(contact.Sends, contact.Copies, s.e.limits.SendGaps, s.e.limits.SendsPerNumber, now); refused {
			return s.limited(tx, contact, r, now)
		}
	}

	quotas, refused := s.admit(tx, now)
	if refused != nil {
		s.refused = refused
		return nil
	}

	o, err := s.pendingOrNew(tx, contact, now)
	if err != nil {
		return err
	}

	for _, q := range quotas {
		tx.Put(q)
	}

	// What was known of the number may have changed with the message that this one replaces.
	return s.store(tx, s.contactRow(tx), o, now)
}

// pendingOrNew finds the OTP that this send repeats, or makes one. An OTP that is replaced is cancelled.
func (s *otpSend) pendingOrNew(tx *store.Tx, contact store.Contact, now time.Time) (store.OTP, error) {
	o, ok, err := s.pending(tx, contact, now)
	if err != nil {
		return store.OTP{}, err
	}

	if ok {
		if err := s.e.dispatch.StopLast(tx, o, now); err != nil {
			return store.OTP{}, err
		}
		if !s.r.ForceNew && !s.replaces(o, o.At(now, s.era)) {
			if f := tooOften(o, o.At(now, s.era)); f != nil {
				return store.OTP{}, f
			}
			o.OTP, _ = otp.Revive(o.OTP)
			return o, nil
		}
		o.OTP, _ = otp.Cancel(o.OTP, now)
		if err := s.e.dispatch.EnqueueOTP(tx, &o, webhook.OTPCanceled, "canceled", now); err != nil {
			return store.OTP{}, err
		}
		tx.Put(o)
	}

	if !s.r.only.IsZero() {
		return store.OTP{}, fault.Invalid("otp_id", "this OTP has just ended and cannot be sent again; send a new one")
	}

	o = store.OTP{Contact: s.contact, KeyID: s.e.keys.ID(), Metadata: s.r.Metadata, Counted: s.noted, OTP: otp.OTP{
		ID: s.otpID, Account: s.caller.Account, Mode: s.caller.Mode, Template: s.r.Template, Purpose: s.r.Purpose, Length: s.r.Length,
		MaxAttempts: otp.MaxAttempts(s.r.Length), Status: otp.Open, CreatedAt: now, ExpiresAt: now.Add(s.r.ExpiresIn).Truncate(time.Second), Era: s.era,
		TestNumber: s.test,
	}}
	if s.rules.expiresIn > 0 {
		o.ExpiresAt = now.Add(s.rules.expiresIn)
	}
	if s.rules.attempts > 0 {
		o.MaxAttempts = s.rules.attempts
	}
	o.Number = s.e.dispatch.SealNumber(o.Key(), s.to)

	return o, nil
}

// replaces reports whether the pending OTP cannot be sent again: the number has become a test number, or is none any more,
// so the code would be another. A test number meets no limit, so it gets a new OTP in place of one that was sent too often.
func (s *otpSend) replaces(o store.OTP, now time.Time) bool {
	return o.TestNumber != s.test || s.test && s.r.only.IsZero() && tooOften(o, now) != nil
}

// tooOften refuses one more send of an OTP that was sent as often as one may be. It lives on, so a new one has to wait for
// its end, or to be asked for.
func tooOften(o store.OTP, now time.Time) *fault.Fault {
	if len(o.Messages) < bound.SendsOfOTP {
		return nil
	}
	f := fault.Limited(bound.LimitResends, "limit_reached", o.ExpiresAt.Sub(now),
		"this OTP was sent %d times, which is the most; wait until it has expired, or send with force_new", bound.SendsOfOTP)
	f.Details.Max, f.Details.OTPID = bound.SendsOfOTP, o.ID.String()

	return f
}

// store writes the message with its first attempt begun, so that a crash from here on leaves a trace.
func (s *otpSend) store(tx *store.Tx, contact store.Contact, o store.OTP, now time.Time) error {
	plan, said := s.plan, s.draft
	if o.ID != s.otpID {
		// A resend: the code and the metadata are those of the first send, the minutes those that are left, and the
		// price is that of this text.
		var err error
		if said, plan, err = s.say(o, now); err != nil {
			return err
		}
	}

	if !s.test && !telegramTakes(o.Length) {
		// A resend keeps a long code, whatever length was asked for this time.
		plan = slices.DeleteFunc(slices.Clone(plan), func(s message.Step) bool { return s.Channel == message.Telegram })
		if len(plan) == 0 {
			return errTelegram()
		}
	}

	m := s.newMessage(plan, now)
	m.OTP, m.Deadline, m.From, m.Locale = o.ID, o.ExpiresAt, s.caller.Settings.From, said.Locale
	m.Again, m.HoldUnknown = o.ID != s.otpID, s.caller.Settings.OnUnknown == "hold"
	if m.Mode == id.Live && !s.test {
		m.Counted = now
	}

	m, refusal := s.startMessage(tx, m, now)
	if refusal != nil {
		// An error, because the pending OTP may have been stopped or cancelled above: it stays as it was.
		return refusal
	}

	o.Messages = append(slices.Clip(o.Messages), m.ID)
	if !s.test {
		contact.Sends = guard.Note(contact.Sends, now)
	}
	if m.Mode == id.Live && !s.test {
		contact.LastSentVia = message.NoteSentVia(contact.LastSentVia, m.FirstCarrier(), now)
	}

	contact.Pending = notePending(contact.Pending, store.Pending{Template: s.r.Template, Purpose: s.r.Purpose, OTP: o.ID, Message: m.ID, ExpiresAt: o.ExpiresAt}, now)
	tx.Put(contact)
	s.idem.Begin(tx, s.caller, o.ID, id.Message{}, s.real)
	s.sent, s.content = OTPSent{OTP: o, Message: m, To: s.to}, said
	if o.ID == s.otpID {
		tx.Insert(o)
		return nil
	}
	tx.Put(o)

	return nil
}
