package engine

import (
	"context"
	"errors"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/phone"
)

// sandboxRules are what a number of the sandbox's table changes apart from delivery.
type sandboxRules struct {
	expiresIn time.Duration
	attempts  int
}

// sandboxRefusals are the sandbox's numbers to which every send is refused.
var sandboxRefusals = map[phone.Number]func() *fault.Fault{
	"+15005550001": func() *fault.Fault {
		return fault.New(fault.InvalidPhone, "to: no such number can exist (simulated by this sandbox number)").
			WithField("to").WithReason("impossible")
	},
	"+15005550003": func() *fault.Fault {
		return fault.New(fault.InvalidPhone, "to: this country is not allowed (simulated by this sandbox number)").
			WithField("to").WithReason("country_not_allowed")
	},
	"+15005550014": func() *fault.Fault {
		return fault.New(fault.InsufficientCredits, "the account has no credits left (simulated by this sandbox number)")
	},
	"+15005550015": func() *fault.Fault {
		return fault.Limited("5/10m", "sends_per_number", 30*time.Second,
			"too many codes were sent to this number (simulated by this sandbox number); wait as long as Retry-After says")
	},
	"+15005550016": func() *fault.Fault {
		return fault.New(fault.Internal,
			"internal error, simulated by this sandbox number; retry with exponential backoff").
			WithReason("sandbox")
	},
}

var sandboxSpecial = map[phone.Number]sandboxRules{
	"+15005550019": {expiresIn: time.Second},
	"+15005550020": {attempts: 1},
}

// number reads the recipient.
func (e *Engine) number(mode id.Mode, s string) (phone.Number, sandboxRules, error) {
	return recipient(mode, s, e.dispatch.Config.Numbers, e.dispatch.Config.TestNumbers)
}

// Recipient reads the recipient of a send, or returns the fault that a send gets.
func Recipient(mode id.Mode, s string, policy phone.Policy, tests otp.TestNumbers) (phone.Number, error) {
	n, _, err := recipient(mode, s, policy, tests)
	return n, err
}

// recipient is Recipient, with what the number changes. In the sandbox, its table of numbers overrides the numbering plans.
func recipient(mode id.Mode, s string, policy phone.Policy, tests otp.TestNumbers) (phone.Number, sandboxRules, error) {
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
	if n, err := phone.ParseFormat(s); err == nil && mode == id.Live && tests.Has(n) {
		return n, sandboxRules{}, nil // whatever the plans say, because nothing is sent to it
	}

	n, info, err := policy.Parse(s)
	_, unserved := phone.NeverServed(string(n)) // as mobile numbers of satellites, whose type would say nothing
	switch {
	case phone.OfSandbox(n) && mode == id.Live:
		return "", sandboxRules{}, fault.New(fault.InvalidPhone, "to: numbers that begin with %s are the sandbox's; "+
			"use a test key (sk_test_…) with them, or another number with this live key", phone.SandboxRange).
			WithField("to").WithReason("sandbox_number")
	case errors.Is(err, phone.ErrFormat):
		return "", sandboxRules{}, fault.Number("to", err)
	case errors.Is(err, phone.ErrType) && !unserved:
		return "", sandboxRules{}, fault.New(fault.InvalidPhone, "to: %v", err).WithField("to").
			WithReason(info.Type.String())
	case unserved && errors.Is(err, phone.ErrType) || errors.Is(err, phone.ErrNever):
		return "", sandboxRules{}, fault.New(fault.InvalidPhone, "to: %v", err).WithField("to").WithReason("not_served")
	case err != nil:
		return "", sandboxRules{}, fault.New(fault.InvalidPhone, "to: %v", err).WithField("to").WithReason("impossible")
	}

	return n, sandboxRules{}, nil
}

// inSandboxTable reports whether the number is one of +15005550001 to +15005550021.
func inSandboxTable(n phone.Number) bool {
	return n >= "+15005550001" && n <= "+15005550021" && len(n) == 12
}

// advanceFor is how long a request moves a sandbox's clock before it answers, done or not.
const advanceFor = 20 * time.Second

// ClockMove is a change of a sandbox's clock: Reset to real time, or a move By a duration, or first the one and then
// the other.
type ClockMove struct {
	By    time.Duration
	Reset bool
}

// SandboxTime is the answer to a move of the sandbox's clock: its time, how far it is ahead, and whether it has reached
// what it was asked for.
type SandboxTime struct {
	Now    time.Time
	Offset time.Duration
	Done   bool
}

// MoveClock moves the sandbox's clock forward and does everything that becomes due meanwhile, in order and each at its
// time, before it returns; or ends everything pending in the sandbox and sets its clock back to real time. A move that
// takes too long is not Done; moving by 0 continues it.
func (e *Engine) MoveClock(ctx context.Context, c account.Caller, move ClockMove) (SandboxTime, error) {
	switch {
	case c.Mode != id.Test:
		return SandboxTime{}, fault.Invalid("advance",
			"only the sandbox's clock can be moved; use a key that begins with sk_test_")
	case move.By < 0:
		return SandboxTime{}, fault.Invalid("advance",
			"the clock moves forward only; advance must be a duration such as 301s or 5m. "+
				`{"reset": true} sets the clock back to real time`)
	}

	ctx, cancel := context.WithTimeout(ctx, advanceFor)
	defer cancel()
	var at dispatch.SandboxClock
	var err error
	now, of := e.dispatch.Config.Now(), c.Account.String()
	if move.Reset {
		at, err = e.dispatch.ResetClock(ctx, c.Account, noteOfPerson(ctx, c, now, audit.SandboxClockReset, of))
	}
	if err == nil && (!move.Reset || at.Done && move.By > 0) {
		var diff audit.Diff
		diff.Add("by", nil, move.By.String())
		at, err = e.dispatch.MoveClock(ctx, c.Account, move.By,
			noteOfPerson(ctx, c, now, audit.SandboxClockMoved, of, diff...))
	}
	if err != nil {
		return SandboxTime{}, err
	}

	return SandboxTime{Now: e.dispatch.Clock.Now().Add(at.Offset), Offset: at.Offset, Done: at.Done}, nil
}

// MoveClockOnce is MoveClock with an Idempotency-Key: a repeat gets the first answer and moves nothing.
func (e *Engine) MoveClockOnce(ctx context.Context, c account.Caller, move ClockMove,
	idem *idempotency.Request,
) (SandboxTime, *idempotency.Answer, error) {
	return idempotency.Steps(ctx, c, idem, func() (SandboxTime, error) { return e.MoveClock(ctx, c, move) })
}
