package inbound_test

import "github.com/syssecure/syssecure/internal/testworld"

const phoneA = testworld.PhoneA

// Short names for helpers of testworld.
var (
	newTrio = testworld.NewTrio
	onEach  = testworld.OnEach
	send    = testworld.Send
	refused = testworld.Refused
	pass    = testworld.Pass
	set     = testworld.Set
)
