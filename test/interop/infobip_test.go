//go:build interop

package interop

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/infobip"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

// TestInfobip_Requests has Infobip's own library read our requests. test/providers does the same with the documents of the
// other providers; Infobip publishes none.
func TestInfobip_Requests(t *testing.T) {
	t.Parallel()
	read := startInfobip(t)
	bodies := make(chan []byte, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- body
	}))
	t.Cleanup(server.Close)

	for _, receipts := range []bool{true, false} {
		made, err := (&infobip.Config{
			APIKey: secret.NewString("k"), CallbackToken: secret.NewString("a-long-random-text"), APIBase: server.URL,
		}).Make(carrier.Common{
			Name: "infobip", From: "Acme", Receipts: receipts, PublicURL: otherURL, AnswerTimeout: time.Minute,
		}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"Your code is 735190", "Ваш код 735190 😀", strings.Repeat("0123456789", 20)} {
			for _, life := range []time.Duration{0, time.Second, 10 * time.Minute, 100 * time.Hour} {
				made.Send(t.Context(), carrier.Message{
					Ref: "msg_1", Channel: message.SMS, To: "+32470123456", Body: secret.NewString(text), Validity: life,
				})
				body := bytes.TrimSpace(<-bodies)
				if got := read(t, body); got != "ok" {
					t.Errorf("%s\n%s", body, got)
				}
			}
		}
	}

	if got := read(t, []byte(`{"messages":[{"sender":"Acme","destination":[]}]}`)); !strings.Contains(got, "destination") {
		t.Errorf("a field that does not exist: %s", got)
	}
}

// startInfobip runs java/Infobip.java, and returns what it says of a request.
func startInfobip(t *testing.T) func(t *testing.T, request []byte) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "java", "-cp", needJava(t), "java/Infobip.java")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })

	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "ready" {
		t.Fatalf("Infobip's library does not start: %q", lines.Text())
	}

	return func(t *testing.T, request []byte) string {
		t.Helper()
		if _, err := in.Write(append(request, '\n')); err != nil || !lines.Scan() {
			t.Fatalf("Infobip's library does not answer: %v", err)
		}
		return lines.Text()
	}
}
