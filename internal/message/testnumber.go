package message

// TestNumberCarrier is the name of the carrier that takes everything that live keys send to the operator's test numbers.
// No configured carrier may have it.
const TestNumberCarrier = "test-number"

// ToTestNumber reports whether the message goes to a test number, and so to nobody.
func (m Message) ToTestNumber() bool {
	return len(m.Plan) > 0 && m.Plan[0].Carrier == TestNumberCarrier
}
