package engine

import (
	"context"
	"errors"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/store"
)

// sandboxRules are what a number of the sandbox's table changes besides delivery.
type sandboxRules struct {
	expiresIn time.Duration
	attempts  int
	optedOut  bool
}

// sandboxRefusals are the numbers that are refused at once.
var sandboxRefusals = map[phone.Number]func() *fault.Fault{
	"+15005550001": func() *fault.Fault {
		return fault.New(fault.InvalidPhone, "to: no such number can exist (the sandbox's impossible number)").WithField("to").WithReason("impossible")
	},
	"+15005550003": func() *fault.Fault {
		return fault.New(fault.InvalidPhone, "to: this country is not allowed (the sandbox's forbidden country)").WithField("to").WithReason("country_not_allowed")
	},
	"+15005550014": func() *fault.Fault {
		return fault.New(fault.InsufficientCredits, "the account has no credits left (the sandbox's number for it)")
	},
	"+15005550015": func() *fault.Fault {
		return fault.Limited("5/10m", "sends_per_number", 30*time.Second, "too many codes were sent to this number (the sandbox's number for it); wait for the time in Retry-After")
	},
	"+15005550016": func() *fault.Fault {
		return fault.New(fault.Internal, "something went wrong here (the sandbox's number for it); retry with exponential backoff").WithReason("sandbox")
	},
}

var sandboxSpecial = map[phone.Number]sandboxRules{
	"+15005550004": {optedOut: true},
	"+15005550019": {expiresIn: time.Second},
	"+15005550020": {attempts: 1},
}

// number reads the recipient. In the sandbox the numbers of its table come before the numbering plans.
func (e *Engine) number(mode id.Mode, s string) (phone.Number, sandboxRules, error) {
	if mode == id.Test {
		if n, err := phone.ParseFormat(s); err == nil {
			if refuse := sandboxRefusals[n]; refuse != nil {
				return "", sandboxRules{}, refuse()
			}
			if inSandboxTable(n) {
				return n, sandboxSpecial[n], nil
			}
		}
	}
	n, info, err := phone.Parse(s)
	switch {
	case errors.Is(err, phone.ErrFormat):
		return "", sandboxRules{}, fault.Number("to", err)
	case errors.Is(err, phone.ErrType):
		return "", sandboxRules{}, fault.New(fault.InvalidPhone, "to: %v", err).WithField("to").WithReason(info.Type.String())
	case err != nil:
		return "", sandboxRules{}, fault.New(fault.InvalidPhone, "to: %v", err).WithField("to").WithReason("impossible")
	}
	return n, sandboxRules{}, nil
}

// inSandboxTable reports whether the number is one of +15005550001 to +15005550020.
func inSandboxTable(n phone.Number) bool {
	return n >= "+15005550001" && n <= "+15005550020" && len(n) == 12
}

// InboxText is one text on the sandbox's phone.
type InboxText struct {
	To      phone.Number
	Channel message.Channel
	Body    string
	At      time.Time
}

// Inbox lists what the sandbox's phones show, newest first; an empty number is every one.
func (e *Engine) Inbox(ctx context.Context, c account.Caller, to string, limit int) ([]InboxText, error) {
	if c.Mode != id.Test {
		return nil, fault.Invalid("Authorization", "the inbox is the sandbox's; use a key that begins with sk_test_")
	}
	var contact store.ContactID
	if to != "" {
		n, err := phone.ParseFormat(to)
		if err != nil {
			return nil, fault.Number("to", err)
		}
		contact = e.Contact(id.Test, n)
	}
	out := []InboxText{}
	err := e.Store.View(ctx, func(v store.Reader) error {
		list, err := v.Inbox(c.Account, contact, limit)
		if err != nil {
			return err
		}
		for _, i := range list {
			to, err := e.Query.Number(store.TableInbox, i.ID[:], i.Number)
			if err != nil {
				return err
			}
			body, err := e.Keys.Open(i.Body, store.TableInbox.String(), "body", i.ID[:])
			if err != nil {
				return err
			}
			out = append(out, InboxText{To: to, Channel: i.Channel, Body: string(body), At: i.At})
		}
		return nil
	})
	return out, err
}

// maxAdvance bounds one step of the sandbox's clock.
const maxAdvance = 31 * 24 * time.Hour

// Advance moves the sandbox's clock forward and carries out everything that falls due on the way, in order and each at
// its own time, before it returns. It answers the sandbox's new time and how far it is ahead.
func (e *Engine) Advance(ctx context.Context, c account.Caller, by time.Duration) (now time.Time, offset time.Duration, err error) {
	if c.Mode != id.Test {
		return now, 0, fault.Invalid("advance", "only the sandbox's clock can be moved; use a key that begins with sk_test_")
	}
	if by <= 0 || by > maxAdvance {
		return now, 0, fault.Invalid("advance", "advance must be a duration above 0 and at most 744h, such as 301s or 5m")
	}
	if offset, err = e.MoveClock(ctx, c.Account, by); err != nil {
		return now, 0, err
	}
	return e.Now().Add(offset), offset, nil
}

// SandboxTime is the answer to a step of the sandbox's clock: its time, and how far it is ahead.
type SandboxTime struct {
	Now    time.Time
	Offset time.Duration
}

// AdvanceOnce is Advance with an Idempotency-Key: a repeat gets the first answer and moves nothing.
func (e *Engine) AdvanceOnce(ctx context.Context, c account.Caller, by time.Duration, idem *Idempotent) (SandboxTime, *Answer, error) {
	return Steps(ctx, e, c, idem, func() (out SandboxTime, err error) {
		out.Now, out.Offset, err = e.Advance(ctx, c, by)
		return out, err
	})
}
