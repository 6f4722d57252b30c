package carrierwatch

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// Configured is a carrier of the configuration.
type Configured struct {
	Name, Kind string
	Channels   []message.Channel
}

// Node is a server that runs, with what it tells of its carriers.
type Node struct {
	Epoch int64
	Name  string
	NodeState
}

// State is the live state of a configured carrier.
type State struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Channels []string `json:"channels"`
	// State is the worst of all nodes; "stopped" when no server runs.
	State       string     `json:"state"`
	PausedSince *time.Time `json:"paused_since,omitempty"`
	// Queued is how many messages wait for the carrier and are due, at most MaxQueued.
	Queued int      `json:"queued"`
	Nodes  []OnNode `json:"nodes"`
}

// OnNode is the state of a carrier on one node.
type OnNode struct {
	Node int64  `json:"node"`
	Name string `json:"name,omitempty"`
	Live
	// At is when the node wrote it; it has not changed since.
	At time.Time `json:"at"`
}

// Skipped reports whether messages skip the carrier while another is left.
func (s State) Skipped() bool {
	return s.State == string(Open) || s.State == string(Paused)
}

// MaxQueued bounds how many waiting messages of a carrier are counted.
const MaxQueued = 10_000

// Stopped is the state of carriers when no server runs.
const Stopped = "stopped"

// statesByRank are the states of a carrier, from the best to the worst.
var statesByRank = []string{
	Stopped, string(OK), string(Failing), string(Open), string(Paused),
}

// Overview is the state of configured carriers on the nodes that run.
func Overview(ctx context.Context, s *store.Store, all []Configured, nodes []Node, now time.Time) (list []State, err error) {
	paused, err := Pauses(ctx, s)
	if err != nil {
		return nil, err
	}

	for _, c := range all {
		state := State{Name: c.Name, Kind: c.Kind, State: Stopped, Channels: []string{}, Nodes: []OnNode{}}
		for _, ch := range c.Channels {
			state.Channels = append(state.Channels, ch.String())
		}
		if since, is := paused[c.Name]; is {
			state.PausedSince, state.State = &since, string(Paused)
		}
		for _, n := range nodes {
			if live, told := n.Carriers[c.Name]; told {
				state.Nodes = append(state.Nodes, OnNode{n.Epoch, n.Name, live, n.At})
				state.State = worst(state.State, string(live.Status))
			}
		}
		list = append(list, state)
	}

	return list, countWaiting(ctx, s, list, now)
}

func worst(a, b string) string {
	return statesByRank[max(slices.Index(statesByRank, a), slices.Index(statesByRank, b))]
}

// countWaiting counts the messages that wait for each carrier and are due.
func countWaiting(ctx context.Context, s *store.Store, list []State, now time.Time) error {
	return s.View(ctx, func(v store.Reader) error {
		for i := range list {
			for _, texts := range []bool{false, true} {
				q := store.WorkQuery{Carrier: list[i].Name, Texts: texts, Before: now, Limit: MaxQueued}
				due, err := v.DueWork(q)
				if err != nil {
					return err
				}
				list[i].Queued = min(MaxQueued, list[i].Queued+len(due))
			}
		}
		return nil
	})
}

// Sum is what all nodes together tell of a carrier: the time when it began to fail is the first, the error the newest.
func (s State) Sum() (sum Live) {
	for _, n := range s.Nodes {
		sum.Bound, sum.Sessions = sum.Bound+n.Bound, sum.Sessions+n.Sessions
		sum.InFlight, sum.RateUsed, sum.Rate = sum.InFlight+n.InFlight, sum.RateUsed+n.RateUsed, sum.Rate+n.Rate
		if at := n.FailingSince; !at.IsZero() && (sum.FailingSince.IsZero() || at.Before(sum.FailingSince)) {
			sum.FailingSince = at
		}
		if n.LastErrorAt.After(sum.LastErrorAt) {
			sum.LastErrorAt, sum.LastCode, sum.LastError = n.LastErrorAt, n.LastCode, n.LastError
		}
		if n.Problem != "" {
			sum.Problem = n.Problem
		}
	}

	return sum
}

// Trouble says in sentences what is wrong with a carrier on a node, without its name; none when nothing is.
func (n OnNode) Trouble() (sentences []string) {
	if n.Bound < n.Sessions {
		text := fmt.Sprintf("has %d of %d sessions bound", n.Bound, n.Sessions)
		if n.Problem != "" {
			text += ": " + n.Problem
		}
		sentences = append(sentences, text)
	}

	if !n.FailingSince.IsZero() {
		text := "has failed since " + n.FailingSince.UTC().Format(time.RFC3339)
		if cause := n.Error(); cause != "" {
			text += ": " + cause
		}
		sentences = append(sentences, text)
	}
	if n.Status == Open {
		sentences = append(sentences, "is skipped until "+n.OpenUntil.UTC().Format(time.RFC3339)+" while another carrier is left")
	}

	return sentences
}

// Error is the newest error, with the carrier's code; empty when there was none.
func (l Live) Error() string {
	parts := slices.DeleteFunc([]string{l.LastCode, l.LastError}, func(s string) bool { return s == "" })
	return strings.Join(parts, ", ")
}

// Line says in one line what a carrier does now, on all nodes together.
func (s State) Line() string {
	sum := s.Sum()

	line := s.Name + " " + s.State
	if s.PausedSince != nil {
		line += " since " + s.PausedSince.UTC().Format(time.RFC3339)
	}
	if sum.Sessions > 0 {
		line += fmt.Sprintf(", %d of %d sessions bound", sum.Bound, sum.Sessions)
	}
	line += fmt.Sprintf(", %d in flight, %d queued, %s a second", sum.InFlight, s.Queued, Decimal(sum.RateUsed))
	if sum.Rate > 0 {
		line += " of " + Decimal(sum.Rate)
	}

	return line
}

// Decimal writes a rate with at most one digit after the point.
func Decimal(rate float64) string { return strconv.FormatFloat(math.Round(10*rate)/10, 'f', -1, 64) }
