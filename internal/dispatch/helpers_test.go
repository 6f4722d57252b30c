package dispatch_test

import "github.com/syssecure/syssecure/internal/engine/enginetest"

const phoneA = enginetest.PhoneA

// The helpers of enginetest, by the short names that the tests here read best with.
var (
	discard  = enginetest.Discard
	prices   = enginetest.Prices
	smsPrice = enginetest.SMSPrice

	newTrio   = enginetest.NewTrio
	onEach    = enginetest.OnEach
	bubble    = enginetest.Bubble
	send      = enginetest.Send
	verify    = enginetest.Verify
	cancel    = enginetest.Cancel
	receipt   = enginetest.Receipt
	messageOf = enginetest.MessageOf
	refused   = enginetest.Refused
	codeOf    = enginetest.CodeOf
	wrong     = enginetest.Wrong
	pass      = enginetest.Pass
	set       = enginetest.Set
)

type trio = enginetest.Trio
