package dispatch

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Reserve takes one of the places for submits under way, if one is free.
func (d *Dispatcher) Reserve() bool {
	select {
	case d.slots <- struct{}{}:
		d.tasks.Add(1)
		return true
	default:
		return false
	}
}

func (d *Dispatcher) Release() {
	d.tasks.Done()
	<-d.slots
}

// DeliverNow works on a message whose first attempt was begun, and waits SendWait for the outcome. Afterwards the work
// goes on without the caller. The caller has reserved the place.
func (d *Dispatcher) DeliverNow(ctx context.Context, m store.Message, c Content) store.Message {
	done := make(chan store.Message, 1)
	// A client that hangs up must not tear a submit in half.
	d.work(task{context.WithoutCancel(ctx), m, c, done})
	t := time.NewTimer(d.SendWait)
	defer t.Stop()
	select {
	case m = <-done:
	case <-t.C:
	}
	return m
}

// task is a message for a worker, which holds a reserved place.
type task struct {
	ctx  context.Context
	m    store.Message
	c    Content
	done chan<- store.Message // takes one without waiting
}

// workerRest is how long a worker waits for another task before it ends.
const workerRest = 5 * time.Second

// work gives the task to a worker that waits, or to a new one. Workers are kept for their stacks: a submit needs a deep
// one, and growing it anew for each message costs more than handing the message over.
func (d *Dispatcher) work(t task) {
	select {
	case d.idle <- t:
	default:
		go d.worker(t)
	}
}

func (d *Dispatcher) worker(t task) {
	rest := time.NewTimer(workerRest)
	defer rest.Stop()
	for {
		t.done <- d.deliver(t.ctx, t.m, t.c)
		d.Release()
		rest.Reset(workerRest)
		select {
		case t = <-d.idle:
		case <-rest.C:
			return
		}
	}
}

// deliver submits the message's newest attempt and those that follow at once, until the message waits or is over.
func (d *Dispatcher) deliver(ctx context.Context, m store.Message, c Content) store.Message {
	k := m.Key()
	d.inWork.begin(k)
	defer d.inWork.end(k)
	for {
		if !d.Nodes.Holds() {
			// Others may be about to take the message for that of a dead node. If they do not, adopt finds it.
			d.Log.Warn("nothing is submitted while the heartbeat cannot be renewed", "message", m.ID)
			return m
		}
		i := m.Current()
		failpoint.Hit(failpoint.SubmitDecided)
		r := d.submit(ctx, m, i, c)
		failpoint.Hit(failpoint.SubmitAnswered)
		next, again, err := d.record(ctx, m, i, r)
		if err != nil {
			// The server is being stopped while the database is out. The row says Submitting, so the next start
			// finds it.
			d.Log.Error("the answer of a carrier could not be stored", "message", m.ID, "error", err)
			return m
		}
		failpoint.Hit(failpoint.SubmitStored)
		m = next
		if !again {
			return m
		}
	}
}

// submit calls the carrier of an attempt. A carrier that panics has said nothing.
func (d *Dispatcher) submit(ctx context.Context, m store.Message, attempt int, c Content) (r carrier.Result) {
	c = c.at(d.Now())
	step := m.StepOf(attempt)
	k := d.carrier(m.Mode, step.Carrier)
	if k == nil {
		return carrier.Result{Outcome: carrier.Rejected, Reason: message.CarrierError, Code: "not configured"}
	}
	defer func() {
		if p := recover(); p != nil {
			d.Log.Error("a carrier panicked", "carrier", step.Carrier, "panic", p)
			r = carrier.Result{Outcome: carrier.Unknown, Reason: message.CarrierError}
		}
	}()
	// Not beyond the time for which nobody else may take the message.
	ctx, cancel := context.WithTimeout(ctx, min(CarrierTimeout, d.Nodes.Left()))
	defer cancel()
	r = k.Send(ctx, carrier.Message{
		Ref: RefOf(m, attempt), Channel: step.Channel, To: c.To, From: c.From, Body: c.bodyFor(step.Channel), Code: c.Code, Locale: c.Locale, Template: c.approvedFor(step.Channel),
		Step: m.Attempts[attempt].Step, Validity: m.Deadline.Sub(m.Attempts[attempt].At),
	})
	if m.Mode == id.Live {
		d.health.note(step.Carrier, r, d.Now())
	}
	return r
}

// storeRetry is the wait before a carrier's answer is stored again after the database refused it.
const storeRetry = 200 * time.Millisecond

// record stores a carrier's answer. It does not give up until it is told to stop: an answer that is lost would be paid
// twice.
func (d *Dispatcher) record(ctx context.Context, m store.Message, attempt int, r carrier.Result) (store.Message, bool, error) {
	for {
		next, again, err := d.recordOnce(ctx, m, attempt, r)
		if err == nil {
			return next, again, nil
		}
		d.Log.Warn("storing a carrier's answer; trying again", "message", m.ID, "error", err)
		select {
		case <-time.After(storeRetry):
		case <-d.stopping:
			return m, false, err
		}
	}
}

var kinds = map[carrier.Outcome]message.Kind{
	carrier.Accepted: message.Took, carrier.Rejected: message.Refusal, carrier.Retry: message.Later, carrier.Unknown: message.NoReply,
}

func (d *Dispatcher) recordOnce(ctx context.Context, m store.Message, attempt int, r carrier.Result) (out store.Message, again bool, err error) {
	real := d.Now()
	keys := []store.Key{m.Key()}
	if priced(m.Message) || m.Mode == id.Test {
		keys = append(keys, store.AccountKey(m.Account))
	}
	if m.Mode == id.Live && r.Outcome != carrier.Accepted {
		keys = append(keys, store.ContactKey(m.Account, m.Contact)) // for noteFallback
	}
	keys = d.tellKeys(keys, m)
	refs := refsOf(m, attempt, r, real)
	for _, ref := range refs {
		keys = append(keys, ref.Key())
	}
	event := message.Event{Kind: kinds[r.Outcome], Attempt: attempt, Parts: len(r.IDs), Reason: r.Reason, Code: r.Code,
		After: r.RetryAfter, Down: d.Down(real)}
	err = d.Store.Update(ctx, m.Account, keys, func(tx *store.Tx) error {
		row, ok := store.Get[store.Message](tx, m.Key())
		if !ok {
			return nil
		}
		// Of a message that another run has taken over, only the truth is still wanted: that the carrier took it.
		if row.Owner != d.Epoch && event.Kind != message.Took {
			out, again = row, false
			return nil
		}
		now := query.Clock(tx, row.Account, row.Mode, real)
		out, again, err = d.Apply(tx, row, now, withOrphans(tx, event, refs)...)
		return err
	})
	return out, again, err
}

// Apply is how every event of a message enters: ask the rule, store the answer, move the money, tell the OTP. again says
// that the newest attempt has to be submitted now.
func (d *Dispatcher) Apply(tx *store.Tx, m store.Message, now time.Time, events ...message.Event) (store.Message, bool, error) {
	before, again := m.Message, false
	var news []became
	for _, event := range events {
		var out message.Effects
		m.Message, out = message.Apply(m.Message, event, now)
		news = becomes(news, out, m.Message, event)
		again = out.Submit || again && !m.Over && m.Current() >= 0 && m.Attempts[m.Current()].Progress == message.Submitting
		if moved(out) {
			if !tx.Has(store.AccountKey(m.Account)) {
				return m, false, store.Need(store.AccountKey(m.Account))
			}
			if err := d.book(tx, m.Message, out, now); err != nil {
				return m, false, err
			}
		}
	}
	if before.State == message.Scheduled && m.State != message.Scheduled {
		if err := unschedule(tx, m); err != nil {
			return m, false, err
		}
	}
	if again {
		m.Owner = d.Epoch
		if err := noteFallback(tx, m, before, now); err != nil {
			return m, false, err
		}
	}
	if err := d.emitMessage(tx, &m, news, now); err != nil {
		return m, false, err
	}
	tx.Put(m)
	count(tx, before, m.Message)
	return m, again, d.tellOTP(tx, m, before, now)
}

// tellOTP notes on the verification that its message failed, or that one thought lost arrived.
func (d *Dispatcher) tellOTP(tx *store.Tx, m store.Message, before message.Message, now time.Time) error {
	failed := m.State == message.Failed && before.State != message.Failed
	revived := before.State == message.Failed && m.State != message.Failed
	if before.Over && before.SentAt.IsZero() && !m.SentAt.IsZero() {
		// The answer was late: the verification's end may have come first, and taken the message for lost.
		revived = true
	}
	if m.OTP.IsZero() || !failed && !revived {
		return nil
	}
	k := store.OTPKey(m.Account, m.OTP)
	if !tx.Has(k) {
		return store.Need(k)
	}
	o, ok := store.Get[store.OTP](tx, k)
	if !ok || o.Messages[len(o.Messages)-1] != m.ID && failed {
		return nil
	}
	change := otp.Fail
	if revived {
		change = otp.Revive
	}
	if next, changed := change(o.OTP); changed {
		o.OTP = next
		if !revived {
			if err := d.EmitOTP(tx, &o, webhook.OTPFailed, "failed", now); err != nil {
				return err
			}
		}
		tx.Put(o)
	}
	return nil
}
