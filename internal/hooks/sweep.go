package hooks

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/work"
)

// Timings of the sweep.
const (
	longestSleep  = 10 * time.Second // a sweep although nothing is known to be due
	shortestSleep = 20 * time.Millisecond
	claimRetry    = 200 * time.Millisecond // after rows could not be claimed
	// findEvery is how often targets are looked for that another process made rows wait for, such as a restore's
	// release; findEveryAmongNodes is the same among several nodes.
	findEvery           = 30 * time.Second
	findEveryAmongNodes = 5 * time.Second
)

// Run posts what is due until ctx ends: first what a crash left, then what becomes due.
func (h *Hooks) Run(ctx context.Context) error {
	work.ReclaimAtStart(ctx, h.Log, h.takeOver)

	wait := time.NewTimer(0)
	defer wait.Stop()
	reclaim := time.NewTicker(reclaimEvery)
	defer reclaim.Stop()

	every, nodes := findEvery, (<-chan time.Time)(nil)
	if !h.Nodes.Alone() {
		tick := time.NewTicker(followEvery)
		defer tick.Stop()
		every, nodes = findEveryAmongNodes, tick.C
	}

	find := time.NewTicker(every)
	defer find.Stop()

	for {
		select {
		case <-ctx.Done():
			return nil
		case <-h.wakeup:
		case <-wait.C:
		case <-nodes:
			h.checkNodes(ctx)
		case <-reclaim.C:
			h.reclaimAll(ctx)
		case <-find.C:
			h.findOverdue(ctx)
		}
		wait.Reset(h.Sweep())
	}
}

// Sweep begins what is due, and returns when to sweep again.
func (h *Hooks) Sweep() time.Duration {
	now := h.Now()
	h.mu.Lock()
	defer h.mu.Unlock()

	sleep := longestSleep
	for ref, q := range h.queues {
		h.start(q, now)
		h.claimDue(q, now)

		open := q.breaker.OpenUntil()
		switch {
		case !q.nextDue.IsZero():
			at := q.nextDue
			if open.After(at) {
				at = open
			}
			// What is due and was not claimed now is claimed when a slot is free.
			if at.After(now) {
				sleep = min(sleep, at.Sub(now))
			}
		case q.isIdle(now):
			delete(h.queues, ref)
		}
	}

	return max(sleep, shortestSleep)
}

// isIdle reports whether a queue was not used for a time, and knows nothing that has to be kept.
func (q *targetQueue) isIdle(now time.Time) bool {
	return q.running == 0 && len(q.rows) == 0 && !q.claiming &&
		now.Sub(q.used) > queueIdle && now.After(q.breaker.OpenUntil())
}

// findOverdue finds rows of targets that no node seems to know of.
func (h *Hooks) findOverdue(ctx context.Context) {
	if err := h.findWaiting(ctx, h.overdue); err != nil && ctx.Err() == nil {
		h.Log.Warn("looking for deliveries that wait failed; it is tried again", "error", err)
	}
}

// findWaiting makes a queue for every wanted target that rows wait for.
func (h *Hooks) findWaiting(ctx context.Context, wanted func(store.WaitingTarget) bool) error {
	for after := (store.TargetRef{}); ctx.Err() == nil; {
		var page []store.WaitingTarget
		err := h.Store.View(ctx, func(v store.Reader) (err error) {
			page, err = v.WaitingTargets(after, loadBatch)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}

		for _, w := range page {
			if wanted(w) {
				h.Wake(w.TargetRef, clampDue(w.At, h.Now()))
			}
		}
		after = page[len(page)-1].TargetRef
	}

	return nil
}
