package route_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/route"
)

// A carrier's submits, one a second ('x' failed, 't' throttled, '.' worked, ' ' none), and what is reported, each with
// its second.
func TestFailing(t *testing.T) {
	t.Parallel()
	names := map[route.Report]string{
		route.ReportBegins: "begins", route.ReportContinues: "goes on", route.ReportRecovered: "works",
	}
	for name, c := range map[string]struct{ submits, want string }{
		"works":                        {"....", ""},
		"fails and works again":        {"xxx..  ", "0 begins, 5 works"},
		"an answer now and then":       {"x.x.x.x.   ", "0 begins, 9 works"},
		"nothing is sent any more":     {"x" + strings.Repeat(" ", 310), "0 begins, 300 goes on"},
		"reported every five minutes":  {strings.Repeat("x", 901), "0 begins, 300 goes on, 600 goes on, 900 goes on"},
		"a beginning a minute":         {strings.Repeat("x.    ", 11), "0 begins, 3 works, 60 begins, 63 works"},
		"and one that was put off":     {"x.   " + strings.Repeat("x", 60), "0 begins, 3 works, 60 begins"},
		"a second one is not reported": {"x.   x.    ", "0 begins, 3 works"},
		"throttled for a moment":       {".ttttt.ttt", ""},
		"throttled for long":           {strings.Repeat("t", 70), "60 begins"},
		"works, and nothing follows":   {"x.          ", "0 begins, 3 works"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f route.Failing
			var got []string
			for i, s := range c.submits {
				now := time.Date(2026, 12, 1, 10, 0, i, 0, time.UTC)
				switch s {
				case 'x':
					f = f.Failed("HTTP 500", "the gateway fails", now)
				case 't':
					f = f.Throttled("HTTP 429", "the gateway takes no more for now", now)
				case '.':
					f = f.Worked(now)
				}

				var report route.Report
				if f, report = f.Next(now); report != route.ReportNone {
					got = append(got, fmt.Sprintf("%d %s", i, names[report]))
				}
			}
			if text := strings.Join(got, ", "); text != c.want {
				t.Errorf("reported %q, want %q", text, c.want)
			}
		})
	}
}
