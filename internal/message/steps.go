package message

import (
	"slices"
	"time"
)

// Start begins the first step of a new message: the intent is stored before the carrier is called.
func Start(m Message, now time.Time, down []string) (Message, Effects) {
	r := run{m: m, now: now, down: down}
	r.m.State = Pending
	r.begin(r.pick(0))
	return r.m, r.out
}

// left reports whether a step after the current one exists.
func (r *run) left() bool {
	current := r.m.Current()
	return current < 0 || r.m.Attempts[current].Step+1 < len(r.m.Plan)
}

// next begins the following step.
func (r *run) next() {
	switch {
	case !r.left():
		r.m.DueAt = time.Time{}
		return
	case r.m.Parked():
		r.m.DueAt = r.now // a receipt came that asks for the next step: it waits with the message
		return
	}
	r.begin(r.pick(r.m.Attempts[r.m.Current()].Step + 1))
}

// pick returns the first step from i on whose carrier is in order, or i when none is.
func (r *run) pick(i int) int {
	for s := i; s < len(r.m.Plan); s++ {
		if !slices.Contains(r.down, r.m.Plan[s].Carrier) {
			return s
		}
	}
	return i
}

func (r *run) begin(step int) {
	if r.waitForPlace(step) {
		return
	}
	r.m.Attempts = append(r.m.Attempts, Attempt{Step: step, Progress: Submitting, At: r.now})
	r.m.Tries, r.m.Refusals = 0, 0
	r.m.DueAt = time.Time{}
	r.out.Submit = true
}

// waitForPlace makes the message due at once when the caller holds no place of the step's carrier.
func (r *run) waitForPlace(step int) bool {
	if r.places == nil || slices.Contains(r.places, r.m.Plan[step].Carrier) {
		return false
	}

	r.m.DueAt = r.now
	return true
}

// First is the step that a new message begins with: the first whose carrier is in order, or the first when none is.
func First(plan []Step, down []string) int {
	r := run{m: Message{Plan: plan}, down: down}
	return r.pick(0)
}

// again submits the current attempt once more.
func (r *run) again(repeated bool) {
	a := &r.m.Attempts[r.m.Current()]
	if r.waitForPlace(a.Step) {
		return
	}
	a.Progress, a.At = Submitting, r.now
	a.Repeated = a.Repeated || repeated
	r.m.DueAt = time.Time{}
	r.out.Submit = true
}

// waitForReceipt sets the fallback timer, or ends the plan when nothing can follow.
func (r *run) waitForReceipt() {
	step := r.m.Plan[r.m.Attempts[r.m.Current()].Step]
	if !step.Receipts || step.Wait == 0 || !r.left() {
		r.over()
		return
	}
	r.m.DueAt = r.now.Add(step.Wait)
}

// over ends the plan. A submit that is under way is left to its answer.
func (r *run) over() {
	r.m.Over = true
	r.m.DueAt = time.Time{}
}

// stop ends the plan of a message that is not needed any more.
func (r *run) stop() {
	r.over()
	if r.m.State != Pending && r.m.State != Scheduled {
		return
	}
	r.m.State = Canceled
	for _, a := range r.m.Attempts {
		switch a.Progress {
		case Submitting:
			r.m.State = Pending
			return
		case Ambiguous:
			r.m.State = Uncertain
		}
	}
}

// leaveUncertain keeps a message whose submit got no answer from being sent twice.
func (r *run) leaveUncertain() {
	if r.m.State == Pending {
		r.m.State = Uncertain
	}
	r.over()
}

// block ends the plan of a message that may not be sent any more. One that a carrier has stays as it is; one that a carrier
// may have is unknown.
func (r *run) block(why Reason) {
	i := r.m.Current()
	if i >= 0 && r.m.Attempts[i].Progress == Submitting {
		r.m.Attempts[i].Progress = Ambiguous // found after a crash
	}
	switch {
	case r.m.Over || r.m.State != Pending && r.m.State != Scheduled:
		r.over()
	case i < 0:
		r.m.Reason = why
		r.over()
		r.fail()
	case r.m.Attempts[i].Progress == Ambiguous:
		r.leaveUncertain()
	default:
		r.m.Attempts[i].Progress, r.m.Attempts[i].Reason = Refused, why
		r.over()
		r.fail()
	}
}

func (r *run) sent(a *Attempt) {
	if r.m.SentAt.IsZero() {
		r.m.SentAt = r.now
	}
	if r.m.State == Pending || r.m.State == Uncertain || r.m.State == Canceled {
		r.m.State, r.m.Reason, r.m.Code = Sent, "", ""
	}
	r.out.Became = append(r.out.Became, Sent)
}

func (r *run) delivered() {
	if !r.m.DeliveredAt.IsZero() {
		return
	}
	r.m.DeliveredAt = r.now
	if r.m.State != Read {
		r.m.State = Delivered
	}
	r.m.Reason, r.m.Code = "", ""
	r.out.Became = append(r.out.Became, Delivered)
}

func (r *run) read() {
	if !r.m.ReadAt.IsZero() {
		return
	}
	r.m.ReadAt, r.m.State = r.now, Read
	r.out.Became = append(r.out.Became, Read)
}

// fail ends the message when nothing can make it arrive any more: no step is left and no attempt is still out.
func (r *run) fail() {
	if !r.m.Over && r.left() {
		return
	}
	r.over()
	for _, a := range r.m.Attempts {
		if a.Progress == Submitting || a.taken() {
			return
		}
	}
	if r.m.State == Failed || r.m.State == Canceled || r.m.State == Delivered || r.m.State == Read {
		return
	}
	if i := r.m.Current(); i >= 0 {
		r.m.Reason, r.m.Code = r.m.Attempts[i].Reason, r.m.Attempts[i].Code
	}
	if r.m.Reason == "" {
		r.m.Reason = UnknownReason
	}
	r.m.State, r.m.FailedAt = Failed, r.now
	r.out.Became = append(r.out.Became, Failed)
}

// settle moves the money to where the attempts say it belongs: a message costs its dearest step that a carrier took.
// While the plan runs, what a failed receipt gives back returns to the hold; afterwards to the balance. What was
// released is never taken again, so a late acceptance costs nothing.
func (r *run) settle() {
	var cost int64
	out := false
	for _, a := range r.m.Attempts {
		if a.taken() {
			cost = max(cost, r.m.Plan[a.Step].Price)
		}
		out = out || a.Progress == Submitting
	}
	if more := min(cost-r.m.Charged, r.m.Hold); more > 0 {
		r.m.Hold -= more
		r.m.Charged += more
		r.out.Capture = more
	}
	if !out && (r.m.Over || !r.m.Parked()) {
		r.m.Owner = 0
	}
	open := !r.m.Over || out
	if back := r.m.Charged - cost; back > 0 {
		r.m.Charged -= back
		if open {
			r.m.Hold += back
			r.out.Capture -= back
		} else {
			r.out.Refund = back
		}
	}
	if !open && r.m.Hold > 0 {
		r.out.Release = r.m.Hold
		r.m.Hold = 0
	}
}

// NextStep is the step that the next submit goes over when the message falls due; down are carriers that are out of order,
// which a step is passed by for while another is left. It is for the index of waiting work. It is false when nothing more
// will be submitted: the plan is over, a submit is under way, or only the end of its time is waited for.
func (m Message) NextStep(down []string) (step int, ok bool) {
	if m.Over || m.DueAt.IsZero() || len(m.Plan) == 0 || !m.DueAt.Before(m.Deadline) && !m.Deadline.IsZero() {
		return 0, false
	}

	r := run{m: m, down: down}
	current := m.Current()
	if current < 0 {
		return r.pick(0), true
	}

	step = m.Attempts[current].Step
	switch m.Attempts[current].Progress {
	case Waiting:
		return step, true
	case Ambiguous: // what may have arrived is repeated when no other step is left
		if !r.left() {
			return step, true
		}
		return r.pick(step + 1), true
	case Accepted, Refused:
		if !r.left() {
			return 0, false
		}
		return r.pick(step + 1), true
	}

	return 0, false
}
