package message

// A restored copy is a picture of the past: what waits in it may have been sent since. Its messages are parked until the
// operator says what becomes of them.

// ParkedOwner is the Owner of a message that is parked. No node has an epoch below zero, so no sweep finds it, and in the
// index of work it stays where the operator's word finds it.
const ParkedOwner = -1

// Parked reports whether the message waits for the operator's word.
func (m Message) Parked() bool { return m.Owner == ParkedOwner }

// park ends a code's message, because no code of before counts any more, and lets every other message wait. A submit that
// was under way may have arrived: it is repeated as after a crash, or held back when the account wants that.
func (r *run) park() {
	if i := r.submitting(); i >= 0 {
		r.lose(i)
		r.m.Tries++ // released, it may be repeated at once
	}

	switch {
	case r.m.Over:
	case r.m.Purpose == ForCode:
		r.expire()
	case r.unknown() && r.m.HoldUnknown:
		r.leaveUncertain()
	default:
		r.m.Owner = ParkedOwner
		if r.m.DueAt.IsZero() {
			r.m.DueAt = r.now
		}
	}
}

// unpark lets the message wait for its time, which may have come long ago.
func (r *run) unpark() {
	if r.m.Parked() {
		r.m.Owner = 0
	}
}
