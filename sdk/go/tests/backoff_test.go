package tests

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2/internal/backoff"
)

func TestRetryDelayVectors(t *testing.T) {
	var vectors struct {
		Cases []struct {
			Name       string  `json:"name"`
			Retry      int     `json:"retry"`
			Random     float64 `json:"random"`
			RetryAfter *string `json:"retry_after"`
			Now        int64   `json:"now"`
			Expect     struct {
				Sleep *int64 `json:"sleep_ms"`
				After *int64 `json:"retry_after_s"`
			} `json:"expect"`
		} `json:"cases"`
	}
	readVectors(t, "retry-delay.json", &vectors)
	if len(vectors.Cases) < 40 {
		t.Fatalf("only %d vectors", len(vectors.Cases))
	}

	for _, v := range vectors.Cases {
		t.Run(v.Name, func(t *testing.T) {
			got := backoff.Delay(v.Retry, v.Random)
			if v.RetryAfter != nil {
				if after, ok := backoff.RetryAfter(*v.RetryAfter, time.Unix(v.Now, 0)); ok {
					got = after
				}
			}
			switch {
			case v.Expect.Sleep != nil && got.Milliseconds() != *v.Expect.Sleep:
				t.Errorf("got %v, want %d ms", got, *v.Expect.Sleep)
			case v.Expect.After != nil && int64(got.Seconds()) != *v.Expect.After:
				t.Errorf("got %v, want %d s", got, *v.Expect.After)
			}
		})
	}
}

func TestDateIsRoundedUp(t *testing.T) {
	now := time.Date(2026, 11, 22, 21, 0, 0, 1, time.UTC)
	if d, ok := backoff.RetryAfter("Sun, 22 Nov 2026 21:00:03 GMT", now); !ok || d != 3*time.Second {
		t.Errorf("got %v, %v, want 3s", d, ok)
	}
}

func TestDateBeyondWhatADurationHolds(t *testing.T) {
	d, ok := backoff.RetryAfter("Fri, 31 Dec 9999 23:59:59 GMT", time.Date(2026, 11, 22, 21, 0, 0, 1, time.UTC))
	if !ok || d < 200*365*24*time.Hour || d%time.Second != 0 {
		t.Errorf("got %v, %v", d, ok)
	}
}
