// Package hooks is the shell for webhooks: the verbs of endpoints and deliveries, and the loop that posts them.
//
// Rules are in webhook, HTTP in egress, and what happened is written by dispatch in the transaction of its cause. Its one
// hard idea is the lane: every target has its own queue, limit and pause, and rows that wait are read by target, so a
// dead endpoint with a million rows is one entry that is passed by, and costs nobody anything.
package hooks

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Config is what Hooks are made from. All fields are required.
type Config struct {
	Store *store.Store
	Keys  *secret.Keyring
	Epoch int64
	Now   func() time.Time
	// Luck is in [0, 1), for the jitter of retries.
	Luck func() float64
	Log  *slog.Logger
	// Post carries a request to a customer's server; CheckURL says what is wrong with an address, as far as can be told.
	Post     func(context.Context, egress.Request) egress.Response
	CheckURL func(string) error
}

// Hooks is safe for concurrent use. Load is called once before anything else; Run starts the sweep.
type Hooks struct {
	Config
	teller dispatch.Teller
	engine *engine.Engine

	// book has every endpoint, by account and mode. The slices in it are never changed, only replaced.
	book struct {
		sync.RWMutex
		by map[place]shelf
	}
	callbacks struct {
		sync.Mutex
		by map[id.Account]callback
	}

	mu    sync.Mutex
	lanes map[store.TargetRef]*lane
	// begun counts attempts whose end is not stored yet, queued those that wait in lanes.
	begun, queued int
	closing       bool

	// ends are those that wait to be stored, by account; an account that is in it has a writer.
	ends struct {
		sync.Mutex
		by map[id.Account][]ended
	}

	idle     chan work
	tasks    sync.WaitGroup
	poke     chan struct{}
	stopping chan struct{}
	giveUp   func()          // ends stopping and posts
	posts    context.Context // of every post: they end with the server, not with whoever caused them
}

type place struct {
	account id.Account
	mode    id.Mode
}

// entry is an endpoint with its secrets in the clear.
type entry struct {
	webhook.Endpoint
	secrets []string
}

// shelf is the book's page of an account and mode: its endpoints twice, because events ask for them without secrets.
type shelf struct {
	entries   []entry
	endpoints []webhook.Endpoint
}

func newShelf(list []entry) shelf {
	s := shelf{entries: list}
	for _, n := range list {
		s.endpoints = append(s.endpoints, n.Endpoint)
	}
	return s
}

// without copies the entries but one.
func (s shelf) without(w id.Webhook) []entry {
	return slices.DeleteFunc(slices.Clone(s.entries), func(o entry) bool { return o.ID == w })
}

// New makes Hooks. They are the engine's Outbox.
func New(c Config) *Hooks {
	h := &Hooks{Config: c, lanes: map[store.TargetRef]*lane{}, idle: make(chan work), poke: make(chan struct{}, 1), stopping: make(chan struct{})}
	h.teller = dispatch.Teller{Keys: c.Keys, Epoch: c.Epoch, Outbox: h}
	posts, cancel := context.WithCancel(context.Background())
	h.posts, h.giveUp = posts, sync.OnceFunc(func() { close(h.stopping); cancel() })
	h.book.by = map[place]shelf{}
	h.callbacks.by = map[id.Account]callback{}
	h.ends.by = map[id.Account][]ended{}
	return h
}

// Connect names the engine, which remembers answers for Idempotency-Keys.
func (h *Hooks) Connect(e *engine.Engine) { h.engine = e }

// loadBatch is how many rows are read at once.
const loadBatch = 256

// Load reads every endpoint. There are few for each account, and every event asks for them.
func (h *Hooks) Load(ctx context.Context) error {
	var account id.Account
	var after id.Webhook
	for {
		var page []store.Endpoint
		err := h.Store.View(ctx, func(v store.Reader) (err error) {
			page, err = v.Endpoints(account, after, loadBatch)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, row := range page {
			h.noteEndpoint(row.Endpoint)
		}
		account, after = page[len(page)-1].Account, page[len(page)-1].ID
	}
}

// noteEndpoint makes the book say what the row says.
func (h *Hooks) noteEndpoint(w webhook.Endpoint) {
	n := entry{Endpoint: w}
	for _, s := range w.Secrets {
		text, err := h.Keys.Open(s.Sealed, store.TableEndpoint.String(), "secret", w.ID[:])
		if err != nil {
			h.Log.Error("the secret of an endpoint cannot be read; its deliveries wait", "endpoint", w.ID, "error", err)
		}
		n.secrets = append(n.secrets, string(text))
	}
	h.book.Lock()
	defer h.book.Unlock()
	p := place{w.Account, w.Mode}
	list := append(h.book.by[p].without(w.ID), n)
	slices.SortFunc(list, func(a, b entry) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	h.book.by[p] = newShelf(list)
}

func (h *Hooks) forgetEndpoint(w webhook.Endpoint) {
	h.book.Lock()
	defer h.book.Unlock()
	p := place{w.Account, w.Mode}
	h.book.by[p] = newShelf(h.book.by[p].without(w.ID))
}

func (h *Hooks) entries(a id.Account, m id.Mode) []entry {
	h.book.RLock()
	defer h.book.RUnlock()
	return h.book.by[place{a, m}].entries
}

// find looks an endpoint up by its target, in either mode.
func (h *Hooks) find(ref store.TargetRef) (entry, bool) {
	for _, mode := range []id.Mode{id.Live, id.Test} {
		for _, n := range h.entries(ref.Account, mode) {
			if webhook.Target(n.ID) == ref.Target {
				return n, true
			}
		}
	}
	return entry{}, false
}

// Endpoints implements dispatch.Outbox.
func (h *Hooks) Endpoints(a id.Account, m id.Mode) []webhook.Endpoint {
	h.book.RLock()
	defer h.book.RUnlock()
	return h.book.by[place{a, m}].endpoints
}

// Drain waits until every attempt under way has its end stored, or ctx ends. What is queued is taken over by the next
// start.
func (h *Hooks) Drain(ctx context.Context) error {
	h.mu.Lock()
	h.closing = true
	h.mu.Unlock()
	done := make(chan struct{})
	go func() { h.tasks.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		h.giveUp()
		<-done
		return ctx.Err()
	}
}
