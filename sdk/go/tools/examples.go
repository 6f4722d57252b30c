package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
)

// runExamples builds the examples with the package, and runs each.
func runExamples(ctx context.Context, p *project) error {
	for _, name := range []string{"otp_flow", "webhook_server", "bulk_sms"} {
		text, err := os.ReadFile(filepath.Join("../examples", name, "main.go"))
		if err != nil {
			return err
		}
		if err := p.write(name+"/main.go", string(text)); err != nil {
			return err
		}
		if _, err := p.run(ctx, "", "go", "build", "-o", "bin/"+name, "./"+name); err != nil {
			return err
		}
	}

	out, err := p.run(ctx, "123456\n000000\n", "bin/otp_flow", "+32470123459")
	if err != nil || !strings.Contains(out, "Wrong code") || !strings.Contains(out, "is verified") {
		return fmt.Errorf("otp_flow: %w, printed %q", err, out)
	}
	numbers := "+32470123460\n+32470123461\n"
	first, err := p.run(ctx, numbers, "bin/bulk_sms", "sale", "20% off")
	if err != nil || strings.Count(first, "msg_") != 2 {
		return fmt.Errorf("bulk_sms: %w, printed %q", err, first)
	}

	return tryWebhookServer(ctx, p)
}

// tryWebhookServer sends one signed webhook to the example.
func tryWebhookServer(ctx context.Context, p *project) (err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(p.folder, "bin/webhook_server"), address)
	cmd.Env = append(os.Environ(), "WEBHOOK_SECRET=whsec_test")
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() {
		_ = cmd.Process.Kill() // it runs until then
		_ = cmd.Wait()
		if err == nil && !strings.Contains(out.String(), "Event{Type:message.received") {
			err = fmt.Errorf("webhook_server printed %q", out.String())
		}
	}()

	return sendWebhook(ctx, "http://"+address)
}

// sendWebhook posts an event as soon as somebody listens.
func sendWebhook(ctx context.Context, url string) error {
	payload := `{"event": "message.received", "from": "+32470123456"}`
	header, err := syssecure.SignWebhook([]byte(payload), "whsec_test", time.Now())
	if err != nil {
		return err
	}

	for try := 0; ; try++ {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(payload))
		if err != nil {
			return err
		}
		req.Header.Set(syssecure.SignatureHeader, header)
		res, err := http.DefaultClient.Do(req)
		if err != nil && try < 100 {
			time.Sleep(50 * time.Millisecond)
			continue
		}
		if err != nil {
			return err
		}
		if res.StatusCode != http.StatusNoContent {
			return fmt.Errorf("webhook_server answered %d", res.StatusCode)
		}

		return res.Body.Close()
	}
}
