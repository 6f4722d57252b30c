// Package testnumber is the carrier of the operator's test numbers: what live keys send to them is delivered at once
// and goes nowhere.
package testnumber

import (
	"context"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
)

// inFlight bounds the submits to test numbers that are under way at once.
const inFlight = 64

// Carrier serves every channel.
type Carrier struct{}

// Name implements carrier.Carrier.
func (Carrier) Name() string { return message.TestNumberCarrier }

// Channels implements carrier.Carrier: all of them.
func (Carrier) Channels() []message.Channel { return message.Channels }

// Receipts implements carrier.Carrier.
func (Carrier) Receipts() bool { return true }

// Limits implements carrier.Carrier.
func (Carrier) Limits() carrier.Limits { return carrier.Limits{InFlight: inFlight} }

// Send implements carrier.Carrier. The receipt comes with the answer, so that the message is delivered by the time that
// its
// sender is answered.
func (c Carrier) Send(_ context.Context, m carrier.Message) carrier.Result {
	return carrier.Result{
		Outcome: carrier.Accepted, IDs: []string{m.Ref},
		Receipts: []carrier.Receipt{{Carrier: c.Name(), Ref: m.Ref, Status: carrier.Delivered}},
	}
}
