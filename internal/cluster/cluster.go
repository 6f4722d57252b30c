// Package cluster keeps this server's place among the nodes of its database: it renews the heartbeat, sees who died, has
// them fenced, and knows the database's time.
//
// It takes no work: whoever does asks it who lives. Its one hard idea is that membership is a promise with an end. While the
// heartbeat is renewed the node works; when it could not be for node.HoldFor the node begins nothing more; when others wrote
// down that it is dead, its writes are refused by the database, and it has to join anew.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/node"
)

// ErrFenced says that the other nodes took this one for dead. It joins again under a new epoch.
var ErrFenced = errors.New("this node was taken for dead by the others, because it did not renew its heartbeat in time; it joins again")

// Roll is what the database says of its nodes.
type Roll struct {
	Beats  []node.Beat // of those that live, this one's among them
	Newest int64       // the newest epoch that was given out
	Now    time.Time   // by the database's clock, when it was read
}

// Registry is where nodes are written down.
type Registry interface {
	// Roll reads who lives, and renews the node's own heartbeat when it is older than node.BeatEvery. ErrFenced says that the
	// node is not among them.
	Roll(ctx context.Context, epoch int64) (Roll, error)
	// Bury writes down that the owner of the heartbeat is dead, unless it moved since. Afterwards it writes nothing more.
	Bury(ctx context.Context, b node.Beat) error
	// Leave says that the node ended by itself: others may take what it left at once.
	Leave(ctx context.Context, epoch int64) error
}

// Keeper is a node's membership. It is safe for concurrent use; Run keeps it up.
type Keeper struct {
	registry Registry // nil: there are no others
	log      *slog.Logger
	set      atomic.Pointer[node.Set]
	beat     atomic.Pointer[time.Time] // when the last one that succeeded was asked for, by our clock
	ahead    atomic.Int64              // how far the database's clock is ahead of ours
	watch    node.Watch
	looked   time.Time
}

// Alone is the membership of a server that has its database for itself.
func Alone(epoch int64) *Keeper {
	k := &Keeper{}
	set := node.Alone(epoch)
	k.set.Store(&set)
	return k
}

// Join is the membership of a node that the registry gave an epoch. It reads who else is there before it returns.
func Join(ctx context.Context, r Registry, epoch int64, log *slog.Logger) (*Keeper, error) {
	k := Alone(epoch)
	k.registry, k.log = r, log
	if err := k.look(ctx); err != nil {
		return nil, fmt.Errorf("join the nodes: %w", err)
	}
	return k, nil
}

// Set is who lives, as far as this node knows.
func (k *Keeper) Set() node.Set { return *k.set.Load() }

// Alone reports whether nobody else can ever work on the database.
func (k *Keeper) Alone() bool { return k.registry == nil }

// Holds reports whether this node may begin to submit now.
func (k *Keeper) Holds() bool { return k.registry == nil || node.Holds(*k.beat.Load(), now()) }

// Now is the time by the database's clock, so that what is due is due for all nodes alike.
func (k *Keeper) Now() time.Time { return now().Add(time.Duration(k.ahead.Load())) }

// now is the machine's own clock, which a torture test makes wrong.
func now() time.Time { return time.Now().Add(failpoint.Skew()) }

// within is how long one question to the database may take.
const within = 4 * time.Second

// Run keeps the membership up until ctx ends, and returns nil then; or ErrFenced.
func (k *Keeper) Run(ctx context.Context) error {
	if k.registry == nil {
		return nil
	}
	tick := time.NewTicker(node.LookEvery)
	defer tick.Stop()
	told := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := k.look(ctx)
		switch {
		case errors.Is(err, ErrFenced):
			return err
		case ctx.Err() != nil:
			return nil
		case err != nil && !told:
			k.log.Warn("the heartbeat could not be renewed; it is tried again every second", "error", err)
		case err == nil && told:
			k.log.Info("the heartbeat is renewed again")
		}
		told = err != nil
	}
}

// Leave ends the membership: others may take at once what this node left undone.
func (k *Keeper) Leave(ctx context.Context) error {
	if k.registry == nil {
		return nil
	}
	return k.registry.Leave(ctx, k.Set().Mine)
}

// look reads who lives, and has those buried who stand still.
func (k *Keeper) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	asked, mine := now(), k.Set().Mine
	roll, err := k.registry.Roll(ctx, mine)
	if err != nil {
		return err
	}
	answered := now()
	k.beat.Store(&asked)
	k.setClock(roll.Now, asked, answered)
	var dead []node.Beat
	k.watch, dead = k.watch.Look(roll.Beats, k.looked, answered)
	k.looked = answered
	k.note(roll)
	for _, b := range dead {
		if b.Epoch != mine { // our own heartbeat is renewed by the question
			k.bury(b)
		}
	}
	return nil
}

// buryWithin is above what a group of the dead node can be waited for.
const buryWithin = 10 * time.Second

// bury has a node fenced. What fails is tried again at the next look.
func (k *Keeper) bury(b node.Beat) {
	ctx, cancel := context.WithTimeout(context.Background(), buryWithin)
	defer cancel()
	if err := k.registry.Bury(ctx, b); err != nil {
		k.log.Warn("a node is silent, and could not be written down as dead; it is tried again", "node", b.Epoch, "error", err)
		return
	}
	k.log.Warn("a node is dead; its work is taken over", "node", b.Epoch, "last_heartbeat", b.At)
}

// note replaces the set. Those that are about to be buried are still in it: their work may be taken only once they are
// fenced, and that is seen at the next look.
func (k *Keeper) note(roll Roll) {
	set := node.Set{Mine: k.Set().Mine, Newest: roll.Newest}
	for _, b := range roll.Beats {
		set.Live = append(set.Live, b.Epoch)
	}
	k.set.Store(&set)
}

// steps are the smallest corrections of the clock that are made: a shorter one would be made of the network's whims.
const steps = 20 * time.Millisecond

// setClock learns how far the database's clock is ahead, when the answer came fast enough to tell.
func (k *Keeper) setClock(theirs, asked, answered time.Time) {
	trip := answered.Sub(asked)
	ahead := theirs.Sub(asked.Add(trip / 2))
	if off := ahead - time.Duration(k.ahead.Load()); off.Abs() > steps+trip/2 {
		k.ahead.Store(int64(ahead))
	}
}
