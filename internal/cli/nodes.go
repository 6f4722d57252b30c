package cli

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/ops"
)

type nodesCmd struct {
	All  bool `help:"Also list nodes that stopped in the last 7 days."`
	JSON bool `name:"json" help:"Print a JSON array."`
}

func (c *nodesCmd) Run(e *env) error {
	return e.open(func(b *install.Base) error {
		list, err := ops.Nodes(e.ctx, b)
		if err != nil {
			return err
		}

		shown := []ops.Node{}
		for _, n := range list {
			if c.All || n.State != "ended" {
				shown = append(shown, n)
			}
		}
		if c.JSON {
			return e.json(shown)
		}

		if len(shown) == 0 {
			_, err := fmt.Fprintln(e.Out, "No server is running. syssecure serve starts one; --all lists those that "+
				"have stopped.")
			return err
		}

		w := tabwriter.NewWriter(e.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "NODE\tSTATE\tSINCE\tHEARTBEAT\tVERSION\tNAME")
		for _, n := range shown {
			silent := (time.Duration(n.Silent*1000) * time.Millisecond).Round(100 * time.Millisecond)
			fmt.Fprintf(w, "%d\t%s\t%s\t%v ago\t%s\t%s\n",
				n.ID, n.State, n.Joined.Format(time.DateTime), silent, n.Version, n.Name)
		}

		return w.Flush()
	})
}
