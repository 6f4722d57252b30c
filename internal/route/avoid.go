package route

import (
	"slices"

	"github.com/syssecure/syssecure/internal/message"
)

// Avoid lists the carriers that a message should avoid: those that are paused or down. When every carrier of its plan is one
// of these, only those that are paused, because a carrier that is down may be tried all the same.
func Avoid(plan []message.Step, paused, down []string) []string {
	both := append(slices.Clone(paused), down...)
	if slices.ContainsFunc(plan, func(s message.Step) bool { return !slices.Contains(both, s.Carrier) }) {
		return both
	}

	return paused
}
