package ops

import (
	"context"
	"errors"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/store/postgres"
)

// Node is a server of the installation, as it is listed.
type Node struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	// State is alive, silent (its work is taken over soon) or ended.
	State  string     `json:"state"`
	Joined time.Time  `json:"joined_at"`
	Silent float64    `json:"silent_seconds"`
	Ended  *time.Time `json:"ended_at,omitempty"`
}

// nodeEnded is the state of a node that has stopped.
const nodeEnded = "ended"

// ErrOneServer says that the embedded database has no list of nodes.
var ErrOneServer = errors.New("the embedded database is for a single server, so there are no nodes to list: to run " +
	"several servers, move to PostgreSQL (syssecure move --help)")

// Nodes lists the servers of the last days, oldest first.
func Nodes(ctx context.Context, b *install.Base) (list []Node, err error) {
	p, ok := b.Backend.(*postgres.Backend)
	if !ok {
		return nil, ErrOneServer
	}

	nodes, err := p.Nodes(ctx)
	for _, m := range nodes {
		n := Node{
			ID: m.Epoch, Name: m.Name, Version: m.Version, State: "alive",
			Joined: m.Joined, Silent: m.Silent.Seconds(),
		}
		switch {
		case !m.Ended.IsZero():
			n.State, n.Ended = nodeEnded, &m.Ended
		case m.Silent > cluster.SubmitFor:
			n.State = "silent"
		}
		list = append(list, n)
	}

	return list, err
}
