package hooks

import (
	"context"
	"maps"
	"time"

	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
	"github.com/syssecure/syssecure/internal/work"
)

// Timings of the sweep.
const (
	longestSleep  = 10 * time.Second // a look although nothing is known to be due
	shortestSleep = 20 * time.Millisecond
	claimRetry    = 200 * time.Millisecond // after rows could not be claimed
	// seedEvery is how often targets are looked for that another process made rows wait for, such as a restore's release;
	// lateEvery is the same among several nodes.
	seedEvery = 30 * time.Second
	lateEvery = 5 * time.Second
)

// Run posts what is due until ctx ends: first what a crash left, then whatever falls due.
func (h *Hooks) Run(ctx context.Context) error {
	work.TakeOver(ctx, h.Log, h.takeOver)
	wait := time.NewTimer(0)
	defer wait.Stop()
	adopt := time.NewTicker(adoptEvery)
	defer adopt.Stop()
	lookEvery, others := seedEvery, (<-chan time.Time)(nil)
	if !h.Nodes.Alone() {
		tick := time.NewTicker(followEvery)
		defer tick.Stop()
		lookEvery, others = lateEvery, tick.C
	}

	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-h.poke:
		case <-wait.C:
		case <-others:
			h.lookAtOthers(ctx)
		case <-adopt.C:
			h.adoptAgain(ctx)
		case <-look.C:
			if err := h.seed(ctx, h.late); err != nil && ctx.Err() == nil {
				h.Log.Warn("looking for deliveries that wait failed; it is tried again", "error", err)
			}
		}
		wait.Reset(h.Sweep())
	}
}

// Sweep begins what is due, and says when to look again.
func (h *Hooks) Sweep() time.Duration {
	now := h.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	sleep := longestSleep
	for ref, l := range h.lanes {
		h.start(l, now)
		h.ask(l, now)
		open := l.breaker.Open()
		switch {
		case !l.next.IsZero():
			at := l.next
			if open.After(at) {
				at = open
			}
			// What is due and was not asked for now is asked for when a place is free.
			if at.After(now) {
				sleep = min(sleep, at.Sub(now))
			}
		case l.under == 0 && len(l.queue) == 0 && !l.asking && now.Sub(l.used) > laneRest && now.After(open):
			delete(h.lanes, ref)
		}
	}

	return max(sleep, shortestSleep)
}

// claim takes rows of a lane that are due.
func (h *Hooks) claim(l *lane, n int) {
	now := h.Now()
	h.mu.Lock()
	under := maps.Clone(l.claimed)
	h.mu.Unlock()
	taken, next, err := h.claimRows(l, n, now, under)
	if err != nil {
		h.Log.Warn("the sweep of deliveries failed; it is tried again", "error", err)
		next = now.Add(claimRetry)
	}

	h.mu.Lock()
	l.asking = false
	if l.next.IsZero() || !next.IsZero() && next.Before(l.next) {
		l.next = next
	}

	for _, o := range taken {
		l.claimed[o.Delivery.Event] = struct{}{}
		h.inFlight.Begin(o.Delivery.Key())
	}

	l.queue = append(l.queue, taken...)
	h.queued += len(taken)
	h.start(l, h.Now())
	h.ask(l, h.Now())
	h.mu.Unlock()
	h.nudge()
}

func (h *Hooks) unreadable(l *lane, d store.Delivery) {
	h.mu.Lock()
	h.begun++ // stored takes it off again
	l.claimed[d.Event] = struct{}{}
	h.mu.Unlock()
	h.end(ended{l: l, d: d, t: webhook.Try{At: h.Now(), Error: "event_unreadable"}, a: webhook.Answer{Status: 410}})
}
