package examples

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/id"
)

const root = "../.."

// freePort is a port that was unused a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}

	return port
}

// program is a tool that a test needs. In CI it must be installed.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("%s is missing", name)
	}
	if err != nil {
		t.Skipf("%s is missing", name)
	}

	return path
}

// api calls a server with a key.
type api struct {
	base, key string
}

func (a api) call(t *testing.T, method, path, body string) (status int, answer map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, a.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}

	r.Header.Set("Authorization", "Bearer "+a.key)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}

	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 0 && json.Unmarshal(text, &answer) != nil {
		t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, text)
	}

	return resp.StatusCode, answer
}

// eventually polls until done.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("timed out waiting for %s", what)
		}
	}
}

// serveGateway runs a server with the carrier of docs/gateway.md, whose gateway is at a port, and makes a live key.
func serveGateway(t *testing.T, token, port string) api {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "syssecure.toml")
	text := fmt.Sprintf("listen = \"127.0.0.1:0\"\ndata = %q\n[[carrier]]\nname = \"gateway\"\nkind = "+
		"\"http\"\nchannel = \"sms\"\n"+
		"url = \"http://127.0.0.1:%s/\"\ntoken = %q\nfrom = \"Acme\"\n", filepath.Join(folder, "data"), port, token)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}

	conf, err := app.LoadConfig(file, nil)
	if err != nil {
		t.Fatal(err)
	}

	ctx, stop := context.WithCancel(context.Background())
	a, err := app.New(ctx, conf, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}

	account, err := a.Base.Admin.CreateAccount(ctx, "Acme", 0)
	if err != nil {
		t.Fatal(err)
	}

	_, key, err := a.Base.Admin.CreateKey(ctx, account.ID, id.Live, nil)
	if err != nil {
		t.Fatal(err)
	}

	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})

	return api{"http://" + a.Addr().String(), key.Reveal()}
}

// TestGateway runs examples/gateway.py with a server: a delivered message, a rejected one, and a reply STOP.
func TestGateway(t *testing.T) {
	t.Parallel()
	python := program(t, "python3")
	const token = "a long random text"
	port := freePort(t)
	server := serveGateway(t, token, port)
	gateway := exec.CommandContext(t.Context(), python, filepath.Join(root, "examples", "gateway.py"), port)
	gateway.Env = append(os.Environ(), "TOKEN="+token, "CALLBACKS="+server.base+"/carriers/gateway")
	var errs bytes.Buffer
	gateway.Stderr = &errs
	if err := gateway.Start(); err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = gateway.Process.Kill(); _ = gateway.Wait() })
	eventually(t, "the gateway", func() bool {
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})

	send := func(to, body string) (int, map[string]any) {
		t.Helper()
		return server.call(t, "POST", "/v2/sms/send",
			fmt.Sprintf(`{"to":%q,"from":"+32460001122","body":%q}`, to, body))
	}

	status, sent := send("+32470123456", "Hello. Reply STOP to end.")
	if status != 200 {
		t.Fatalf("send: %d %v", status, sent)
	}

	eventually(t, "the receipt", func() bool {
		_, m := server.call(t, "GET", fmt.Sprint("/v2/messages/", sent["message_id"]), "")
		return m["status"] == "delivered"
	})

	eventually(t, "the opt-out", func() bool {
		_, list := server.call(t, "GET", "/v2/opt-outs", "")
		return strings.Contains(fmt.Sprint(list), "+32470123456")
	})
	if status, refused := send("+32470123499", "Hello"); status != 422 {
		t.Errorf("a number that the gateway refuses: %d %v, want 422", status, refused)
	}

	wrong := api{server.base, "another token"}
	if status, answer := wrong.call(t, "POST", "/carriers/gateway/receipts",
		`{"id":"x","status":"delivered"}`); status != 401 {
		t.Errorf("a receipt with a wrong token: %d %v", status, answer)
	}

	_ = gateway.Process.Kill()
	_ = gateway.Wait() // then all its output was read
	if strings.Contains(errs.String(), "Traceback") {
		t.Errorf("the gateway says:\n%s", errs.String())
	}
}
