package main

import (
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/syssecure/syssecure/test/bench/cluster"
)

// Assumptions, which one machine cannot measure.
const (
	roundTrip  = 0.3e-3 // between a node and a shard in the same building
	disk       = 300e6  // bytes per second of a shard's log
	notice     = 3      // seconds until the balancer avoids a dead node
	takeOver   = 35     // seconds until other nodes take over its work
	answer     = 0.25   // seconds that a carrier takes to answer
	promise    = 0.05   // the highest p99 of a send, without its carrier, in seconds
	mostShards = 2048
)

// simulate finds how many shards the load needs, and then simulates a node's death and a large account.
func simulate(o options, c cluster.Costs) error {
	base := cluster.Setup{
		Costs: c, Seed: o.seed, Nodes: o.wide.nodes, NodeCores: o.wide.nodeCores, ShardCores: o.wide.shardCores,
		Lanes: o.wide.lanes, Sends: o.wide.sends,
		Accounts: o.wide.accounts, Skew: o.wide.skew, RoundTrip: roundTrip, Disk: disk, Seconds: 8, Warm: 1,
	}

	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "what\tshards\tp50 ms\tp99 ms\tgroup\tnodes\tshards' CPU\tbusiest\tWAL busy\tWAL MB/s\tdone\t")
	show := func(what string, s cluster.Setup, r cluster.Result) {
		fmt.Fprintf(w, "%s\t%d\t%.1f\t%.1f\t%.1f\t%.0f %%\t%.0f %%\t%.0f %%\t%.0f %%\t%.0f\t%.1f %%\t\n", what,
			s.Shards, r.P50*1e3, r.P99*1e3, r.GroupSize,
			r.Node*100, r.Shard*100, r.Busiest*100, r.Device*100, r.WAL/1e6, 100*r.Done/r.Arrived)
	}

	byAccount := base
	byAccount.ByAccount = true
	enough, found := search(byAccount)
	show("an account's requests go to one node", enough, cluster.Run(enough))
	anyNode := base
	anyNode.Shards, anyNode.Seconds, anyNode.Warm = enough.Shards, 2, 0.5
	show("any node, as many shards", anyNode, cluster.Run(anyNode))
	for ok := false; !ok && anyNode.Shards*2 <= mostShards; {
		anyNode.Shards *= 2
		var r cluster.Result
		ok, r = keeps(anyNode)
		show("any node, more shards", anyNode, r)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("no number of shards up to %d keeps p99 below %.0f ms", mostShards, promise*1e3)
	}
	nodeDies(enough)
	largeAccount(enough)

	return nil
}

// search finds the fewest shards that keep the promise with no processor above 80 %: a divisor of the nodes, or a
// multiple.
func search(s cluster.Setup) (cluster.Setup, bool) {
	for part := s.Nodes; part > 1; part-- {
		if s.Shards = s.Nodes / part; s.Nodes%part == 0 {
			if ok, _ := keeps(s); ok {
				return s, true
			}
		}
	}

	for s.Shards = s.Nodes; s.Shards <= mostShards; s.Shards += s.Nodes {
		if ok, _ := keeps(s); ok {
			return s, true
		}
	}

	return s, false
}

func keeps(s cluster.Setup) (bool, cluster.Result) {
	r := cluster.Run(s)
	return r.P99 <= promise && r.Busiest <= 0.8 && r.Done >= 0.995*r.Arrived, r
}

func nodeDies(s cluster.Setup) {
	s.Seconds, s.DieAt, s.Notice, s.TakeOver, s.Carrier = 45, 4, notice, takeOver, answer
	r := cluster.Run(s)
	fmt.Printf("\na node dies: %.0f requests fail in the %d s until the balancer notices (%.2f %% of all); "+
		"p99 of the rest %.1f ms, was %.1f;\n"+
		"%.0f messages that it was submitting are taken over, the last after %.1f s\n",
		r.Failed*2/updatesOfPair, notice, 100*r.Failed/(notice*s.Sends*updatesOfPair), r.AfterP99*1e3, r.P99*1e3,
		r.Stuck, r.StuckLongest)
}

// largeAccount increases one account's sends until they are late, with twice the shards that are needed without it.
func largeAccount(s cluster.Setup) {
	s.Seconds, s.Shards = 4, 2*s.Shards
	fmt.Printf("\none account that sends much, among %d shards:\n", s.Shards)
	for hot := 1000.0; hot <= s.Sends/2; hot *= 1.5 {
		s.Hot = hot
		r := cluster.Run(s)
		fmt.Printf("  %6.0f sends/s  p99 of its lane %8.1f ms, of all %6.1f ms\n", hot, r.HotP99*1e3, r.P99*1e3)
		if r.HotP99 > 1 {
			return
		}
	}
}
