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

// The server dies at a random hit of a failpoint, up to this one.
const (
	onStart   = 1
	perThread = 8
	rarely    = 20
	often     = 300
)

// killPoint is a failpoint or a system call at which the server dies.
type killPoint struct {
	point  failpoint.Point
	within int    // it dies at one of so many hits
	only   string // the database that has the point; empty = both
	call   string // instead of point: when this system call begins
}

func (d killPoint) String() string {
	if d.call != "" {
		return d.call
	}
	return d.point.String()
}

var killPoints = []killPoint{
	{point: failpoint.SubmitDecided, within: often},
	{point: failpoint.SubmitAnswered, within: often},
	{point: failpoint.TakeOverFound, within: onStart}, // after a point that leaves work
	{point: failpoint.SubmitStored, within: often},
	{point: failpoint.TakeOverTaken, within: onStart},
	{point: failpoint.CommitBegun, within: rarely},
	{point: failpoint.CommitSent, within: rarely, only: "postgres"},
	{point: failpoint.CommitDone, within: rarely},
	{point: failpoint.Settling, within: often, only: "sqlite"},
	{point: failpoint.ReceiptCame, within: rarely},
	{point: failpoint.ReceiptStored, within: rarely},
	{point: failpoint.VerifyStored, within: rarely},
	{point: failpoint.HookDecided, within: often},
	{point: failpoint.HookPosted, within: often},
	{point: failpoint.HookStored, within: rarely},
	{point: failpoint.TextDue, within: rarely},
	{point: failpoint.TextClaimed, within: rarely},
	{point: failpoint.Started, within: onStart},
	// Inside the commit of SQLite, which has no failpoint: the log is written but not synced.
	{within: perThread, only: "sqlite", call: "fsync"},
}

// diesWithin bounds the wait for a failpoint.
const diesWithin = 60 * time.Second

// TestFailpoints_Survived: a server that dies at each of the most critical points loses nothing that it acknowledged,
// verifies no code twice and charges nothing twice. SYSSECURE_HITS sets how often it dies at each.
func TestFailpoints_Survived(t *testing.T) {
	strace, err := exec.LookPath("strace")
	needs(t, err == nil, "strace is missing: apt-get install strace")
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			r := newRun(t, "failpoints-"+db.name,
				siteOptions{database: db.url(t), more: "[webhooks]\nallow_cidrs = [\"127.0.0.0/8\"]\n"})
			r.site.program, r.crowd.texts = failpointProgram, true
			hooks := startHookReceiver(t)
			r.running = r.site.start(t)
			answer, err := r.crowd.api.call(t.Context(), http.MethodPost, "/v2/webhooks", "", `{"url":"`+hooks.URL+`"}`)
			if err != nil || answer.status != http.StatusOK {
				t.Fatalf("make the endpoint: %d %s %v", answer.status, answer.body, err)
			}

			r.crowd.start(t)
			points, hits := 0, 0
			for range number(t, "SYSSECURE_HITS", 1) {
				for _, d := range killPoints {
					if d.only == "" || d.only == db.name {
						points++
						hits += r.die(t, d, strace)
					}
				}
			}

			r.site.failpoint = ""
			r.running.kill()
			r.running = r.site.start(t)
			r.crowd.gate.open()
			r.quiet(t)
			written, lost := hooks.judge(t, r.crowd.api)
			if len(written) == 0 {
				t.Error("there were no events to lose")
			}
			r.judge(t, "failpoints=%d hit=%d lost_events=%d", points, hits, lost)
		})
	}
}

// die restarts the server, makes it die at a point under load, and leaves the gate shut. It returns 1 if it died.
func (r *run) die(t *testing.T, d killPoint, strace string) int {
	t.Helper()
	n := 1 + r.random.IntN(d.within)
	r.running.kill()
	var wrap []string
	r.site.failpoint = fmt.Sprintf("%v:%d", d, n)
	if d.call != "" {
		r.site.failpoint = ""
		// strace counts for each thread, so the server dies when the first thread reaches n.
		wrap = []string{
			strace, "-D", "-f", "-o", "/dev/null", "-e", "trace=" + d.call,
			"-e", fmt.Sprintf("inject=%s:error=EIO:signal=SIGKILL:when=%d", d.call, n),
		}
	}

	r.running = r.site.launch(t, wrap...)
	select {
	case <-r.running.ready.seen:
		r.crowd.gate.open()
		select {
		case <-r.running.exited:
		case <-time.After(diesWithin):
		}
		r.crowd.gate.shut()
	case <-r.running.exited:
	case <-time.After(startWithin):
	}

	select {
	case <-r.running.exited:
	default:
		t.Errorf("%v was not hit %d times within %v", d, n, diesWithin)
		return 0
	}
	if status := r.running.cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() ||
		status.Signal() != syscall.SIGKILL {
		t.Fatalf("%v: the server ended with %v instead of dying, see serve.log", d, r.running.cmd.ProcessState)
	}
	t.Logf("%v, hit %d", d, n)

	return 1
}

// TestCutOff_Migration: a migration that is killed between any two steps is completed by the next start.
func TestCutOff_Migration(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			s := writeSite(t, evidence(t), siteOptions{database: db.url(t), carrier: "http://127.0.0.1:1"})
			s.program = failpointProgram
			cuts := 0
			for ; ; cuts++ {
				s.failpoint = fmt.Sprintf("%s:%d", failpoint.Migrated, cuts+1)
				err := s.prepare(t, "migrate").Run()
				if err == nil {
					break
				}
				if exit, ok := err.(*exec.ExitError); !ok ||
					exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
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

// firstStart are the points that only a first start passes, in order.
var firstStart = []failpoint.Point{failpoint.Migrated, failpoint.FileWritten, failpoint.FileNamed}

// TestCutOff_FirstStart: a first start that is killed leaves no part of a key, and the next one makes the installation.
func TestCutOff_FirstStart(t *testing.T) {
	for _, point := range append(firstStart, failpoint.CommitBegun, failpoint.CommitDone) {
		t.Run(point.String(), func(t *testing.T) {
			s := writeSite(t, evidence(t), siteOptions{carrier: "http://127.0.0.1:1"})
			s.program = failpointProgram
			s.failpoint = point.String() + ":1"
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

// TestFailpoints_NotInRelease: the released program has no failpoints, and each failpoint is tested.
func TestFailpoints_NotInRelease(t *testing.T) {
	released, err := program()
	check(t, err)
	tagged, err := failpointProgram()
	check(t, err)
	without, err := os.ReadFile(released)
	check(t, err)
	with, err := os.ReadFile(tagged)
	check(t, err)
	names := []string{"FAILPOINT"}

	for _, p := range failpoint.Points() {
		names = append(names, p.String())
		apart := slices.Contains(firstStart, p) // TestCutOff_FirstStart tests these
		if !apart && !slices.ContainsFunc(killPoints, func(d killPoint) bool { return d.point == p && d.call == "" }) {
			t.Errorf("no test dies at %v", p)
		}
	}

	for _, name := range names {
		if bytes.Contains(without, []byte(name)) {
			t.Errorf("the released program contains %q", name)
		}
		if !bytes.Contains(with, []byte(name)) {
			t.Errorf("the tagged program does not contain %q, so its absence in the other proves nothing", name)
		}
	}
}
