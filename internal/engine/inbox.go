package engine

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/store"
)

// InboxText is one text in the sandbox's inbox.
type InboxText struct {
	// ID is the text's place in the inbox.
	ID      id.Message
	To      phone.Number
	Channel message.Channel
	Body    string
	At      time.Time
	Message id.Message
	// OTP is the verification whose code the text has; zero for any other text.
	OTP id.OTP
	// State is that of the message now; 0 when the message has been removed.
	State message.State
}

// inboxOf is the contact of a number in the inbox; zero for an empty text, which is every number.
func (e *Engine) inboxOf(c account.Caller, to string) (contact store.ContactID, err error) {
	if c.Mode != id.Test {
		return contact, fault.Invalid("Authorization", "the inbox is the sandbox's; use a key that begins with sk_test_")
	}
	if to == "" {
		return contact, nil
	}

	n, err := phone.ParseFormat(to)
	if err != nil {
		return contact, fault.Number("to", err)
	}

	return e.query.Contact(id.Test, n), nil
}

// Inbox lists the texts in the sandbox's inbox to a number, newest first, before the given one; an empty number is every
// one, and the zero id begins at the newest.
func (e *Engine) Inbox(ctx context.Context, c account.Caller, to string, before id.Message,
	limit int,
) ([]InboxText, error) {
	contact, err := e.inboxOf(c, to)
	if err != nil {
		return nil, err
	}

	out := []InboxText{}
	err = e.store.View(ctx, func(v store.Reader) error {
		list, err := v.Inbox(c.Account, contact, before, limit)
		if err != nil {
			return err
		}

		var keys []store.Key
		for _, i := range list {
			keys = append(keys, store.MessageKey(c.Account, i.Message))
		}
		messages, err := v.Load(keys...)
		if err != nil {
			return err
		}

		for n, i := range list {
			text, err := e.inboxText(i)
			if err != nil {
				return err
			}
			if m, ok := store.Get[store.Message](messages, keys[n]); ok {
				text.OTP, text.State = m.OTP, m.State
			}
			out = append(out, text)
		}

		return nil
	})

	return out, err
}

// inboxText opens a row of the inbox.
func (e *Engine) inboxText(i store.Inbox) (InboxText, error) {
	to, err := e.query.Number(i.Key(), i.Number)
	if err != nil {
		return InboxText{}, err
	}

	body, err := e.keys.Open(i.Body, i.Key().Location("body"))
	if err != nil {
		return InboxText{}, err
	}

	return InboxText{ID: i.ID, To: to, Channel: i.Channel, Body: string(body), At: i.At, Message: i.Message}, nil
}

// clearBatch is how many texts of the inbox one transaction removes.
const clearBatch = 500

// ClearInbox empties the sandbox's inbox for a number, or for all when it is empty, and returns how many texts it
// removed. Codes and messages stay.
func (e *Engine) ClearInbox(ctx context.Context, c account.Caller, to string) (cleared int, err error) {
	contact, err := e.inboxOf(c, to)
	if err != nil {
		return 0, err
	}

	note := noteOfPerson(ctx, c, e.dispatch.Config.Now(), audit.SandboxInboxCleared, c.Account.String())
	for {
		var keys []store.Key
		err := e.store.View(ctx, func(v store.Reader) error {
			list, err := v.Inbox(c.Account, contact, id.Message{}, clearBatch)
			for _, i := range list {
				keys = append(keys, i.Key())
			}
			return err
		})
		if err != nil || len(keys) == 0 {
			return cleared, err
		}

		removed := 0
		err = e.store.Update(ctx, c.Account, keys, func(tx *store.Tx) error {
			removed = 0
			for _, k := range keys {
				if _, ok := store.GetSound[store.Inbox](tx, k); ok {
					removed++
				}
				tx.Delete(k)
			}
			if removed > 0 && cleared == 0 { // the first transaction has the row of all
				note(tx)
			}
			return nil
		})
		if err != nil {
			return cleared, err
		}

		if cleared += removed; len(keys) < clearBatch {
			return cleared, nil
		}
	}
}

// Outcome is what a message of the sandbox is said to have come to.
type Outcome struct {
	Status carrier.Status
	// Reason is why it failed; empty = it was unreachable.
	Reason message.Reason
}

// ForceOutcome gives a message of the sandbox a receipt, as if its carrier had sent it, with everything that a receipt
// begins: events, refunds, the next channel. It is an error when the message cannot come to that any more.
func (e *Engine) ForceOutcome(ctx context.Context, c account.Caller, m id.Message, want Outcome,
	idem *idempotency.Request,
) (Message, *idempotency.Answer, error) {
	if c.Mode != id.Test {
		return Message{}, nil, fault.Invalid("Authorization",
			"only messages of the sandbox can be given an outcome; use a key that begins with sk_test_")
	}
	return idempotency.Steps(ctx, c, idem, func() (Message, error) { return e.forceOutcome(ctx, c, m, want) })
}

func (e *Engine) forceOutcome(ctx context.Context, c account.Caller, m id.Message, want Outcome) (Message, error) {
	found, err := e.query.GetMessage(ctx, c, m)
	if err != nil {
		return Message{}, err
	}

	attempt := found.Shown()
	if attempt < 0 {
		return Message{}, fault.Invalid("status",
			"this message is %s and was not submitted yet, so nothing can be reported of it", found.State).
			WithReason("not_submitted")
	}

	r := carrier.Receipt{Carrier: e.dispatch.Config.Sandbox.Name(), Ref: dispatch.RefOf(found.Message, attempt), Status: want.Status}
	if want.Status == carrier.Failed {
		r.Reason, r.CarrierCode = want.Reason, "sandbox"
		if r.Reason == "" {
			r.Reason = message.Unreachable
		}
	}
	if _, err := e.dispatch.Receipt(ctx, r); err != nil {
		return Message{}, err
	}

	found, err = e.query.GetMessage(ctx, c, m)
	if err != nil {
		return Message{}, err
	}
	if !cameTo(found.Attempts[attempt], want.Status) {
		return Message{}, fault.Invalid("status",
			"this message is %s, which cannot change any more; to choose an outcome, send to +15005550010, which reports "+
				"nothing", found.State).WithReason("final")
	}

	return found, nil
}

// cameTo reports whether an attempt is what a receipt of this status makes it.
func cameTo(a message.Attempt, s carrier.Status) bool {
	switch s {
	case carrier.Delivered:
		return a.Progress == message.AttemptDelivered
	case carrier.Read:
		return a.Progress == message.AttemptRead
	default:
		return a.Progress == message.AttemptRejected && a.Closed
	}
}
