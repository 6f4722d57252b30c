package carrier

import "context"

// Bound is a carrier that keeps sessions with its provider.
type Bound interface {
	// Sessions says how many of the wanted sessions of this node are bound, and in a sentence why the others are not;
	// problem is empty when all are, or when nothing has gone wrong yet.
	Sessions() (bound, wanted int, problem string)
}

// Tester is a carrier that can check its connection and its credentials without a message. Every kind may be one.
type Tester interface {
	// Test carries out the checks in their order, within ctx, and ends with the first that finds a problem. It may be
	// called while another process sends over the same account, and takes nothing from it but a session for a moment.
	Test(ctx context.Context) []Check
}

// Companion is a carrier that needs something of the machine which a server that runs may already have, such as a port.
type Companion interface {
	// Beside gives a carrier of the same account that can run beside this one.
	Beside() Carrier
}

// The names of checks that most kinds have.
const (
	CheckConnection  = "connection"
	CheckCertificate = "certificate"
	CheckCredentials = "credentials"
	CheckSender      = "sender"
)

// Check is the result of one check of a carrier.
type Check struct {
	// Name is what was checked.
	Name string
	// Found says in a sentence what works; empty when there is a problem.
	Found string
	// Problem says in a sentence what is wrong, and what to change. It quotes no secret.
	Problem string
}
