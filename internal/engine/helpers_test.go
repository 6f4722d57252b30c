package engine_test

import "github.com/syssecure/syssecure/internal/testworld"

const phoneA = testworld.PhoneA

// The helpers of testworld, by the short names that the tests here read best with.
var (
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
	wrongCode = testworld.Wrong
	elapse    = testworld.Pass
)

type trio = testworld.Trio
