package janitor_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/store/memory"
	"github.com/syssecure/syssecure/internal/store/storetest"
	"github.com/syssecure/syssecure/internal/testworld"
)

// Run runs every job immediately. One that fails is logged, and tried again at its own interval.
func TestRun_FailingJobs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		backend := &testworld.Switch{Backend: memory.New(storetest.Codec)}
		w := testworld.New(t, testworld.Options{Backend: backend, Log: slog.New(slog.NewTextHandler(&log, nil))})
		w.Janitor.KeepMessages = 40 * day
		backend.Out.Store(true)

		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.Janitor.Run(ctx) }()
		time.Sleep(2*time.Hour + time.Second)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}

		for job, rounds := range map[string]int{ // the store in memory has no days to rotate
			"expired rows": 121, "old statistics": 13, "messages of sandboxes": 5, "old messages failed": 3, "old events": 3,
		} {
			if got := strings.Count(log.String(), job); got != rounds {
				t.Errorf("%s: %d failures are logged, want %d", job, got, rounds)
			}
		}
	})
}
