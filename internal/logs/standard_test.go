package logs_test

import (
	"log"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/logs"
)

// TestRedirectStandard: lines of libraries are cut and bounded like others, and go where they went before afterwards. The
// standard logger is one for the process, so this test is not parallel.
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
	if len(lines) != 2 || len(lines[0]) > 300 || !strings.Contains(lines[0], "unsolicited response 0: xxx") || !strings.Contains(lines[1], "repeated=99") {
		t.Errorf("got %d lines: %q", len(lines), lines)
	}
	if log.Writer() != before {
		t.Error("the standard logger was not given back")
	}
}
