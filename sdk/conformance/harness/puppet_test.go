package harness

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"
)

// puppetVariable makes this test program a driver that does what a case's args tell it, right or wrong.
const puppetVariable = "CONFORMANCE_PUPPET"

func TestMain(m *testing.M) {
	if manner := os.Getenv(puppetVariable); manner != "" {
		puppet(manner)
		return
	}
	os.Exit(m.Run())
}

// puppetArgs are what a puppet sends, and what it reports then.
type puppetArgs struct {
	Send []struct {
		Method  string            `json:"method"`
		URL     string            `json:"url"`
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
	} `json:"send"`
	Report map[string]json.RawMessage `json:"report"`
}

func puppet(manner string) {
	in := bufio.NewScanner(os.Stdin)
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}

	for in.Scan() {
		var command struct {
			ID   int
			Cmd  string
			Args puppetArgs
		}
		if err := json.Unmarshal(in.Bytes(), &command); err != nil {
			panic(err)
		}
		if command.Cmd != "hello" && misbehave(manner, command.ID) {
			continue
		}

		answer := map[string]any{"id": command.ID}
		switch command.Cmd {
		case "hello":
			answer["ok"] = Hello{SDK: "puppet", Version: "1", Modes: []string{"sync"}, Lacks: []string{"proxy"}}
		case "describe":
			answer["ok"] = json.RawMessage(os.Getenv("PUPPET_DESCRIBES"))
		default:
			command.Args.send(client)
			for name, value := range command.Args.Report {
				answer[name] = value
			}
		}
		line, _ := json.Marshal(answer)
		fmt.Fprintln(os.Stdout, string(line))
	}

	if manner == "stays" {
		select {}
	}
}

// misbehave breaks the protocol, and returns whether that was the answer.
func misbehave(manner string, id int) bool {
	switch manner {
	case "dies":
		os.Exit(7)
	case "hangs":
		select {}
	case "chats":
		fmt.Fprintln(os.Stdout, "Hello, world")
	case "miscounts":
		fmt.Fprintln(os.Stdout, `{"id": 99, "ok": null}`)
	case "says_both":
		fmt.Fprintf(os.Stdout, `{"id": %d, "ok": null, "error": {}}`+"\n", id)
	case "misspells":
		fmt.Fprintf(os.Stdout, `{"id": %d, "ok": null, "sleep_ms": []}`+"\n", id)
	default:
		return false
	}

	return true
}

func (a puppetArgs) send(client *http.Client) {
	for _, s := range a.Send {
		r, err := http.NewRequest(s.Method, s.URL, bytes.NewReader([]byte(s.Body)))
		if err != nil {
			panic(err)
		}
		for name, value := range s.Headers {
			r.Header.Set(name, value)
		}
		response, err := client.Do(r)
		if err != nil {
			continue
		}
		// A fault in the answer is what the case asked for.
		_, _ = io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
}

func puppetCommand(manner string) string {
	return fmt.Sprintf("%s=%s exec '%s'", puppetVariable, manner, os.Args[0])
}

func startPuppet(t *testing.T, manner string) *Runner {
	t.Helper()
	r, err := NewRunner(t.Context(), puppetCommand(manner), "sync")
	if err != nil {
		t.Fatal(err)
	}
	return r
}
