// Package cluster implements several servers on one database: which nodes live, whose work may be taken over, and which part
// of what they share is whose.
//
// A node is dead when its heartbeat did not move for DeadAfter while another node watched, and never because two clocks
// differ. It is then fenced: once that is written down, the database refuses its writes, and it has to join again under a
// new epoch. A node that could not renew its own heartbeat for HoldFor begins nothing more, which is well before others may
// take its work.
//
// The rules, in members.go and heartbeat.go, are pure functions of their arguments. Membership applies them, with a clock
// and a database. Neither takes over any work: dispatch and hooks do, and ask here who lives.
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

// ErrFenced says that the other nodes took this one for dead. It joins again under a new epoch.
var ErrFenced = errors.New("this node was taken for dead by the others, because it did not renew its heartbeat in time; it joins again")

// Heartbeats are what the database says of its nodes.
type Heartbeats struct {
	Live   []Heartbeat // of the nodes that live, this one's among them
	Newest int64       // the newest epoch that was given out
	Now    time.Time   // by the database's clock, when they were read
}

// Registry is where nodes are written down.
type Registry interface {
	// Renew renews the node's own heartbeat when it is older than HeartbeatEvery, and reads those of all nodes. ErrFenced says
	// that the node is not among them.
	Renew(ctx context.Context, epoch int64) (Heartbeats, error)
	// Fence writes down that the owner of the heartbeat is dead, unless it moved since. Afterwards that node writes nothing more.
	Fence(ctx context.Context, h Heartbeat) error
	// Leave says that the node ended by itself: others may take what it left at once.
	Leave(ctx context.Context, epoch int64) error
}

// Membership is what one node knows of all. It is safe for concurrent use; Run keeps it up.
type Membership struct {
	registry Registry // nil: there are no others
	log      *slog.Logger
	members  atomic.Pointer[Members]
	renewed  atomic.Pointer[time.Time] // when the last renewal that succeeded was asked for, by our clock
	ahead    atomic.Int64              // how far the database's clock is ahead of ours
	watch    Watch
	looked   time.Time
}

// Alone is the membership of a server that has its database for itself.
func Alone(epoch int64) *Membership {
	m := &Membership{}
	only := OnlyMember(epoch)
	m.members.Store(&only)
	return m
}

// Join is the membership of a node that the registry gave an epoch. It reads who else is there before it returns.
func Join(ctx context.Context, r Registry, epoch int64, log *slog.Logger) (*Membership, error) {
	m := Alone(epoch)
	m.registry, m.log = r, log
	if err := m.look(ctx); err != nil {
		return nil, fmt.Errorf("join the nodes: %w", err)
	}
	return m, nil
}

// Members are the nodes that live, as far as this node knows.
func (m *Membership) Members() Members { return *m.members.Load() }

// Alone reports whether no other server can ever work on the database.
func (m *Membership) Alone() bool { return m.registry == nil }

// Holds reports whether this node may begin to submit now.
func (m *Membership) Holds() bool { return m.registry == nil || Holds(*m.renewed.Load(), now()) }

// Now is the time by the database's clock, so that what is due is due for all nodes alike.
func (m *Membership) Now() time.Time { return now().Add(time.Duration(m.ahead.Load())) }

// now is the machine's own clock, which a torture test makes wrong.
func now() time.Time { return time.Now().Add(failpoint.Skew()) }

// within is how long one question to the database may take.
const within = 4 * time.Second

// Run keeps the membership up until ctx ends, and returns nil then; or ErrFenced.
func (m *Membership) Run(ctx context.Context) error {
	if m.registry == nil {
		return nil
	}
	tick := time.NewTicker(LookEvery)
	defer tick.Stop()

	told := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}

		err := m.look(ctx)
		switch {
		case errors.Is(err, ErrFenced):
			return err
		case ctx.Err() != nil:
			return nil
		case err != nil && !told:
			m.log.Warn("the heartbeat could not be renewed; it is tried again every second", "error", err)
		case err == nil && told:
			m.log.Info("the heartbeat is renewed again")
		}
		told = err != nil
	}
}

// Leave ends the membership: others may take at once what this node left undone.
func (m *Membership) Leave(ctx context.Context) error {
	if m.registry == nil {
		return nil
	}
	return m.registry.Leave(ctx, m.Members().Mine)
}

// look reads who lives, and has the nodes fenced whose heartbeats stand still.
func (m *Membership) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, within)
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
	m.watch, dead = m.watch.Look(heartbeats.Live, m.looked, answered)
	m.looked = answered
	m.note(heartbeats)

	for _, h := range dead {
		if h.Epoch != mine { // our own heartbeat is renewed by the question
			m.fence(h)
		}
	}

	return nil
}

// fenceWithin is longer than a group of the dead node can be waited for.
const fenceWithin = 10 * time.Second

// fence has a node fenced. What fails is tried again at the next look.
func (m *Membership) fence(h Heartbeat) {
	ctx, cancel := context.WithTimeout(context.Background(), fenceWithin)
	defer cancel()
	if err := m.registry.Fence(ctx, h); err != nil {
		m.log.Warn("a node is silent, and could not be written down as dead; it is tried again", "node", h.Epoch, "error", err)
		return
	}
	m.log.Warn("a node is dead; its work is taken over", "node", h.Epoch, "last_heartbeat", h.At)
}

// note replaces the members. Those that are about to be fenced are still among them: their work may be taken only once they
// are fenced, and that is seen at the next look.
func (m *Membership) note(heartbeats Heartbeats) {
	members := Members{Mine: m.Members().Mine, Newest: heartbeats.Newest}
	for _, h := range heartbeats.Live {
		members.Live = append(members.Live, h.Epoch)
	}
	m.members.Store(&members)
}

// steps are the smallest corrections of the clock that are made: a shorter one would follow the network's delays.
const steps = 20 * time.Millisecond

// setClock learns how far the database's clock is ahead, when the answer came fast enough to tell.
func (m *Membership) setClock(theirs, asked, answered time.Time) {
	trip := answered.Sub(asked)
	ahead := theirs.Sub(asked.Add(trip / 2))
	if off := ahead - time.Duration(m.ahead.Load()); off.Abs() > steps+trip/2 {
		m.ahead.Store(int64(ahead))
	}
}
