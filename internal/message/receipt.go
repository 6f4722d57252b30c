package message

// receipt takes a delivery report. The first final one of a step stands, whatever comes later.
func (r *run) receipt(e Event) {
	if e.Attempt < 0 || e.Attempt >= len(r.m.Attempts) {
		return
	}
	a := &r.m.Attempts[e.Attempt]
	if e.Kind == ReceiptFailed {
		r.failedReceipt(e)
		return
	}

	lost := a.Closed && a.Progress == AttemptRejected
	if lost || a.Progress == AttemptRead || a.Progress == AttemptDelivered && e.Kind == ReceiptDelivered {
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
	r.over()
}

func (r *run) failedReceipt(e Event) {
	a := &r.m.Attempts[e.Attempt]
	if a.Closed {
		return
	}

	a.Closed = true
	if a.Progress == AttemptRejected {
		return // the carrier's answer said so before
	}

	a.Progress, a.Reason, a.CarrierCode = AttemptRejected, e.Reason, e.CarrierCode
	switch {
	case r.m.Over:
		r.fail()
	case e.Attempt == r.m.Current():
		r.onward()
	default:
		r.reconsider()
	}
}

// sent notes that a carrier took an attempt, and reports it: the first, and each that was begun after one was taken, which is
// a fallback. One that was under way when another was taken is not reported a second time.
func (r *run) sent(a Attempt) {
	if r.m.SentAt.IsZero() || !r.m.SentAt.After(a.At) {
		r.out.Became = append(r.out.Became, Sent)
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
	r.out.Became = append(r.out.Became, Delivered)
}

func (r *run) read() {
	if !r.m.ReadAt.IsZero() {
		return
	}
	r.m.ReadAt, r.m.State = r.now, Read
	r.out.Became = append(r.out.Became, Read)
}
