package dispatch

import (
	"context"
	"fmt"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/queue"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/work"
)

// job is a message on its way through the rooms of its carriers.
type job struct {
	due   store.Due
	class queue.Class
	done  chan<- store.Message // takes one without waiting; nil when nobody waits
	// ticket is what inFlight gave for the message.
	ticket int64
	swept  bool // how many segments the message has is not known before it is claimed
}

func jobOf(m store.Message, done chan<- store.Message) job {
	j := job{due: store.Due{Key: m.Key()}, class: classOf(m.Purpose), done: done}
	if m.Purpose != message.ForCode {
		j.due.Contact = m.Contact
	}
	return j
}

func classOf(p message.Purpose) queue.Class {
	if p == message.ForCode {
		return queue.Codes
	}
	return queue.Texts
}

// Reserve takes a place for the first step of a new message; nil when none is free, or when others come first. down are
// the carriers that are out of order.
func (d *Dispatcher) Reserve(p message.Purpose, plan []message.Step, down []string) *work.Place {
	first := plan[message.First(plan, down)]
	return d.pool.Try(first.Carrier, classOf(p), first.Segments)
}

// DeliverNow submits a message whose first attempt was begun, over the place that the caller reserved for it, and waits
// SendWait for the outcome. Afterwards the work goes on without the caller.
func (d *Dispatcher) DeliverNow(ctx context.Context, m store.Message, c Content, place *work.Place) store.Message {
	done := make(chan store.Message, 1)
	j := jobOf(m, done)
	j.ticket, _ = d.inFlight.Begin(m.Key())
	// A client that hangs up must not tear a submit in half.
	d.workers.Go(func() { d.deliver(context.WithoutCancel(ctx), j, m, c, place) })

	return d.outcome(m, done)
}

// DeliverInTurn lets a new message that is due wait for a place in its carrier's queue, and waits SendWait for the
// outcome. A message that got none by then stays a row that is due.
func (d *Dispatcher) DeliverInTurn(m store.Message) store.Message {
	done := make(chan store.Message, 1)
	if !d.enqueue(m, jobOf(m, done)) {
		return m
	}

	return d.outcome(m, done)
}

func (d *Dispatcher) outcome(m store.Message, done <-chan store.Message) store.Message {
	t := time.NewTimer(d.Config.SendWait)
	defer t.Stop()
	select {
	case m = <-done:
	case <-t.C:
	}

	return m
}

// enqueue lets a message that is due wait for a place of its next step's carrier. It is false when somebody has it in
// hand, when it waits for nothing, or when the queue is full: then a sweep finds it.
func (d *Dispatcher) enqueue(m store.Message, j job) bool {
	step, ok := m.NextStep(d.Down(d.Config.Now()))
	if !ok {
		return false
	}
	if j.ticket, ok = d.inFlight.Begin(j.due.Key); !ok {
		return false
	}

	if !d.wait(m.Plan[step], j) {
		d.inFlight.End(j.due.Key, j.ticket)
		return false
	}

	return true
}

// wait puts a job that is in flight into the queue of a step's carrier.
func (d *Dispatcher) wait(s message.Step, j job) bool {
	return d.pool.Wait(s.Carrier, work.Job{
		Account: j.due.Key.Account, Class: j.class, Cost: s.Segments,
		Run:  func(p *work.Place) { d.run(context.Background(), j, p) },
		Drop: func() { d.inFlight.End(j.due.Key, j.ticket) },
	})
}

// run claims a message over a place of its carrier, and delivers it.
func (d *Dispatcher) run(ctx context.Context, j job, place *work.Place) {
	unlock, ok := d.holdClock(j, place)
	if !ok {
		place.Release()
		d.inFlight.End(j.due.Key, j.ticket)
		return
	}

	defer unlock()

	failpoint.Hit(failpoint.TextDue)
	m, c, begun, err := d.take(ctx, j.due, message.Timer, nil, place)
	if err != nil {
		d.Config.Log.Warn("a message that is due could not be claimed; it is tried again", "message", j.due.Key.Text(), "error", err)
	}

	if !begun {
		place.Release()
		d.finish(j, m)
		return
	}

	failpoint.Hit(failpoint.TextClaimed)
	if j.swept {
		place.Charge(m.StepOf(m.Current()).Segments - 1)
	}
	d.deliver(ctx, j, m, c, place)
}

// finish tells whoever waits for the message's outcome.
func (d *Dispatcher) finish(j job, m store.Message) {
	d.inFlight.End(j.due.Key, j.ticket)
	if j.done != nil && m.Key() == j.due.Key {
		j.done <- m
	}
}

// deliver submits the message's newest attempt over a place that it gives back, and those that follow at once while
// their carriers have places, until the message waits or is over.
func (d *Dispatcher) deliver(ctx context.Context, j job, m store.Message, c Content, place *work.Place) {
	for {
		next, soon, ok := d.attempt(ctx, m, c, place)
		m = next
		if !ok || !soon {
			break
		}

		if !d.inFlight.Holds(j.due.Key, j.ticket) {
			d.follow(m) // the fallback timer began another job meanwhile
			break
		}

		step, ok := m.NextStep(d.Down(d.Config.Now()))
		if !ok {
			break
		}

		if place = d.pool.Try(m.Plan[step].Carrier, j.class, m.Plan[step].Segments); place == nil {
			if d.wait(m.Plan[step], j) {
				return // the job is the queue's now
			}
			break
		}

		claimed, content, begun, err := d.take(ctx, j.due, message.Timer, nil, place)
		if err != nil || !begun {
			place.Release()
			break
		}
		m, c = claimed, content
	}

	d.finish(j, m)
}

// attempt submits the message's newest attempt and stores the answer; soon says that the next step is due at once. The
// place, which may be nil, is given back when the carrier has answered.
func (d *Dispatcher) attempt(ctx context.Context, m store.Message, c Content, place *work.Place) (next store.Message, soon, ok bool) {
	defer place.Release()
	if !d.Config.Nodes.MaySubmit() {
		// Others may be about to take the message for that of a dead node. If they do not, adopt finds it.
		d.Config.Log.Warn("nothing is submitted while the heartbeat cannot be renewed", "message", m.ID)
		return m, false, false
	}

	i := m.Current()
	failpoint.Hit(failpoint.SubmitDecided)
	r := d.submit(m, i, c)
	place.Release()
	failpoint.Hit(failpoint.SubmitAnswered)

	next, soon, err := d.record(ctx, m, i, r)
	if err != nil {
		// The server is being stopped while the database is out. The row says Submitting, so the next start finds it.
		d.Config.Log.Error("the answer of a carrier could not be stored", "error", err)
		return m, false, false
	}
	failpoint.Hit(failpoint.SubmitStored)

	return next, soon, true
}

// submit calls the carrier of an attempt, and notes how it did.
func (d *Dispatcher) submit(m store.Message, attempt int, c Content) carrier.Result {
	c = c.at(d.Config.Now())
	step := m.StepOf(attempt)
	k := d.carrier(m.Mode, step.Carrier)
	if k == nil {
		// The operator may configure it again while the message is worth sending.
		return carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: message.NotConfigured}
	}

	// The node's lease is renewed while a carrier is waited for. If that fails, others take the message for one whose outcome
	// is unknown, as it is then.
	ctx, cancel := context.WithTimeout(d.workers.Context(), patience(k, step))
	defer cancel()
	defer d.watch(m, attempt)()

	r := d.call(ctx, k, carrier.Message{
		Ref: RefOf(m, attempt), Channel: step.Channel, To: c.To, From: c.From, Body: c.bodyFor(step.Channel), Code: c.Code, Locale: c.Locale, Template: c.approvedFor(step.Channel),
		Step: m.Attempts[attempt].Step, Validity: m.Deadline.Sub(m.Attempts[attempt].At),
	})
	if m.Mode == id.Live && k != d.Config.Nowhere {
		d.Watch.Note(step.Carrier, r)
	}

	return r
}

// call gives a message to a carrier, and takes what it reports with its answer. One that panics has said nothing.
func (d *Dispatcher) call(ctx context.Context, k carrier.Carrier, m carrier.Message) (r carrier.Result) {
	defer func() {
		if p := recover(); p != nil {
			d.Config.Log.Error("a carrier panicked", "carrier", k.Name(), "panic", p)
			r = carrier.Result{Outcome: carrier.Unknown, Reason: message.CarrierError, Cause: "the carrier panicked, which is a bug"}
		}
	}()

	r = k.Send(ctx, m)
	if err := d.takeReports(ctx, k, m, r); err != nil {
		// The database is out: it is tried again, as with a carrier that is busy.
		return carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "not_stored"}
	}

	return r
}

// takeReports takes what a carrier within this process reports with its answer. The sandbox's phone shows what the sandbox
// accepts.
func (d *Dispatcher) takeReports(ctx context.Context, k carrier.Carrier, m carrier.Message, r carrier.Result) error {
	if k == d.Config.Sandbox && r.Outcome == carrier.Accepted {
		if err := d.show(ctx, m); err != nil {
			return err
		}
	}

	for _, receipt := range r.Receipts {
		if _, err := d.Sink.Receipt(ctx, receipt); err != nil {
			return err
		}
	}
	for _, in := range r.Inbound {
		if _, err := d.Sink.Inbound(ctx, in); err != nil {
			return err
		}
	}

	return nil
}

// patience is how long a submit may take.
func patience(k carrier.Carrier, step message.Step) time.Duration {
	if p, ok := k.(carrier.SelfTimed); ok {
		return p.SendTimeout(step.Segments)
	}
	return CarrierTimeout
}

// record stores a carrier's answer. It does not give up until it is told to stop: an answer that is lost would be paid
// twice.
func (d *Dispatcher) record(ctx context.Context, m store.Message, attempt int, r carrier.Result) (next store.Message, soon bool, err error) {
	err = d.workers.Retry("storing a carrier's answer", store.Permanent, func() (err error) {
		if next, soon, err = d.recordOnce(ctx, m, attempt, r); err != nil {
			err = fmt.Errorf("message %s: %w", m.ID, err)
		}
		return err
	})

	return next, soon, err
}

var kinds = map[carrier.Outcome]message.Kind{
	carrier.Accepted: message.AnswerAccepted, carrier.Rejected: message.AnswerRejected, carrier.Retry: message.AnswerRetry, carrier.Unknown: message.AnswerUnknown,
}

// noPlace are the places of whoever holds none.
var noPlace = []string{}

// recordOnce is record's transaction; soon says that the next step is due at once.
func (d *Dispatcher) recordOnce(ctx context.Context, m store.Message, attempt int, r carrier.Result) (out store.Message, soon bool, err error) {
	real := d.Config.Now()
	keys := []store.Key{m.Key()}
	if priced(m.Message) || m.Mode == id.Test {
		keys = append(keys, store.AccountKey(m.Account))
	}

	keys = d.tellKeys(keys, m)
	refs, name := refsOf(m, attempt, r, real), m.StepOf(attempt).Carrier
	for _, ref := range refs {
		keys = append(keys, refKey(name, ref.ID))
	}

	event := answerOf(attempt, r)
	event.Submit, event.Down, event.Places = m.Attempts[attempt].Submits, d.Down(real), noPlace

	err = d.Config.Store.Update(ctx, m.Account, keys, func(tx *store.Tx) error {
		row, ok := store.Get[store.Message](tx, m.Key())
		if !ok {
			return nil
		}

		now := query.Clock(tx, row.Account, row.Mode, real)
		out, _, err = d.Apply(tx, row, now, withOrphans(tx, event, name, refs)...)
		soon = dueAtOnce(out.Message, now)

		return err
	})

	return out, soon, err
}

// dueAtOnce reports whether the next step of a message waits for nothing but a place of its carrier.
func dueAtOnce(m message.Message, now time.Time) bool {
	return !m.Over && m.Owner == 0 && !m.DueAt.IsZero() && !m.DueAt.After(now)
}
