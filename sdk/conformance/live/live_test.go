package live

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/sdk/conformance/harness"
	"github.com/syssecure/syssecure/sdk/conformance/server"
)

// puppetVariable makes this test program a driver that answers every command with its value.
const puppetVariable = "LIVE_PUPPET"

func TestMain(m *testing.M) {
	answer := os.Getenv(puppetVariable)
	if answer == "" {
		os.Exit(m.Run())
	}

	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var command struct {
			ID  int
			Cmd string
		}
		if err := json.Unmarshal(in.Bytes(), &command); err != nil {
			panic(err)
		}
		said := answer
		if command.Cmd == "hello" {
			said = `"ok": {"sdk": "puppet", "version": "1", "modes": ["sync"]}`
		}
		fmt.Fprintf(os.Stdout, "{\"id\": %d, %s}\n", command.ID, said)
	}
}

func puppetCommand(answer string) string {
	return fmt.Sprintf("%s='%s' exec '%s'", puppetVariable, answer, os.Args[0])
}

// A check that a driver passes by saying always the same would check nothing.
func TestTrials_FailWithoutAnSDK(t *testing.T) {
	r, err := startReceiver()
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { r.close() })

	for _, answer := range []string{
		`"ok": null`, `"ok": {}`, `"ok": []`, `"ok": true`,
		`"error": {"type": "Unexpected", "parents": [], "text": "x"}`,
	} {
		driver, err := harness.StartDriver(t.Context(), puppetCommand(answer))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(driver.Kill)
		s := &session{
			ctx: t.Context(), driver: driver, mode: "sync", server: &server.Server{}, called: map[string]bool{},
			patience: time.Millisecond,
		}
		trials := append(append(both(r), onlyToday(r)...),
			trial{"unknown_event", unknownEvent}, trial{"every_method", everyMethod([]string{"fax.send"})})
		for _, trial := range trials {
			if result := s.run(trial.name, trial.try); len(result.Failures) == 0 {
				t.Errorf("%s passes with a driver that always answers %s", trial.name, answer)
			}
		}
	}
}

func TestRenew(t *testing.T) {
	var v any
	text := `{"data": [{"status": "sent", "metadata": {"status": "mine"}, "to": "+32"}], "next_cursor": null}`
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	got := value{renew(v)}
	for path, want := range map[string]string{
		"data.0.status": "new_sent", "data.0.metadata": `{"status":"mine"}`, "data.0.to": "+32", "next_cursor": "null",
		"newer_text": "x", "data.0.newer_text": "x",
	} {
		if got.get(path).String() != want {
			t.Errorf("%s is %s, want %s", path, got.get(path), want)
		}
	}
}

func TestValue_Get(t *testing.T) {
	v := value{map[string]any{"a": []any{json.Number("1"), "x"}}}
	for path, want := range map[string]string{
		"a.0": "1", "a.1": "x", "a.2": "null", "a.b": "null", "b.c": "null", "a.0.c": "null",
	} {
		if got := v.get(path).String(); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	if v.get("a.0").equals("1") || !v.get("a.0").equals(1) || !v.get("a.1").equals("x") {
		t.Error("a number is no text")
	}
}

// TestRun_WithoutAServer wants a message that names the program.
func TestRun_WithoutAServer(t *testing.T) {
	o := Options{Program: "/nonexistent/syssecure", Driver: puppetCommand(`"ok": null`), Mode: "sync"}
	err := Run(t.Context(), o, &harness.Report{Out: os.Stderr})
	if err == nil || !strings.Contains(err.Error(), "/nonexistent/syssecure") {
		t.Error(err)
	}
}
