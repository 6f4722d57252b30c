// Package testworld makes engines for tests: an account with credits, callers of both modes, a clock that only the test
// moves, carriers with scripted answers, and a database that can fail.
//
// It has no tests, and only tests import it. Restart simulates a crash: it makes a second engine over the same database
// under the next epoch, while the first may still hang in a submit.
package testworld

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/sandbox"
	"github.com/syssecure/syssecure/internal/carrier/testnumber"
	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/inbound"
	"github.com/syssecure/syssecure/internal/janitor"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/optout"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/memory"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/internal/store/sqlite"
	"github.com/syssecure/syssecure/internal/store/storetest"
)

// Options are those of a World. The zero value has a database in memory, no carriers, no prices and no limits.
type Options struct {
	Backend  store.Backend
	Carriers []carrier.Carrier
	// Sandbox is the carrier of test mode; nil = the real one.
	Sandbox carrier.Carrier
	Routes  []route.Rule
	Prices  []route.Price
	Costs   []route.Cost
	Limits  engine.Limits
	Numbers phone.Policy
	// TestNumbers are numbers of live keys that get no messages, with their codes.
	TestNumbers map[phone.Number]secret.String
	Credits     int64
	// Now replaces the world's Clock, for tests in a synctest bubble.
	Now func() time.Time
	Log *slog.Logger
	// Nodes makes the membership of the engine with the epoch; nil = there is no other node.
	Nodes func(epoch int64) *cluster.Membership
}

// World is an engine with one account.
type World struct {
	*engine.Engine
	Dispatcher *dispatch.Dispatcher
	OptOuts    *optout.Handler
	Answers    *idempotency.Answers
	Admin      *admin.Admin
	// Hooks deliver to Receiver. A test that needs their sweep runs it.
	Hooks    *hooks.Hooks
	Receiver *Receiver
	Clock    *Clock
	// Janitor runs only when a test runs it.
	Janitor *janitor.Janitor
	Account id.Account
	// Live and Test are callers with every scope.
	Live, Test account.Caller

	options Options
}

// New makes a world whose store is closed when the test ends.
func New(t testing.TB, o Options) *World {
	t.Helper()
	if o.Backend == nil {
		o.Backend = memory.New(storetest.Codec)
	}
	if o.Sandbox == nil {
		o.Sandbox = sandbox.Carrier{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}

	keys, err := secret.NewKeyring(secret.NewMasterKey())
	if err != nil {
		t.Fatal(err)
	}

	w := &World{Clock: NewClock(), options: o}
	if w.options.Now == nil {
		w.options.Now = w.Clock.Now
	}

	w.Receiver = &Receiver{now: w.options.Now}
	w.start(t, o.Backend, keys, secret.NewIndexKey(), 1)
	a, err := w.Admin.CreateAccount(t.Context(), "Acme", o.Credits)
	if err != nil {
		t.Fatal(err)
	}
	w.Account, w.Live, w.Test = a.ID, CallerOf(a.Account, id.Live), CallerOf(a.Account, id.Test)

	return w
}

// CallerOf is a caller of the account with every scope.
func CallerOf(a account.Account, mode id.Mode) account.Caller {
	return account.Caller{
		Principal: account.Principal{Account: a.ID, Mode: mode, Key: "test", Scopes: account.Scopes},
		Settings:  a.Settings.Of(mode),
	}
}

// Sink is where carriers report to.
func (w *World) Sink() carrier.Sink {
	return w.Dispatcher.Sink
}

// Inbound receives a message from a phone.
func (w *World) Inbound(ctx context.Context, in carrier.Inbound) (matched bool, err error) {
	return w.Dispatcher.Sink.Inbound(ctx, in)
}

func (w *World) start(t testing.TB, b store.Backend, keys *secret.Keyring, index secret.IndexKey, epoch int64) {
	s := store.Open(b)
	t.Cleanup(func() { _ = s.Close() })
	w.startWith(t, s, keys, index, epoch)
}

func (w *World) startWith(t testing.TB, s *store.Store, keys *secret.Keyring, index secret.IndexKey, epoch int64) {
	var nodes *cluster.Membership
	if w.options.Nodes != nil {
		nodes = w.options.Nodes(epoch)
	}

	w.Hooks = hooks.New(hooks.Config{
		Store: s, Keys: keys, Epoch: epoch, Nodes: nodes, Now: w.options.Now, Log: w.options.Log,
		Rand: func() float64 { return 0.5 },
		Post: w.Receiver.Post, CheckURL: egress.NewClient(egress.Options{}).CheckURL,
	})

	kinds := map[string]string{}
	for _, k := range w.options.Carriers {
		kinds[k.Name()] = "http"
	}
	w.Dispatcher = dispatch.New(dispatch.Config{
		Store: s, Keys: keys, Index: index, Epoch: epoch, Nodes: nodes, Now: w.options.Now, Log: w.options.Log,
		Carriers: w.options.Carriers, Sandbox: w.options.Sandbox, TestNumberCarrier: testnumber.Carrier{},
		TestNumbers: otp.NewTestNumbers(w.options.TestNumbers), Routes: w.options.Routes, Prices: w.options.Prices,
		Costs: w.options.Costs, Kinds: kinds, Numbers: w.options.Numbers, Targets: w.Hooks, SendsPerNumber: w.options.Limits.SendsPerNumber,
		Inbound: func(d *dispatch.Dispatcher) dispatch.ReceiveInbound {
			return inbound.New(d, optout.New(d)).Receive
		},
	})

	d := w.Dispatcher
	w.Answers = idempotency.New(idempotency.Config{
		Store: s, Keys: keys, Now: d.Clock.Now, Epoch: epoch, Log: w.options.Log, Lost: engine.Lost(d.Query),
		Gone: func(epoch int64) bool { return d.Config.Nodes.Members().Gone(epoch) },
	})

	w.OptOuts = optout.New(w.Dispatcher)
	w.Engine = engine.New(engine.Config{
		Dispatcher: w.Dispatcher, Limits: w.options.Limits, CheckURL: egress.NewClient(egress.Options{}).CheckURL,
	})
	if err := w.Hooks.Load(t.Context()); err != nil {
		t.Fatal(err)
	}

	w.Janitor = &janitor.Janitor{Store: s, Now: w.options.Now, Log: w.options.Log}
	w.Admin = &admin.Admin{Store: s, Keys: keys, Index: index, Now: w.options.Now}
}

// Rerun makes the engine of the next epoch over the same store: a run without the memory of this one.
func (w *World) Rerun(t testing.TB) *World {
	t.Helper()
	next := *w
	c := w.Dispatcher.Config
	next.startWith(t, c.Store, c.Keys, c.Index, c.Epoch+1)

	return &next
}

// Restart makes the engine of the next epoch over the same data, with the same account, clock and carriers. The old
// world keeps hanging in its submits, unless the caller closed it before.
func (w *World) Restart(t testing.TB, b store.Backend) *World {
	t.Helper()
	next := *w
	if b == nil {
		b = w.options.Backend
	}
	next.options.Backend = b
	next.start(t, b, w.Dispatcher.Config.Keys, w.Dispatcher.Config.Index, w.Dispatcher.Config.Epoch+1)

	return &next
}

// RestartWith is Restart over the same database with other carriers, as after a change of the configuration.
func (w *World) RestartWith(t testing.TB, carriers []carrier.Carrier) *World {
	t.Helper()
	next := *w
	next.options.Carriers = carriers
	next.start(t, next.options.Backend, w.Dispatcher.Config.Keys, w.Dispatcher.Config.Index, w.Dispatcher.Config.Epoch+1)

	return &next
}

// Sweep carries out what is due now, as one round of Run does, and waits for the submits that it began.
func (w *World) Sweep(t testing.TB) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = w.sweep(t); err != nil {
			t.Fatalf("sweep: %v", err)
		}
	}
}

// sweep sees every change: a sweep peeks and may miss the newest, so a view comes first, before which they are settled.
func (w *World) sweep(t testing.TB) (more bool, err error) {
	t.Helper()
	if err := w.Dispatcher.Config.Store.View(t.Context(), func(store.Reader) error { return nil }); err != nil {
		return false, err
	}
	more, err = w.Dispatcher.Sweep(t.Context())
	w.Settle()

	return more, err
}

// SweepOnce is Sweep for one round, and returns its error.
func (w *World) SweepOnce(t testing.TB) error {
	t.Helper()
	_, err := w.sweep(t)
	return err
}

// Do runs a job, such as one of the Janitor, that must not fail.
func (w *World) Do(t testing.TB, job func(context.Context) error) {
	t.Helper()
	if err := job(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Settle waits for the submits under way.
func (w *World) Settle() { _ = w.Dispatcher.Drain(context.Background()) }

// Balance reads the account's balance, and compares it with the sum of its entries.
func (w *World) Balance(t testing.TB) ledger.Balance {
	t.Helper()
	var row store.Account
	var sum ledger.Balance
	var entries int64
	err := w.Dispatcher.Config.Store.View(t.Context(), func(v store.Reader) error {
		rows, err := v.Load(store.AccountKey(w.Account))
		if err != nil {
			return err
		}
		row, _ = store.Get[store.Account](rows, store.AccountKey(w.Account))
		sum, entries, err = v.LedgerSum(w.Account)
		return err
	})
	if err != nil {
		t.Fatalf("read the balance: %v", err)
	}
	if sum != row.Balance || entries != row.Entries || sum.Credits < 0 || sum.Held < 0 {
		t.Errorf("balance %+v with %d entries, but the %d entries sum to %+v", row.Balance, row.Entries, entries, sum)
	}

	return row.Balance
}

// Read reads a live verification.
func (w *World) Read(t testing.TB, o id.OTP) engine.OTP {
	t.Helper()
	got, err := w.Dispatcher.Query.GetOTP(t.Context(), w.Live, o)
	if err != nil {
		t.Fatalf("read the OTP: %v", err)
	}
	return got
}

// Contact reads the contact of a number.
func (w *World) Contact(t testing.TB, mode id.Mode, number string) store.Contact {
	t.Helper()
	mac := w.Dispatcher.Config.Index.MAC([]byte{byte(mode)}, []byte(number))
	k := store.ContactKey(w.Account, store.ContactID(mac[:16]))
	var c store.Contact
	err := w.Dispatcher.Config.Store.View(t.Context(), func(v store.Reader) error {
		rows, err := v.Load(k)
		c, _ = store.Get[store.Contact](rows, k)
		return err
	})
	if err != nil {
		t.Fatalf("read the contact: %v", err)
	}

	return c
}

// Number is the i-th of a million valid mobile numbers.
func Number(i int) string { return fmt.Sprintf("+32470%06d", i%1_000_000) }

// To is a request for a code to a number over channels, by default over SMS.
func To(number string, channels ...message.Channel) engine.OTPRequest {
	if len(channels) == 0 {
		channels = []message.Channel{message.SMS}
	}
	return engine.OTPRequest{To: number, Channels: channels}
}

// Clock is a clock that only the test moves. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock makes a clock at a time with a fraction of a second, as real times have.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 4, 25, 15, 27, 0, 123_456_000, time.UTC)} }

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add moves the clock.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Backends make an empty database of each kind.
var Backends = map[string]func(t testing.TB) store.Backend{
	"memory": func(testing.TB) store.Backend { return memory.New(storetest.Codec) },
	"sqlite": func(t testing.TB) store.Backend { return OpenSQLite(t, t.TempDir()+"/test.db") },
	// It skips the test where PostgreSQL is not installed.
	"postgres": func(t testing.TB) store.Backend { return OpenPostgres(t, pgtest.URL(t)) },
}

// OpenPostgres opens a database of a server.
func OpenPostgres(t testing.TB, url string) *postgres.Backend {
	t.Helper()
	b, err := postgres.Open(t.Context(), url, storetest.Codec)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// OpenSQLite opens a database file.
func OpenSQLite(t testing.TB, path string) store.Backend {
	t.Helper()
	b, err := sqlite.Open(path, storetest.Codec)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
