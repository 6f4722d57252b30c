package message

import "time"

func (r *run) cancel() {
	switch {
	case r.m.State != Scheduled && r.m.State != Pending:
	case r.m.Parked() && r.unknown():
		r.m.State = Unknown // a carrier may have got it before the backup was made
	default:
		r.m.State = Canceled
		r.out.Transitions = append(r.out.Transitions, Canceled)
	}

	r.endPlan()
}

func (r *run) expire() {
	// An expired code is useless even if it is delivered. A text without an unknown submit was not accepted by any carrier.
	unknown := r.m.State == Unknown && (r.m.Type == CodeMessage || !r.m.Over && !r.unknown())
	pending := r.m.State == Pending || r.m.State == Scheduled || unknown
	switch {
	case pending && r.m.Type != CodeMessage && r.unknown() && r.submitting() < 0:
		r.endUnknown()
		return
	case pending && len(r.m.Attempts) == 0:
		r.m.Reason = ExpiredInTransit
	}

	r.endPlan()
	if pending {
		r.fail()
	}
}

// endPlan begins no further step. A submit that is under way still gets its answer; what waited for a retry is
// rejected.
func (r *run) endPlan() {
	r.m.Over = true
	r.m.DueAt, r.m.WaitingStep = time.Time{}, 0
	for i := range r.m.Attempts {
		if r.m.Attempts[i].Progress == AttemptRetrying {
			r.m.Attempts[i].Progress = AttemptRejected
		}
	}
}

// stop ends the plan of a message that is not needed any more.
func (r *run) stop() {
	r.endPlan()
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

// awaitAnswer marks a text as unknown, and waits for a late answer that may say it was not accepted.
func (r *run) awaitAnswer() {
	if r.m.State == Pending {
		r.m.State = Unknown
	}
	r.wait(earlier(r.now.Add(maxAnswerWait), r.m.Deadline))
}

// awaitsLateAnswer reports whether a text waits only for a late answer, because its account does not want it to be sent twice.
func (r *run) awaitsLateAnswer() bool {
	return r.m.NeverRepeat && r.m.Type != CodeMessage && r.unknown()
}

// endUnknown keeps a message whose submit got no answer from being sent twice.
func (r *run) endUnknown() {
	if r.m.State == Pending {
		r.m.State = Unknown
	}
	r.endPlan()
}

// block ends the plan of a message that may not be sent any more. One that a carrier accepted keeps its state; one that
// a carrier may have accepted is unknown.
func (r *run) block(reason Reason) {
	if i := r.submitting(); i >= 0 {
		r.markUnknown(i) // left by a crash
	}

	switch i := r.m.Current(); {
	case r.m.Over || r.m.State != Pending && r.m.State != Scheduled && r.m.State != Unknown:
		r.endPlan()
	case r.unknown():
		r.endUnknown()
	default:
		r.m.Reason = reason
		if i >= 0 {
			r.m.Attempts[i].Progress, r.m.Attempts[i].Reason = AttemptRejected, reason
		}
		r.endPlan()
		r.fail()
	}
}

// fail ends the message as failed, unless a submit is under way or a carrier accepted it: then it may still be delivered.
func (r *run) fail() {
	r.endPlan()
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
	r.out.Transitions = append(r.out.Transitions, Failed)
}

// settleCredits moves credits according to the attempts: a message costs the most expensive step that a carrier
// accepted. While the plan runs, what a failed receipt gives back returns to the hold; afterwards to the balance. What was released is
// never captured again, so a late acceptance costs nothing.
func (r *run) settleCredits() {
	var cost int64
	for _, a := range r.m.Attempts {
		if a.accepted() {
			cost = max(cost, r.m.Plan[a.Step].Price)
		}
	}

	underWay := r.submitting() >= 0
	if more := min(cost-r.m.Charged, r.m.Hold); more > 0 {
		r.m.Hold -= more
		r.m.Charged += more
		r.out.Capture = more
	}

	if !underWay && (r.m.Over || !r.m.Parked()) {
		r.m.Owner = 0
	}

	open := !r.m.Over || underWay
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
