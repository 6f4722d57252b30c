package message

import (
	"slices"
	"time"
)

// NotConfigured is the carrier code of a step whose carrier was removed from the configuration.
const NotConfigured = "not configured"

// replanEvery is how often a message that no configured carrier serves gets a new plan.
const replanEvery = time.Minute

// replan replaces the rest of the plan of a message that waits. Steps that were tried stay, first and in their order,
// so that answers and receipts still find them; the others are those of the new plan that were not tried. A message
// that no carrier serves now keeps its plan and waits, because the operator may add the carrier again.
func (r *run) replan(plan []Step) {
	if r.m.Over || r.m.Parked() || r.m.DueAt.IsZero() || r.m.DueAt.After(r.now) {
		return
	}
	r.m.State = max(r.m.State, Pending) // its time has come
	if len(plan) == 0 {
		r.m.DueAt = earlier(r.now.Add(replanEvery), r.m.Deadline)
		return
	}

	type stepKey struct {
		channel Channel //nolint:unused // compared
		carrier string  //nolint:unused // compared
	}

	planned := map[stepKey]bool{}
	for _, s := range plan {
		planned[stepKey{s.Channel, s.Carrier}] = true
	}

	var steps []Step
	for i := range r.m.Attempts {
		a := &r.m.Attempts[i]
		tried := r.m.Plan[a.Step]
		w := stepKey{tried.Channel, tried.Carrier}
		if !planned[w] && (a.Progress == AttemptRetrying || a.Progress == AttemptUnknown) {
			r.endAttempt(a)
		}
		planned[w] = false
		a.Step = len(steps)
		steps = append(steps, tried)
	}

	for _, s := range plan {
		if planned[stepKey{s.Channel, s.Carrier}] {
			steps = append(steps, s)
		}
	}

	r.m.Plan, r.m.WaitingStep = steps, 0
	step, ok := r.m.NextStep(r.down)
	switch {
	case !ok:
		r.m.DueAt, r.waitEnded = time.Time{}, true
		r.waitOrEnd()
	case !slices.ContainsFunc(plan, func(s Step) bool { return s.Carrier == steps[step].Carrier }):
		// Only a repeat over the removed carrier remains.
		r.m.DueAt = earlier(r.now.Add(replanEvery), r.m.Deadline)
	}
}

// endAttempt rejects an attempt whose carrier was removed. One that the carrier may have accepted stays unknown.
func (r *run) endAttempt(a *Attempt) {
	if a.Progress == AttemptRetrying {
		a.Progress, a.Reason, a.CarrierCode = AttemptRejected, CarrierError, NotConfigured
	}
}

func earlier(a, b time.Time) time.Time {
	if !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
