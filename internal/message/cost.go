package message

// Cost is what something costs the operator, who pays the carrier, in credits. The zero value is not known.
type Cost struct {
	Credits int64
	Known   bool
}

// Times is the cost of n of the same.
func (c Cost) Times(n int) Cost { return Cost{c.Credits * int64(n), c.Known} }

// CostOf is what an attempt cost the operator. It is known when a cost was configured for its step as the message was
// planned, and the carrier accepted it. A failed receipt does not change it: carriers charge for what they accept.
func (m Message) CostOf(attempt int) Cost {
	if m.Attempts[attempt].Parts == 0 {
		return Cost{}
	}
	return m.StepOf(attempt).Cost
}
