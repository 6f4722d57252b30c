package cluster

import (
	"math"
	"testing"
)

// small is a cluster without overload, with costs like the measured ones.
func small() Setup {
	return Setup{
		Costs: Costs{Node: 300e-6, Group: 400e-6, Update: 40e-6, Flush: 1e-3, WAL: 700},
		Seed:  1, Nodes: 4, NodeCores: 4, Shards: 8, ShardCores: 4, Lanes: 2, Sends: 8000, Accounts: 1000, Skew: 0.5,
		ByAccount: true, RoundTrip: 200e-6, Disk: 200e6, Seconds: 12, Warm: 1,
	}
}

func near(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	if math.Abs(got-want) > share*want {
		t.Errorf("%s: %.4g, want %.4g ± %.0f %%", what, got, want, share*100)
	}
}

// TestRun_Totals: what arrives is done, and the use of processors is the cost of all groups and updates.
func TestRun_Totals(t *testing.T) {
	t.Parallel()
	for _, byAccount := range []bool{true, false} {
		s := small()
		s.ByAccount = byAccount
		r := Run(s)
		near(t, "arrived", r.Arrived, s.Sends*updates*s.Seconds, 0.02)
		near(t, "done", r.Done, r.Arrived, 0.002)
		near(t, "use of nodes", r.Node, s.Sends*s.Node/float64(s.Nodes*s.NodeCores), 0.03)
		near(t, "use of shards", r.Shard, (r.Groups*s.Group+s.Sends*updates*s.Update)/float64(s.Shards*s.ShardCores),
			0.03)
		near(t, "log", r.WAL, s.Sends*updates*s.WAL, 0.03)
		near(t, "size of groups", r.GroupSize*r.Groups, s.Sends*updates, 0.03)
	}
}

func TestRun_Seed(t *testing.T) {
	t.Parallel()
	s := small()
	s.Seconds = 3
	a, b := Run(s), Run(s)
	s.Seed = 2
	if a != b || a == Run(s) {
		t.Errorf("the same seed gave %+v and %+v", a, b)
	}
}

// TestRun_Idle: without queues an update takes its round trips, its work and one flush, or the rest of an earlier flush
// and one.
func TestRun_Idle(t *testing.T) {
	t.Parallel()
	s := small()
	s.Sends, s.Seconds = 40, 200
	r := Run(s)
	one := s.Node/updates + 2*s.RoundTrip + s.Group + s.Update + s.Flush
	near(t, "p50 of a send", r.P50, 2*one, 0.1)
	if r.P99 > 4*one {
		t.Errorf("p99 of a send %.4g, alone it takes %.4g", r.P99, 2*one)
	}
}

// TestRun_Overload: with any part overloaded, updates are not done in time and wait longer and longer.
func TestRun_Overload(t *testing.T) {
	t.Parallel()
	for name, narrow := range map[string]func(*Setup){
		"shards' processors": func(s *Setup) { s.Update = 2e-3 },
		"the log":            func(s *Setup) { s.Disk = 1e6 },
		"flushes and groups": func(s *Setup) { s.Flush = 1 },
	} {
		s := small()
		narrow(&s)
		if r := Run(s); r.Done > 0.8*r.Arrived || r.P99 < 1 {
			t.Errorf("%s: %.0f of %.0f were done, p99 %.3g s", name, r.Done, r.Arrived, r.P99)
		}
	}

	s := small()
	s.Node = 4e-3
	if r := Run(s); r.P99 < 1 || r.Node < 1 {
		t.Errorf("nodes' processors: use %.3g, p99 %.3g s", r.Node, r.P99)
	}
}

// TestRun_GroupsByAccount: a balancer by account makes larger groups of the same load, which cost less.
func TestRun_GroupsByAccount(t *testing.T) {
	t.Parallel()
	s := small()
	s.Nodes, s.Sends = 16, 20_000
	together := Run(s)
	s.ByAccount = false
	apart := Run(s)
	if together.GroupSize < 2*apart.GroupSize || together.Shard > 0.9*apart.Shard {
		t.Errorf("groups of %.2f and %.2f, use of shards %.3g and %.3g",
			together.GroupSize, apart.GroupSize, together.Shard, apart.Shard)
	}
}

// TestRun_LargeAccount: an account gets the throughput of one lane at most, because its row is locked and the groups of
// a lane are sequential.
func TestRun_LargeAccount(t *testing.T) {
	t.Parallel()
	s := small()
	s.ShardCores = 16
	fits, most := s, 1/(s.Update*updates)
	fits.Hot, fits.Sends = 0.4*most, s.Sends+0.4*most
	over := s
	over.Hot, over.Sends = 1.5*most, s.Sends+1.5*most
	if r := Run(fits); r.HotP99 > 0.1 || r.Largest != fits.Hot {
		t.Errorf("%.0f sends/s of one account: p99 %.3g s", fits.Hot, r.HotP99)
	}
	if r := Run(over); r.HotP99 < 1 {
		t.Errorf("%.0f sends/s of one account: p99 %.3g s, although a lane does %.0f", over.Hot, r.HotP99, most)
	}

	// With all nodes its row is locked for a group each time, which allows fewer sends.
	over.Hot, over.Sends, over.ByAccount, over.Nodes = 0.4*most, s.Sends+0.4*most, false, 16
	if r := Run(over); r.HotP99 < 2*Run(fits).HotP99 {
		t.Errorf("with 16 nodes that lock its row p99 is %.3g s", r.HotP99)
	}
}

// TestRun_NodeDies: a node's death affects its requests until the balancer notices, and its submits until other nodes
// take them over; nothing else.
func TestRun_NodeDies(t *testing.T) {
	t.Parallel()
	for _, byAccount := range []bool{true, false} {
		s := small()
		s.ByAccount = byAccount
		s.Seconds, s.DieAt, s.Notice, s.TakeOver, s.Carrier = 20, 5, 2, 10, 0.5
		r := Run(s)
		share := s.Sends / float64(s.Nodes)
		near(t, "failed", r.Failed, share*updates*s.Notice, 0.25)
		near(t, "stuck", r.Stuck, share*s.Carrier, 0.25)
		near(t, "the last stuck", r.StuckLongest, s.TakeOver+s.Carrier, 0.1)
		if r.AfterP99 > 5*r.P99 {
			t.Errorf("p99 %.3g s, with a node less %.3g s", r.P99, r.AfterP99)
		}
		near(t, "done", r.Done, r.Arrived, 0.005)
	}
}
