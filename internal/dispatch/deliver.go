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

// job is a message that waits for a carrier, or is being submitted.
type job struct {
	due   store.Due
	class queue.Class
	done  chan<- store.Message // has room for the outcome; nil when no caller waits for it
	// ticket is that of inFlight for the message.
	ticket int64
	swept  bool // found by a sweep: its number of segments is known only after it was claimed
}

func jobOf(m store.Message, done chan<- store.Message) job {
	j := job{due: store.Due{Key: m.Key()}, class: classOf(m.Type), done: done}
	if m.Type != message.CodeMessage {
		j.due.Contact = m.Contact
	}
	return j
}

func classOf(p message.Type) queue.Class {
	if p == message.CodeMessage {
		return queue.Codes
	}
	return queue.Texts
}

// Reserve takes a place for the first step of a new message; nil when none is free, or when other messages come first.
// down are the carriers that are down.
func (d *Dispatcher) Reserve(p message.Type, plan []message.Step, down []string) *work.Place {
	first := plan[message.First(plan, down)]
	return d.pool.Try(first.Carrier, classOf(p), first.Segments)
}

// DeliverNow submits a message whose first attempt was begun, over the place that the caller reserved for it, and waits
// SendWait for the outcome. After that the submit continues without the caller.
func (d *Dispatcher) DeliverNow(ctx context.Context, m store.Message, c Content, place *work.Place) store.Message {
	done := make(chan store.Message, 1)
	j := jobOf(m, done)
	j.ticket, _ = d.inFlight.Begin(m.Key())
	// A client that hangs up must not interrupt a submit.
	d.workers.Go(func() { d.deliver(context.WithoutCancel(ctx), j, m, c, place) })

	return d.awaitOutcome(m, done)
}

// DeliverInTurn lets a new message that is due wait for a place in its carrier's queue, and waits SendWait for the
// outcome. A message that got none by then stays a row that is due.
func (d *Dispatcher) DeliverInTurn(ctx context.Context, m store.Message) store.Message {
	done := make(chan store.Message, 1)
	switch d.queueMessage(m, jobOf(m, done)) {
	case queued:
		return d.awaitOutcome(m, done)
	case queuedBefore: // by a sweep, which saw the row as soon as it was stored
		return d.awaitOther(ctx, m)
	case notQueued:
	}

	return m
}

// awaitOther waits SendWait for a job that another part of the server began, and reads what came of the message.
func (d *Dispatcher) awaitOther(ctx context.Context, m store.Message) store.Message {
	t := time.NewTimer(d.Config.SendWait)
	defer t.Stop()
	select {
	case <-d.inFlight.Ended(m.Key()):
	case <-t.C:
	}

	rows, err := d.Config.Store.Find(context.WithoutCancel(ctx), m.Key())
	if now, found := store.Get[store.Message](rows, m.Key()); err == nil && found {
		return now
	}

	return m
}

func (d *Dispatcher) awaitOutcome(m store.Message, done <-chan store.Message) store.Message {
	t := time.NewTimer(d.Config.SendWait)
	defer t.Stop()
	select {
	case m = <-done:
	case <-t.C:
	}

	return m
}

// queuing is what queueMessage did.
type queuing uint8

const (
	notQueued    queuing = iota // no step remains, or the queue is full; a sweep finds the message
	queued                      // the job is the queue's
	queuedBefore                // the message is in flight by another job
)

// queueMessage puts a message that is due into the queue of its next step's carrier.
func (d *Dispatcher) queueMessage(m store.Message, j job) queuing {
	step, ok := m.NextStep(d.Avoid(m.Plan, d.Config.Now()))
	if !ok {
		return notQueued
	}
	if j.ticket, ok = d.inFlight.Begin(j.due.Key); !ok {
		return queuedBefore
	}

	if !d.wait(m.Plan[step], j) {
		d.inFlight.End(j.due.Key, j.ticket)
		return notQueued
	}

	return queued
}

// wait puts a job that is in flight into the queue of a step's carrier.
func (d *Dispatcher) wait(s message.Step, j job) bool {
	return d.pool.Add(s.Carrier, work.Job{
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
	m, c, begun, err := d.claim(ctx, j.due, message.Timer, nil, place)
	if err != nil {
		d.Config.Log.Warn("a message that is due could not be claimed; it is tried again",
			"message", j.due.Key.Text(), "error", err)
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

// finish ends a job, and passes the outcome to the caller that waits for it.
func (d *Dispatcher) finish(j job, m store.Message) {
	d.inFlight.End(j.due.Key, j.ticket)
	if j.done != nil && m.Key() == j.due.Key {
		j.done <- m
	}
}

// deliver submits the message's newest attempt over a place that it gives back, and then the next steps that are due
// while their carriers have free places, until the message waits or is over.
func (d *Dispatcher) deliver(ctx context.Context, j job, m store.Message, c Content, place *work.Place) {
	for {
		next, soon, ok := d.attempt(ctx, m, c, place)
		m = next
		if !ok || !soon {
			break
		}

		if !d.inFlight.Holds(j.due.Key, j.ticket) {
			d.queueNext(m) // the fallback timer began another job meanwhile
			break
		}

		step, ok := m.NextStep(d.Avoid(m.Plan, d.Config.Now()))
		if !ok {
			break
		}

		if place = d.pool.Try(m.Plan[step].Carrier, j.class, m.Plan[step].Segments); place == nil {
			if d.wait(m.Plan[step], j) {
				return // the job is the queue's now
			}
			break
		}

		claimed, content, begun, err := d.claim(ctx, j.due, message.Timer, nil, place)
		if err != nil || !begun {
			place.Release()
			break
		}
		m, c = claimed, content
	}

	d.finish(j, m)
}

// attempt submits the message's newest attempt and stores the answer; soon says that the next step is due now. The
// place, which may be nil, is given back when the carrier has answered.
func (d *Dispatcher) attempt(
	ctx context.Context, m store.Message, c Content, place *work.Place,
) (next store.Message, soon, ok bool) {
	defer place.Release()
	if !d.Config.Nodes.MaySubmit() {
		// Other nodes may be about to take over the message. If they do not, reclaim finds it.
		d.Config.Log.Warn("message not submitted: this node cannot renew its heartbeat", "message", m.ID)
		return m, false, false
	}

	i := m.Current()
	failpoint.Hit(failpoint.SubmitDecided)
	r := d.submit(m, i, c)
	place.Release()
	failpoint.Hit(failpoint.SubmitAnswered)

	next, soon, err := d.record(ctx, m, i, r)
	if err != nil {
		// The server is being stopped while the database is out. The row says submitting, so the next start reclaims
		// it.
		d.Config.Log.Error("the answer of a carrier could not be stored", "error", err)
		return m, false, false
	}
	failpoint.Hit(failpoint.SubmitStored)

	return next, soon, true
}

// submit calls the carrier of an attempt, and reports the result to the carrier's watch.
func (d *Dispatcher) submit(m store.Message, attempt int, c Content) carrier.Result {
	c = c.at(d.Config.Now())
	step := m.StepOf(attempt)
	k := d.carrier(m.Mode, step.Carrier)
	if k == nil {
		// The operator may configure the carrier again before the message's deadline.
		return carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: message.NotConfigured}
	}

	// The heartbeat is renewed meanwhile. If that fails, other nodes take over the message with an unknown outcome.
	ctx, cancel := context.WithTimeout(d.workers.Context(), sendTimeout(k, step))
	defer cancel()
	defer d.startFallbackTimer(m, attempt)()

	live := m.Mode == id.Live && k != d.Config.TestNumberCarrier
	var began time.Time
	if live {
		began = d.Watch.Begin(step.Carrier)
	}

	r := d.call(ctx, k, carrier.Message{
		Ref: RefOf(m, attempt), Channel: step.Channel, To: c.To, From: c.From, Body: c.bodyFor(step),
		Code: c.Code, Locale: c.Locale, Template: c.approvedFor(step.Channel),
		Step: m.Attempts[attempt].Step, Validity: m.Deadline.Sub(m.Attempts[attempt].At),
	})
	if live {
		d.Watch.Note(step.Carrier, began, r)
	}
	if live && d.Rates != nil {
		d.Rates.Sent(m.Message, attempt, r.Outcome)
	}

	return r
}

// call gives a message to a carrier, and stores what it reports with its answer. After a panic the outcome is unknown.
func (d *Dispatcher) call(ctx context.Context, k carrier.Carrier, m carrier.Message) (r carrier.Result) {
	defer func() {
		if p := recover(); p != nil {
			d.Config.Log.Error("a carrier panicked", "carrier", k.Name(), "panic", p)
			r = carrier.Result{
				Outcome: carrier.Unknown, Reason: message.CarrierError, Cause: "the carrier panicked, which is a bug",
			}
		}
	}()

	r = k.Send(ctx, m)
	if err := d.storeReports(ctx, k, m, r); err != nil {
		// The database is out. The message is tried again, as when a carrier is busy.
		return carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "not_stored"}
	}

	return r
}

// storeReports stores what a carrier within this process reports with its answer. What the sandbox accepts is shown on
// its phone.
func (d *Dispatcher) storeReports(ctx context.Context, k carrier.Carrier, m carrier.Message, r carrier.Result) error {
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

// sendTimeout is how long a submit may take.
func sendTimeout(k carrier.Carrier, step message.Step) time.Duration {
	if p, ok := k.(carrier.SelfTimed); ok {
		return p.SendTimeout(step.Segments)
	}
	return CarrierTimeout
}

// record stores a carrier's answer. It retries until the server stops, because the message of a lost answer would be
// sent and paid for twice.
func (d *Dispatcher) record(
	ctx context.Context, m store.Message, attempt int, r carrier.Result,
) (next store.Message, soon bool, err error) {
	err = d.workers.Retry("storing a carrier's answer", store.Permanent, func() (err error) {
		if next, soon, err = d.recordOnce(ctx, m, attempt, r); err != nil {
			err = fmt.Errorf("message %s: %w", m.ID, err)
		}
		return err
	})

	return next, soon, err
}

var answerKinds = map[carrier.Outcome]message.InputKind{
	carrier.Accepted: message.AnswerAccepted, carrier.Rejected: message.AnswerRejected,
	carrier.Retry: message.AnswerRetry, carrier.Unknown: message.AnswerUnknown,
}

// noPlace is Places of an input whose caller holds no place: nil would mean that it holds one of every carrier.
var noPlace = []string{}

// recordOnce is record's transaction; soon says that the next step is due now.
func (d *Dispatcher) recordOnce(
	ctx context.Context, m store.Message, attempt int, r carrier.Result,
) (out store.Message, soon bool, err error) {
	real := d.Config.Now()
	keys := []store.Key{m.Key()}
	if priced(m.Message) || m.Mode == id.Test {
		keys = append(keys, store.AccountKey(m.Account))
	}

	keys = d.eventKeys(keys, m)
	refs, name := refsOf(m, attempt, r, real), m.StepOf(attempt).Carrier
	for _, ref := range refs {
		keys = append(keys, refKey(name, ref.ID))
	}

	in := d.answerOf(name, attempt, r)
	in.Submit, in.Places = m.Attempts[attempt].Submits, noPlace

	err = d.Config.Store.Update(ctx, m.Account, keys, func(tx *store.Tx) error {
		row, ok := store.Get[store.Message](tx, m.Key())
		if !ok {
			return nil
		}

		now := query.Clock(tx, row.Account, row.Mode, real)
		out, _, err = d.Apply(tx, row, now, withEarlyReceipts(tx, in, name, refs)...)
		soon = dueNow(out.Message, now)

		return err
	})

	return out, soon, err
}

// dueNow reports whether the next step of a message only waits for a place of its carrier.
func dueNow(m message.Message, now time.Time) bool {
	return !m.Over && m.Owner == 0 && !m.DueAt.IsZero() && !m.DueAt.After(now)
}
