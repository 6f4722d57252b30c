// Package cluster decides which of the servers on one database are alive, whose work may be taken over, and how they
// share limits.
//
// A node is dead when its heartbeat did not change for DeadAfter while another node watched, and never because two
// clocks differ. It is then fenced: the database rejects its writes, and it has to join again under a new epoch. A node
// that could not renew its own heartbeat for SubmitFor begins no more submits, well before others may take over its
// work.
//
// The rules, in members.go and heartbeat.go, are pure functions. Membership applies them, with a clock and a database.
// The packages dispatch and hooks take over the work of dead nodes.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/internal/failpoint"
)

// ErrFenced means that the other nodes took this one for dead. It joins again under a new epoch.
var ErrFenced = errors.New(
	"the other nodes took this one for dead, because it did not renew its heartbeat in time; it joins again")

// Heartbeats are the nodes' heartbeats in the database.
type Heartbeats struct {
	Live   []Heartbeat // of the nodes that are alive, this one's among them
	Newest int64       // the newest epoch that was given out
	Now    time.Time   // by the database's clock, when they were read
}

// Registry keeps the nodes' heartbeats in the database.
type Registry interface {
	// Renew renews the node's own heartbeat when it is older than HeartbeatEvery, and reads those of all nodes.
	// ErrFenced means that the node is not among them.
	Renew(ctx context.Context, epoch int64) (Heartbeats, error)
	// Fence marks the owner of the heartbeat as dead, unless it was renewed since. Afterwards that node cannot write
	// any more.
	Fence(ctx context.Context, h Heartbeat) error
	// Leave marks the node as ended, so that others may take over its work without a wait.
	Leave(ctx context.Context, epoch int64) error
}

// Membership is what one node knows of all nodes. It is safe for concurrent use; Run keeps it up to date.
type Membership struct {
	registry Registry // nil = there are no other nodes
	log      *slog.Logger
	members  atomic.Pointer[Members]
	renewed  atomic.Pointer[time.Time] // when the last successful renewal was begun, by our clock
	ahead    atomic.Int64              // how far the database's clock is ahead of ours
	watch    Watch
	lastPoll time.Time
}

// Alone is the membership of the only server of a database.
func Alone(epoch int64) *Membership {
	m := &Membership{}
	only := OnlyMember(epoch)
	m.members.Store(&only)
	return m
}

// Join is the membership of a node that the registry gave an epoch. It has read the other nodes when it returns.
func Join(ctx context.Context, r Registry, epoch int64, log *slog.Logger) (*Membership, error) {
	m := Alone(epoch)
	m.registry, m.log = r, log
	if err := m.poll(ctx); err != nil {
		return nil, fmt.Errorf("join the nodes: %w", err)
	}
	return m, nil
}

// Members are the nodes that are alive, as far as this node knows.
func (m *Membership) Members() Members { return *m.members.Load() }

// Alone reports whether no other server can ever work on the database.
func (m *Membership) Alone() bool { return m.registry == nil }

// MaySubmit reports whether this node may begin a submit now.
func (m *Membership) MaySubmit() bool {
	return m.registry == nil || MaySubmit(*m.renewed.Load(), now())
}

// Now is the time by the database's clock, so that all nodes agree on what is due.
func (m *Membership) Now() time.Time { return now().Add(time.Duration(m.ahead.Load())) }

// now is the machine's own clock, which chaos tests set wrong.
func now() time.Time { return time.Now().Add(failpoint.Skew()) }

// queryTimeout is how long one query may take.
const queryTimeout = 4 * time.Second

// Run keeps the membership up to date. It returns nil when ctx ends, or ErrFenced when the node is fenced.
func (m *Membership) Run(ctx context.Context) error {
	if m.registry == nil {
		return nil
	}
	tick := time.NewTicker(PollEvery)
	defer tick.Stop()

	reported := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}

		err := m.poll(ctx)
		switch {
		case errors.Is(err, ErrFenced):
			return err
		case ctx.Err() != nil:
			return nil
		case err != nil && !reported:
			m.log.Warn("the heartbeat could not be renewed; it is tried again every second", "error", err)
		case err == nil && reported:
			m.log.Info("the heartbeat is renewed again")
		}
		reported = err != nil
	}
}

// Leave ends the membership, so that others may take over this node's work without a wait.
func (m *Membership) Leave(ctx context.Context) error {
	if m.registry == nil {
		return nil
	}
	return m.registry.Leave(ctx, m.Members().Mine)
}

// poll reads the heartbeats, and fences the nodes that are dead.
func (m *Membership) poll(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	asked, mine := now(), m.Members().Mine
	heartbeats, err := m.registry.Renew(ctx, mine)
	if err != nil {
		return err
	}

	answered := now()
	m.renewed.Store(&asked)
	m.setClock(heartbeats.Now, asked, answered)
	var dead []Heartbeat
	m.watch, dead = m.watch.Observe(heartbeats.Live, m.lastPoll, answered)
	m.lastPoll = answered
	m.setMembers(heartbeats)

	for _, h := range dead {
		if h.Epoch != mine { // Renew renewed our own
			m.fence(h)
		}
	}

	return nil
}

// fenceTimeout is longer than a group of the dead node can hold its locks.
const fenceTimeout = 10 * time.Second

// fence fences a node. If that fails, the next poll tries again.
func (m *Membership) fence(h Heartbeat) {
	ctx, cancel := context.WithTimeout(context.Background(), fenceTimeout)
	defer cancel()
	if err := m.registry.Fence(ctx, h); err != nil {
		m.log.Warn("a node is silent but could not be fenced; it is tried again", "node", h.Epoch, "error", err)
		return
	}
	m.log.Warn("a node is dead; its work is taken over", "node", h.Epoch, "last_heartbeat", h.At)
}

// setMembers replaces the members. Nodes that are about to be fenced are still among them: their work may be taken over
// only once they are fenced, which the next poll sees.
func (m *Membership) setMembers(heartbeats Heartbeats) {
	members := Members{Mine: m.Members().Mine, Newest: heartbeats.Newest}
	for _, h := range heartbeats.Live {
		members.Live = append(members.Live, h.Epoch)
	}
	m.members.Store(&members)
}

// minCorrection is the smallest correction of the clock. Smaller ones would only follow the network's delays.
const minCorrection = 20 * time.Millisecond

// setClock measures how far the database's clock is ahead, if the answer came fast enough to tell.
func (m *Membership) setClock(theirs, asked, answered time.Time) {
	trip := answered.Sub(asked)
	ahead := theirs.Sub(asked.Add(trip / 2))
	if off := ahead - time.Duration(m.ahead.Load()); off.Abs() > minCorrection+trip/2 {
		m.ahead.Store(int64(ahead))
	}
}
