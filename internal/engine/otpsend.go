package engine

import (
	"context"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
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
	// Purpose separates codes: different purposes are different OTPs. It is compared exactly.
	Purpose  string
	Locale   string
	Metadata []byte // a JSON object, nil when there is none
	// FallbackAfter replaces the waits for receipts when it is not zero.
	FallbackAfter time.Duration
	ForceNew      bool
	ClientIP      string // of the end user, for limits; may be empty

	// resendOf is the OTP to send again; a send that would make another one is refused.
	resendOf id.OTP
	// countedBy are the limits that resendOf was counted by.
	countedBy []store.Counted
}

// Check finds the faults of a request that depend on no row; each names its field.
func (r OTPRequest) Check() (errs []error) {
	if !otp.ValidPurpose(r.Purpose) {
		errs = append(errs, fault.Invalid("purpose",
			"purpose must have at most %d printable characters, without a space at "+
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

// Accepted reports whether a carrier accepted the message.
func (s OTPSent) Accepted() bool { return !s.Message.SentAt.IsZero() }

// Channel is the channel of the carrier that accepted it, or of the current attempt.
func (s OTPSent) Channel() message.Channel { return s.Message.ShownStep().Channel }

// SendOTP makes a code, or uses the pending one, and submits it to the first carrier before it returns. When no carrier
// accepted it in time, the message is pending and the dispatcher continues it.
func (e *Engine) SendOTP(ctx context.Context, c account.Caller, r OTPRequest,
	idem *idempotency.Request,
) (OTPSent, *idempotency.Answer, error) {
	s := &otpSend{sending: newSending(e, c, idem), r: r}
	if !r.resendOf.IsZero() {
		s.note = noteOfPerson(ctx, c, s.realNow, audit.VerificationResent, r.resendOf.String())
	}
	if err := s.prepare(ctx); err != nil {
		return OTPSent{}, nil, err
	}
	if done, err := s.carryOut(ctx, message.CodeMessage, s.quotaKeys(), s.decide); !done {
		return OTPSent{}, s.replay, err
	}

	s.e.dispatch.Revoke(s.replaced)
	s.sent.Message = s.message
	if f := rejectedNumber(s.message); f != nil {
		return OTPSent{}, idem.Finish(ctx, c, OTPSent{}, f), f
	}

	return s.sent, idem.Finish(ctx, c, s.sent, nil), nil
}

// otpSend is one send of a code, see prepare and decide.
type otpSend struct {
	sending
	r         OTPRequest
	otpID     id.OTP
	spec      *template.Spec   // nil: the built-in text
	draft     dispatch.Content // of a new code's message
	limits    []keyedLimit
	countedBy []store.Counted
	note      func(*store.Tx) // inserts the audit row of a person who sends a code again; nil for none
	sent      OTPSent         // what decide found
	replaced  store.OTP       // that decide canceled
}

// prepare does everything before the transaction: it checks the request, reads the template, and makes the plan and
// ids.
func (s *otpSend) prepare(ctx context.Context) error {
	if len(s.r.Channels) == 0 {
		return fault.Invalid("channels", "channels is missing; name at least one of whatsapp, sms, telegram, voice")
	}
	number, length := s.recipient(s.r.To), s.chooseLength()
	spec, err := s.e.templateFor(ctx, s.caller, s.r.Template, !s.r.resendOf.IsZero())
	if err = fault.Join(fault.Join(s.r.Check()...), number, length, err); err != nil {
		return err
	}

	s.spec = spec
	if s.r.ExpiresIn == 0 {
		s.r.ExpiresIn = otp.DefaultLife
	}
	s.otpID = id.NewOTP(s.realNow)
	s.findLimits()

	return s.makePlan()
}

// chooseLength sets the length of a new code, and removes Telegram when it does not accept that length.
func (s *otpSend) chooseLength() error {
	if s.r.Length == 0 {
		s.r.Length = otp.DefaultLength
	}
	if s.toTestNumber {
		s.r.Length = len(s.e.dispatch.Config.TestNumbers.Code(s.to).Reveal())
		return nil
	}
	if telegramAccepts(s.r.Length) {
		return nil
	}

	s.r.Channels = slices.DeleteFunc(slices.Clone(s.r.Channels),
		func(c message.Channel) bool { return c == message.Telegram })
	if len(s.r.Channels) == 0 {
		return errTelegram()
	}

	return nil
}

// telegramAccepts reports whether Telegram's gateway accepts codes of the length.
func telegramAccepts(length int) bool { return length >= 4 && length <= 8 }

func errTelegram() error {
	return fault.Invalid("length", "telegram accepts codes of 4 to 8 digits; ask for at most 8, or add another channel")
}

// makePlan makes the text and the plan of a new code.
func (s *otpSend) makePlan() (err error) {
	draft := otp.OTP{
		ID: s.otpID, Account: s.caller.Account, Mode: s.caller.Mode, Template: s.r.Template, Length: s.r.Length,
		CreatedAt: s.realNow, ExpiresAt: s.realNow.Add(s.r.ExpiresIn), TestNumber: s.toTestNumber, Era: s.era,
	}
	s.draft, s.plan, err = s.render(store.OTP{OTP: draft, Metadata: s.r.Metadata}, s.realNow)
	return err
}

// render makes the text of a code and the plan for it: the price of an SMS depends on its text.
func (s *otpSend) render(o store.OTP, now time.Time) (dispatch.Content, []message.Step, error) {
	voice := slices.Contains(s.r.Channels, message.Voice)
	c := s.e.dispatch.OTPContent(o, s.spec, s.to, s.caller.Settings, s.r.Locale, voice, now)
	plan, unserved := s.route(route.Request{
		Channels: s.r.Channels, Text: c.Body, Smart: s.caller.Settings.SmartEncoding, Wait: s.r.FallbackAfter, Code: true,
	})
	if unserved != 0 {
		return c, nil, fault.Invalid("channels",
			"no carrier is configured for %s to this number; configure one, or leave %[1]s out", unserved)
	}

	return c, plan, nil
}

// decide is the send's transaction.
func (s *otpSend) decide(tx *store.Tx) error {
	s.sent, s.replaced = OTPSent{}, store.OTP{}
	now, done, err := s.begin(tx)
	if done || err != nil {
		return err
	}
	if s.caller.Mode == id.Test {
		s.otpID = s.otpID.Ahead(now.Sub(s.realNow))
	}

	contact := s.contactRow(tx)
	if s.caller.Settings.OptOutBlocksOTP {
		if s.refused = optedOut(s.caller.Mode, s.to, contact); s.refused != nil {
			return nil
		}
	}

	contact, settled := contact.CorrectTimes(now, s.era)
	if settled {
		tx.Put(contact) // also when the send is refused
	}
	if s.caller.Mode == id.Live && !s.toTestNumber {
		l := s.e.limits
		if r, refused := guard.Number(contact.Sends, contact.Copies, l.SendGaps, l.SendsPerNumber, now); refused {
			return s.limited(tx, contact, r, now)
		}
	}

	quotas, refused := s.admit(tx, now)
	if refused != nil {
		s.refused = refused
		return nil
	}

	o, err := s.otpToSend(tx, contact, now)
	if err != nil {
		return err
	}

	for _, q := range quotas {
		tx.Put(q)
	}
	if s.note != nil {
		s.note(tx)
	}

	// The row of the contact is read again, because ending the replaced message may have changed it.
	return s.store(tx, s.contactRow(tx), o, now)
}

// otpToSend returns the pending OTP that this send repeats, or a new one. It ends the plan of the pending OTP's newest
// message, and cancels an OTP that the new one replaces.
func (s *otpSend) otpToSend(tx *store.Tx, contact store.Contact, now time.Time) (store.OTP, error) {
	o, ok, err := s.pending(tx, contact, now)
	if err != nil {
		return store.OTP{}, err
	}

	if ok {
		if err := s.e.dispatch.StopLast(tx, o, now); err != nil {
			return store.OTP{}, err
		}
		if !s.r.ForceNew && !s.replaces(o, o.At(now, s.era)) {
			if f := sendsExhausted(o, o.At(now, s.era)); f != nil {
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
		s.replaced = o
	}

	if !s.r.resendOf.IsZero() {
		return store.OTP{}, fault.Invalid("otp_id", "this OTP has just ended and cannot be sent again; send a new one")
	}

	return s.newOTP(now), nil
}

// newOTP makes the row of a new OTP.
func (s *otpSend) newOTP(now time.Time) store.OTP {
	o := store.OTP{Contact: s.contact, KeyID: s.e.keys.ID(), Metadata: s.r.Metadata, Counted: s.countedBy, OTP: otp.OTP{
		ID: s.otpID, Account: s.caller.Account, Mode: s.caller.Mode, Template: s.r.Template, Purpose: s.r.Purpose,
		Length: s.r.Length, MaxAttempts: otp.MaxAttempts(s.r.Length), Status: otp.Open, CreatedAt: now,
		ExpiresAt: now.Add(s.r.ExpiresIn).Truncate(time.Second), Era: s.era, TestNumber: s.toTestNumber,
	}}
	if s.rules.expiresIn > 0 {
		o.ExpiresAt = now.Add(s.rules.expiresIn)
	}
	if s.rules.attempts > 0 {
		o.MaxAttempts = s.rules.attempts
	}
	o.Number = s.e.dispatch.SealNumber(o.Key(), s.to)

	return o
}

// replaces reports whether the pending OTP has to be replaced: the number has become a test number, or is not one any
// more, so the code would be different; or a test number, which has no limits, has been sent to too often.
func (s *otpSend) replaces(o store.OTP, now time.Time) bool {
	return o.TestNumber != s.toTestNumber || s.toTestNumber && s.r.resendOf.IsZero() && sendsExhausted(o, now) != nil
}

// sendsExhausted refuses one more send of an OTP that reached the limit of sends. The OTP stays valid; a new one can be
// created when it has expired, or with force_new.
func sendsExhausted(o store.OTP, now time.Time) *fault.Fault {
	if len(o.Messages) < bound.SendsOfOTP {
		return nil
	}
	f := fault.Limited(bound.LimitResends, "limit_reached", o.ExpiresAt.Sub(now),
		"this OTP was sent %d times, which is the limit; wait until it has expired, or send with force_new",
		bound.SendsOfOTP)
	f.Details.Max, f.Details.OTPID = bound.SendsOfOTP, o.ID.String()

	return f
}

// contentOf is the text and the plan of a new code or of a resend.
func (s *otpSend) contentOf(o store.OTP, now time.Time) (content dispatch.Content, plan []message.Step, err error) {
	content, plan = s.draft, s.plan
	if o.ID != s.otpID {
		// A resend has the code and metadata of the first send, the minutes that are left, and the price of this
		// text.
		if content, plan, err = s.render(o, now); err != nil {
			return content, nil, err
		}
	}

	if !s.toTestNumber && !telegramAccepts(o.Length) {
		// A resend keeps the length of the code, which may be too long for Telegram.
		plan = slices.DeleteFunc(slices.Clone(plan), func(s message.Step) bool { return s.Channel == message.Telegram })
		if len(plan) == 0 {
			return content, nil, errTelegram()
		}
	}

	return content, plan, nil
}

// store writes the message with its first attempt begun, so that it is found after a crash.
func (s *otpSend) store(tx *store.Tx, contact store.Contact, o store.OTP, now time.Time) error {
	content, plan, err := s.contentOf(o, now)
	if err != nil {
		return err
	}

	m := s.newMessage(plan, now)
	m.OTP, m.Deadline, m.From, m.Locale = o.ID, o.ExpiresAt, s.caller.Settings.From, content.Locale
	m.Template, _ = id.ParseTemplate(o.Template) // templateFor has read it
	m.Resend, m.NeverRepeat = o.ID != s.otpID, s.caller.Settings.OnUnknown == "hold"
	if m.Mode == id.Live && !s.toTestNumber {
		m.Counted = now
	}

	m, refusal := s.startMessage(tx, m, now)
	if refusal != nil {
		// An error rolls back: the pending OTP may have been stopped or canceled before.
		return refusal
	}

	o.Messages = append(slices.Clip(o.Messages), m.ID)
	if !s.toTestNumber {
		contact.Sends = guard.Note(contact.Sends, now)
	}
	if m.Mode == id.Live && !s.toTestNumber {
		contact.LastSentVia = message.NoteSentVia(contact.LastSentVia, m.FirstCarrier(), now)
	}

	contact.Pending = notePending(contact.Pending, store.Pending{
		Template: s.r.Template, Purpose: s.r.Purpose, OTP: o.ID, Message: m.ID, ExpiresAt: o.ExpiresAt,
	}, now)
	tx.Put(contact)
	s.idem.Begin(tx, s.caller, o.ID, id.Message{}, s.realNow)
	s.sent, s.content = OTPSent{OTP: o, Message: m, To: s.to}, content
	if o.ID == s.otpID {
		tx.Insert(o)
		return nil
	}
	tx.Put(o)

	return nil
}
