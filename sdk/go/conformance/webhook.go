package main

import (
	"encoding/base64"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
	"github.com/syssecure/syssecure/sdk/go/v2/internal/backoff"
)

// webhook verifies a webhook.
func (c *command) webhook() (any, error) {
	payload, err := base64.StdEncoding.DecodeString(c.PayloadB64)
	if err != nil {
		return nil, err
	}
	header, secret := "", ""
	if c.Header != nil {
		header = *c.Header
	}
	now := c.now()
	if change := mutants[*fault].time; change != nil {
		now = change(now, header)
	}
	options := []syssecure.WebhookOption{syssecure.WithTime(now)}
	if c.Tolerance != nil {
		options = append(options, syssecure.WithTolerance(time.Duration(*c.Tolerance*float64(time.Second))))
	}
	if len(c.Secrets) > 0 {
		secret = c.Secrets[0]
		options = append(options, syssecure.WithSecrets(c.Secrets[1:]...))
	}

	if c.Cmd == "verify_webhook" {
		return true, syssecure.VerifyWebhook(payload, header, secret, options...)
	}
	event, err := syssecure.ConstructEvent(payload, header, secret, options...)
	if err != nil {
		return nil, err
	}

	return canonicalEvent(event), nil
}

// retryDelay says how long the SDK waits before a retry.
func (c *command) retryDelay() any {
	longest := 10 * time.Second
	if c.MaxRetryAfterMS != nil {
		longest = milliseconds(*c.MaxRetryAfterMS)
	}
	if c.RetryAfter != nil {
		if d, ok := backoff.RetryAfter(*c.RetryAfter, c.now()); ok && d > longest {
			return map[string]any{"raise": "RateLimitError", "retry_after_s": int64(d.Seconds())}
		} else if ok {
			return map[string]any{"sleep_ms": d.Milliseconds()}
		}
	}

	return map[string]any{"sleep_ms": backoff.Delay(c.Retry, *c.Random).Milliseconds()}
}
