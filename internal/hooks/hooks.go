// Package hooks is the shell for webhooks: the verbs of endpoints and deliveries, and the loop that posts them.
//
// Rules are in webhook, HTTP in egress, and what happened is written by dispatch in the transaction of its cause. Its one
// hard idea is the lane: every target has its own queue, limit and pause, and rows that wait are read by target, so a
// dead endpoint with a million rows is one entry that is passed by, and costs nobody anything.
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
	// Luck is in [0, 1), for the jitter of retries.
	Luck func() float64
	Log  *slog.Logger
	// Post carries a request to a customer's server; CheckURL says what is wrong with an address, as far as can be told.
	Post     func(context.Context, egress.Request) egress.Response
	CheckURL func(string) error
	// Posts is how many posts may be under way at once, for all accounts together; 0 = 4096.
	Posts int
}

// Hooks is safe for concurrent use. Load is called once before anything else; Run starts the sweep.
type Hooks struct {
	Config
	outbox outbox.Outbox

	// book has every endpoint, by account and mode. The slices in it are never changed, only replaced.
	book struct {
		sync.RWMutex
		by map[place]shelf
		// version is of the endpoints that were read last; nil once a change was noted since.
		version []byte
		// changes counts what was noted, so that a reading of all rows does not undo what was noted meanwhile.
		changes int
	}
	nodes   cluster.Members // whose deliveries were taken over
	orphans work.Orphans[store.Key]

	callbacks struct {
		sync.Mutex
		by map[place]callback
	}

	signers signers

	// inFlight are the deliveries that this node queues or posts.
	inFlight work.InFlight[store.Key]

	mu     sync.Mutex
	lanes  map[store.TargetRef]*lane
	places places
	// begun counts attempts whose end is not stored yet, queued those that wait in lanes.
	begun, queued int
	closing       bool

	// ends are those that wait to be stored, by account; an account that is in it has a writer.
	ends struct {
		sync.Mutex
		by map[id.Account][]ended
	}

	// workers carry out attempts, and store how they ended. Posts end with the server, not with whoever caused them.
	workers *work.Workers
	poke    chan struct{}
}

// New makes Hooks. They are the outbox's Targets.
func New(c Config) *Hooks {
	if c.Nodes == nil {
		c.Nodes = cluster.Alone(c.Epoch)
	}
	h := &Hooks{Config: c, lanes: map[store.TargetRef]*lane{}, workers: work.NewWorkers(c.Log), poke: make(chan struct{}, 1)}
	h.outbox = outbox.Outbox{Keys: c.Keys, Epoch: c.Epoch, Targets: h}
	h.places = newPlaces(c.Posts)
	h.book.by = map[place]shelf{}
	h.callbacks.by = map[place]callback{}
	h.ends.by = map[id.Account][]ended{}

	return h
}

// Settle waits until the attempts under way have ended and their ends are stored.
func (h *Hooks) Settle() { h.workers.Wait() }

// Drain waits until every attempt under way has its end stored, or ctx ends. What is queued is taken over by the next
// start.
func (h *Hooks) Drain(ctx context.Context) error {
	h.mu.Lock()
	h.closing = true
	h.mu.Unlock()

	return h.workers.Drain(ctx)
}
