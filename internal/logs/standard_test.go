package logs_test

import (
	"log"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/logs"
)

// TestRedirectStandard checks that lines of libraries are shortened and limited, and that the logger is restored
// afterwards. The test is not parallel, because the process has only one standard logger.
func TestRedirectStandard(t *testing.T) {
	before := log.Writer()
	h, l, out := limited()
	done := logs.RedirectStandard(l)
	for n := range 100 {
		log.Printf("unsolicited response %d: %s", n, strings.Repeat("x", 5000))
	}

	done()
	h.Close()

	lines := out.take()
	if len(lines) != 2 || len(lines[0]) > 300 || !strings.Contains(lines[0], "unsolicited response 0: xxx") ||
		!strings.Contains(lines[1], "repeated=99") {
		t.Errorf("got %d lines: %q", len(lines), lines)
	}
	if log.Writer() != before {
		t.Error("the standard logger was not restored")
	}
}
