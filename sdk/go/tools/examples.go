package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
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

// tryWebhookServer starts the example, and sends one signed webhook to it.
func tryWebhookServer(ctx context.Context, p *project) (err error) {
	ctx, stop := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, filepath.Join(p.folder, "bin/webhook_server"), "127.0.0.1:0")
	cmd.Env = append(os.Environ(), "WEBHOOK_SECRET=whsec_test")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		stop()
		return err
	}
	if err := cmd.Start(); err != nil {
		stop()
		return err
	}
	defer func() {
		stop()
		_ = cmd.Wait() // it runs until it is stopped
	}()

	lines := bufio.NewScanner(out)
	lines.Scan()
	_, url, _ := strings.Cut(lines.Text(), "listening on ")
	if err := sendWebhook(ctx, url); err != nil {
		return err
	}
	lines.Scan()
	if !strings.HasPrefix(lines.Text(), "Event{Type:message.received") {
		return fmt.Errorf("webhook_server printed %q", lines.Text())
	}

	return nil
}

// sendWebhook posts an event.
func sendWebhook(ctx context.Context, url string) error {
	payload := `{"event": "message.received", "from": "+32470123456"}`
	header, err := syssecure.SignWebhook([]byte(payload), "whsec_test", time.Now())
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(payload))
	if err != nil {
		return err
	}
	req.Header.Set(syssecure.SignatureHeader, header)

	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusNoContent {
		err = fmt.Errorf("webhook_server answered %d", res.StatusCode)
	}

	return errors.Join(err, res.Body.Close())
}
