package chaos

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/failpoint"
)

// Among how many hits of a place one is drawn.
const (
	onStart   = 1
	perThread = 8
	rarely    = 20
	often     = 300
)

// deadly is a place to die in.
type deadly struct {
	place failpoint.Point
	among int
	only  string // the database that has it; empty = both
	call  string // instead of the place: the begin of a call of the system
}

func (d deadly) String() string {
	if d.call != "" {
		return d.call
	}
	return d.place.String()
}

var deadlies = []deadly{
	{failpoint.SubmitDecided, often, "", ""},
	{failpoint.SubmitAnswered, often, "", ""},
	{failpoint.TakeOverFound, onStart, "", ""}, // behind a place that leaves work
	{failpoint.SubmitStored, often, "", ""},
	{failpoint.TakeOverTaken, onStart, "", ""},
	{failpoint.CommitBegun, rarely, "", ""},
	{failpoint.CommitSent, rarely, "postgres", ""},
	{failpoint.CommitDone, rarely, "", ""},
	{failpoint.Settling, often, "sqlite", ""},
	{failpoint.ReceiptCame, rarely, "", ""},
	{failpoint.ReceiptStored, rarely, "", ""},
	{failpoint.VerifyStored, rarely, "", ""},
	{failpoint.HookDecided, often, "", ""},
	{failpoint.HookPosted, often, "", ""},
	{failpoint.HookStored, rarely, "", ""},
	{failpoint.TextDue, rarely, "", ""},
	{failpoint.TextClaimed, rarely, "", ""},
	{failpoint.Started, onStart, "", ""},
	// Within the commit of SQLite, which no failpoint reaches: the log is written, and not synced.
	{0, perThread, "sqlite", "fsync"},
}

// diesWithin bounds the wait for a failpoint.
const diesWithin = 60 * time.Second

// A server that dies in each of the places where that is most delicate loses nothing that it acknowledged, verifies no
// code twice and charges nothing twice. SYSSECURE_HITS sets how often it dies in each.
func TestFailpoints_EachIsSurvived(t *testing.T) {
	strace, err := exec.LookPath("strace")
	needs(t, err == nil, "strace is missing: apt-get install strace")
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			r := newRun(t, "failpoints-"+db.name, siteOptions{database: db.url(t), more: "[webhooks]\nallow_cidrs = [\"127.0.0.0/8\"]\n"})
			r.site.program, r.crowd.texts = mortal, true
			hooks := startHookReceiver(t)
			r.running = r.site.start(t)
			answer, err := r.crowd.api.call(t.Context(), http.MethodPost, "/v2/webhooks", "", `{"url":"`+hooks.URL+`"}`)
			if err != nil || answer.status != http.StatusOK {
				t.Fatalf("make the endpoint: %d %s %v", answer.status, answer.body, err)
			}

			r.crowd.start(t)
			places, hits := 0, 0
			for range number(t, "SYSSECURE_HITS", 1) {
				for _, d := range deadlies {
					if d.only == "" || d.only == db.name {
						places++
						hits += r.die(t, d, strace)
					}
				}
			}

			r.site.failpoint = ""
			r.running.kill()
			r.running = r.site.start(t)
			r.crowd.door.open()
			r.quiet(t)
			written, lost := hooks.judge(t, r.crowd.api)
			if len(written) == 0 {
				t.Error("there were no events to lose")
			}
			r.judge(t, "failpoints=%d hit=%d lost_events=%d", places, hits, lost)
		})
	}
}

// die starts the server anew, has it die in a place under load, and leaves the door shut. It returns 1 when it did die.
func (r *run) die(t *testing.T, d deadly, strace string) int {
	t.Helper()
	n := 1 + r.random.IntN(d.among)
	r.running.kill()
	var wrap []string
	r.site.failpoint = fmt.Sprintf("%v:%d", d, n)
	if d.call != "" {
		r.site.failpoint = ""
		// Each thread counts for itself, so of a server with several the first that comes to n dies.
		wrap = []string{
			strace, "-D", "-f", "-o", "/dev/null", "-e", "trace=" + d.call,
			"-e", fmt.Sprintf("inject=%s:error=EIO:signal=SIGKILL:when=%d", d.call, n),
		}
	}

	r.running = r.site.launch(t, wrap...)
	select {
	case <-r.running.ready.seen:
		r.crowd.door.open()
		select {
		case <-r.running.exited:
		case <-time.After(diesWithin):
		}
		r.crowd.door.shut()
	case <-r.running.exited:
	case <-time.After(startWithin):
	}

	select {
	case <-r.running.exited:
	default:
		t.Errorf("%v was not hit %d times within %v", d, n, diesWithin)
		return 0
	}
	if status := r.running.cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGKILL {
		t.Fatalf("%v: the server ended with %v instead of dying, see serve.log", d, r.running.cmd.ProcessState)
	}
	t.Logf("%v, hit %d", d, n)

	return 1
}

// A migration that is cut off between any two of its steps is carried out by the next start.
func TestCutOff_Migration(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			s := writeSite(t, evidence(t), siteOptions{database: db.url(t), carrier: "http://127.0.0.1:1"})
			s.program = mortal
			cuts := 0
			for ; ; cuts++ {
				s.failpoint = fmt.Sprintf("%s:%d", failpoint.Migrated, cuts+1)
				err := s.prepare(t, "migrate").Run()
				if err == nil {
					break
				}
				if exit, ok := err.(*exec.ExitError); !ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
					t.Fatalf("after %d cuts: %v", cuts, err)
				}
			}
			if cuts == 0 {
				t.Error("no migration was cut off")
			}
			s.newAccount(t, 1)
			s.command(t, "doctor")
			t.Logf("cuts=%d", cuts)
		})
	}
}

// firstStart are the places that only a first start passes, in their order.
var firstStart = []failpoint.Point{failpoint.Migrated, failpoint.FileWritten, failpoint.FileNamed}

// A first start that is killed leaves no part of a key behind, and the next one makes the installation.
func TestCutOff_FirstStart(t *testing.T) {
	for _, place := range append(firstStart, failpoint.CommitBegun, failpoint.CommitDone) {
		t.Run(place.String(), func(t *testing.T) {
			s := writeSite(t, evidence(t), siteOptions{carrier: "http://127.0.0.1:1"})
			s.program = mortal
			s.failpoint = place.String() + ":1"
			err := s.prepare(t, "migrate").Run()
			if exit, ok := err.(*exec.ExitError); !ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("migrate was not killed: %v", err)
			}

			var left []string
			files, err := os.ReadDir(s.data)
			check(t, err)
			for _, f := range files {
				name := f.Name()
				text, err := os.ReadFile(filepath.Join(s.data, name))
				check(t, err)
				whole := name == "master.key" && len(text) == 45
				if !whole && !strings.HasPrefix(name, "syssecure.db") {
					left = append(left, name)
				}
			}
			if len(left) > 0 {
				t.Errorf("the killed start left %v", left)
			}

			s.failpoint = ""
			s.command(t, "migrate")
			s.newAccount(t, 1)
			s.command(t, "doctor")
		})
	}
}

// The program that is released has nothing of this, and no place is forgotten.
func TestFailpoints_OnlyInTheTaggedProgram(t *testing.T) {
	released, err := program()
	check(t, err)
	tagged, err := mortal()
	check(t, err)
	without, err := os.ReadFile(released)
	check(t, err)
	with, err := os.ReadFile(tagged)
	check(t, err)
	names := []string{"FAILPOINT"}
	for _, p := range failpoint.Points() {
		names = append(names, p.String())
		apart := slices.Contains(firstStart, p) // these have a test of their own
		if !apart && !slices.ContainsFunc(deadlies, func(d deadly) bool { return d.place == p && d.call == "" }) {
			t.Errorf("nobody dies in %v", p)
		}
	}

	for _, name := range names {
		if bytes.Contains(without, []byte(name)) {
			t.Errorf("the released program contains %q", name)
		}
		if !bytes.Contains(with, []byte(name)) {
			t.Errorf("the tagged program does not contain %q, so nothing proves that the other was searched well", name)
		}
	}
}
