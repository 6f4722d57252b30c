package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/webhook"
	"github.com/syssecure/syssecure/internal/wire"
)

// Endpoint is the row of a customer's webhook endpoint.
type Endpoint struct{ webhook.Endpoint }

// EndpointKey names an endpoint.
func EndpointKey(a id.Account, w id.Webhook) Key { return accountKey(TableEndpoint, a, w) }

// Key names the row.
func (e Endpoint) Key() Key { return EndpointKey(e.Account, e.ID) }

func (e Endpoint) encode(c *wire.Coder) { e.fields(c) }

func (e *Endpoint) fields(c *wire.Coder) {
	wire.IDColumn(c, &e.Account)
	wire.IDColumn(c, &e.ID)
	wire.IntColumn(c, &e.Mode)
	c.Data(&e.Extra, func(c *wire.Coder) {
		wire.Text(c, 1, &e.URL)
		wire.Text(c, 2, &e.Description)
		wire.Texts(c, 3, &e.Events)
		c.Bool(4, &e.Enabled)
		wire.Text(c, 5, &e.Disabled)
		wire.List(c, 6, &e.Secrets, secretFields, func(s *webhook.Secret) *extra.Fields { return &s.Extra })
		c.Time(7, &e.FailingSince)
		wire.Int(c, 8, &e.Failures)
		c.Time(9, &e.CreatedAt)
	})
}

func secretFields(c *wire.Coder, s *webhook.Secret) {
	c.Blob(1, &s.Sealed)
	c.Time(2, &s.ExpiresAt)
}

// Event is something that happened and that customers are notified of. It is kept for webhook.Keep.
type Event struct {
	Account id.Account
	Mode    id.Mode
	ID      id.Event
	Type    webhook.Type
	Payload []byte // sealed: it has the number
	// Targets are those that it is delivered to, so that its deliveries are removed with it.
	Targets   []webhook.Target
	CreatedAt time.Time
	Extra     extra.Fields
}

// EventKey names an event. It contains the mode, so that a list of one mode never reads events of the other.
func EventKey(a id.Account, m id.Mode, e id.Event) Key {
	return Key{Table: TableEvent, Account: a, ID: string([]byte{byte(m)}) + string(e[:])}
}

// Key names the row.
func (e Event) Key() Key { return EventKey(e.Account, e.Mode, e.ID) }

func (e Event) encode(c *wire.Coder) { e.fields(c) }

func (e *Event) fields(c *wire.Coder) {
	wire.IDColumn(c, &e.Account)
	wire.IntColumn(c, &e.Mode)
	wire.IDColumn(c, &e.ID)
	c.Data(&e.Extra, func(c *wire.Coder) {
		wire.Text(c, 1, &e.Type)
		c.Blob(2, &e.Payload)
		wire.IDs(c, 3, &e.Targets)
		c.Time(4, &e.CreatedAt)
	})
}

// Delivery is the row of an event on its way to a target, and of its outcome.
type Delivery struct{ webhook.Delivery }

// DeliveryKey names a delivery: an event goes to a target once.
func DeliveryKey(a id.Account, t webhook.Target, e id.Event) Key {
	return Key{Table: TableDelivery, Account: a, ID: string(t[:]) + string(e[:])}
}

// Key names the row.
func (d Delivery) Key() Key { return DeliveryKey(d.Account, d.Target, d.Event) }

func (d Delivery) encode(c *wire.Coder) { d.fields(c) }

func (d *Delivery) fields(c *wire.Coder) {
	wire.IDColumn(c, &d.Account)
	wire.IDColumn(c, &d.Target)
	wire.IDColumn(c, &d.Event)
	c.DueColumns(&d.DueAt, &d.Owner)
	c.Data(&d.Extra, func(c *wire.Coder) {
		wire.Int(c, 1, &d.Mode)
		wire.Text(c, 2, &d.URL)
		wire.Int(c, 3, &d.State)
		wire.Int(c, 4, &d.Round)
		c.Time(5, &d.RoundAt)
		wire.Int(c, 6, &d.Total)
		wire.List(c, 7, &d.Tries, tryFields, func(t *webhook.Try) *extra.Fields { return &t.Extra })
		c.Time(8, &d.CreatedAt)
	})
}

func tryFields(c *wire.Coder, t *webhook.Try) {
	c.Time(1, &t.At)
	c.Duration(2, &t.Took, time.Millisecond)
	wire.Int(c, 3, &t.Status)
	wire.Text(c, 4, &t.Error)
	c.Blob(5, &t.Answer)
}

// TargetRef names a target.
type TargetRef struct {
	Account id.Account
	Target  webhook.Target
}

// WaitingTarget is a target that deliveries wait for, with the time of the first.
type WaitingTarget struct {
	TargetRef
	At time.Time
}
