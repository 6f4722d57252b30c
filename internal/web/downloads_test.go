package web_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/syssecure/syssecure/internal/web"
)

func TestDownloads_Bounds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		max           int
		user, account func(i int) string
		full          string
	}{
		"of a user": {
			max: 3, user: func(int) string { return "ann" }, account: func(i int) string { return fmt.Sprint(i) },
			full: "limit for a user",
		},
		"of an account": {
			max: 10, user: func(i int) string { return fmt.Sprint(i) }, account: func(int) string { return "acme" },
			full: "of this account",
		},
		"of a server": {
			max: 50, user: func(i int) string { return fmt.Sprint(i) }, account: func(i int) string { return fmt.Sprint(i) },
			full: "of this server",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := web.NewDownloads()
			var leave func()
			for i := range c.max {
				var full string
				if leave, full = d.Enter(c.user(i), c.account(i)); full != "" {
					t.Fatalf("download %d: %s", i, full)
				}
			}
			if _, full := d.Enter(c.user(c.max), c.account(c.max)); !strings.Contains(full, c.full) {
				t.Errorf("one more: %q", full)
			}
			leave()
			if _, full := d.Enter(c.user(c.max-1), c.account(c.max-1)); full != "" {
				t.Errorf("after one ended: %s", full)
			}
		})
	}
}

func TestDownloads_InTurn(t *testing.T) {
	t.Parallel()
	d := web.NewDownloads()
	var all sync.WaitGroup
	reading, most := 0, 0 // the race detector sees two that read at once
	for range 20 {
		all.Go(func() {
			_ = d.InTurn(t.Context(), func() error {
				reading++
				most = max(most, reading)
				reading--
				return nil
			})
		})
	}
	all.Wait()
	if most != 1 {
		t.Errorf("%d read at once", most)
	}

	ended, end := context.WithCancel(t.Context())
	end()
	err := d.InTurn(t.Context(), func() error {
		return d.InTurn(ended, func() error { return errors.New("it read out of its turn") })
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("who left: %v", err)
	}
}
