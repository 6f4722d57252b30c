package work_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/work"
)

func TestWorkers_Drain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		within time.Duration
		want   error
		took   time.Duration
	}{
		{name: "a task that ends", within: time.Hour, took: time.Minute},
		{name: "a task that is cut", within: time.Second, want: context.DeadlineExceeded, took: time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := work.NewWorkers(slog.New(slog.DiscardHandler))
				ended := false
				w.Go(func() {
					select {
					case <-w.Context().Done():
					case <-time.After(time.Minute):
					}
					ended = true
				})

				ctx, cancel := context.WithTimeout(t.Context(), c.within)
				defer cancel()
				begun := time.Now()
				if err := w.Drain(ctx); !errors.Is(err, c.want) || time.Since(begun) != c.took || !ended {
					t.Errorf("drained after %v: %v, the task ended: %v", time.Since(begun), err, ended)
				}
			})
		})
	}
}

func TestWorkers_Retry(t *testing.T) {
	t.Parallel()
	errAway, errDamaged := errors.New("away"), errors.New("damaged")
	for _, c := range []struct {
		name  string
		errs  []error // of each try; the last is that of all further ones
		stop  time.Duration
		want  error
		tries int
	}{
		{name: "it succeeds in the end", errs: []error{errAway, errAway, nil}, stop: time.Hour, tries: 3},
		{name: "a permanent error", errs: []error{errAway, errDamaged}, stop: time.Hour, want: errDamaged, tries: 2},
		{
			name: "the workers are stopped", errs: []error{errAway}, stop: time.Second + time.Millisecond,
			want: errAway, tries: 6,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := work.NewWorkers(slog.New(slog.DiscardHandler))
				defer time.AfterFunc(c.stop, func() { _ = w.Drain(context.Background()) }).Stop()

				tries := 0
				err := w.Retry("a test", func(err error) bool { return errors.Is(err, errDamaged) }, func() error {
					tries++
					return c.errs[min(tries, len(c.errs))-1]
				})
				if !errors.Is(err, c.want) || tries != c.tries {
					t.Errorf("%d tries: %v, want %d: %v", tries, err, c.tries, c.want)
				}
			})
		})
	}
}
