package installation

import (
	"cmp"
	"fmt"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
)

// instancePage is what the screen of the installation shows.
type instancePage struct {
	Facts []screen.Fact
	Nodes []instanceNode
}

type instanceNode struct {
	Name, State, Version string
	Seen                 screen.Moment
}

// instance is the screen of the installation: its version, database, nodes, disk and waiting messages.
func instance(q *screen.Request) (screen.Answer, error) {
	i, err := q.Verbs.Instance(q.Context())
	if err != nil {
		return nil, err
	}
	carriers, err := q.Verbs.Engine.Carriers(q.Context(), q.Caller)
	if err != nil {
		return nil, err
	}

	queued := 0
	for _, c := range carriers {
		queued += c.Queued
	}
	out := instancePage{Facts: []screen.Fact{
		{Name: q.Text("Version"), Text: i.Version},
		{Name: q.Text("Database"), Text: i.Database},
		{Name: q.Text("Started"), When: q.When(i.StartedAt)},
		{Name: q.Text("Messages that wait and are due"), Text: fmt.Sprint(queued)},
		{Name: q.Text("Accounts, about"), Text: fmt.Sprint(i.Accounts)},
	}}
	if i.DiskFree != nil {
		out.Facts = append(out.Facts, screen.Fact{
			Name: q.Text("Free on the disk of the data"), Text: fmt.Sprintf("%.1f GB", float64(*i.DiskFree)/1e9),
		})
	}
	for _, n := range i.Nodes {
		out.Nodes = append(out.Nodes, instanceNode{cmp.Or(n.Name, fmt.Sprint(n.ID)), n.State, n.Version, q.When(n.SeenAt)})
	}

	return screen.Page{Template: "instance", Title: q.Text("Instance"), Data: out, API: "GET /v2/instance"}, nil
}
