package message

// receipt applies a delivery report. The first final one of a step counts, and later ones change nothing.
func (r *run) receipt(e Input) {
	if e.Attempt < 0 || e.Attempt >= len(r.m.Attempts) {
		return
	}
	a := &r.m.Attempts[e.Attempt]
	if e.Kind == ReceiptFailed {
		r.failedReceipt(e)
		return
	}

	failedFinally := a.Closed && a.Progress == AttemptRejected
	if failedFinally || a.Progress == AttemptRead || a.Progress == AttemptDelivered && e.Kind == ReceiptDelivered {
		return
	}

	a.Parts = max(a.Parts, 1)
	a.DeliveredParts |= 1 << (e.Part & 63)
	if e.Kind == ReceiptDelivered && a.DeliveredParts != 1<<a.Parts-1 {
		return
	}
	if !a.accepted() {
		r.sent(*a)
	}

	a.Progress, a.Reason, a.CarrierCode, a.Closed = AttemptDelivered, "", "", true
	r.delivered()
	if e.Kind == ReceiptRead {
		a.Progress = AttemptRead
		r.read()
	}

	r.endPlan()
}

func (r *run) failedReceipt(e Input) {
	a := &r.m.Attempts[e.Attempt]
	if a.Closed {
		return
	}

	a.Closed = true
	if a.Progress == AttemptRejected {
		return // by the carrier's answer
	}

	a.Progress, a.Reason, a.CarrierCode = AttemptRejected, e.Reason, e.CarrierCode
	switch {
	case r.m.Over:
		r.fail()
	case e.Attempt == r.m.Current():
		r.advance()
	default:
		r.resumeAfterOlder()
	}
}

// sent notes that a carrier accepted an attempt. Sent is reported for the first, and for each fallback that was begun
// after that; not for an attempt that was under way already when another was accepted.
func (r *run) sent(a Attempt) {
	if r.m.SentAt.IsZero() || !r.m.SentAt.After(a.At) {
		r.out.Transitions = append(r.out.Transitions, Sent)
	}
	if r.m.SentAt.IsZero() {
		r.m.SentAt = r.now
	}
	if r.m.State == Pending || r.m.State == Unknown || r.m.State == Canceled {
		r.m.State, r.m.Reason, r.m.CarrierCode = Sent, "", ""
	}
}

func (r *run) delivered() {
	if !r.m.DeliveredAt.IsZero() {
		return
	}
	r.m.DeliveredAt = r.now
	if r.m.State != Read {
		r.m.State = Delivered
	}
	r.m.Reason, r.m.CarrierCode = "", ""
	r.out.Transitions = append(r.out.Transitions, Delivered)
}

func (r *run) read() {
	if !r.m.ReadAt.IsZero() {
		return
	}
	r.m.ReadAt, r.m.State = r.now, Read
	r.out.Transitions = append(r.out.Transitions, Read)
}
