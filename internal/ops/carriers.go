package ops

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres"
)

// CarrierState is the live state of a configured carrier.
type CarrierState struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Channels []string `json:"channels"`
	// State is the worst of all nodes; "stopped" when no server runs.
	State       string     `json:"state"`
	PausedSince *time.Time `json:"paused_since,omitempty"`
	// Queued is how many messages wait for the carrier and are due, at most MaxQueued.
	Queued int           `json:"queued"`
	Nodes  []CarrierNode `json:"nodes"`
}

// CarrierNode is the state of a carrier on one node.
type CarrierNode struct {
	Node int64  `json:"node"`
	Name string `json:"name,omitempty"`
	carrierwatch.Live
	// At is when the node wrote it; it has not changed since.
	At time.Time `json:"at"`
}

// skipped reports whether messages skip the carrier while another is left.
func (s CarrierState) skipped() bool {
	return s.State == string(carrierwatch.Open) || s.State == string(carrierwatch.Paused)
}

// MaxQueued bounds how many waiting messages of a carrier are counted.
const MaxQueued = 10_000

// Stopped is the state of carriers when no server runs.
const Stopped = "stopped"

// statesByRank are the states of a carrier, from the best to the worst.
var statesByRank = []string{
	Stopped, string(carrierwatch.OK), string(carrierwatch.Failing), string(carrierwatch.Open), string(carrierwatch.Paused),
}

// Carriers reads the live state of the configured carriers, as the servers that run have written it. running is false when
// none does.
func Carriers(ctx context.Context, b *install.Base) (list []CarrierState, running bool, err error) {
	nodes, err := runningNodes(ctx, b)
	if err != nil {
		return nil, false, err
	}
	paused, err := carrierwatch.Pauses(ctx, b.Store)
	if err != nil {
		return nil, false, err
	}
	waiting, err := waitingFor(ctx, b)
	if err != nil {
		return nil, false, err
	}

	for _, c := range b.Config.Carriers {
		name := c.Common.Name
		s := CarrierState{
			Name: name, Kind: c.Kind, State: Stopped, Queued: waiting[name], Channels: []string{}, Nodes: []CarrierNode{},
		}
		for _, ch := range c.Settings.Channels() {
			s.Channels = append(s.Channels, ch.String())
		}
		if since, is := paused[name]; is {
			s.PausedSince, s.State = &since, string(carrierwatch.Paused)
		}
		for _, n := range nodes {
			if live, told := n.state.Carriers[name]; told {
				s.Nodes = append(s.Nodes, CarrierNode{n.epoch, n.name, live, n.state.At})
				s.State = worst(s.State, string(live.Status))
			}
		}
		list = append(list, s)
	}

	return list, len(nodes) > 0, nil
}

func worst(a, b string) string {
	return statesByRank[max(slices.Index(statesByRank, a), slices.Index(statesByRank, b))]
}

// runningNode is a server that runs, with what it tells of its carriers.
type runningNode struct {
	epoch int64
	name  string
	state carrierwatch.NodeState
}

func runningNodes(ctx context.Context, b *install.Base) (nodes []runningNode, err error) {
	states, err := carrierwatch.States(ctx, b.Store)
	if err != nil {
		return nil, err
	}

	if _, remote := b.Backend.(*postgres.Backend); remote {
		all, err := Nodes(ctx, b)
		for _, n := range all {
			if n.State != nodeEnded {
				nodes = append(nodes, runningNode{n.ID, n.Name, states[n.ID]})
			}
		}
		return nodes, err
	}

	runs, err := install.ServerRuns(b.Config.Data)
	if err != nil || !runs {
		return nil, err
	}

	newest := runningNode{}
	for epoch, state := range states { // a server that was killed has left its entry
		if epoch > newest.epoch {
			newest.epoch, newest.state = epoch, state
		}
	}

	return []runningNode{newest}, nil
}

// waitingFor counts the messages that wait for each carrier and are due.
func waitingFor(ctx context.Context, b *install.Base) (map[string]int, error) {
	waiting, now := map[string]int{}, b.Now()
	err := b.Store.View(ctx, func(v store.Reader) error {
		for _, c := range b.Config.Carriers {
			name := c.Common.Name
			for _, texts := range []bool{false, true} {
				due, err := v.DueWork(store.WorkQuery{Carrier: name, Texts: texts, Before: now, Limit: MaxQueued})
				if err != nil {
					return err
				}
				waiting[name] = min(MaxQueued, waiting[name]+len(due))
			}
		}
		return nil
	})

	return waiting, err
}

// Trouble says in sentences what is wrong with a carrier on a node, without its name; none when nothing is.
func (n CarrierNode) Trouble() (sentences []string) {
	if n.Bound < n.Sessions {
		text := fmt.Sprintf("has %d of %d sessions bound", n.Bound, n.Sessions)
		if n.Problem != "" {
			text += ": " + n.Problem
		}
		sentences = append(sentences, text)
	}

	if !n.FailingSince.IsZero() {
		text := "has failed since " + n.FailingSince.UTC().Format(time.RFC3339)
		if cause := n.lastError(); cause != "" {
			text += ": " + cause
		}
		sentences = append(sentences, text)
	}
	if n.Status == carrierwatch.Open {
		sentences = append(sentences, "is skipped until "+n.OpenUntil.UTC().Format(time.RFC3339)+" while another carrier is left")
	}

	return sentences
}

func (n CarrierNode) lastError() string {
	parts := slices.DeleteFunc([]string{n.LastCode, n.LastError}, func(s string) bool { return s == "" })
	return strings.Join(parts, ", ")
}

// carriersCheck names the carriers that fail, those whose sessions are not bound, and what every carrier does now.
func carriersCheck(ctx context.Context, b *install.Base) Check {
	check := Check{Name: "carriers"}
	list, running, err := Carriers(ctx, b)
	if err != nil {
		check.Problem = checkFailed(err)
		return check
	}

	var problems, notes []string
	for _, s := range list {
		failures, err := carrierwatch.Failures(ctx, b.Store, s.Name)
		if err != nil {
			check.Problem = checkFailed(err)
			return check
		}
		for _, f := range failures {
			problems = append(problems, fmt.Sprintf("%s %s", s.Name, f))
		}
		for _, n := range s.Nodes {
			if n.Bound < n.Sessions {
				problems = append(problems, s.Name+" "+n.Trouble()[0])
			}
		}
		notes = append(notes, s.Line())
	}

	switch {
	case !running:
		check.Note = strings.Join(append([]string{"no server runs, so there is no live state"}, pausedOf(list)...), "; ")
	default:
		check.Note = strings.Join(notes, "; ")
	}
	if len(problems) > 0 {
		check.Problem = strings.Join(problems, "; ") + ". Run syssecure carrier test with its name, which checks the " +
			"address and the credentials of its [[carrier]], or ask the provider. Pending messages are sent once the " +
			"carrier works again"
	}

	return check
}

// pausedOf says which carriers are paused.
func pausedOf(list []CarrierState) (lines []string) {
	for _, s := range list {
		if s.PausedSince != nil {
			lines = append(lines, s.Name+" is paused")
		}
	}
	return lines
}

// Line says in one line what a carrier does now, on all nodes together.
func (s CarrierState) Line() string {
	var sum carrierwatch.Live
	for _, n := range s.Nodes {
		sum.Bound, sum.Sessions = sum.Bound+n.Bound, sum.Sessions+n.Sessions
		sum.InFlight, sum.RateUsed, sum.Rate = sum.InFlight+n.InFlight, sum.RateUsed+n.RateUsed, sum.Rate+n.Rate
	}

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
