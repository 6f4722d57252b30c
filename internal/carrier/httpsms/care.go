package httpsms

import (
	"context"
	"slices"

	"github.com/syssecure/syssecure/internal/carrier"
)

var _ carrier.Tester = (*Carrier)(nil)

// Test implements carrier.Tester: it only connects, because a gateway has no request but those that send.
func (c *Carrier) Test(ctx context.Context) []carrier.Check {
	checks := c.Reach(ctx, gateway, c.url)
	if slices.ContainsFunc(checks, func(one carrier.Check) bool { return one.Problem != "" }) {
		return checks
	}

	return append(checks, gateway.Unchecked())
}
