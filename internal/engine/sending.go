package engine

import (
	"context"
	"errors"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/work"
)

// sending is what sends of codes and of texts have in common.
type sending struct {
	e            *Engine
	caller       account.Caller
	idem         *idempotency.Request
	realNow      time.Time
	era          clock.Era
	to           phone.Number
	area         phone.Area
	contact      store.ContactID
	sealed       []byte // the number for a contact that is new
	rules        sandboxRules
	toTestNumber bool // of a live key
	msgID        id.Message
	plan         []message.Step
	content      dispatch.Content
	scheduled    bool
	// tried is set for a send that is only tried: it takes no turn of a route that learns from its messages.
	tried bool
	// down are the carriers that are down; place is a place of the first step's carrier, nil when none was
	// free.
	down  []string
	place *work.Place

	// set by the transaction
	refused *fault.Fault
	replay  *idempotency.Answer
	message store.Message
	begun   bool // the message's first attempt has begun
}

// newSending begins a send now.
func newSending(e *Engine, c account.Caller, idem *idempotency.Request) sending {
	r := e.dispatch.Clock.Read()
	return sending{e: e, caller: c, idem: idem, realNow: r.Now, era: r.Era}
}

// recipient reads the number and sets what depends on it.
func (s *sending) recipient(to string) (err error) {
	if s.to, s.rules, err = s.e.number(s.caller.Mode, to); err != nil {
		return err
	}
	s.toTestNumber = s.caller.Mode == id.Live && s.e.dispatch.Config.TestNumbers.Has(s.to)
	s.msgID, s.contact, s.area = id.NewMessage(s.realNow), s.e.query.Contact(s.caller.Mode, s.to), phone.Locate(s.to)
	return nil
}

// route makes the plan; unserved is a channel that no carrier serves. A second plan for the same request has the order of
// the first.
func (s *sending) route(r route.Request) (plan []message.Step, unserved message.Channel) {
	r.To, r.Country, r.Like = s.to, s.area.Country, s.plan
	switch {
	case s.toTestNumber:
		return s.e.testNumberRoutes.Plan(r)
	case s.tried:
		return s.e.dispatch.RouteTable(s.caller.Mode).Plan(r)
	}
	return s.e.dispatch.Plan(s.caller.Mode, r)
}

// keys are the keys of the send's rows; more are those of its kind.
func (s *sending) keys(more []store.Key) []store.Key {
	keys := make([]store.Key, 0, 4+len(more))
	keys = append(append(keys, more...), store.ContactKey(s.caller.Account, s.contact))
	if s.caller.Mode == id.Test || message.Price(s.plan) > 0 {
		keys = append(keys, store.AccountKey(s.caller.Account))
	}
	if s.counts() {
		keys = append(keys, store.CountsKey(s.caller.Account, s.caller.Mode))
	}

	return s.idem.Keys(s.caller, keys)
}

// carryOut runs the send's transaction and gives the message to its first carrier, or into that carrier's queue. It
// returns false when the send ended with a stored answer or an error.
func (s *sending) carryOut(
	ctx context.Context, t message.Type, more []store.Key, decide func(*store.Tx) error,
) (bool, error) {
	s.down = s.e.dispatch.Avoid(s.plan, s.realNow)
	if !s.scheduled {
		s.place = s.e.dispatch.Reserve(t, s.plan, s.down)
	}

	err := s.e.store.Update(ctx, s.caller.Account, s.keys(more), decide)
	if err != nil || s.refused != nil || s.replay != nil {
		s.place.Release()
		if s.refused != nil && err == nil {
			err = s.refused
		}
		s.resetFutureCaps(ctx, err)
		return false, err
	}

	switch {
	case s.begun:
		s.message = s.e.dispatch.DeliverNow(ctx, s.message, s.content, s.place)
	case !s.scheduled:
		s.place.Release()
		s.message = s.e.dispatch.DeliverInTurn(ctx, s.message)
	}

	return true, nil
}

// resetFutureCaps corrects spend caps that were written by a clock that was ahead, when they refuse a send. A refused
// send stores nothing, so otherwise the hour of the future would count as the current one each time.
func (s *sending) resetFutureCaps(ctx context.Context, refusal error) {
	if f := (*fault.Fault)(nil); !errors.As(refusal, &f) || f.Details.Reason != dispatch.SpendCap {
		return
	}
	k := store.AccountKey(s.caller.Account)
	rows, err := s.e.store.Find(ctx, k)
	if a, _ := store.Get[store.Account](rows, k); err == nil {
		if _, ahead := a.Watch.Settle(s.realNow); !ahead {
			return
		}
		err = s.e.store.Update(ctx, s.caller.Account, []store.Key{k}, func(tx *store.Tx) error {
			a, found := store.Get[store.Account](tx, k)
			if watch, ahead := a.Watch.Settle(s.realNow); found && ahead {
				a.Watch = watch
				tx.Put(a)
			}
			return nil
		})
	}
	if err != nil {
		s.e.log.Warn("spend caps were written by a clock that was ahead and could not be corrected; the next send tries again",
			"account", s.caller.Account, "error", err)
	}
}

// begin starts the transaction: done is set when the answer to an earlier request with the key answers this one.
func (s *sending) begin(tx *store.Tx) (now time.Time, done bool, err error) {
	s.message, s.begun = store.Message{}, false
	if s.replay, s.refused, err = s.idem.Replayed(tx, s.caller, s.realNow); s.replay != nil || s.refused != nil ||
		err != nil {
		return now, true, err
	}

	now = query.Clock(tx, s.caller.Account, s.caller.Mode, s.realNow)
	if s.caller.Mode == id.Test {
		s.msgID = s.msgID.Ahead(now.Sub(s.realNow))
	}

	return now, false, nil
}

// contactRow is the number's row, or a new one.
func (s *sending) contactRow(tx *store.Tx) store.Contact {
	c, known := store.Get[store.Contact](tx, store.ContactKey(s.caller.Account, s.contact))
	if !known {
		c = store.Contact{Account: s.caller.Account, ID: s.contact, Mode: s.caller.Mode}
		if s.sealed == nil {
			s.sealed = s.e.dispatch.SealNumber(c.Key(), s.to)
		}
		c.Number = s.sealed
	}

	return c
}

func (s *sending) newMessage(plan []message.Step, now time.Time) store.Message {
	return store.Message{Contact: s.contact, Era: s.era, Request: s.caller.Request, Message: message.Message{
		ID: s.msgID, Account: s.caller.Account, Mode: s.caller.Mode, Plan: plan, State: message.Pending,
		Hold: message.Price(plan), CreatedAt: now, Country: s.area.Country, Prefix: s.area.Prefix,
	}}
}

// startMessage holds the price and writes the message. Unless it is scheduled, its first attempt begins here, so that
// it is found after a crash.
func (s *sending) startMessage(tx *store.Tx, m store.Message, now time.Time) (store.Message, *fault.Fault) {
	if refusal := s.count(tx); refusal != nil {
		return m, refusal
	}
	if refusal := s.e.dispatch.Hold(tx, m.Message, m.Hold, now); refusal != nil {
		return m, refusal
	}
	if m.Mode == id.Test {
		m.SandboxAt = s.realNow
	}

	m.Number = s.e.dispatch.SealNumber(m.Key(), s.to)
	switch {
	case s.scheduled:
		m.State, m.DueAt = message.Scheduled, m.ScheduledAt
	case s.place != nil && s.place.Name() == m.Plan[message.First(m.Plan, s.down)].Carrier:
		m.Message, _ = message.Start(m.Message, now, s.down)
		m.Owner, s.begun = s.e.dispatch.Config.Epoch, true
	default:
		m.DueAt = now
	}
	tx.Insert(m)
	s.message = m

	return m, nil
}

// counts reports whether the message counts in a bound of the account.
func (s *sending) counts() bool { return s.scheduled || s.caller.Mode == id.Test }

// count counts the message in the account's bounds, or refuses it.
func (s *sending) count(tx *store.Tx) *fault.Fault {
	if !s.counts() {
		return nil
	}

	c := store.CountsOf(tx, s.caller.Account, s.caller.Mode)
	var within bool
	if s.caller.Mode == id.Test {
		if c.Counts, within = c.AddSandbox(s.realNow); !within {
			return fault.Full(bound.LimitSandboxMessages, bound.SandboxMessages,
				"the sandbox of an account is limited to %d messages in 7 days; older ones are removed automatically",
				bound.SandboxMessages)
		}
	}

	if s.scheduled {
		limit := s.e.limits.Scheduled
		if c.Counts, within = c.AddScheduled(limit); !within {
			return fault.Full(bound.LimitScheduled, limit,
				"%d messages are scheduled, which is the limit; wait until some "+
					"are sent, or cancel some. The server's operator sets this limit", limit).WithField("scheduled_at")
		}
	}
	tx.Put(c)

	return nil
}

// rejectedNumber is the fault when every carrier rejected the number; nil otherwise.
func rejectedNumber(m store.Message) *fault.Fault {
	if m.NumberRejected() {
		return fault.New(fault.InvalidPhone, "every carrier rejected this number; ask the user for another").
			WithField("to").WithReason(string(message.InvalidDestination))
	}
	return nil
}

// sandboxOptedOut is the sandbox's number that is always opted out.
const sandboxOptedOut phone.Number = "+15005550004"

// reasonOptedOut is the reason of a fault because of an opt-out.
const reasonOptedOut = "opted_out"

// optedOut refuses a send to a number that opted out. It is for texts, and for codes only if the account's settings say
// so, because their user asked for them.
func optedOut(mode id.Mode, to phone.Number, c store.Contact) *fault.Fault {
	if c.OptOut.At.IsZero() && (mode != id.Test || to != sandboxOptedOut) {
		return nil
	}
	return fault.New(fault.InvalidPhone,
		"this number opted out; its user can reply START, or you can remove it from the "+
			"list with DELETE /v2/opt-outs/{number}").WithField("to").WithReason(reasonOptedOut)
}
