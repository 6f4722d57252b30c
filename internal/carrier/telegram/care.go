package telegram

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/webcall"
)

var _ carrier.Tester = (*Carrier)(nil)

// noRequest is an id that Telegram gives to no request.
const noRequest = "0"

// Test implements carrier.Tester. Telegram has no method that only checks the token, and checkSendAbility is charged.
// So it
// asks for the status of a request that does not exist: Telegram looks at the token first.
func (c *Carrier) Test(ctx context.Context) []carrier.Check {
	body := struct {
		ID string `json:"request_id"`
	}{noRequest}

	return c.Probe(ctx, provider, carrier.Probe{URL: c.status, Header: c.header, Body: body, Read: readTest})
}

func readTest(a webcall.Answer) carrier.Check {
	result, _ := read(a, time.Now())
	switch {
	case result.CarrierCode == unknownID:
		return carrier.Check{Found: "Telegram accepts the token"}
	case result.Outcome != carrier.Retry:
		return provider.Foreign()
	}

	return carrier.Refusal(result)
}
