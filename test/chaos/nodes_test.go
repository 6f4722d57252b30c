package chaos

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// skew is how far the clocks of two nodes differ from the database's, in both directions.
const skew = 5 * time.Second

// clientTimeout is how long a client waits for a node's answer.
const clientTimeout = 5 * time.Second

// fleet is several nodes of one installation, with different clocks.
type fleet struct {
	*run
	site    *site
	url     string
	sites   []*site
	servers []*server
}

// startFleet starts the nodes, which the crowd asks in turn.
func startFleet(t *testing.T, name string, nodes int) *fleet {
	t.Helper()
	database := pgtest.StartWith(t, pgtest.Options{Durable: true})
	f := &fleet{url: database.URL()}
	f.run = newRun(t, name, siteOptions{database: f.url})
	f.site = f.run.site
	f.startNodes(t, nodes, f.carrier, failpointProgram)
	f.running = f.servers[0]
	f.crowd.api.spread(f.bases())
	// A client gives up on a frozen node and asks another; the zombie then finds its request.
	f.crowd.api.http.Timeout = clientTimeout
	f.crowd.gate.open()
	f.crowd.start(t)

	return f
}

// startNodes starts the nodes, the first of which is the fleet's site. Only failpointProgram has a clock that can be
// skewed.
func (f *fleet) startNodes(t *testing.T, nodes int, carrier *sim, program func() (string, error)) {
	t.Helper()
	f.sites = []*site{f.site}
	for n := 1; n < nodes; n++ {
		folder := filepath.Join(f.site.folder, "node"+strconv.Itoa(n))
		check(t, os.Mkdir(folder, 0o700))
		other := writeSite(t, folder,
			siteOptions{database: f.url, carrier: carrier.url, master: filepath.Join(f.site.data, "master.key")})
		other.account, other.key = f.site.account, f.site.key
		f.sites = append(f.sites, other)
	}

	for n, s := range f.sites {
		s.program, s.skew = program, time.Duration(n-1)*skew
		f.servers = append(f.servers, s.start(t))
	}
}

func (f *fleet) bases() (list []string) {
	for _, s := range f.sites {
		list = append(list, "http://"+s.listen)
	}
	return list
}

// api asks all nodes in turn.
func (f *fleet) api(key string, connections int) *api {
	a := f.site.api(key, connections)
	a.spread(f.bases())
	return a
}

// restart kills a node and starts it again immediately, before other nodes take over its work.
func (f *fleet) restart(t *testing.T, n int) {
	t.Helper()
	f.crowd.journal.put(record{Kind: "crash", InFlight: f.crowd.inFlight.Load()})
	f.servers[n].kill()
	f.servers[n] = f.sites[n].start(t)
}

// alive is the number of nodes in the database that have not ended.
func (f *fleet) alive(t *testing.T) int {
	t.Helper()
	text, err := pgtest.Ask(f.url, "SELECT count(*) FROM node WHERE ended_at IS NULL")
	check(t, err)
	count, err := strconv.Atoi(text)
	check(t, err)
	return count
}

// takenOverWithin is how long after a node's last heartbeat others have its work, plus ten seconds for a loaded
// machine.
const takenOverWithin = cluster.DeadAfter + 5*time.Second + 10*time.Second

// freeze stops a node, as on a machine that hangs, until the others have fenced it and have worked for a while; then it
// continues as a zombie. It returns how long it took until it was fenced.
func (f *fleet) freeze(t *testing.T, n int) (waited time.Duration) {
	t.Helper()
	before, stopped := f.alive(t), time.Now()
	check(t, f.servers[n].cmd.Process.Signal(syscall.SIGSTOP))
	until(t, takenOverWithin, "fencing the frozen node", func() bool { return f.alive(t) < before })
	waited = time.Since(stopped)
	acked := f.crowd.sends.Load()
	until(t, quietWithin, "sends on the other nodes", func() bool { return f.crowd.sends.Load() >= acked+200 })
	check(t, f.servers[n].cmd.Process.Signal(syscall.SIGCONT))
	until(t, quietWithin, "the zombie's rejoining", func() bool { return f.alive(t) == before })

	return waited
}

// TestNodes_NoDuplicateWork: three nodes with different clocks on one database are killed and restarted, and frozen
// until others have their work. Nothing is lost, done twice or charged twice. SYSSECURE_JOBS sets the least number of
// sends, SYSSECURE_ZOMBIES how often a node is frozen.
func TestNodes_NoDuplicateWork(t *testing.T) {
	jobs, zombies := number(t, "SYSSECURE_JOBS", 5000), number(t, "SYSSECURE_ZOMBIES", 1)
	f := startFleet(t, "nodes", 3)
	kills, slowest := 0, time.Duration(0)

	for done := 0; done < zombies || f.crowd.sends.Load() < int64(jobs); kills++ {
		time.Sleep(time.Duration(f.random.Int64N(int64(latestKill))))
		f.restart(t, f.random.IntN(3))
		if done < zombies && f.crowd.sends.Load() > int64(done*jobs/zombies) {
			slowest = max(slowest, f.freeze(t, f.random.IntN(3)))
			done++
		}
	}

	// One node does not come back: the others take over its work.
	f.servers[2].kill()
	f.servers[1].stop(t)
	f.servers[1] = f.sites[1].start(t) // as a rolling upgrade does
	f.crowd.api.spread(f.bases()[:2])
	until(t, takenOverWithin, "fencing the killed node", func() bool { return f.alive(t) == 2 })
	f.running = f.servers[0]
	f.quiet(t)
	left, err := pgtest.Ask(f.url, "SELECT count(*) FROM message WHERE owner <> 0")
	check(t, err)
	if left != "0" {
		t.Errorf("%s messages are still in work", left)
	}
	f.judge(t, "nodes=3 skew=±%v kills=%d zombies=%d taken_after=%v", skew, kills, zombies, slowest.Round(time.Second))
}

// TestNodes_Conflicts: without faults nodes do not disturb each other, so no client gets an error or an answer that
// asks to retry. SYSSECURE_PAIRS sets how many codes are sent; a third of them are checked, many of these twice in
// parallel.
func TestNodes_Conflicts(t *testing.T) {
	pairs := number(t, "SYSSECURE_PAIRS", 3000)
	f := startFleet(t, "nodes-pairs", 2)
	f.carrier.answerImmediately() // so that the database is the bottleneck
	const within = 2 * time.Hour
	until(t, within, "the sends", func() bool { return f.crowd.sends.Load() >= int64(pairs) })
	f.quiet(t)
	deadlocks, err := pgtest.Ask(f.url,
		"SELECT pg_stat_force_next_flush(); SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'")
	check(t, err)
	if deadlocks != "0" || f.crowd.retryAnswers.Load() != 0 {
		t.Errorf("%s deadlocks, %d answers that ask to retry", deadlocks, f.crowd.retryAnswers.Load())
	}
	f.judge(t, "nodes=2 deadlocks=%s turned_away=%d", deadlocks, f.crowd.retryAnswers.Load())
}
