package inbound_test

import "github.com/syssecure/syssecure/internal/testworld"

const phoneA = testworld.PhoneA

// The helpers of testworld, by the short names that the tests here read best with.
var (
	newTrio = testworld.NewTrio
	onEach  = testworld.OnEach
	send    = testworld.Send
	refused = testworld.Refused
	pass    = testworld.Pass
	set     = testworld.Set
)
