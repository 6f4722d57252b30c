// Package dispatch delivers messages: it submits them to carriers, stores answers and receipts, and carries out what
// falls due.
//
// Everything that waits is a row that is due. One sweep finds fallback timers, retries, schedules and the work of a
// crash, so nothing is lost with the process. The package leaves decisions to rules, serves no requests of customers,
// and knows neither HTTP nor SQL nor a carrier's protocol.
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
	"github.com/syssecure/syssecure/internal/verifiedrate"
	"github.com/syssecure/syssecure/internal/work"
)

// Config configures a Dispatcher. Routes, Prices, Costs, SendWait and Targets are optional. A dispatcher that sends
// nothing needs no carriers.
type Config struct {
	Store    *store.Store
	Keys     *secret.Keyring
	Index    secret.IndexKey
	Carriers []carrier.Carrier
	// Sandbox gets the messages of test keys.
	Sandbox carrier.Carrier
	// TestNumberCarrier gets what live keys send to TestNumbers; nil = there are none.
	TestNumberCarrier carrier.Carrier
	TestNumbers       otp.TestNumbers
	Routes            []route.Rule
	Prices            []route.Price
	Costs             []route.Cost
	// Kinds are the kinds of the carriers, by their names.
	Kinds map[string]string
	// Numbers are the operator's corrections of the numbering plans.
	Numbers phone.Policy
	// SendWait is how long a send waits for a carrier before it answers "pending"; 0 = 5 s.
	SendWait time.Duration
	// Epoch is this run's number: the owner of claimed rows.
	Epoch int64
	// Nodes says whose rows may be taken over; nil = this is the only node.
	Nodes *cluster.Membership
	Now   func() time.Time
	Log   *slog.Logger
	// SendsPerNumber are the limits of a number, which its copies must keep; empty = no limit.
	SendsPerNumber []guard.Rate
	// Targets knows where events go; nil = nowhere.
	Targets outbox.Targets
	// Inbound makes the receiver of messages from phones, which sends its replies through the dispatcher. New calls it
	// last. nil = no carrier reports such messages.
	Inbound func(*Dispatcher) ReceiveInbound
}

// ReceiveInbound receives a message from a phone, see carrier.Sink.
type ReceiveInbound = func(context.Context, carrier.Inbound) (matched bool, err error)

// Timings of delivery.
const (
	defaultSendWait = 5 * time.Second
	// CarrierTimeout bounds a submit over a carrier that does not say how long one takes (carrier.SelfTimed).
	CarrierTimeout = 15 * time.Second
	sweepEvery     = 200 * time.Millisecond
	sweepBatch     = 256
)

// Dispatcher is safe for concurrent use. Only what falls due needs Run.
type Dispatcher struct {
	Config Config
	Query  *query.Query
	// Sink is where carriers report to.
	Sink carrier.Sink
	// Clock reads Now, and notices when the machine's clock is set.
	Clock    *clock.Clock
	carriers map[string]carrier.Carrier
	live     route.Table
	sandbox  route.Table
	// pool has a queue for each carrier, and one for all sandboxes.
	pool       *work.Pool
	workers    *work.Workers
	queueNames []string
	wake       chan struct{} // wakes the sweep when a queue has little left to do and more is due
	// Watch knows which carriers are down.
	Watch *carrierwatch.Watch
	// Rates knows how many codes of a carrier are verified; nil when no route asks for that.
	Rates    *verifiedrate.Rates
	inFlight work.InFlight[store.Key]
	orphans  work.Orphans[store.Key]
	deferred deferred
	// revokes is set when any carrier can take messages back, and revoking has an entry for each OTP whose messages are.
	revokes  bool
	revoking chan struct{}
	paused   paused
	outbox   outbox.Outbox
	clocks   clockLocks
	// states are those of live mode and of the sandbox.
	states [2]states
	// unmatched are receipts that match no message, until they are logged.
	unmatched unmatched
	// lastAccount is the account up to which a queue with a backlog was swept.
	lastAccount map[queueClass]id.Account
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
		Config: c, Clock: now, carriers: map[string]carrier.Carrier{}, lastAccount: map[queueClass]id.Account{},
		wake: make(chan struct{}, 1), workers: work.NewWorkers(c.Log),
		live:     RouteTable(c.Carriers, route.Table{Rules: c.Routes, Prices: c.Prices, Costs: c.Costs}),
		outbox:   outbox.Outbox{Keys: c.Keys, Epoch: c.Epoch, Targets: c.Targets},
		revoking: make(chan struct{}, maxRevoking),
	}

	watched := carrierwatch.Config{
		Store: c.Store, Epoch: c.Epoch, Nodes: c.Nodes, Now: c.Now, Log: c.Log, Load: d.loadOf, Paused: d.pause,
	}
	for _, k := range c.Carriers {
		d.carriers[k.Name()] = k
		watched.Carriers = append(watched.Carriers, k.Name())
		_, revokes := k.(carrier.Revoker)
		d.revokes = d.revokes || revokes
	}

	d.Watch = carrierwatch.New(watched)
	if d.live.Rated() {
		d.Rates = verifiedrate.New(verifiedrate.Config{Store: c.Store, Now: c.Now, Log: c.Log})
	}
	if c.Sandbox != nil {
		d.sandbox = RouteTable([]carrier.Carrier{c.Sandbox}, route.Table{})
	}
	if c.TestNumberCarrier != nil {
		// It is in no route table, so that no other message goes over it.
		d.carriers[c.TestNumberCarrier.Name()] = c.TestNumberCarrier
	}

	limits := d.limits()
	d.pool, d.queueNames = work.New(d.workers, limits, d.wakeSweep), slices.Sorted(maps.Keys(limits))
	d.Query = query.New(c.Store, c.Keys, c.Index, now, d.sender)

	d.Sink = carrier.Sink{Receipt: d.Receipt, Answer: d.Answer, Unreported: d.Unreported}
	if c.Inbound != nil {
		d.Sink.Inbound = c.Inbound(d)
	}

	return d
}

// sender is the sender that is configured for a carrier.
func (d *Dispatcher) sender(mode id.Mode, name string) string {
	if k, ok := d.carrier(mode, name).(carrier.Sender); ok {
		return k.From()
	}
	return ""
}

// RouteTable is what plans are made from: a table of rules, prices and costs, completed with the carriers.
func RouteTable(carriers []carrier.Carrier, t route.Table) route.Table {
	for _, c := range carriers {
		t.Carriers = append(t.Carriers, describe(c))
	}
	return t
}

func describe(c carrier.Carrier) route.Carrier {
	out := route.Carrier{Name: c.Name(), Channels: c.Channels(), Receipts: c.Receipts()}
	if e, ok := c.(carrier.Encoder); ok {
		out.Charset = e.Charset()
	}
	return out
}

// limits are each carrier's limits for this process.
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

// RefreshLimits reads the carriers' limits again, after nodes joined or left and the shares changed.
func (d *Dispatcher) RefreshLimits() {
	for name, l := range d.limits() {
		d.pool.Limit(name, l)
	}
}

// wakeSweep makes the loop sweep without waiting for its tick.
func (d *Dispatcher) wakeSweep() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Drain waits until the answers of all submits under way are stored, or ctx ends. No new work may be begun meanwhile.
// The outcome of submits without an answer is unknown then.
func (d *Dispatcher) Drain(ctx context.Context) error { return d.workers.Drain(ctx) }

// carrier returns the carrier of a step; nil when it was removed from the configuration.
func (d *Dispatcher) carrier(mode id.Mode, name string) carrier.Carrier {
	if mode == id.Test {
		return d.Config.Sandbox
	}
	return d.carriers[name]
}

// RouteTable is what the plans of a mode are made from.
func (d *Dispatcher) RouteTable(mode id.Mode) route.Table {
	if mode == id.Test {
		return d.sandbox
	}
	return d.live
}

// Plan chooses the steps of a message; unserved is a channel that no carrier serves.
func (d *Dispatcher) Plan(mode id.Mode, r route.Request) (plan []message.Step, unserved message.Channel) {
	if d.Rates == nil || mode == id.Test || len(r.Like) > 0 {
		return d.RouteTable(mode).Plan(r)
	}
	return d.Rates.Plan(d.live, r, d.Watch.Skipped(d.Config.Now()))
}

// PlanVia plans a text over the given carrier, by SMS if the carrier has it, else by WhatsApp. The plan is empty when
// the carrier does not exist or accepts no texts.
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

	all := d.RouteTable(mode)
	table := route.Table{Carriers: []route.Carrier{describe(k)}, Prices: all.Prices, Costs: all.Costs}
	plan, unserved := table.Plan(r)
	if unserved != 0 {
		return nil
	}

	return plan
}

// ChannelOf is the channel of a carrier's inbound messages: its only one, or SMS if it has several.
func (d *Dispatcher) ChannelOf(name string) message.Channel {
	if k := d.carriers[name]; k != nil && len(k.Channels()) == 1 {
		return k.Channels()[0]
	}
	return message.SMS
}

// Down lists the carriers that messages should avoid, because they failed lately.
func (d *Dispatcher) Down(now time.Time) []string { return d.Watch.Down(now) }

// Avoid lists the carriers that a message with this plan should avoid: those that are down or paused.
func (d *Dispatcher) Avoid(plan []message.Step, now time.Time) []string {
	return d.Watch.Avoid(plan, now)
}

// SealNumber seals the number of a row. Query.Number opens it.
func (d *Dispatcher) SealNumber(k store.Key, n phone.Number) []byte {
	return d.Config.Keys.Seal([]byte(n), k.Location("number"))
}

// Code computes an OTP's code. It is the same for all numbers of a subscriber, since a resend may use another one than
// the send. It is empty for a test number that the operator has removed.
func (d *Dispatcher) Code(o otp.OTP, to phone.Number) secret.String {
	if o.TestNumber {
		return d.Config.TestNumbers.Code(to)
	}
	return secret.NewString(otp.Derive(d.Config.Keys.Codes(), o.ID, o.Account, o.Mode, phone.Subscriber(to), o.Length))
}
