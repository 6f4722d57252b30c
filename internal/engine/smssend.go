package engine

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// textLife is how long a text is tried after its time.
	textLife = 24 * time.Hour
	// MaxSchedule is how far ahead a text can be scheduled.
	MaxSchedule = 30 * 24 * time.Hour
)

// SMSRequest is a send of a text. Zero values are the defaults of the API.
type SMSRequest struct {
	To          string
	Body        string
	From        string
	CallbackURL string
	ScheduledAt time.Time // zero = now
	Metadata    []byte    // a JSON object, nil when there is none
}

// SendSMS sends a text, or schedules it. Like SendOTP it submits to the first carrier before it returns.
func (e *Engine) SendSMS(ctx context.Context, c account.Caller, r SMSRequest,
	idem *idempotency.Request,
) (Message, *idempotency.Answer, error) {
	s := &smsSend{sending: newSending(e, c, idem), r: r}
	s.scheduled = !r.ScheduledAt.IsZero()
	if err := s.prepare(ctx); err != nil {
		return Message{}, nil, err
	}
	if done, err := s.carryOut(ctx, message.TextMessage, nil, s.decide); !done {
		return Message{}, s.replay, err
	}
	if f := rejectedNumber(s.message); f != nil {
		return Message{}, idem.Finish(ctx, c, Message{}, f), f
	}

	out := e.query.Show(s.message, s.to)
	if s.scheduled {
		return out, s.answer, nil
	}

	return out, idem.Finish(ctx, c, out, nil), nil
}

// CheckSMS finds the faults of a request that depend on no row; each names its field. A callback_url is checked like
// the URL of an endpoint.
func (e *Engine) CheckSMS(r SMSRequest) (errs []error) {
	if r.From != "" && !account.ValidSender(r.From) {
		errs = append(errs, fault.Invalid("from", "from %s", account.SenderRule))
	}
	if r.CallbackURL != "" {
		if err := e.checkURL(r.CallbackURL); err != nil {
			errs = append(errs, fault.Invalid("callback_url", "callback_url %v", err))
		}
	}

	return errs
}

// smsSend is one send of a text, see prepare and decide.
type smsSend struct {
	sending
	r      SMSRequest
	answer *idempotency.Answer // of a scheduled text, stored with it
}

func (s *smsSend) prepare(ctx context.Context) error {
	number := s.recipient(s.r.To)
	if err := fault.Join(fault.Join(s.e.CheckSMS(s.r)...), number); err != nil {
		if s.scheduled {
			// The transaction, which checks the time, is not reached.
			for _, f := range s.e.SendFaults(ctx, s.caller, "", s.r.ScheduledAt) {
				err = fault.Join(err, f)
			}
		}
		return err
	}
	if s.r.From == "" {
		s.r.From = s.caller.Settings.From
	}

	text := secret.NewString(s.r.Body)
	plan, unserved := s.route(route.Request{
		Channels: []message.Channel{message.SMS}, Text: text, Smart: s.caller.Settings.SmartEncoding,
	})
	if unserved != 0 {
		return fault.Invalid("to", "no carrier is configured for sms to this number; configure one, or a route for it")
	}

	for i := range plan {
		plan[i].Wait = 0 // what one carrier accepted is never sent over another
	}
	s.plan, s.content = plan, dispatch.Content{To: s.to, From: s.r.From, Body: text}

	return nil
}

// decide is the send's transaction.
func (s *smsSend) decide(tx *store.Tx) error {
	s.answer = nil
	now, done, err := s.begin(tx)
	if done || err != nil {
		return err
	}

	contact := s.contactRow(tx)
	if s.refused = s.faults(contact, now); s.refused != nil {
		return nil
	}

	m := s.newMessage(s.plan, now)
	m.Type, m.From, m.Metadata, m.CallbackURL = message.TextMessage, s.r.From, s.r.Metadata, s.r.CallbackURL
	m.NeverRepeat, m.ScheduledAt, m.Deadline = s.caller.Settings.OnUnknown == "hold", s.r.ScheduledAt, now.Add(textLife)
	if s.scheduled {
		m.Deadline = m.ScheduledAt.Add(textLife)
	}

	m.Body = s.e.keys.Seal([]byte(s.r.Body), m.Key().Location("body"))
	m, refusal := s.startMessage(tx, m, now)
	if refusal != nil {
		return refusal
	}

	if m.Mode == id.Live && !s.toTestNumber {
		contact.LastSentVia = message.NoteSentVia(contact.LastSentVia, m.FirstCarrier(), now)
		tx.Put(contact)
	}

	if s.scheduled {
		s.answer = s.idem.Answer(tx, s.caller, s.realNow, s.e.query.Show(m, s.to), nil)
		return nil
	}
	s.idem.Begin(tx, s.caller, id.OTP{}, m.ID, s.realNow)

	return nil
}

// faults checks the text's time and number.
func (s *smsSend) faults(contact store.Contact, now time.Time) *fault.Fault {
	var list []*fault.Fault
	if s.scheduled {
		if f := checkSchedule(s.r.ScheduledAt, now); f != nil {
			list = append(list, f)
		}
	}
	if f := optedOut(s.caller.Mode, s.to, contact); f != nil {
		list = append(list, f)
	}

	return fault.Collect(list)
}

// checkSchedule refuses a time that is past or too far ahead, by the caller's clock.
func checkSchedule(at, now time.Time) *fault.Fault {
	switch {
	case !at.After(now):
		return fault.Invalid("scheduled_at", "scheduled_at must be in the future; leave it out to send now")
	case at.After(now.Add(MaxSchedule)):
		return fault.Invalid("scheduled_at", "scheduled_at may be at most 30 days ahead")
	}
	return nil
}
