package inbound_test

import "github.com/syssecure/syssecure/internal/engine/enginetest"

const phoneA = enginetest.PhoneA

// The helpers of enginetest, by the short names that the tests here read best with.
var (
	newTrio = enginetest.NewTrio
	onEach  = enginetest.OnEach
	send    = enginetest.Send
	refused = enginetest.Refused
	pass    = enginetest.Pass
	set     = enginetest.Set
)
