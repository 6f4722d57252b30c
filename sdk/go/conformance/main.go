// The driver of the conformance suite: it calls the SDK as the suite tells it over standard input.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/sdk/go/v2"
)

var (
	fault = flag.String("mutate", "", "a fault that the suite must find; -mutate list names all")
	child = flag.Bool("child", false, "answer one command with the proxies of the environment")
)

func main() {
	flag.Parse()
	if *fault == "list" {
		fmt.Println(strings.Join(slices.Sorted(maps.Keys(mutants)), "\n"))
		return
	}
	if _, ok := mutants[*fault]; !ok && *fault != "" {
		fmt.Fprintf(os.Stderr, "there is no fault %q; -mutate list names all\n", *fault)
		os.Exit(2)
	}

	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		if err := out.Encode(answer(line)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// answer carries out one line.
func answer(line []byte) any {
	var c command
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&c); err != nil {
		return map[string]any{"error": map[string]any{"type": "Unexpected", "parents": []string{}, "text": err.Error()}}
	}
	if c.hasProxy() && !*child {
		return inChild(line)
	}
	ok, err := c.run()
	a := map[string]any{"id": c.ID, "sleeps_ms": c.sleeps}
	if c.Log {
		a["logs"] = strings.Split(strings.TrimSpace(c.logs.String()), "\n")
	}
	if c.requestID != "" {
		a["request_id"] = c.requestID
	}
	if err != nil {
		a["error"] = canonicalError(err)
	} else {
		a["ok"] = ok
	}

	return a
}

// inChild carries out a line in another process, because net/http reads the proxies' variables only once.
func inChild(line []byte) any {
	self, err := os.Executable()
	if err != nil {
		return canonicalError(err)
	}
	cmd := exec.CommandContext(context.Background(), self, "-child", "-mutate", *fault)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(line), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return map[string]any{"error": canonicalError(err)}
	}

	return json.RawMessage(out)
}

var proxyVariables = []string{
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
}

func (c *command) hasProxy() bool {
	for _, name := range proxyVariables {
		if _, ok := c.Env[name]; ok {
			return true
		}
	}

	return false
}

// setEnvironment sets the variables of a command, and unsets those that change what the SDK does.
func (c *command) setEnvironment() error {
	var errs []error
	for _, name := range append([]string{"SYSSECURE_API_KEY", "SYSSECURE_BASE_URL"}, proxyVariables...) {
		errs = append(errs, os.Unsetenv(name))
	}
	for name, value := range c.Env {
		errs = append(errs, os.Setenv(name, value))
	}

	return errors.Join(errs...)
}

// logged are the lines that a logger writes about a value.
func logged(v any) []string {
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("inspect", "value", v)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("inspect", "value", v)

	return strings.Split(b.String(), "\n")
}

// hello describes the driver.
func hello() map[string]any {
	return map[string]any{
		"sdk": "go", "version": syssecure.Version, "modes": []string{"sync"},
		"lacks": []string{"parsed_body", "local_time", "locale"},
	}
}
