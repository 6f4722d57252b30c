// Package testnumber is the carrier of the operator's test numbers: what live keys send to them is delivered at once
// and goes nowhere.
package testnumber

import (
	"context"
	"sync/atomic"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
)

// inFlight bounds the submits to test numbers that are under way at once.
const inFlight = 64

// Carrier serves every channel.
type Carrier struct{ sink atomic.Pointer[carrier.Sink] }

// New makes the carrier; Connect has to be called before its first Send.
func New() *Carrier { return &Carrier{} }

// Connect tells where receipts go.
func (c *Carrier) Connect(sink carrier.Sink) { c.sink.Store(&sink) }

// Name implements carrier.Carrier.
func (c *Carrier) Name() string { return message.TestNumberCarrier }

// Channels implements carrier.Carrier: all of them.
func (c *Carrier) Channels() []message.Channel { return message.Channels }

// Receipts implements carrier.Carrier.
func (c *Carrier) Receipts() bool { return true }

// Limits implements carrier.Carrier.
func (c *Carrier) Limits() carrier.Limits { return carrier.Limits{InFlight: inFlight} }

// Send implements carrier.Carrier. The receipt is stored before the answer, so that the message is delivered by the
// time that its sender is answered.
func (c *Carrier) Send(ctx context.Context, m carrier.Message) carrier.Result {
	receipt := carrier.Receipt{Carrier: c.Name(), Ref: m.Ref, Status: carrier.Delivered}
	if _, err := c.sink.Load().Receipt(ctx, receipt); err != nil {
		// The database is out: the engine tries again, as with a carrier that is busy.
		return carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "not_stored"}
	}
	return carrier.Result{Outcome: carrier.Accepted, IDs: []string{m.Ref}}
}
