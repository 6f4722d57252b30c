package chaos

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Time-outs. They are generous, so that only a hang exceeds them on a slow machine.
const (
	startWithin = 30 * time.Second
	stopWithin  = 30 * time.Second
	quietWithin = 60 * time.Second
	pollEvery   = 10 * time.Millisecond
)

// carrierToken is the sim's Bearer token, and one of the canaries.
const carrierToken = "carrier-token-5tq8Zr1vWc"

var programFolder string

func TestMain(m *testing.M) {
	code := m.Run()
	if programFolder != "" {
		_ = os.RemoveAll(programFolder)
	}
	os.Exit(code)
}

// program is the released server, without cgo; failpointProgram is the one with failpoints. Each is built once.
var (
	program          = sync.OnceValues(func() (string, error) { return build("syssecure") })
	failpointProgram = sync.OnceValues(func() (string, error) { return build("failpoints", "-tags", "failpoint") })
)

func build(name string, flags ...string) (string, error) {
	if programFolder == "" {
		folder, err := os.MkdirTemp("", "syssecure-chaos-program-")
		if err != nil {
			return "", err
		}
		programFolder = folder
	}

	file := filepath.Join(programFolder, name)
	build := exec.Command("go", slices.Concat([]string{"build", "-o", file}, flags,
		[]string{"github.com/syssecure/syssecure/cmd/syssecure"})...)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}

	return file, nil
}

// evidence is a folder that is kept when the test fails, unlike t.TempDir.
func evidence(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "syssecure-chaos-")
	check(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log("the evidence is kept in", folder)
			return
		}
		_ = os.RemoveAll(folder)
	})

	return folder
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// number reads a positive number from the environment.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}

	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s must be a positive number, is %q", name, text)
	}

	return n
}

// needs skips the test if the machine lacks something; in CI it fails.
func needs(t *testing.T, ok bool, sentence string) {
	t.Helper()
	switch {
	case ok:
	case os.Getenv("CI") == "true":
		t.Fatal(sentence)
	default:
		t.Skip(sentence)
	}
}

// environment is that of this process without the variables of these tests, because the server rejects unknown
// SYSSECURE_ variables.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "SYSSECURE_") })
}

// until polls a condition, which must hold before the deadline.
func until(t *testing.T, within time.Duration, what string, ok func() bool) {
	t.Helper()
	if !poll(within, ok) {
		t.Fatalf("not within %v: %s", within, what)
	}
}

func poll(within time.Duration, ok func() bool) bool {
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()

	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			return ok()
		}
	}

	return true
}

// site is an installation: a configuration, a data folder, an account with a live key.
type site struct {
	folder, conf, data, listen string
	account, key, callback     string
	program                    func() (string, error)
	failpoint                  string // the value of FAILPOINT
	skew                       time.Duration
}

// siteOptions differ from test to test.
type siteOptions struct {
	carrier string // the sim's URL
	data    string // empty = a folder inside the evidence
	// database is a postgres URL; empty = SQLite in data.
	database string
	master   string // file of the master key; empty = a new one
	credits  int64
	more     string // tables at the end of the configuration
}

func newSite(t *testing.T, folder string, o siteOptions) *site {
	t.Helper()
	s := writeSite(t, folder, o)
	s.account, s.key, s.callback = s.newAccount(t, o.credits)
	return s
}

// writeSite makes an installation that was never started.
func writeSite(t *testing.T, folder string, o siteOptions) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	s := &site{
		folder: folder, conf: filepath.Join(folder, "syssecure.toml"), data: o.data,
		listen: listener.Addr().String(), program: program,
	}
	check(t, listener.Close())
	if s.data == "" {
		s.data = filepath.Join(folder, "data")
	}

	conf := fmt.Sprintf("listen = %q\ndata = %q\ndatabase = %q\nmaster_key_file = %q\n"+
		"[limits]\nsends_per_number = []\nsend_gaps = []\nrequests_per_key = \"\"\n"+
		"[[carrier]]\nname = \"sim\"\nkind = \"http\"\nchannel = \"sms\"\nurl = %q\ntoken = %q\n"+
		"[[price]]\nchannel = \"sms\"\ncredits = 1\n",
		s.listen, s.data, o.database, o.master, o.carrier, carrierToken) + o.more
	check(t, os.WriteFile(s.conf, []byte(conf), 0o600))

	return s
}

// newAccount makes an account with a key, also while the server runs.
func (s *site) newAccount(t *testing.T, credits int64) (account, key, callback string) {
	t.Helper()
	var a struct {
		ID             string `json:"id"`
		CallbackSecret string `json:"callback_secret"`
	}

	var k struct{ Secret string }
	s.json(t, &a, "account", "create", "--name", "Chaos", "--credits", strconv.FormatInt(credits, 10), "--json")
	s.json(t, &k, "key", "create", "--account", a.ID, "--mode", "live", "--json")

	return a.ID, k.Secret, a.CallbackSecret
}

func (s *site) json(t *testing.T, out any, args ...string) {
	t.Helper()
	check(t, json.Unmarshal(s.command(t, args...), out))
}

// command runs a command of the command line and returns what it printed.
func (s *site) command(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := s.prepare(t, args...)
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		errors.As(err, &exit)
		t.Fatalf("syssecure %v: %v\n%s%s", args, err, out, exit.Stderr)
	}

	return out
}

// prepare returns a command that is not started.
func (s *site) prepare(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	file, err := s.program()
	check(t, err)
	cmd := exec.CommandContext(t.Context(), file, append(args, "--config", s.conf)...)
	cmd.Env = s.environment()
	return cmd
}

func (s *site) environment() []string {
	return append(environment(), "FAILPOINT="+s.failpoint, "FAILPOINT_SKEW="+s.skew.String())
}

// server is a process of serve.
type server struct {
	cmd    *exec.Cmd
	exited chan struct{}
	ready  *firstLine
}

// firstLine is a writer that closes seen after the first line, which serve prints once it listens.
type firstLine struct {
	once sync.Once
	seen chan struct{}
}

func (f *firstLine) Write(p []byte) (int, error) {
	if bytes.IndexByte(p, '\n') >= 0 {
		f.once.Do(func() { close(f.seen) })
	}
	return len(p), nil
}

// launch starts serve, under the wrapping program if there is one, without waiting until it listens.
func (s *site) launch(t *testing.T, wrap ...string) *server {
	t.Helper()
	file, err := s.program()
	check(t, err)
	log, err := os.OpenFile(filepath.Join(s.folder, "serve.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	check(t, err)
	args := append(wrap, file, "serve", "--config", s.conf)
	v := &server{
		cmd: exec.Command(args[0], args[1:]...), exited: make(chan struct{}),
		ready: &firstLine{seen: make(chan struct{})},
	}
	v.cmd.Env, v.cmd.Stdout, v.cmd.Stderr = s.environment(), v.ready, log
	check(t, v.cmd.Start())
	check(t, log.Close())

	go func() {
		_ = v.cmd.Wait() // its exit code is read from ProcessState
		close(v.exited)
	}()
	t.Cleanup(v.kill)

	return v
}

// start starts serve and waits until it listens.
func (s *site) start(t *testing.T, wrap ...string) *server {
	t.Helper()
	v := s.launch(t, wrap...)
	select {
	case <-v.ready.seen:
	case <-v.exited:
		t.Fatalf("the server ended before it listened: %v, see serve.log in %s", v.cmd.ProcessState, s.folder)
	case <-time.After(startWithin):
		t.Fatalf("the server did not listen within %v, see serve.log in %s", startWithin, s.folder)
	}

	return v
}

// kill is kill -9; it returns when the process has ended.
func (v *server) kill() {
	_ = v.cmd.Process.Kill() // it may have ended already
	<-v.exited
}

// stop ends the server with SIGTERM, which must succeed in time.
func (v *server) stop(t *testing.T) {
	t.Helper()
	check(t, v.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-v.exited:
	case <-time.After(stopWithin):
		t.Fatalf("the server did not end within %v of SIGTERM", stopWithin)
	}
	if code := v.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("after SIGTERM the server ended with %v, want exit code 0", v.cmd.ProcessState)
	}
}

// long reports whether this is make torture, in which some faults take minutes.
func long() bool { return os.Getenv("SYSSECURE_LONG") != "" }
