package hooks

import (
	"context"
	"errors"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Bounds of what is in memory. Above them deliveries wait as rows.
const (
	maxBegun   = 4096 // attempts under way
	maxQueued  = 16384
	laneQueued = 1024
	laneAhead  = 4 // so many times what may be under way is asked for at most
	laneRest   = 10 * time.Minute
)

// lane is what this node knows of a target.
type lane struct {
	ref     store.TargetRef
	breaker webhook.Breaker
	queue   []outbox.Outgoing // this node's, waiting for their turn
	under   int               // attempts under way
	mode    id.Mode           // of what goes to the target, which belongs to one
	// blocked: it waits for a place, see places.
	blocked bool
	// next is when the first row that waits is due, as far as is known; zero = none is known.
	next   time.Time
	asking bool // rows are being claimed
	// claimed are the rows that were taken off the waiting ones, by one server in memory alone, see claimRows.
	claimed map[id.Event]struct{}
	used    time.Time
	// failures are those since the endpoint's row was stored.
	failures int
	stored   time.Time
}

// lane finds or makes a target's. The caller holds mu.
func (h *Hooks) lane(ref store.TargetRef, now time.Time) *lane {
	l := h.lanes[ref]
	if l == nil {
		l = &lane{ref: ref, claimed: map[id.Event]struct{}{}}
		h.lanes[ref] = l
	}
	l.used = now
	return l
}

// Free implements outbox.Targets.
func (h *Hooks) Free(ref store.TargetRef) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closing || h.queued >= maxQueued {
		return false
	}
	l := h.lanes[ref]
	return l == nil || l.breaker.Open().IsZero() && len(l.queue) < laneQueued
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
		l := h.lane(refOf(o.Delivery), now)
		h.inFlight.Begin(o.Delivery.Key())
		l.queue = append(l.queue, o)
		h.queued++
		h.start(l, now)
	}
}

func refOf(d store.Delivery) store.TargetRef {
	return store.TargetRef{Account: d.Account, Target: d.Target}
}

// place is whose places the lane's attempts take.
func (l *lane) place() place { return place{l.ref.Account, l.mode} }

// start begins what the lane may begin. The caller holds mu.
func (h *Hooks) start(l *lane, now time.Time) {
	for len(l.queue) > 0 && l.under < l.breaker.Limit(now) && !h.closing {
		o := l.queue[0]
		l.mode = o.Delivery.Mode
		if h.begun >= maxBegun || !h.places.free(l.place(), l.under) {
			h.places.queue(l)
			break
		}

		h.places.take(l.place())
		l.queue[0] = outbox.Outgoing{}
		l.queue = l.queue[1:]
		l.under++
		h.queued--
		h.begun++
		l.breaker = l.breaker.Begin()
		h.workers.Go(func() { h.attempt(l, o) })
	}

	if len(l.queue) == 0 {
		l.queue = nil
	} else if !l.breaker.Open().IsZero() && l.under == 0 {
		h.park(l)
	}
}

// park gives what is queued for a target that is left alone back to the database: as rows that wait they use up no
// attempt, and no memory. The caller holds mu.
func (h *Hooks) park(l *lane) {
	if h.closing {
		return
	}
	rows := l.queue
	l.queue = nil
	h.queued -= len(rows)
	keys := l.owned(rows, h.Epoch)
	if len(keys) == 0 {
		return
	}

	for _, k := range keys {
		h.inFlight.LetGo(k)
	}

	h.workers.Go(func() { h.release(keys, h.Epoch) })
}

// owned are the rows that say that this node works on them. The others wait in the database as they always did, and need
// only be forgotten here.
func (l *lane) owned(rows []outbox.Outgoing, epoch int64) (keys []store.Key) {
	for _, o := range rows {
		delete(l.claimed, o.Delivery.Event)
		if o.Delivery.Owner == epoch {
			keys = append(keys, o.Delivery.Key())
			continue
		}
		if l.next.IsZero() || o.Delivery.DueAt.Before(l.next) {
			l.next = o.Delivery.DueAt
		}
	}

	return keys
}

// release makes rows of an owner wait again, due at once, and wakes their target. It goes on until it succeeds: what it
// cannot store is released by the next start.
func (h *Hooks) release(keys []store.Key, owner int64) {
	now := h.Now()
	for len(keys) > 0 {
		some := keys[:min(len(keys), 100)]
		keys = keys[len(some):]
		h.insist("releasing deliveries", func() error {
			return h.Store.Update(context.Background(), some[0].Account, some, func(tx *store.Tx) error {
				for _, k := range some {
					row, ok := store.GetSound[store.Delivery](tx, k)
					if !ok || row.Owner != owner {
						continue
					}
					row.Owner, row.DueAt = 0, now
					tx.Put(row)
					tx.After(func() { h.Wake(refOf(row), now) })
				}

				return nil
			})
		})
	}
}

// insist repeats a store until it succeeds or the server gives up.
func (h *Hooks) insist(what string, fn func() error) {
	if err := h.workers.Retry(what, store.Permanent, fn); errors.Is(err, store.ErrDamaged) {
		h.Log.Error(what+" is given up", "error", err)
	}
}

// longestWait is above the longest wait of a delivery for its next attempt.
const longestWait = 36 * time.Hour

// soon is when a delivery is due: one that is due later than any waits was written by a clock that was ahead, and is due now.
func soon(due, now time.Time) time.Time {
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
	l := h.lane(ref, now)
	if l.next.IsZero() || due.Before(l.next) {
		l.next = due
	}
	h.ask(l, now)
	h.nudge()
}

// nudge makes the sweep look when the next row is due.
func (h *Hooks) nudge() {
	select {
	case h.poke <- struct{}{}:
	default:
	}
}

// ask claims rows of a lane that are due, when it has places for them. The caller holds mu.
func (h *Hooks) ask(l *lane, now time.Time) {
	n := h.room(l, now)
	if n <= 0 || l.asking || l.next.IsZero() || l.next.After(now) || h.closing || h.asleep(l.ref) {
		return
	}

	l.asking, l.next = true, time.Time{}
	h.workers.Go(func() { h.claim(l, n) })
}

// room is how many rows the lane can take. A lane at work has the next ones ready before its places are empty, and takes
// many at once: each look passes over those that are under way. Of a target that is probed it takes one.
func (h *Hooks) room(l *lane, now time.Time) int {
	limit, busy := l.breaker.Limit(now), l.under+len(l.queue)
	if limit > 1 {
		limit *= laneAhead
	}
	if busy > limit/2 {
		return 0
	}

	most := maxQueued - h.queued
	if !h.Nodes.Alone() {
		most = min(most, loadBatch) // they are written down as ours, and would wait until we are fenced
	}

	return min(limit-busy, most)
}

// asleep reports whether the target is an endpoint that is disabled: its rows wait until it is enabled again.
func (h *Hooks) asleep(ref store.TargetRef) bool {
	n, ok := h.find(ref)
	return ok && !n.Enabled
}

// finished notes how an attempt ended, and lets the next begin.
func (h *Hooks) finished(l *lane, a webhook.Answer) {
	now := h.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	l.under--
	h.places.giveBack(l.place())
	l.used = now
	l.breaker = l.breaker.Done(a, now)
	h.startNext(now)
	h.start(l, now)
	h.ask(l, now)
	if !l.breaker.Open().IsZero() {
		h.nudge()
	}
}

// stored notes that the end of attempts is stored.
func (h *Hooks) stored(list ...ended) {
	now := h.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.begun -= len(list)
	for _, e := range list {
		delete(e.l.claimed, e.d.Event)
		h.inFlight.LetGo(e.d.Key())
		h.start(e.l, now)
		h.ask(e.l, now)
	}
	h.startNext(now)
}

// wellAgain forgets the bad health of an endpoint that was changed or enabled, and looks at what waits for it.
func (h *Hooks) wellAgain(w webhook.Endpoint) {
	ref := store.TargetRef{Account: w.Account, Target: webhook.Target(w.ID)}
	now := h.Now()
	h.mu.Lock()
	l := h.lane(ref, now)
	l.breaker, l.failures = webhook.Breaker{}, 0
	h.mu.Unlock()
	h.Wake(ref, now)
}

func endpointRef(a id.Account, w id.Webhook) store.TargetRef {
	return store.TargetRef{Account: a, Target: webhook.Target(w)}
}
