//go:build interop

// Package interop tests carriers against programs of other authors. README.md lists them and says how to
// run it.
package interop

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const patience = 20 * time.Second

// need skips the test when a tool is missing; in CI it fails.
func need(t *testing.T, what, install string, there bool) {
	t.Helper()
	if there {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: %s", what, install)
	}
	t.Skipf("%s is missing: %s", what, install)
}

func needTool(t *testing.T, tool, install string) {
	t.Helper()
	_, err := exec.LookPath(tool)
	need(t, tool, install, err == nil)
}

// event is one line that a peer printed.
type event struct {
	Event, To, From, Text, System, Validity, Part string
	Coding, Status, Version                       int
}

// peer is a program at the other end.
type peer struct {
	addr string

	mu      sync.Mutex
	events  []event
	changed chan struct{}
}

// startPeer runs a message centre and waits until it listens.
func startPeer(t *testing.T, command ...string) *peer {
	t.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}

	var problems bytes.Buffer
	cmd.Stderr = &problems
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}

	p := &peer{changed: make(chan struct{}, 1)}
	lines := bufio.NewScanner(out)
	ended := make(chan struct{})
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		_ = cmd.Wait()
		if t.Failed() && problems.Len() > 0 {
			t.Logf("%s said:\n%s", command[0], problems.String())
		}
	})

	var port string
	if lines.Scan() {
		port, _ = strings.CutPrefix(lines.Text(), "listening ")
	}

	if port == "" {
		close(ended)
		t.Fatalf("%v does not listen; it said %q", command, lines.Text())
	}

	p.addr = "127.0.0.1:" + port
	go func() {
		defer close(ended)
		for lines.Scan() {
			var e event
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				e = event{Event: "unreadable", Text: lines.Text()}
			}

			p.mu.Lock()
			p.events = append(p.events, e)
			p.mu.Unlock()
			select {
			case p.changed <- struct{}{}:
			default:
			}
		}
	}()

	return p
}

// find waits for an event that fits.
func (p *peer) find(t *testing.T, what string, fits func(event) bool) event {
	t.Helper()
	late := time.After(patience)
	for {
		p.mu.Lock()
		for _, e := range p.events {
			if fits(e) {
				p.mu.Unlock()
				return e
			}
		}

		seen := fmt.Sprintf("%+v", p.events)
		p.mu.Unlock()
		select {
		case <-p.changed:
		case <-late:
			t.Fatalf("the peer saw no %s; it saw %s", what, seen)
		}
	}
}

// wait waits until n events fit.
func (p *peer) wait(t *testing.T, n int, what string, fits func(event) bool) {
	t.Helper()
	seen := 0
	for late := time.After(patience); ; {
		if seen = p.count(fits); seen >= n {
			return
		}
		select {
		case <-p.changed:
		case <-late:
			t.Fatalf("the peer saw %d of %d %s", seen, n, what)
		}
	}
}

func (p *peer) count(fits func(event) bool) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, e := range p.events {
		if fits(e) {
			n++
		}
	}

	return n
}

// capture records the traffic of a port on loopback. The function that it returns ends the recording and has tshark
// read it: every PDU must be well formed, and all the wanted commands must be there.
func capture(t *testing.T, addr string) (check func(commands ...string)) {
	t.Helper()
	needTool(t, "tcpdump", "apt-get install tcpdump")
	needTool(t, "tshark", "apt-get install tshark")
	port := addr[strings.LastIndexByte(addr, ':')+1:]
	file, stop := record(t, "tcp", "port", port)

	return func(commands ...string) {
		t.Helper()
		judge(t, file, port, stop, commands)
	}
}

// record writes what passes a filter on loopback into a file, until stop.
func record(t *testing.T, filter ...string) (file string, stop func()) {
	t.Helper()
	need(t, "the right to capture on lo", "run as root or with CAP_NET_RAW", os.Geteuid() == 0)
	file = filepath.Join(t.TempDir(), "run.pcap")
	// -Z root lets tcpdump write into the test's folder, and --immediate-mode records the end of the run.
	cmd := exec.Command("tcpdump", "-i", "lo", "-U", "--immediate-mode", "-Z", "root", "-B", "8192", "-s", "0", "-w",
		file)
	cmd.Args = append(cmd.Args, filter...)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}

	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.Contains(lines.Text(), "listening on") {
	}
	stop = sync.OnceFunc(func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		for lines.Scan() {
		}
		_ = cmd.Wait()
	})

	t.Cleanup(stop)

	return file, stop
}

// judge waits until the wanted commands are in the capture, ends it, and looks for malformed PDUs.
func judge(t *testing.T, file, port string, stop func(), commands []string) {
	t.Helper()
	list := []string{"-Y", "smpp", "-T", "fields", "-e", "smpp.command_id"}
	// The last PDUs reach the file a moment later than the peers, so the file is read until they are in it.
	var missing []string
	for late := time.Now().Add(patience); ; {
		// An error is ignored here, because the end of a file that is being written may be incomplete.
		seen, _ := dissect(file, port, list...)
		missing = slices.DeleteFunc(slices.Clone(commands), func(c string) bool { return strings.Contains(seen, c) })
		if len(missing) == 0 || time.Now().After(late) {
			break
		}
	}

	stop()
	if len(missing) > 0 {
		t.Errorf("tshark saw no command %q", missing)
	}

	seen, err := dissect(file, port, list...)
	if err != nil {
		t.Fatal(err)
	}

	bad, err := dissect(file, port, "-Y", "_ws.malformed || (smpp && _ws.expert.severity == error)", "-V")
	if err != nil || bad != "" {
		t.Errorf("tshark finds malformed PDUs (%v):\n%s", err, bad)
	}
	t.Logf("tshark read %d PDUs", len(strings.FieldsFunc(seen, func(r rune) bool { return r == '\n' || r == ',' })))
}

// dissect returns what tshark finds in a capture.
func dissect(file, port string, args ...string) (string, error) {
	args = append([]string{"-r", file, "-d", "tcp.port==" + port + ",smpp", "-o", "smpp.reassemble_smpp_over_tcp:TRUE"},
		args...)
	cmd := exec.Command("tshark", args...)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("tshark: %w\n%s", err, problems.String())
	}

	return strings.TrimSpace(string(out)), nil
}
