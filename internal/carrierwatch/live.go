package carrierwatch

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/store"
)

// Load is what a carrier has to do on this node.
type Load struct {
	InFlight int     // submits without an answer
	Spent    int64   // units of its rate since the node started
	Rate     float64 // units a second; 0 = no limit
	// Bound of Sessions are bound; a carrier without sessions has 0 of both. Problem says why the others are not.
	Bound, Sessions int
	Problem         string
}

// Status is the state of a carrier on a node.
type Status string

// The states, from the best to the worst.
const (
	OK      Status = "ok"
	Failing Status = "failing" // its last submit failed, or no session is bound
	Open    Status = "open"    // it failed so often that messages skip it for a while
	Paused  Status = "paused"  // by the operator
)

// Live is what a node tells of a carrier.
type Live struct {
	Status   Status `json:"state"`
	Bound    int    `json:"bound,omitempty"`
	Sessions int    `json:"sessions,omitempty"`
	// Problem says why sessions are not bound.
	Problem      string    `json:"problem,omitempty"`
	FailingSince time.Time `json:"failing_since,omitzero"`
	// LastErrorAt, LastCode and LastError are those of the newest submit that failed, also after the carrier recovered.
	LastErrorAt time.Time `json:"last_error_at,omitzero"`
	LastCode    string    `json:"last_code,omitempty"`
	LastError   string    `json:"last_error,omitempty"`
	OpenUntil   time.Time `json:"open_until,omitzero"`
	InFlight    int       `json:"in_flight"`
	// RateUsed is how many units a second were submitted lately, Rate how many may be; 0 = no limit.
	RateUsed float64 `json:"rate_used"`
	Rate     float64 `json:"rate"`
}

// NodeState is what a node tells of its carriers, by their names.
type NodeState struct {
	At       time.Time       `json:"at"`
	Carriers map[string]Live `json:"carriers"`
}

const (
	// liveEvery is how often a node writes what changed in numbers. A changed state is written with the next round.
	// All nodes together write numbers once a second at most, so the more there are, the more seldom each one writes.
	liveEvery = 5 * time.Second
	// maxProblem bounds a cause or problem in the row, in bytes.
	maxProblem = 300
)

// live is what this node has told of its carriers. Only rounds use it.
type live struct {
	carriers  map[string]*liveCarrier
	stored    map[string]Live
	numbersAt time.Time // when numbers were last compared
}

type liveCarrier struct {
	spent        int64
	at           time.Time // of spent
	used         float64
	unboundSince time.Time
	lastAt       time.Time
	code, cause  string
}

// liveKey is the row of all carriers. All nodes share it, and each writes only its own entry.
var liveKey = store.MetaKey("carriers")

// States reads what nodes tell of their carriers, by the nodes' epochs. Nodes that were killed are included: the caller
// knows which nodes run.
func States(ctx context.Context, s *store.Store) (map[int64]NodeState, error) {
	rows, err := s.Find(ctx, liveKey)
	if err != nil {
		return nil, err
	}

	out := map[int64]NodeState{}
	for epoch, n := range statesIn(rows) {
		if e, err := strconv.ParseInt(epoch, 10, 64); err == nil {
			out[e] = n
		}
	}

	return out, nil
}

// statesIn reads the row. A row that cannot be read counts as empty.
func statesIn(rows store.Getter) map[string]NodeState {
	states := map[string]NodeState{}
	if row, ok := store.Get[store.Meta](rows, liveKey); ok && json.Unmarshal(row.Value, &states) != nil {
		states = map[string]NodeState{}
	}
	return states
}

// publish writes what has changed of this node's carriers, when it is time.
func (w *Watch) publish(ctx context.Context) {
	now := w.Now()
	interval := max(liveEvery, time.Duration(w.Nodes.Members().Size())*time.Second)
	numbers := now.Sub(w.live.numbersAt) >= interval || now.Before(w.live.numbersAt)

	states, changed := map[string]Live{}, w.live.stored == nil
	for _, name := range w.Carriers {
		states[name] = w.liveOf(name, now, numbers)
		before := w.live.stored[name]
		changed = changed || before.Status != states[name].Status || before.Bound != states[name].Bound
	}

	if numbers {
		w.live.numbersAt = now
	}
	if !changed && (!numbers || maps.Equal(states, w.live.stored)) {
		return
	}
	if w.writeLive(ctx, &NodeState{At: now, Carriers: states}) == nil {
		w.live.stored = states
	}
}

// liveOf is a carrier's state now. The rate in use is measured from one comparison of numbers to the
// next.
func (w *Watch) liveOf(name string, now time.Time, numbers bool) Live {
	load := w.Load(name)

	w.mu.Lock()
	defer w.mu.Unlock()
	f, b, c := w.failures[name].Failing, w.breakers[name], w.live.carriers[name]
	if elapsed := now.Sub(c.at).Seconds(); numbers {
		if c.used = 0; !c.at.IsZero() && elapsed > 0 {
			c.used = math.Round(10*float64(load.Spent-c.spent)/elapsed) / 10
		}
		c.spent, c.at = load.Spent, now
	}
	if f.Last.After(c.lastAt) {
		c.lastAt, c.code, c.cause = f.Last, f.Code, f.Cause
	}

	unbound := load.Sessions > 0 && load.Bound == 0
	if !unbound {
		c.unboundSince = time.Time{}
	} else if c.unboundSince.IsZero() {
		c.unboundSince = now
	}

	out := Live{
		Status: OK, Bound: load.Bound, Sessions: load.Sessions, FailingSince: f.Since, LastErrorAt: c.lastAt,
		LastCode: clean(c.code), LastError: clean(c.cause), InFlight: load.InFlight, RateUsed: c.used, Rate: load.Rate,
	}
	if load.Bound < load.Sessions {
		out.Problem = clean(load.Problem)
	}
	if unbound && (f.Since.IsZero() || c.unboundSince.Before(f.Since)) {
		out.FailingSince = c.unboundSince
	}

	_, paused := w.pauses.names[name]
	switch {
	case paused:
		out.Status = Paused
	case b.Down(now):
		out.Status, out.OpenUntil = Open, b.OpenUntil()
	case !out.FailingSince.IsZero():
		out.Status = Failing
	}

	return out
}

// clean bounds a text of a carrier, and masks the numbers of phones in it.
func clean(s string) string {
	s = phone.MaskIn(s)
	return strings.ToValidUTF8(s[:min(len(s), maxProblem)], "")
}

// Own is what this node tells of its carriers now.
func (w *Watch) Own() NodeState {
	own := NodeState{At: w.Now(), Carriers: map[string]Live{}}
	for _, name := range w.Carriers {
		own.Carriers[name] = w.liveOf(name, own.At, false)
	}
	return own
}

// writeLive stores this node's entry, or removes it when state is nil, and removes those of nodes that are gone.
func (w *Watch) writeLive(ctx context.Context, state *NodeState) error {
	own, nodes := strconv.FormatInt(w.Epoch, 10), w.Nodes.Members()
	err := w.Store.Update(ctx, id.Account{}, []store.Key{liveKey}, func(tx *store.Tx) error {
		states := statesIn(tx)
		for epoch := range states {
			if n, err := strconv.ParseInt(epoch, 10, 64); err != nil || nodes.Gone(n) {
				delete(states, epoch)
			}
		}

		if delete(states, own); state != nil {
			states[own] = *state
		}

		value, err := json.Marshal(states)
		if err != nil {
			return err
		}
		tx.Put(store.Meta{Name: liveKey.ID, Value: value})

		return nil
	})
	if err != nil && ctx.Err() == nil {
		w.Log.Warn("the live state of the carriers could not be stored; the next round retries it", "error", err)
	}

	return err
}

// leave removes this node's entry when the node stops.
func (w *Watch) leave() {
	if w.live.stored == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), minPause)
	defer cancel()
	_ = w.writeLive(ctx, nil) // which logs it; readers skip the entries of nodes that have ended
}
