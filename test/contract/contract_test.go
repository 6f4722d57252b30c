//go:build contract

// Package contract tests the published contract from outside: schemathesis makes valid and invalid requests from the
// server's OpenAPI document, and checks every answer against it.
package contract

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// program is built by make contract.
const program = "../../bin/syssecure"

// venv is where make contract installs schemathesis.
const venv = ".venv"

// server is a running installation, with keys of an operator for the sandbox and for live.
type server struct{ url, test, live string }

func start(t *testing.T) server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	listen := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}

	dir := t.TempDir()
	conf := filepath.Join(dir, "syssecure.toml")
	text := fmt.Sprintf("listen = %q\ndata = %q\n[limits]\nrequests_per_key = \"\"\n", listen,
		filepath.Join(dir, "data"))
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}

	var account, test, live struct{ ID, Secret string }
	command(t, &account, "account", "create", "--name", "Contract", "--credits", "1000000", "--json", "--config", conf)
	for mode, key := range map[string]any{"test": &test, "live": &live} {
		command(t, key, "key", "create", "--account", account.ID, "--mode", mode, "--scopes", "send,verify,read,admin,operator",
			"--json", "--config", conf)
	}
	cmd := exec.Command(program, "serve", "--config", conf)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the server did not listen: %v", err)
	}

	return server{"http://" + listen, test.Secret, live.Secret}
}

func command(t *testing.T, out any, args ...string) {
	t.Helper()
	b, err := exec.Command(program, args...).Output()
	if err == nil {
		err = json.Unmarshal(b, out)
	}
	if err != nil {
		t.Fatalf("syssecure %s: %v (run make contract)", strings.Join(args, " "), err)
	}
}

// heavy are the paths of the operations that take half of the time of all.
const heavy = "^/v2/(otp|templates|webhooks|messages)"

// TestContract runs every operation with every check of schemathesis, in several processes, each with its own server: the
// threads of one would share a core, and send other requests each time although the seed is the same.
func TestContract(t *testing.T) {
	seed := cmp.Or(os.Getenv("CONTRACT_SEED"), fmt.Sprint(time.Now().UnixNano()%1_000_000))
	parts := map[string][]string{
		"chosen":        {"--phases", "examples,coverage,stateful"},
		"random":        {"--phases", "fuzzing", "--exclude-path-regex", heavy},
		"random, heavy": {"--phases", "fuzzing", "--include-path-regex", heavy},
	}
	var tested [3]atomic.Int64 // all operations, those chosen, those random
	t.Run("parts", func(t *testing.T) {
		for name, options := range parts {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := start(t)
				tested[0].Store(int64(operations(t, s)))
				n := run(t, s, append(options, "--seed", seed))
				if name == "chosen" {
					tested[1].Add(n)
				} else {
					tested[2].Add(n)
				}
			})
		}
	})

	if all := tested[0].Load(); tested[1].Load() != all || tested[2].Load() != all {
		t.Errorf("of %d operations, %d had chosen requests and %d random ones", all, tested[1].Load(), tested[2].Load())
	}
}

// run makes requests, and returns how many operations were tested.
func run(t *testing.T, s server, options []string) int64 {
	t.Helper()
	examples := cmp.Or(os.Getenv("CONTRACT_EXAMPLES"), "300")
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(venv, "bin", "schemathesis"), append([]string{
		"--config-file", "schemathesis.toml", "run", s.url + "/openapi.json", "--checks", "all", "--max-examples", examples,
		"--no-color", "--request-timeout", "20", "--workers", "1",
	}, options...)...)

	cmd.Env = append(os.Environ(), "CONTRACT_KEY="+s.test, "CONTRACT_LIVE_KEY="+s.live, "SCHEMATHESIS_HOOKS=hooks", "PYTHONPATH=.")
	out, err := cmd.CombinedOutput()
	t.Logf("%v, %s examples\n%s", options, examples, out)
	if err != nil {
		t.Fatalf("schemathesis: %v", err)
	}

	counts := regexp.MustCompile(`(?s)Selected: (\d+)/\d+\s+Tested: (\d+)`).FindSubmatch(out)
	if counts == nil || string(counts[1]) != string(counts[2]) {
		t.Fatalf("schemathesis tested %q", counts)
	}
	n, err := strconv.ParseInt(string(counts[2]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}

	return n
}

// operations counts the operations of the document.
func operations(t *testing.T, s server) int {
	t.Helper()
	resp, err := http.Get(s.url + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}

	defer resp.Body.Close()
	var doc struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil {
		t.Fatal(err)
	}

	n := 0
	for _, methods := range doc.Paths {
		n += len(methods)
	}

	return n
}
