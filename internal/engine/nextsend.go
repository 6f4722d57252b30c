package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
)

// NextSend is what a code meets that is asked for now.
type NextSend struct {
	// Refused is why it is refused; nil when it is accepted.
	Refused *fault.Fault
	// Credits is what it holds, and Carriers those of its plan, in order.
	Credits  int64
	Carriers []string
}

// errTried rolls back the transaction of a send that is only tried.
var errTried = errors.New("the send was only tried")

// trySend decides a send like any other, by the same rules, and rolls it back: nothing is sent, counted or stored. The limits
// by client_ip are left out, because nobody knows the next one.
func (e *Engine) trySend(ctx context.Context, c account.Caller, r OTPRequest) (n NextSend, err error) {
	s := &otpSend{sending: newSending(e, c, nil), r: r}
	s.tried = true
	if err = s.prepare(ctx); err == nil {
		err = e.store.Update(ctx, c.Account, s.keys(s.quotaKeys()), func(tx *store.Tx) error {
			if err := s.decide(tx); err != nil {
				return err
			}
			if s.refused != nil {
				return s.refused
			}
			return errTried
		})
	}
	if ctx.Err() != nil {
		return n, ctx.Err()
	}

	if !errors.Is(err, errTried) {
		n.Refused = fault.From(err)
	}
	n.Credits = message.Price(s.plan)
	for _, step := range s.plan {
		n.Carriers = append(n.Carriers, step.Carrier)
	}

	return n, nil
}

// nextRequest is what is most likely asked for next: a code like the newest one of the number, or else one by SMS.
func (e *Engine) nextRequest(mode id.Mode, to phone.Number, made []query.OTP) OTPRequest {
	if len(made) > 0 {
		r := requestOf(made[len(made)-1])
		r.To = to.E164()
		return r
	}

	r := OTPRequest{To: to.E164(), Channels: []message.Channel{message.SMS}}
	served := RouteQuestion{}.channels(e.dispatch.RouteTable(mode))
	if len(served) > 0 && !slices.Contains(served, message.SMS) {
		r.Channels = served[:1]
	}

	return r
}

// troubles says what is wrong with carriers now, by their names. The sandbox's always works.
func (e *Engine) troubles(ctx context.Context, c account.Caller) (map[string]string, error) {
	if c.Mode == id.Test {
		return nil, nil
	}
	states, err := e.dispatch.CarrierStates(ctx, c.Mode)
	if err != nil {
		return nil, err
	}

	out := map[string]string{}
	for _, s := range states {
		sum := s.Sum()
		because := ""
		if cause := cmp.Or(sum.Problem, sum.Error()); cause != "" {
			because = " (" + cause + ")"
		}
		switch {
		case s.PausedSince != nil:
			out[s.Name] = "is paused by an operator"
		case s.State == string(carrierwatch.Open) || s.State == string(carrierwatch.Failing):
			out[s.Name] = "is failing" + because
		case sum.Sessions > 0 && sum.Bound == 0:
			out[s.Name] = "has no connection" + because
		}
	}

	return out, nil
}

// blocked says what is wrong with carriers when none of them works; empty when one does, or there is none.
func (f NumberFacts) blocked(carriers []string) string {
	var wrong []string
	for _, name := range carriers {
		trouble, is := f.Troubles[name]
		if !is {
			return ""
		}
		if text := name + " " + trouble; !slices.Contains(wrong, text) {
			wrong = append(wrong, text)
		}
	}

	return strings.Join(wrong, ", ")
}

// nextText says in a sentence what a code meets that is asked for now.
func (f NumberFacts) nextText() string {
	n := f.Next
	if n.Refused != nil {
		return "A code that is asked for now is refused: " + n.why() + "."
	}

	text := "A code that is asked for now is accepted"
	if n.Credits > 0 {
		text += fmt.Sprintf(", and costs at most %s", creditsText(n.Credits))
	}
	if blocked := f.blocked(n.Carriers); blocked != "" {
		text += ", but waits, because no carrier of its route works: " + blocked
	}

	return text + "."
}

func creditsText(n int64) string {
	if n == 1 {
		return "1 credit"
	}
	return fmt.Sprintf("%d credits", n)
}

// why is the reason of the refusal, as a clause.
func (n NextSend) why() string {
	f := n.Refused
	reason, after := f.Details.Reason, ""
	if f.Code == fault.RateLimitExceeded {
		after = "; it is allowed again in " + span(f.RetryAfter)
	}
	rate, badRate := guard.ParseRate(f.Details.Limit)

	switch {
	case reason == reasonOptedOut:
		return "the number has opted out, and the account's settings refuse codes to such numbers"
	case reason == guard.SendGaps:
		return "it is too soon after the last one" + after
	case reason == guard.SendsPerNumber && badRate == nil:
		codes := "1 code"
		if rate.N != 1 {
			codes = fmt.Sprintf("%d codes", rate.N)
		}
		return fmt.Sprintf("a number gets at most %s in %s, and repeated submits count too%s", codes, span(rate.Per), after)
	case f.Code == fault.InsufficientCredits && reason != dispatch.SpendCap && n.Credits > 0:
		return fmt.Sprintf("it can cost %s, which the account does not have", creditsText(n.Credits))
	}
	text, _, _ := strings.Cut(strings.TrimPrefix(f.Message, "to: "), "; ") // what follows tells the application what to do

	return text + after
}

// advice is what to do about the refusal.
func (n NextSend) advice() string {
	switch f := n.Refused; {
	case f.Details.Reason == reasonOptedOut:
		return "If the user wants messages again, remove the opt-out."
	case f.Details.Reason == dispatch.SpendCap:
		return "Wait until the cap allows more, or raise it in the settings."
	case f.Code == fault.InsufficientCredits:
		return "Add credits to the account."
	case f.Code == fault.RateLimitExceeded:
		return "Wait until the limit allows another code."
	case f.Code == fault.InvalidPhone:
		return "Ask the user for another number, of a mobile phone."
	case f.Details.Field == "channels":
		return "Ask for a channel that has a carrier, or let an operator configure one."
	default:
		return "Correct what the reason names, and ask for a code again."
	}
}

// Causes of what stops a code now.
const (
	CauseOptOut   = "opt_out"
	CauseCredits  = "credits"
	CauseCap      = "cap"
	CauseCarriers = "carriers"
)

// cause names what stops a code now; empty when nothing does, or it is none of the causes.
func (f NumberFacts) cause() string {
	switch r := f.Next.Refused; {
	case r == nil && (f.blocked(f.Next.Carriers) != "" || f.blocked(f.waitingFor()) != ""):
		return CauseCarriers
	case r == nil:
		return ""
	case r.Details.Reason == reasonOptedOut:
		return CauseOptOut
	case r.Details.Reason == dispatch.SpendCap:
		return CauseCap
	case r.Code == fault.InsufficientCredits:
		return CauseCredits
	case r.Details.Field == "channels":
		return CauseCarriers
	}
	return ""
}

// passes reports whether the refusal ends by itself within minutes, as the pause between two codes does.
func (n NextSend) passes() bool { return n.Refused.Code == fault.RateLimitExceeded }

// span writes a duration as people do: "30 s", "1 min 30 s", "2 h".
func span(d time.Duration) string {
	d = max(time.Second, d.Round(time.Second))
	var parts []string
	for _, u := range []struct {
		of   time.Duration
		name string
	}{{time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := d / u.of; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, u.name))
			d -= n * u.of
		}
	}

	return strings.Join(parts, " ")
}
