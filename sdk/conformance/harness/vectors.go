package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// loadVectors makes a case of each vector, because a vector is only a shorter way to write one.
func loadVectors(folder string) ([]Case, error) {
	webhooks, errWebhooks := vectorCases(filepath.Join(folder, "webhook-signatures.json"), webhookVector.cases)
	delays, errDelays := vectorCases(filepath.Join(folder, "retry-delay.json"), delayVector.cases)
	return append(webhooks, delays...), errors.Join(errWebhooks, errDelays)
}

func vectorCases[V any](file string, convert func(V) []any) ([]Case, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}

	var content struct {
		Version    int             `json:"version"`
		HeaderName string          `json:"header_name"`
		Scheme     string          `json:"scheme"`
		Defaults   json.RawMessage `json:"defaults"`
		Cases      []V             `json:"cases"`
	}

	if err := decodeStrictly(text, &content); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}

	var cases []Case
	for _, vector := range content.Cases {
		for _, object := range convert(vector) {
			text, err := json.Marshal(object)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			c, err := newCase(text)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", file, c.ID, err)
			}
			cases = append(cases, c)
		}
	}

	return cases, nil
}

type object map[string]any

type webhookVector struct {
	Name      string      `json:"name"`
	Note      string      `json:"note"`
	Secrets   []string    `json:"secrets"`
	Header    *string     `json:"header"`
	BodyB64   string      `json:"body_b64"`
	Now       json.Number `json:"now"`
	Tolerance json.Number `json:"tolerance"`
	Expect    string      `json:"expect"`
	EventType string      `json:"event_type"`
}

// cases tries verify and construct_event. A body that is no event is a matter of the second only.
func (v webhookVector) cases() []any {
	verified, constructed := object{"ok": true}, object{"ok": object{}}
	switch v.Expect {
	case "ok":
		if v.EventType != "" {
			constructed = object{"ok": object{"type": v.EventType}}
		}
	case "config_error":
		verified = object{"error": object{"type": "ConfigurationError", "parents": []string{"SysSecureError"}}}
		constructed = verified
	default:
		constructed = object{"error": object{
			"type": "WebhookSignatureError", "parents": []string{"SysSecureError"}, "reason": v.Expect,
		}}
		if v.Expect != "invalid_payload" {
			verified = constructed
		}
	}

	return []any{
		v.object("vectors.verify_webhook."+v.Name, "verify_webhook", verified),
		v.object("vectors.construct_event."+v.Name, "construct_event", constructed),
	}
}

func (v webhookVector) object(id, cmd string, want object) object {
	return object{"id": id, "rule": "WH-1", "want": want, "call": object{
		"cmd": cmd, "payload_b64": v.BodyB64, "header": v.Header, "secrets": v.Secrets,
		"tolerance": v.Tolerance, "now": v.Now,
	}}
}

type delayVector struct {
	Name            string          `json:"name"`
	Note            string          `json:"note"`
	Retry           int             `json:"retry"`
	Random          json.Number     `json:"random"`
	Status          int             `json:"status"`
	RetryAfter      *string         `json:"retry_after"`
	Now             json.Number     `json:"now"`
	MaxRetryAfterMS *int            `json:"max_retry_after_ms"`
	Expect          json.RawMessage `json:"expect"`
}

func (v delayVector) cases() []any {
	call := object{
		"cmd": "retry_delay", "retry": v.Retry, "random": v.Random, "status": v.Status,
		"retry_after": v.RetryAfter, "now": v.Now,
	}
	if v.MaxRetryAfterMS != nil {
		call["max_retry_after_ms"] = *v.MaxRetryAfterMS
	}
	return []any{object{
		"id": "vectors.retry_delay." + v.Name, "rule": "RT-2", "call": call, "want": object{"ok": v.Expect},
	}}
}
