package message

// A restored backup is old: what waits in it may have been sent since. Its messages are parked until the operator
// releases or discards them.

// ParkedOwner is the Owner of a parked message. No node has an epoch below zero, so no sweep finds the message, and it
// stays in the index of work, by which it can be released.
const ParkedOwner = -1

// Parked reports whether the message waits for the operator's decision.
func (m Message) Parked() bool { return m.Owner == ParkedOwner }

// park ends a code's message, because no earlier code is valid any more, and lets every other message wait. A submit
// that was under way is unknown: it is repeated as after a crash, or not at all when the account wants that.
func (r *run) park() {
	if i := r.submitting(); i >= 0 {
		r.markUnknown(i)
		r.m.Passes++ // once released, it may be repeated immediately
	}

	switch {
	case r.m.Over:
	case r.m.Type == CodeMessage:
		r.expire()
	case r.unknown() && r.m.NeverRepeat:
		r.endUnknown()
	default:
		r.m.Owner = ParkedOwner
		if r.m.DueAt.IsZero() {
			r.m.DueAt = r.now
		}
	}
}

// release lets a parked message continue. It may have been due for a long time.
func (r *run) release() {
	if r.m.Parked() {
		r.m.Owner = 0
	}
}
