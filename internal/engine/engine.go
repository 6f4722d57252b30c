// Package engine is the shell: the verbs of the API (send, verify, resend, cancel) and the loops behind them. It is the
// only place, with admin, that orders effects: load, ask a rule, store, then call a carrier.
//
// It decides nothing that a rule could decide, and knows neither HTTP nor SQL nor a carrier's protocol. Its one hard
// idea is that everything that waits is a row that is due: fallback timers, retries, schedules and the work of a crash
// are found by one sweep, so nothing is lost with the process.
package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
)

// Limits are what a number and a key may have. Empty lists are no limit.
type Limits struct {
	SendsPerNumber []guard.Rate
	SendGaps       []time.Duration
}

// Config is what an engine is made from. All fields but Log are required.
type Config struct {
	Store    *store.Store
	Keys     *secret.Keyring
	Index    secret.IndexKey
	Carriers []carrier.Carrier
	// Sandbox takes everything of test keys.
	Sandbox carrier.Carrier
	Routes  []route.Rule
	Prices  []route.Price
	Limits  Limits
	// SendWait is how long a send waits for a carrier before it answers "pending"; 0 = 5 s.
	SendWait time.Duration
	// Epoch is this run's number: rows in work carry it, and rows with another are of a node that died.
	Epoch int64
	Now   func() time.Time
	Log   *slog.Logger
	// Outbox carries events to customers; nil = nobody is told.
	Outbox Outbox
}

// Timings of the engine. CarrierTimeout stays below the time after which work is taken for dead.
const (
	defaultSendWait = 5 * time.Second
	// CarrierTimeout bounds one submit.
	CarrierTimeout = 15 * time.Second
	sweepEvery     = 200 * time.Millisecond
	sweepBatch     = 256
	// capacity is how many submits run at once; what is above waits as a due row.
	capacity = 2048
)

// Engine is safe for concurrent use. Run starts its loops; the verbs work without.
type Engine struct {
	Config
	carriers map[string]carrier.Carrier
	live     route.Table
	sandbox  route.Table
	slots    chan struct{}
	idle     chan task // taken by workers that wait
	tasks    sync.WaitGroup
	stopping chan struct{}
	giveUp   sync.Once
	health   healthBook
	teller   Teller
	// sandboxes keeps the sandbox's clock from moving while its due work is carried out.
	sandboxes sync.RWMutex
}

// New makes an engine.
func New(c Config) *Engine {
	if c.SendWait == 0 {
		c.SendWait = defaultSendWait
	}
	e := &Engine{
		Config: c, carriers: map[string]carrier.Carrier{}, slots: make(chan struct{}, capacity), idle: make(chan task),
		stopping: make(chan struct{}), live: route.Table{Rules: c.Routes, Prices: c.Prices},
		health: healthBook{by: map[string]route.Health{}}, teller: Teller{c.Keys, c.Epoch, c.Outbox},
	}
	for _, k := range c.Carriers {
		e.carriers[k.Name()] = k
		e.live.Carriers = append(e.live.Carriers, describe(k))
	}
	e.sandbox.Carriers = []route.Carrier{describe(c.Sandbox)}
	return e
}

func describe(c carrier.Carrier) route.Carrier {
	return route.Carrier{Name: c.Name(), Channels: c.Channels(), Receipts: c.Receipts()}
}

// Drain waits until every submit under way has its answer stored, or ctx ends. Nothing new may be asked of the engine
// meanwhile.
func (e *Engine) Drain(ctx context.Context) error {
	done := make(chan struct{})
	go func() { e.tasks.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		e.giveUp.Do(func() { close(e.stopping) })
		<-done
		return ctx.Err()
	}
}

// carrier returns the carrier of a step; nil when it was taken out of the configuration.
func (e *Engine) carrier(mode id.Mode, name string) carrier.Carrier {
	if mode == id.Test {
		return e.Sandbox
	}
	return e.carriers[name]
}

func (e *Engine) table(mode id.Mode) route.Table {
	if mode == id.Test {
		return e.sandbox
	}
	return e.live
}

// contact is the index value of a number.
func (e *Engine) contact(mode id.Mode, n phone.Number) store.ContactID {
	mac := e.Index.MAC([]byte{byte(mode)}, []byte(n))
	return store.ContactID(mac[:16])
}

// sealNumber and openNumber keep numbers unreadable in the database; row is the id that the value is bound to.
func (e *Engine) sealNumber(table store.Table, row []byte, n phone.Number) []byte {
	return e.Keys.Seal([]byte(n), table.String(), "number", row)
}

func (e *Engine) openNumber(table store.Table, row, sealed []byte) (phone.Number, error) {
	b, err := e.Keys.Open(sealed, table.String(), "number", row)
	return phone.Number(b), err
}

// derive computes an OTP's code.
func (e *Engine) derive(o otp.OTP, to phone.Number) secret.Text {
	return secret.NewText(otp.Derive(e.Keys.Codes(), o.ID, o.Account, o.Mode, to, o.Length))
}

// clock is the time within an account and mode: real, or the sandbox's. In the sandbox the closure has to have named
// the account.
func (e *Engine) clock(rows store.Getter, a id.Account, mode id.Mode, real time.Time) time.Time {
	if mode != id.Test {
		return real
	}
	row, _ := store.Get[store.Account](rows, store.AccountKey(a))
	return real.Add(row.SandboxOffset)
}

// templateOf finds the template of an OTP.
func (e *Engine) templateOf(name string) (*template.Template, error) {
	if name != "" {
		return nil, fault.Invalid("template", "there is no template %q; leave template out to use the built-in text", name)
	}
	return template.Builtin(), nil
}

// content is what a message says; it is made anew for each submit, so that no text with a code is ever stored.
type content struct {
	to     phone.Number
	from   string
	body   secret.Text
	code   secret.Text
	locale string
}

// otpContent renders an OTP's text.
func (e *Engine) otpContent(o otp.OTP, to phone.Number, s account.Settings, locale string) (content, error) {
	t, err := e.templateOf(o.Template)
	if err != nil {
		return content{}, err
	}
	code := e.derive(o, to)
	text, tag := t.Text(locale, s.DefaultLocale, s.Name)
	life := o.ExpiresAt.Sub(o.CreatedAt)
	body := template.Render(text, template.Values{
		Code: code.Reveal(), App: s.Name, Minutes: template.Minutes(int(life / time.Second)), Origin: s.Origin, AppHash: s.AppHash,
	})
	return content{to: to, from: s.From, body: secret.NewText(body), code: code, locale: tag}, nil
}

// healthBook remembers how carriers did lately.
type healthBook struct {
	mu sync.Mutex
	by map[string]route.Health
}

func (h *healthBook) note(name string, r carrier.Result, now time.Time) {
	failed := r.Outcome == carrier.Unknown || r.Outcome == carrier.Retry ||
		r.Outcome == carrier.Rejected && r.Reason == message.CarrierError
	h.mu.Lock()
	defer h.mu.Unlock()
	h.by[name] = h.by[name].Note(failed, now)
}

// down lists the carriers to be passed by.
func (h *healthBook) down(now time.Time) (names []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for name, health := range h.by {
		if health.Down(now) {
			names = append(names, name)
		}
	}
	return names
}
