package logs_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/logs"
)

// A command writes each line once, at most twenty with the same message, and the number of the others.
func TestOnce(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	h := logs.Once(slog.NewTextHandler(&out, nil))
	log := slog.New(h)
	for range 3 {
		for n := range 25 {
			log.Error("a row is damaged", "row", n)
		}
	}
	log.Info("another")
	h.Close()

	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if last := lines[len(lines)-1]; len(lines) != 22 || !strings.Contains(last, `like="a row is damaged" lines=5`) {
		t.Errorf("%d lines, the last is %s", len(lines), last)
	}
}
