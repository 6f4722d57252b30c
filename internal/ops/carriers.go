package ops

import (
	"context"
	"fmt"
	"strings"

	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/store/postgres"
)

// Carriers reads the live state of the configured carriers, as the servers that run have written it. running is false when
// none does.
func Carriers(ctx context.Context, b *install.Base) (list []carrierwatch.State, running bool, err error) {
	nodes, err := runningNodes(ctx, b)
	if err != nil {
		return nil, false, err
	}

	var all []carrierwatch.Configured
	for _, c := range b.Config.Carriers {
		all = append(all, carrierwatch.Configured{Name: c.Common.Name, Kind: c.Kind, Channels: c.Settings.Channels()})
	}
	list, err = carrierwatch.Overview(ctx, b.Store, all, nodes, b.Now())

	return list, len(nodes) > 0, err
}

// runningNodes are the servers that run, with what they tell of their carriers.
func runningNodes(ctx context.Context, b *install.Base) (nodes []carrierwatch.Node, err error) {
	states, err := carrierwatch.States(ctx, b.Store)
	if err != nil {
		return nil, err
	}

	if _, remote := b.Backend.(*postgres.Backend); remote {
		all, err := Nodes(ctx, b)
		for _, n := range all {
			if n.State != nodeEnded {
				nodes = append(nodes, carrierwatch.Node{Epoch: n.ID, Name: n.Name, NodeState: states[n.ID]})
			}
		}
		return nodes, err
	}

	runs, err := install.ServerRuns(b.Config.Data)
	if err != nil || !runs {
		return nil, err
	}

	newest := carrierwatch.Node{}
	for epoch, state := range states { // a server that was killed has left its entry
		if epoch > newest.Epoch {
			newest.Epoch, newest.NodeState = epoch, state
		}
	}

	return []carrierwatch.Node{newest}, nil
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
func pausedOf(list []carrierwatch.State) (lines []string) {
	for _, s := range list {
		if s.PausedSince != nil {
			lines = append(lines, s.Name+" is paused")
		}
	}
	return lines
}
