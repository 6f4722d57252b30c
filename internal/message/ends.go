package message

import "time"

func (r *run) cancel() {
	switch {
	case r.m.State != Scheduled && r.m.State != Pending:
	case r.m.Parked() && r.unknown():
		r.m.State = Unknown // a carrier may have had it before the copy was made
	default:
		r.m.State = Canceled
		r.out.Became = append(r.out.Became, Canceled)
	}
	r.over()
}

func (r *run) expire() {
	// A code whose end has come is worthless, and a text that no carrier can have any more failed.
	uncertain := r.m.State == Unknown && (r.m.Purpose == ForCode || !r.m.Over && !r.unknown())
	pending := r.m.State == Pending || r.m.State == Scheduled || uncertain
	switch {
	case pending && r.m.Purpose != ForCode && r.unknown() && r.submitting() < 0:
		r.leaveUncertain()
		return
	case pending && len(r.m.Attempts) == 0:
		r.m.Reason = ExpiredInTransit
	}

	r.over()
	if pending {
		r.fail()
	}
}

// over ends the plan. A submit that is under way is left to its answer, and what waited to be tried again was refused.
func (r *run) over() {
	r.m.Over = true
	r.m.DueAt, r.m.Turn = time.Time{}, 0
	for i := range r.m.Attempts {
		if r.m.Attempts[i].Progress == AttemptWaiting {
			r.m.Attempts[i].Progress = AttemptRejected
		}
	}
}

// stop ends the plan of a message that is not needed any more.
func (r *run) stop() {
	r.over()
	if r.m.State != Pending && r.m.State != Scheduled {
		return
	}

	r.m.State = Canceled
	switch {
	case r.submitting() >= 0:
		r.m.State = Pending
	case r.unknown():
		r.m.State = Unknown
	}
}

// awaitAnswer makes a text unknown, and waits for a late answer that says that its carrier did not take it.
func (r *run) awaitAnswer() {
	if r.m.State == Pending {
		r.m.State = Unknown
	}
	r.wait(earlier(r.now.Add(longestAnswer), r.m.Deadline))
}

// heldBack reports whether a text waits for a late answer alone, since its account does not want it to be sent twice.
func (r *run) heldBack() bool {
	return r.m.HoldUnknown && r.m.Purpose != ForCode && r.unknown()
}

// leaveUncertain keeps a message whose submit got no answer from being sent twice.
func (r *run) leaveUncertain() {
	if r.m.State == Pending {
		r.m.State = Unknown
	}
	r.over()
}

// block ends the plan of a message that may not be sent any more. One that a carrier has stays as it is; one that a carrier
// may have is unknown.
func (r *run) block(why Reason) {
	if i := r.submitting(); i >= 0 {
		r.lose(i) // found after a crash
	}
	switch i := r.m.Current(); {
	case r.m.Over || r.m.State != Pending && r.m.State != Scheduled && r.m.State != Unknown:
		r.over()
	case r.unknown():
		r.leaveUncertain()
	default:
		r.m.Reason = why
		if i >= 0 {
			r.m.Attempts[i].Progress, r.m.Attempts[i].Reason = AttemptRejected, why
		}
		r.over()
		r.fail()
	}
}

// fail ends the message when nothing can make it arrive any more: no submit is under way and no carrier has it.
func (r *run) fail() {
	r.over()
	for _, a := range r.m.Attempts {
		if a.Progress == AttemptSubmitting || a.accepted() {
			return
		}
	}
	if r.m.State == Failed || r.m.State == Canceled || r.m.State == Delivered || r.m.State == Read {
		return
	}
	if i := r.m.Current(); i >= 0 {
		r.m.Reason, r.m.CarrierCode = r.m.Attempts[i].Reason, r.m.Attempts[i].CarrierCode
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
	for _, a := range r.m.Attempts {
		if a.accepted() {
			cost = max(cost, r.m.Plan[a.Step].Price)
		}
	}

	out := r.submitting() >= 0
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
