package tests

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
)

// receiver is the handler that README.md shows for net/http.
func receiver(got *[]*syssecure.Event) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			http.Error(w, "the body cannot be read", http.StatusBadRequest)
			return
		}
		event, err := syssecure.ConstructEvent(body, r.Header.Get(syssecure.SignatureHeader), secret)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}

		*got = append(*got, event)
		w.WriteHeader(http.StatusNoContent)
	}
}

func TestNetHTTP(t *testing.T) {
	payload := `{"event": "message.received", "from": "+32470123456", "body": "héllo ✓"}`
	header, err := syssecure.SignWebhook([]byte(payload), secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	old, err := syssecure.SignWebhook([]byte(payload), secret, time.Now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}

	tests := []struct {
		name, body, header string
		want               int
	}{
		{"good", payload, header, http.StatusNoContent},
		{"another body", payload + " ", header, http.StatusBadRequest},
		{"old", payload, old, http.StatusBadRequest},
		{"no signature", payload, "", http.StatusBadRequest},
		{"too large", strings.Repeat("x", 1<<20+1), header, http.StatusBadRequest},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []*syssecure.Event
			server := httptest.NewServer(receiver(&got))
			defer server.Close()

			status, text := post(t, server.URL, test.body, test.header)
			if status != test.want {
				t.Fatalf("got the status %d, want %d: %s", status, test.want, text)
			}
			if strings.Contains(text, "470123456") || strings.Contains(text, "whsec_") {
				t.Errorf("the answer shows a secret: %s", text)
			}
			if accepted := len(got) == 1; accepted != (test.want == http.StatusNoContent) {
				t.Fatalf("%d events", len(got))
			}
			if len(got) == 1 && got[0].Body != "héllo ✓" {
				t.Errorf("the text is %q", got[0].Body)
			}
		})
	}
}

// post sends a webhook like the server, and returns the status and the text of the answer.
func post(t *testing.T, url, body, header string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if header != "" {
		req.Header.Set(syssecure.SignatureHeader, header)
	}

	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		t.Fatal(err)
	}

	return res.StatusCode, string(bytes.TrimSpace(text))
}
