package server

import (
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

// program is built by make build. Without it, there is nothing to run.
const program = "../../../bin/syssecure"

func TestServer(t *testing.T) {
	if _, err := os.Stat(program); err != nil {
		t.Skip("bin/syssecure is missing: make build")
	}

	s, err := Start(t.Context(), program)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })

	const text = `{"to": "+32470123456", "body": "Hello"}`
	if status, answer := post(t, s, s.LiveKey, text); status != http.StatusOK {
		t.Errorf("a live send: %d %s", status, answer)
	}

	if got := s.TextOf("+32470123456"); got != "Hello" {
		t.Errorf("the gateway got %q", got)
	}
	for name, stop := range map[string]func() error{"stopped": s.Stop, "killed": s.Kill} {
		t.Run(name, func(t *testing.T) {
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			if err := s.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if status, answer := post(t, s, s.TestKey, text); status != http.StatusOK {
				t.Errorf("after the restart: %d %s", status, answer)
			}
		})
	}
}

func post(t *testing.T, s *Server, key, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.URL+"/v2/sms/send", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(answer)
}

func TestServer_Environment(t *testing.T) {
	t.Setenv("SYSSECURE_API_KEY", "sk_live_of_the_developer")
	s := &Server{URL: "http://127.0.0.1:1", TestKey: "sk_test_x", Config: "c.toml"}
	if got := s.Environment(); !slices.Contains(got, "SYSSECURE_API_KEY=sk_test_x") || contains(got, "developer") {
		t.Errorf("environment of commands: %v", got)
	}
	got := s.Command(t.Context(), "serve").Env
	if !slices.Contains(got, "SYSSECURE_CONFIG=c.toml") || contains(got, "developer") {
		t.Errorf("environment of the server: %v", got)
	}
}

func contains(variables []string, part string) bool {
	return slices.ContainsFunc(variables, func(v string) bool { return strings.Contains(v, part) })
}
