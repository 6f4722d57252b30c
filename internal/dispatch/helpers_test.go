package dispatch_test

import "github.com/syssecure/syssecure/internal/testworld"

const phoneA = testworld.PhoneA

// Short names for helpers of testworld.
var (
	discard  = testworld.Discard
	prices   = testworld.Prices
	smsPrice = testworld.SMSPrice

	newTrio   = testworld.NewTrio
	onEach    = testworld.OnEach
	bubble    = testworld.Bubble
	send      = testworld.Send
	verify    = testworld.Verify
	cancel    = testworld.Cancel
	receipt   = testworld.Receipt
	messageOf = testworld.MessageOf
	refused   = testworld.Refused
	codeOf    = testworld.CodeOf
	wrong     = testworld.Wrong
	pass      = testworld.Pass
	set       = testworld.Set
)

type trio = testworld.Trio
