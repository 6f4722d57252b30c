package hooks

import (
	"errors"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Bounds of what is in memory. Above them deliveries wait as rows.
const (
	maxStarted   = 4096 // attempts under way
	maxQueued    = 16384
	maxPerTarget = 1024
	claimAhead   = 4 // how many times the attempts that may be under way are claimed at most
	queueIdle    = 10 * time.Minute
)

// targetQueue is what this node knows of a target.
type targetQueue struct {
	ref     store.TargetRef
	breaker webhook.Breaker
	rows    []outbox.Outgoing // this node's deliveries that wait for an attempt
	running int               // attempts under way
	mode    id.Mode           // of all deliveries to the target
	// waiting: it waits for a slot, see slots.
	waiting bool
	// nextDue is when the first row that waits in the database is due, as far as is known; zero = none is known.
	nextDue  time.Time
	claiming bool
	// claimed are the rows that a server without other nodes claimed in memory alone, see claimRows.
	claimed map[id.Event]struct{}
	used    time.Time
	// failures are those since the endpoint's row was stored.
	failures int
	stored   time.Time
}

// queue finds or makes the queue of a target. The caller holds mu.
func (h *Hooks) queue(ref store.TargetRef, now time.Time) *targetQueue {
	q := h.queues[ref]
	if q == nil {
		q = &targetQueue{ref: ref, claimed: map[id.Event]struct{}{}}
		h.queues[ref] = q
	}
	q.used = now

	return q
}

// Free implements outbox.Targets.
func (h *Hooks) Free(ref store.TargetRef) bool {
	h.mu.Lock()
	defer h.mu.Unlock()

	if h.closing || h.queued >= maxQueued {
		return false
	}

	q := h.queues[ref]
	return q == nil || q.breaker.OpenUntil().IsZero() && len(q.rows) < maxPerTarget
}

// Take implements outbox.Targets.
func (h *Hooks) Take(out []outbox.Outgoing) {
	if len(out) == 0 {
		return
	}

	now := h.Now()
	h.mu.Lock()
	defer h.mu.Unlock()

	for _, o := range out {
		q := h.queue(refOf(o.Delivery), now)
		h.inFlight.Begin(o.Delivery.Key())
		q.rows = append(q.rows, o)
		h.queued++
		h.start(q, now)
	}
}

func refOf(d store.Delivery) store.TargetRef {
	return store.TargetRef{Account: d.Account, Target: d.Target}
}

func endpointRef(a id.Account, w id.Webhook) store.TargetRef {
	return store.TargetRef{Account: a, Target: webhook.Target(w)}
}

// owner is the account and mode whose slots the queue's attempts take.
func (q *targetQueue) owner() accountMode { return accountMode{q.ref.Account, q.mode} }

// start begins the attempts that the queue may begin. The caller holds mu.
func (h *Hooks) start(q *targetQueue, now time.Time) {
	for len(q.rows) > 0 && q.running < q.breaker.Limit(now) && !h.closing {
		o := q.rows[0]
		q.mode = o.Delivery.Mode
		if h.started >= maxStarted || !h.slots.free(q.owner(), q.running) {
			h.slots.wait(q)
			break
		}

		h.slots.take(q.owner())
		q.rows[0] = outbox.Outgoing{}
		q.rows = q.rows[1:]
		q.running++
		h.queued--
		h.started++
		q.breaker = q.breaker.Begin()
		h.workers.Go(func() { h.attempt(q, o) })
	}

	if len(q.rows) == 0 {
		q.rows = nil
	} else if !q.breaker.OpenUntil().IsZero() && q.running == 0 {
		h.unload(q)
	}
}

// unload gives what is queued for a target whose breaker is open back to the database: as rows that wait they use up no
// attempt, and no memory. The caller holds mu.
func (h *Hooks) unload(q *targetQueue) {
	if h.closing {
		return
	}

	rows := q.rows
	q.rows = nil
	h.queued -= len(rows)
	keys := q.unclaim(rows, h.Epoch)
	if len(keys) == 0 {
		return
	}

	for _, k := range keys {
		h.inFlight.Forget(k)
	}

	h.workers.Go(func() { h.release(keys, h.Epoch) })
}

// unclaim forgets rows, and returns those that this node owns in the database. The others were claimed in memory alone
// and still wait there.
func (q *targetQueue) unclaim(rows []outbox.Outgoing, epoch int64) (owned []store.Key) {
	for _, o := range rows {
		delete(q.claimed, o.Delivery.Event)
		if o.Delivery.Owner == epoch {
			owned = append(owned, o.Delivery.Key())
		} else {
			q.due(o.Delivery.DueAt)
		}
	}

	return owned
}

// due notes that a row that waits in the database is due at a time.
func (q *targetQueue) due(at time.Time) {
	if q.nextDue.IsZero() || at.Before(q.nextDue) {
		q.nextDue = at
	}
}

// retry repeats a change of the store until it succeeds or the server ends.
func (h *Hooks) retry(what string, fn func() error) {
	if err := h.workers.Retry(what, store.Permanent, fn); errors.Is(err, store.ErrDamaged) {
		h.Log.Error("giving up on a damaged row", "task", what, "error", err)
	}
}

// longestWait is above the longest wait of a delivery for its next attempt.
const longestWait = 36 * time.Hour

// clampDue is when a delivery is due: a time later than any wait was written by a clock that was ahead, and means now.
func clampDue(due, now time.Time) time.Time {
	if due.After(now.Add(longestWait)) {
		return now
	}
	return due
}

// Wake implements outbox.Targets.
func (h *Hooks) Wake(ref store.TargetRef, due time.Time) {
	now := h.Now()
	h.mu.Lock()
	defer h.mu.Unlock()

	q := h.queue(ref, now)
	q.due(due)
	h.claimDue(q, now)
	h.wakeSweep()
}

// wakeSweep makes the sweep find out when the next row is due.
func (h *Hooks) wakeSweep() {
	select {
	case h.wakeup <- struct{}{}:
	default:
	}
}

// isDisabled reports whether the target is an endpoint that is disabled: its rows wait until it is enabled again.
func (h *Hooks) isDisabled(ref store.TargetRef) bool {
	n, ok := h.find(ref)
	return ok && !n.Enabled
}

// attemptEnded notes the response of an attempt, and lets the next begin.
func (h *Hooks) attemptEnded(q *targetQueue, r webhook.Response) {
	now := h.Now()
	h.mu.Lock()
	defer h.mu.Unlock()

	q.running--
	h.slots.giveBack(q.owner())
	q.used = now
	q.breaker = q.breaker.Done(r, now)

	h.startWaiting(now)
	h.start(q, now)
	h.claimDue(q, now)
	if !q.breaker.OpenUntil().IsZero() {
		h.wakeSweep()
	}
}

// attemptCanceled gives the slot of an attempt back that made no request.
func (h *Hooks) attemptCanceled(q *targetQueue) {
	now := h.Now()
	h.mu.Lock()
	defer h.mu.Unlock()

	q.running--
	h.slots.giveBack(q.owner())
	q.breaker = q.breaker.Cancel()

	h.startWaiting(now)
	h.start(q, now)
}

// outcomesStored notes that the outcomes of attempts are stored.
func (h *Hooks) outcomesStored(list ...outcome) {
	now := h.Now()
	h.mu.Lock()
	defer h.mu.Unlock()

	h.started -= len(list)
	for _, o := range list {
		delete(o.queue.claimed, o.delivery.Event)
		h.inFlight.Forget(o.delivery.Key())
		h.start(o.queue, now)
		h.claimDue(o.queue, now)
	}

	h.startWaiting(now)
}

// resetHealth forgets the failures of an endpoint that was changed or enabled, and looks for what waits for it.
func (h *Hooks) resetHealth(w webhook.Endpoint) {
	ref := endpointRef(w.Account, w.ID)
	now := h.Now()
	h.mu.Lock()
	q := h.queue(ref, now)
	q.breaker, q.failures = webhook.Breaker{}, 0
	h.mu.Unlock()

	h.Wake(ref, now)
}
