package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/node"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Endpoint is the row of a customer's webhook endpoint.
type Endpoint struct{ webhook.Endpoint }

// Key names the row.
func (e Endpoint) Key() Key { return EndpointKey(e.Account, e.ID) }

// Event is what happened, as customers are told of it. It is kept for webhook.Keep.
type Event struct {
	Account id.Account
	Mode    id.Mode
	ID      id.Event
	Type    webhook.Type
	Payload []byte // sealed: it has the number
	// Targets are those that it is delivered to, so that its deliveries go with it.
	Targets   []webhook.Target
	CreatedAt time.Time
}

// Key names the row.
func (e Event) Key() Key { return EventKey(e.Account, e.Mode, e.ID) }

// Delivery is the row of an event on its way to a target, and what is known of it afterwards.
type Delivery struct{ webhook.Delivery }

// Key names the row.
func (d Delivery) Key() Key { return DeliveryKey(d.Account, d.Target, d.Event) }

// EndpointKey names an endpoint.
func EndpointKey(a id.Account, w id.Webhook) Key {
	return Key{Table: TableEndpoint, Account: a, ID: string(w[:])}
}

// EventKey names an event. The mode is part of it, so that a list of one mode never reads the other's.
func EventKey(a id.Account, m id.Mode, e id.Event) Key {
	return Key{Table: TableEvent, Account: a, ID: string([]byte{byte(m)}) + string(e[:])}
}

// DeliveryKey names a delivery: an event goes to a target once.
func DeliveryKey(a id.Account, t webhook.Target, e id.Event) Key {
	return Key{Table: TableDelivery, Account: a, ID: string(t[:]) + string(e[:])}
}

// webhookKeyRow is KeyRow for the tables whose key has three columns.
func webhookKeyRow(k Key, row Row) Row {
	if k.Table == TableEvent {
		return append(row, Value{B: k.Account[:]}, Value{N: int64(k.ID[0])}, Value{B: []byte(k.ID[1:])})
	}
	return append(row, Value{B: k.Account[:]}, Value{B: []byte(k.ID[:16])}, Value{B: []byte(k.ID[16:])})
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

// WebhookReader is the part of Reader that webhooks need.
type WebhookReader interface {
	// Endpoints lists every account's endpoints, in the order of account and id, after the given one.
	Endpoints(account id.Account, after id.Webhook, limit int) ([]Endpoint, error)
	// Events lists events of an account and mode strictly between two ids: oldest first, or newest first.
	Events(account id.Account, mode id.Mode, after, before id.Event, newestFirst bool, limit int) ([]Event, error)
	// Deliveries lists what went to a target, newest first, before the given event; the zero id begins at the newest.
	Deliveries(account id.Account, target webhook.Target, before id.Event, limit int) ([]Delivery, error)
	// WaitingTargets lists the targets that deliveries wait for, after the given one. It reads one row for each,
	// however many wait.
	WaitingTargets(after TargetRef, limit int) ([]WaitingTarget, error)
	// DueDeliveries lists a target's deliveries that nobody works on, also those whose time is still to come, the soonest
	// first, without those of some events.
	DueDeliveries(t TargetRef, without map[id.Event]struct{}, limit int) ([]Delivery, error)
	// LeftDeliveries lists deliveries that nodes worked on which are gone, owner by owner.
	LeftDeliveries(nodes node.Set, limit int) ([]Due, error)
}

func (e Endpoint) encode(n *encoder) {
	n.id(e.Account)
	n.id(e.ID)
	n.int(int64(e.Mode))
	p := n.pack()
	p.string(e.URL)
	p.string(e.Description)
	list(&p, e.Events, func(t webhook.Type) { p.string(string(t)) })
	p.bool(e.Enabled)
	p.string(string(e.Disabled))
	list(&p, e.Secrets, func(s webhook.Secret) {
		p.bytes(s.Sealed)
		p.time(s.ExpiresAt)
	})
	p.time(e.FailingSince)
	p.int(int64(e.Failures))
	p.time(e.CreatedAt)
	n.packed(p)
}

func decodeEndpoint(d *decoder) Record {
	var e Endpoint
	e.Account, e.ID, e.Mode = d.account(), id.Webhook(d.sixteen()), id.Mode(d.int())
	u := d.unpack()
	e.URL, e.Description = u.string(), u.string()
	e.Events = unlist(&u, func() webhook.Type { return webhook.Type(u.string()) })
	e.Enabled, e.Disabled = u.bool(), webhook.Disabled(u.string())
	e.Secrets = unlist(&u, func() webhook.Secret { return webhook.Secret{Sealed: u.bytes(), ExpiresAt: u.time()} })
	e.FailingSince, e.Failures, e.CreatedAt = u.time(), int(u.int()), u.time()
	d.unpacked(&u)
	return e
}

func (e Event) encode(n *encoder) {
	n.id(e.Account)
	n.int(int64(e.Mode))
	n.id(e.ID)
	p := n.pack()
	p.string(string(e.Type))
	p.bytes(e.Payload)
	list(&p, e.Targets, func(t webhook.Target) { p.id(t) })
	p.time(e.CreatedAt)
	n.packed(p)
}

func decodeEvent(d *decoder) Record {
	e := Event{Account: d.account(), Mode: id.Mode(d.int()), ID: id.Event(d.sixteen())}
	u := d.unpack()
	e.Type, e.Payload = webhook.Type(u.string()), u.bytes()
	e.Targets = unlist(&u, func() webhook.Target { return u.id() })
	e.CreatedAt = u.time()
	d.unpacked(&u)
	return e
}

func (d Delivery) encode(n *encoder) {
	n.id(d.Account)
	n.id(d.Target)
	n.id(d.Event)
	// The index of work is on rows with a due_at, as in message.
	if d.DueAt.IsZero() && d.Owner != 0 {
		n.int(0)
	} else {
		n.time(d.DueAt)
	}
	n.int(d.Owner)
	p := n.pack()
	p.uint(uint64(d.Mode))
	p.string(d.URL)
	p.uint(uint64(d.State))
	p.int(int64(d.Round))
	p.time(d.RoundAt)
	p.int(int64(d.Total))
	list(&p, d.Tries, func(t webhook.Try) {
		p.time(t.At)
		p.int(int64(t.Took / time.Millisecond))
		p.int(int64(t.Status))
		p.string(t.Error)
		p.bytes(t.Answer)
	})
	p.time(d.CreatedAt)
	n.packed(p)
}

func decodeDelivery(d *decoder) Record {
	var v Delivery
	v.Account, v.Target, v.Event = d.account(), d.sixteen(), id.Event(d.sixteen())
	v.DueAt, v.Owner = d.time(), d.int()
	if v.Owner != 0 && v.DueAt.UnixMicro() == 0 {
		v.DueAt = time.Time{}
	}
	u := d.unpack()
	v.Mode, v.URL, v.State = id.Mode(u.uint()), u.string(), webhook.State(u.uint())
	v.Round, v.RoundAt, v.Total = int(u.int()), u.time(), int(u.int())
	v.Tries = unlist(&u, func() webhook.Try {
		return webhook.Try{At: u.time(), Took: u.duration(time.Millisecond), Status: int(u.int()), Error: u.string(), Answer: u.bytes()}
	})
	v.CreatedAt = u.time()
	d.unpacked(&u)
	return v
}
