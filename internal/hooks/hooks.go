// Package hooks implements webhooks: the verbs of endpoints and deliveries, and the loop that posts deliveries.
//
// Rules are in webhook, HTTP is in egress, and events are written by outbox in the transaction of their cause. Each
// target has its own queue, limit and pause, and rows that wait are read by target. So a dead endpoint with a million
// rows is one entry that the sweep passes by, and delays no other target.
package hooks

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/work"
)

// Config is what Hooks are made from. All fields but Nodes are required.
type Config struct {
	Store *store.Store
	Keys  *secret.Keyring
	Epoch int64
	// Nodes tells whose deliveries may be taken over; nil = there is no other node.
	Nodes *cluster.Membership
	Now   func() time.Time
	// Rand returns a number in [0, 1), for the jitter of retries.
	Rand func() float64
	Log  *slog.Logger
	// Post carries a request to a customer's server; CheckURL returns an error for an address that is known to be
	// wrong.
	Post     func(context.Context, egress.Request) egress.Response
	CheckURL func(string) error
	// Posts is how many posts may be under way at once, for all accounts together; 0 = 4096.
	Posts int
}

// Hooks is safe for concurrent use. Load is called once before anything else; Run starts the sweep.
type Hooks struct {
	Config
	outbox outbox.Outbox

	registry registry
	nodes    cluster.Members // whose deliveries were taken over
	orphans  work.Orphans[store.Key]

	callbacks struct {
		sync.Mutex
		by map[accountMode]callback
	}

	signers signers

	// inFlight are the deliveries that this node queues or posts.
	inFlight work.InFlight[store.Key]

	mu     sync.Mutex
	queues map[store.TargetRef]*targetQueue
	slots  slots
	// started counts attempts whose outcome is not stored yet, queued the deliveries that wait in queues.
	started, queued int
	closing         bool

	// outcomes are those that wait to be stored, by account; an account that is in it has a writer.
	outcomes struct {
		sync.Mutex
		by map[id.Account][]outcome
	}

	// workers carry out attempts and store their outcomes. Posts end with the server, not with the request that caused
	// them.
	workers *work.Workers
	wakeup  chan struct{}
}

// New makes Hooks. They are the outbox's Targets.
func New(c Config) *Hooks {
	if c.Nodes == nil {
		c.Nodes = cluster.Alone(c.Epoch)
	}

	h := &Hooks{
		Config: c, queues: map[store.TargetRef]*targetQueue{}, slots: newSlots(c.Posts), workers: work.NewWorkers(c.Log),
		wakeup: make(chan struct{}, 1),
	}
	h.outbox = outbox.Outbox{Keys: c.Keys, Epoch: c.Epoch, Targets: h}
	h.registry.by = map[accountMode]endpoints{}
	h.callbacks.by = map[accountMode]callback{}
	h.outcomes.by = map[id.Account][]outcome{}

	return h
}

// Settle waits until the attempts under way have ended and their outcomes are stored.
func (h *Hooks) Settle() { h.workers.Wait() }

// Drain waits until every attempt under way has its outcome stored, or ctx ends. What is queued is taken over by the
// next start.
func (h *Hooks) Drain(ctx context.Context) error {
	h.mu.Lock()
	h.closing = true
	h.mu.Unlock()

	return h.workers.Drain(ctx)
}
