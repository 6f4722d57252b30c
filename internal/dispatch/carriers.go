package dispatch

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/id"
)

// The states of carriers are read again after statesFor, or after idleTimes the time that it took: counting what waits may
// read many rows, however often somebody asks.
const (
	statesFor = time.Second
	idleTimes = 10
)

// states are the states of the carriers of a mode, as they were read last.
type states struct {
	mu        sync.Mutex
	list      []carrierwatch.State
	at, until time.Time
}

// CarrierStates are the live states of the carriers on all nodes that run: of those in the configuration or, in test mode,
// of the sandbox. They may be a second old. The caller must not change them.
func (d *Dispatcher) CarrierStates(ctx context.Context, mode id.Mode) ([]carrierwatch.State, error) {
	read, s := d.liveStates, &d.states[0]
	if mode == id.Test {
		read, s = d.sandboxStates, &d.states[1]
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	begin := d.Config.Now()
	if s.list != nil && begin.Before(s.until) && !begin.Before(s.at) {
		return s.list, nil
	}

	list, err := read(ctx)
	if err != nil {
		return nil, err
	}
	took := d.Config.Now().Sub(begin)
	s.list, s.at, s.until = list, begin, begin.Add(max(statesFor, idleTimes*took))

	return list, nil
}

// Carrier returns a carrier of a mode that messages can go over, by its name; nil when there is none.
func (d *Dispatcher) Carrier(mode id.Mode, name string) carrier.Carrier {
	all := d.Config.Carriers
	if mode == id.Test && d.Config.Sandbox != nil {
		all = []carrier.Carrier{d.Config.Sandbox}
	}
	if i := slices.IndexFunc(all, func(k carrier.Carrier) bool { return k.Name() == name }); i >= 0 {
		return all[i]
	}

	return nil
}

// SetPaused pauses a carrier on all nodes, or resumes it. It holds on this node when it returns.
func (d *Dispatcher) SetPaused(ctx context.Context, name string, paused bool) error {
	if _, err := carrierwatch.SetPaused(ctx, d.Config.Store, name, paused, d.Config.Now()); err != nil {
		return err
	}

	s := &d.states[0]
	s.mu.Lock()
	s.list = nil // what was read before is out of date
	s.mu.Unlock()

	return d.Watch.ReadPauses(ctx)
}

// liveStates reads what other nodes have written; what this node tells is known here.
func (d *Dispatcher) liveStates(ctx context.Context) ([]carrierwatch.State, error) {
	told, err := carrierwatch.States(ctx, d.Config.Store)
	if err != nil {
		return nil, err
	}

	members := d.Config.Nodes.Members()
	nodes := []carrierwatch.Node{{Epoch: d.Config.Epoch, NodeState: d.Watch.Own()}}
	for _, epoch := range members.Live {
		if state, ok := told[epoch]; ok && epoch != d.Config.Epoch {
			nodes = append(nodes, carrierwatch.Node{Epoch: epoch, NodeState: state})
		}
	}

	all := []carrierwatch.Configured{}
	for _, k := range d.Config.Carriers {
		all = append(all, d.configured(k, d.Config.Kinds[k.Name()]))
	}

	return carrierwatch.Overview(ctx, d.Config.Store, all, nodes, d.Config.Now())
}

// sandboxStates reads nothing of live mode: the sandbox's carrier cannot fail or be paused.
func (d *Dispatcher) sandboxStates(ctx context.Context) ([]carrierwatch.State, error) {
	k := d.Config.Sandbox
	if k == nil {
		return []carrierwatch.State{}, nil
	}

	live := carrierwatch.Live{Status: carrierwatch.OK, Rate: k.Limits().Rate}
	live.InFlight, _ = d.pool.Load(k.Name())
	nodes := []carrierwatch.Node{{Epoch: d.Config.Epoch, NodeState: carrierwatch.NodeState{
		At: d.Config.Now(), Carriers: map[string]carrierwatch.Live{k.Name(): live},
	}}}

	return carrierwatch.Overview(ctx, d.Config.Store, []carrierwatch.Configured{d.configured(k, k.Name())}, nodes,
		d.Config.Now())
}

func (d *Dispatcher) configured(k carrier.Carrier, kind string) carrierwatch.Configured {
	return carrierwatch.Configured{Name: k.Name(), Kind: kind, Channels: slices.Clone(k.Channels())}
}
