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

// skew is how far the clocks of two nodes are apart, in either direction from the database's.
const skew = 5 * time.Second

// impatient is how long a client waits for a node.
const impatient = 5 * time.Second

// fleet is several nodes of one installation, whose clocks do not agree.
type fleet struct {
	*run
	site    *site
	url     string
	sites   []*site
	servers []*server
}

// startFleet starts the nodes and lets the crowd ask them in turn.
func startFleet(t *testing.T, name string, nodes int) *fleet {
	t.Helper()
	database := pgtest.StartWith(t, pgtest.Options{Durable: true})
	f := &fleet{url: database.URL()}
	f.run = newRun(t, name, siteOptions{database: f.url})
	f.site = f.run.site
	f.muster(t, nodes, f.carrier, mortal)
	f.running = f.servers[0]
	f.crowd.api.spread(f.bases())
	// A client gives up on a node that stands still, and asks another; what it asked for waits there for the zombie.
	f.crowd.api.http.Timeout = impatient
	f.crowd.door.open()
	f.crowd.start(t)

	return f
}

// muster starts the nodes, the first of which is the fleet's site. Only a mortal program's clock can be wrong.
func (f *fleet) muster(t *testing.T, nodes int, carrier *sim, program func() (string, error)) {
	t.Helper()
	f.sites = []*site{f.site}
	for n := 1; n < nodes; n++ {
		folder := filepath.Join(f.site.folder, "node"+strconv.Itoa(n))
		check(t, os.Mkdir(folder, 0o700))
		other := writeSite(t, folder, siteOptions{database: f.url, carrier: carrier.url, master: filepath.Join(f.site.data, "master.key")})
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

// restart kills a node and starts it again at once, before anybody else took its work.
func (f *fleet) restart(t *testing.T, n int) {
	t.Helper()
	f.crowd.journal.put(record{Kind: "crash", InFlight: f.crowd.flying.Load()})
	f.servers[n].kill()
	f.servers[n] = f.sites[n].start(t)
}

// alive is how many nodes the database knows.
func (f *fleet) alive(t *testing.T) int {
	t.Helper()
	text, err := pgtest.Ask(f.url, "SELECT count(*) FROM node WHERE ended_at IS NULL")
	check(t, err)
	count, err := strconv.Atoi(text)
	check(t, err)
	return count
}

// takenWithin is how long after a node's last sign of life others have its work: what is promised, and what a loaded
// machine may add.
const takenWithin = cluster.DeadAfter + 5*time.Second + 10*time.Second

// stand stops a node as a machine that hangs would, until the others took it for dead and worked for a while; then it goes
// on as a zombie. It returns how long the others waited.
func (f *fleet) stand(t *testing.T, n int) (waited time.Duration) {
	t.Helper()
	before, stopped := f.alive(t), time.Now()
	check(t, f.servers[n].cmd.Process.Signal(syscall.SIGSTOP))
	until(t, takenWithin, "the node that stands still is taken for dead", func() bool { return f.alive(t) < before })
	waited = time.Since(stopped)
	acked := f.crowd.sends.Load()
	until(t, quietWithin, "the others go on", func() bool { return f.crowd.sends.Load() >= acked+200 })
	check(t, f.servers[n].cmd.Process.Signal(syscall.SIGCONT))
	until(t, quietWithin, "the zombie joins anew", func() bool { return f.alive(t) == before })

	return waited
}

// Three nodes with different clocks on one database: they are killed and started again, one stands still until the others
// took its work and then wakes, and nothing is lost, done twice or charged twice. SYSSECURE_JOBS sets how many sends there
// are at least, SYSSECURE_ZOMBIES how often a node stands still.
func TestNodes_NeverDoOneJobTwice(t *testing.T) {
	jobs, zombies := number(t, "SYSSECURE_JOBS", 5000), number(t, "SYSSECURE_ZOMBIES", 1)
	f := startFleet(t, "nodes", 3)
	kills, slowest := 0, time.Duration(0)
	for done := 0; done < zombies || f.crowd.sends.Load() < int64(jobs); kills++ {
		time.Sleep(time.Duration(f.random.Int64N(int64(latestKill))))
		f.restart(t, f.random.IntN(3))
		if done < zombies && f.crowd.sends.Load() > int64(done*jobs/zombies) {
			slowest = max(slowest, f.stand(t, f.random.IntN(3)))
			done++
		}
	}

	// One ends for good: the others have what it left.
	f.servers[2].kill()
	f.servers[1].stop(t)
	f.servers[1] = f.sites[1].start(t) // as a rolling upgrade does
	f.crowd.api.spread(f.bases()[:2])
	until(t, takenWithin, "the node that ended is taken for dead", func() bool { return f.alive(t) == 2 })
	f.running = f.servers[0]
	f.quiet(t)
	left, err := pgtest.Ask(f.url, "SELECT count(*) FROM message WHERE owner <> 0")
	check(t, err)
	if left != "0" {
		t.Errorf("%s messages are still in work", left)
	}
	f.judge(t, "nodes=3 skew=±%v kills=%d zombies=%d taken_after=%v", skew, kills, zombies, slowest.Round(time.Second))
}

// Nodes that nothing happens to stand in nobody's way: no client is told of a deadlock or a conflict, and none is asked to
// come again. SYSSECURE_PAIRS sets how many codes are sent; a third of them are checked, many twice at once.
func TestNodes_ConflictUnseen(t *testing.T) {
	pairs := number(t, "SYSSECURE_PAIRS", 3000)
	f := startFleet(t, "nodes-pairs", 2)
	f.carrier.hurry() // what is looked for is in the database
	const within = 2 * time.Hour
	until(t, within, "the sends", func() bool { return f.crowd.sends.Load() >= int64(pairs) })
	f.quiet(t)
	deadlocks, err := pgtest.Ask(f.url, "SELECT pg_stat_force_next_flush(); SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'")
	check(t, err)
	if deadlocks != "0" || f.crowd.turned.Load() != 0 {
		t.Errorf("%s deadlocks, %d answers that ask to come again", deadlocks, f.crowd.turned.Load())
	}
	f.judge(t, "nodes=2 deadlocks=%s turned_away=%d", deadlocks, f.crowd.turned.Load())
}
