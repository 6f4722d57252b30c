package message

// TestNumberCarrier is the name of the carrier for messages of live keys to the operator's test numbers. No configured
// carrier may have it.
const TestNumberCarrier = "test-number"

// ToTestNumber reports whether the message goes to a test number, and so is not really sent.
func (m Message) ToTestNumber() bool {
	return len(m.Plan) > 0 && m.Plan[0].Carrier == TestNumberCarrier
}
