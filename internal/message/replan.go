package message

import (
	"slices"
	"time"
)

// NotConfigured is the code of a step whose carrier was taken out of the configuration.
const NotConfigured = "not configured"

// replanEvery is how often a message that no configured carrier serves asks for a plan again.
const replanEvery = time.Minute

// replan replaces what is left of the plan of a message that waits. What was tried keeps its place in the order, so that
// answers and receipts still find it; the rest of the plan is the new one's, without the steps that were tried. A message
// that no carrier serves now keeps its plan and waits: the operator may put the carrier back.
func (r *run) replan(plan []Step) {
	if r.m.Over || r.m.Parked() || r.m.DueAt.IsZero() || r.m.DueAt.After(r.now) {
		return
	}
	r.m.State = max(r.m.State, Pending) // its time has come
	if len(plan) == 0 {
		r.m.DueAt = earlier(r.now.Add(replanEvery), r.m.Deadline)
		return
	}

	type way struct {
		channel Channel //nolint:unused // part of a key
		carrier string  //nolint:unused // part of a key
	}

	planned := map[way]bool{}
	for _, s := range plan {
		planned[way{s.Channel, s.Carrier}] = true
	}

	var steps []Step
	for i := range r.m.Attempts {
		a := &r.m.Attempts[i]
		tried := r.m.Plan[a.Step]
		w := way{tried.Channel, tried.Carrier}
		if !planned[w] && (a.Progress == AttemptWaiting || a.Progress == AttemptUnknown) {
			r.strike(a)
		}
		planned[w] = false
		a.Step = len(steps)
		steps = append(steps, tried)
	}

	for _, s := range plan {
		if planned[way{s.Channel, s.Carrier}] {
			steps = append(steps, s)
		}
	}

	r.m.Plan, r.m.Turn = steps, 0
	step, ok := r.m.NextStep(r.down)
	switch {
	case !ok:
		r.m.DueAt, r.fired = time.Time{}, true
		r.rest()
	case !slices.ContainsFunc(plan, func(s Step) bool { return s.Carrier == steps[step].Carrier }):
		// Only a repeat over the carrier that is gone is left.
		r.m.DueAt = earlier(r.now.Add(replanEvery), r.m.Deadline)
	}
}

// strike ends an attempt whose carrier is gone. One that may have arrived stays unknown.
func (r *run) strike(a *Attempt) {
	if a.Progress == AttemptWaiting {
		a.Progress, a.Reason, a.CarrierCode = AttemptRejected, CarrierError, NotConfigured
	}
}

func earlier(a, b time.Time) time.Time {
	if !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
