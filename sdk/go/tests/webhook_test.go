package tests

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// readVectors decodes a file of vectors of the suite.
func readVectors(t *testing.T, name string, vectors any) {
	t.Helper()
	text, err := os.ReadFile("../../conformance/vectors/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, vectors); err != nil {
		t.Fatal(err)
	}
}

func TestWebhookVectors(t *testing.T) {
	var vectors struct {
		Cases []struct {
			Name      string   `json:"name"`
			Secrets   []string `json:"secrets"`
			Header    string   `json:"header"`
			Body      string   `json:"body_b64"`
			Now       int64    `json:"now"`
			Tolerance int64    `json:"tolerance"`
			Expect    string   `json:"expect"`
		} `json:"cases"`
	}
	readVectors(t, "webhook-signatures.json", &vectors)
	if len(vectors.Cases) < 40 {
		t.Fatalf("only %d vectors", len(vectors.Cases))
	}

	for _, v := range vectors.Cases {
		t.Run(v.Name, func(t *testing.T) {
			payload, err := base64.StdEncoding.DecodeString(v.Body)
			if err != nil {
				t.Fatal(err)
			}
			v.Secrets = append(v.Secrets, "")
			options := []syssecure.WebhookOption{
				syssecure.WithSecrets(v.Secrets[1:max(1, len(v.Secrets)-1)]...),
				syssecure.WithTime(time.Unix(v.Now, 0)),
				syssecure.WithTolerance(time.Duration(v.Tolerance) * time.Second),
			}
			_, err = syssecure.ConstructEvent(payload, v.Header, v.Secrets[0], options...)
			if got := outcome(err); got != v.Expect {
				t.Errorf("got %s, want %s", got, v.Expect)
			}
		})
	}
}

// outcome names an error of a webhook as the vectors do.
func outcome(err error) string {
	var signatureErr *syssecure.WebhookSignatureError
	var configurationErr *syssecure.ConfigurationError
	switch {
	case errors.As(err, &signatureErr):
		return signatureErr.Reason
	case errors.As(err, &configurationErr):
		return "config_error"
	case err != nil:
		return err.Error()
	}

	return "ok"
}

func TestSignedWebhookIsVerified(t *testing.T) {
	payload := []byte(`{"event": "message.delivered", "message_id": "msg_1", "delivered_at": "2026-04-25T15:28:02Z"}`)
	header, err := syssecure.SignWebhook(payload, secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	event, err := syssecure.ConstructEvent(payload, header, secret)
	if err != nil {
		t.Fatal(err)
	}

	at := time.Date(2026, 4, 25, 15, 28, 2, 0, time.UTC)
	if event.Type != syssecure.EventMessageDelivered || event.MessageID != "msg_1" || !event.At.Equal(at) {
		t.Errorf("got %v", event)
	}
	if err := syssecure.VerifyWebhook(payload, header, "whsec_new", syssecure.WithSecrets(secret)); err != nil {
		t.Errorf("the old secret is not accepted: %v", err)
	}
}

func TestSignNeedsASecretAndATime(t *testing.T) {
	if _, err := syssecure.SignWebhook(nil, "", time.Now()); err == nil {
		t.Error("an empty secret is accepted")
	}
	if _, err := syssecure.SignWebhook(nil, secret, time.Time{}); err == nil {
		t.Error("the time zero is accepted")
	}
}
