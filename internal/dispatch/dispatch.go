// Package dispatch delivers what was asked for: it submits messages to carriers, takes their answers, receipts and inbound
// messages, and carries out what falls due.
//
// It decides nothing that a rule could decide, takes no request of a customer, and knows neither HTTP nor SQL nor a
// carrier's protocol. Its one hard idea is that everything that waits is a row that is due: fallback timers, retries,
// schedules and the work of a crash are found by one sweep, so nothing is lost with the process.
package dispatch

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/work"
)

// Config is what a dispatcher is made from. Routes, Prices, SendWait and Targets may be left out, and all carriers of one that
// sends nothing.
type Config struct {
	Store    *store.Store
	Keys     *secret.Keyring
	Index    secret.IndexKey
	Carriers []carrier.Carrier
	// Sandbox takes everything of test keys.
	Sandbox carrier.Carrier
	// Nowhere takes what live keys send to TestNumbers; nil = there is no such number.
	Nowhere     carrier.Carrier
	TestNumbers otp.TestNumbers
	Routes      []route.Rule
	Prices      []route.Price
	// Numbers is what the operator says of numbers that the plans know otherwise, or not at all.
	Numbers phone.Policy
	// SendWait is how long a send waits for a carrier before it answers "pending"; 0 = 5 s.
	SendWait time.Duration
	// Epoch is this run's number: rows in work carry it.
	Epoch int64
	// Nodes tells whose rows may be taken over; nil = there is no other node, and all but our own may.
	Nodes *cluster.Membership
	Now   func() time.Time
	Log   *slog.Logger
	// SendsPerNumber are the limits of a number, within which its copies are made; empty = no limit.
	SendsPerNumber []guard.Rate
	// Targets are where events go; nil = there are none.
	Targets outbox.Targets
	// Inbound makes what takes messages from phones. It stands above the dispatcher, which is whole when it is called, and
	// sends its answers through it. nil = no carrier reports any.
	Inbound func(*Dispatcher) TakeInbound
}

// TakeInbound takes a message from a phone, as carrier.Sink says.
type TakeInbound = func(context.Context, carrier.Inbound) (matched bool, err error)

// Timings of delivery.
const (
	defaultSendWait = 5 * time.Second
	// CarrierTimeout bounds a submit over a carrier that does not say how long one takes (carrier.SelfTimed).
	CarrierTimeout = 15 * time.Second
	sweepEvery     = 200 * time.Millisecond
	sweepBatch     = 256
)

// Dispatcher is safe for concurrent use. Run starts its loops; all else works without.
type Dispatcher struct {
	Config Config
	Query  *query.Query
	// Sink is where carriers report to.
	Sink carrier.Sink
	// Clock is Now, with what is known of steps of the machine's clock.
	Clock    *clock.Clock
	carriers map[string]carrier.Carrier
	live     route.Table
	sandbox  route.Table
	// pool has a room for each carrier, and one for all sandboxes.
	pool      *work.Pool
	workers   *work.Workers
	roomNames []string
	wake      chan struct{} // a room has little left to do, and more is due
	// Watch knows how the carriers do.
	Watch    *carrierwatch.Watch
	inFlight work.InFlight[store.Key]
	orphans  work.Orphans[store.Key]
	aside    aside
	outbox   outbox.Outbox
	clocks   clockLocks
	// unmatched are receipts whose message is not known, until that is told.
	unmatched unmatched
	// lastAccount is how far the accounts of a room with a backlog were asked.
	lastAccount map[roomClass]id.Account
}

// New makes a dispatcher.
func New(c Config) *Dispatcher {
	if c.SendWait == 0 {
		c.SendWait = defaultSendWait
	}
	if c.Nodes == nil {
		c.Nodes = cluster.Alone(c.Epoch)
	}

	now := clock.New(c.Now, c.Epoch)
	c.Now = now.Now
	d := &Dispatcher{
		Config: c, Clock: now, carriers: map[string]carrier.Carrier{}, wake: make(chan struct{}, 1), lastAccount: map[roomClass]id.Account{},
		workers: work.NewWorkers(c.Log), live: route.Table{Rules: c.Routes, Prices: c.Prices},
		outbox: outbox.Outbox{Keys: c.Keys, Epoch: c.Epoch, Targets: c.Targets},
	}

	watched := carrierwatch.Config{Store: c.Store, Epoch: c.Epoch, Nodes: c.Nodes, Now: c.Now, Log: c.Log}
	for _, k := range c.Carriers {
		d.carriers[k.Name()] = k
		d.live.Carriers = append(d.live.Carriers, describe(k))
		watched.Carriers = append(watched.Carriers, k.Name())
	}

	d.Watch = carrierwatch.New(watched)
	if c.Sandbox != nil {
		d.sandbox.Carriers = []route.Carrier{describe(c.Sandbox)}
	}
	if c.Nowhere != nil {
		d.carriers[c.Nowhere.Name()] = c.Nowhere // not in the table of plans: no other message goes over it
	}

	limits := d.limits()
	d.pool, d.roomNames = work.New(d.workers, limits, d.wakeSweep), slices.Sorted(maps.Keys(limits))
	d.Query = query.New(c.Store, c.Keys, c.Index, now, d.sender)

	d.Sink = carrier.Sink{Receipt: d.Receipt, Answer: d.Answer}
	if c.Inbound != nil {
		d.Sink.Inbound = c.Inbound(d)
	}

	return d
}

// sender is the sender that a carrier has of its own.
func (d *Dispatcher) sender(mode id.Mode, name string) string {
	if k, ok := d.carrier(mode, name).(carrier.Sender); ok {
		return k.From()
	}
	return ""
}

func describe(c carrier.Carrier) route.Carrier {
	out := route.Carrier{Name: c.Name(), Channels: c.Channels(), Receipts: c.Receipts()}
	if e, ok := c.(carrier.Encoder); ok {
		out.Charset = e.Charset()
	}
	return out
}

// limits are what each carrier takes from this process.
func (d *Dispatcher) limits() map[string]work.Limits {
	all := map[string]work.Limits{}
	carriers := slices.Collect(maps.Values(d.carriers))
	if d.Config.Sandbox != nil {
		carriers = append(carriers, d.Config.Sandbox)
	}

	for _, k := range carriers {
		l := k.Limits()
		all[k.Name()] = work.Limits{Places: l.InFlight, Rate: l.Rate}
	}

	return all
}

// RefreshLimits asks the carriers again what they take, after nodes came or went and each has another share.
func (d *Dispatcher) RefreshLimits() {
	for name, l := range d.limits() {
		d.pool.Limit(name, l)
	}
}

// wakeSweep has the loop look for due work at once.
func (d *Dispatcher) wakeSweep() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Drain waits until every submit under way has its answer stored, or ctx ends. Nothing new may be asked for meanwhile.
// What is not answered by then is unknown.
func (d *Dispatcher) Drain(ctx context.Context) error { return d.workers.Drain(ctx) }

// carrier returns the carrier of a step; nil when it was taken out of the configuration.
func (d *Dispatcher) carrier(mode id.Mode, name string) carrier.Carrier {
	if mode == id.Test {
		return d.Config.Sandbox
	}
	return d.carriers[name]
}

func (d *Dispatcher) table(mode id.Mode) route.Table {
	if mode == id.Test {
		return d.sandbox
	}
	return d.live
}

// Plan chooses the steps of a message; unserved is a channel that no carrier serves.
func (d *Dispatcher) Plan(mode id.Mode, r route.Request) (plan []message.Step, unserved message.Channel) {
	return d.table(mode).Plan(r)
}

// PlanVia is the plan of a text that goes over one carrier and no other, by SMS if it has several channels. It is empty when the carrier is gone or takes no texts.
func (d *Dispatcher) PlanVia(mode id.Mode, name string, r route.Request) (plan []message.Step) {
	k := d.carrier(mode, name)
	if k == nil {
		return nil
	}

	channel := message.SMS
	if !slices.Contains(k.Channels(), channel) {
		channel = message.WhatsApp
	}

	r.Channels = []message.Channel{channel}

	table := route.Table{Carriers: []route.Carrier{describe(k)}, Prices: d.table(mode).Prices}
	plan, unserved := table.Plan(r)
	if unserved != 0 {
		return nil
	}

	return plan
}

// ChannelOf is the channel that a carrier's inbound messages come over: its own, or SMS if it has several.
func (d *Dispatcher) ChannelOf(name string) message.Channel {
	if k := d.carriers[name]; k != nil && len(k.Channels()) == 1 {
		return k.Channels()[0]
	}
	return message.SMS
}

// Down lists the carriers that a message should pass by, since they failed lately.
func (d *Dispatcher) Down(now time.Time) []string { return d.Watch.Down(now) }

// SealNumber seals the number of a row. Query.Number opens it.
func (d *Dispatcher) SealNumber(k store.Key, n phone.Number) []byte {
	return d.Config.Keys.Seal([]byte(n), k.Place("number"))
}

// Code computes an OTP's code: the same for every number of the subscriber, since a resend may name another than the send.
// It is empty for an OTP of a test number that the operator has removed.
func (d *Dispatcher) Code(o otp.OTP, to phone.Number) secret.String {
	if o.TestNumber {
		return d.Config.TestNumbers.Code(to)
	}
	return secret.NewString(otp.Derive(d.Config.Keys.Codes(), o.ID, o.Account, o.Mode, phone.Subscriber(to), o.Length))
}
