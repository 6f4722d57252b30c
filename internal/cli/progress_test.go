package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/ops"
)

func TestProgress_Line(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s     ops.Progress
		spent time.Duration
		want  string
	}{
		{
			ops.Progress{Phase: "copying", Table: "message", Done: 1_250_000, Of: 2_500_000, Unit: "rows"},
			50 * time.Second,
			"copying message          [##########..........]  50 %  1,250,000 of 2,500,000 rows, 25,000/s, 50s left",
		},
		{ops.Progress{Phase: "reading", Done: 3 << 20, Of: 12 << 20, Unit: "bytes"}, 0, "reading                  " +
			"[#####...............]  25 %  3 of 12 MB"},
		{ops.Progress{Phase: "copying", Table: "otp", Done: 30, Of: 20, Unit: "rows"}, 0, "copying otp              " +
			"[####################] 100 %  30 of 20 rows"},
		{ops.Progress{Phase: "deciding", Done: 1000, Unit: "rows"}, time.Minute, "deciding: 1,000 rows"},
		{ops.Progress{Phase: "checking"}, 0, "checking"},
	} {
		if got := line(c.s, c.spent); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

// Progress is shown at intervals: as a bar in one line of a terminal, as lines of a file, as JSON for a program.
func TestProgress_Intervals(t *testing.T) {
	t.Parallel()
	steps := func(p *progress) {
		at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
		p.now = func() time.Time { return at }
		for n := range 100 {
			at = at.Add(60 * time.Millisecond)
			p.update(ops.Progress{Phase: "copying", Done: int64(n), Of: 100, Unit: "rows"})
		}

		for range 3 {
			at = at.Add(time.Minute)
			p.update(ops.Progress{Phase: ops.PhaseWaiting})
		}
		p.end()
	}

	for name, c := range map[string]struct {
		json, bar        bool
		out, errs, waits int // lines, and those that say that it waits
	}{"plain": {false, false, 0, 4, 1}, "bar": {false, true, 0, 2, 1}, "json": {true, false, 7 + 3, 0, 3}} {
		var out, errs bytes.Buffer
		p := &progress{e: &env{IO: IO{Out: &out, Err: &errs}}, json: c.json, bar: c.bar}
		steps(p)
		waits := strings.Count(errs.String(), "stop it, and the move continues") + strings.Count(out.String(), `"waiting"`)
		if a, b := strings.Count(out.String(), "\n"), strings.Count(errs.String(), "\n"); a != c.out || b != c.errs ||
			waits != c.waits {
			t.Errorf("%s: %d lines out, %d lines err, %d waits; want %+v\n%s%s", name, a, b, waits, c, out.String(),
				errs.String())
		}
		if redrawn := strings.Count(errs.String(), "\r"); c.bar != (redrawn > 10) {
			t.Errorf("%s: the bar was drawn %d times", name, redrawn)
		}
	}
}

// TestProgress_Short checks that short phases are shown, too, with their last progress.
func TestProgress_Short(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for name, c := range map[string]struct {
		quiet bool
		want  string
	}{
		"plain": {want: "copying account          [....................]   0 %  0 of 3 rows\n" +
			"copying tally            [####################] 100 %  3 of 3 rows\n" +
			"comparing account        [....................]   0 %  0 of 3 rows\n"},
		"quiet": {quiet: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var errs bytes.Buffer
			p := &progress{e: &env{IO: IO{Err: &errs}}, quiet: c.quiet, now: func() time.Time { return at }}
			p.update(ops.Progress{Phase: "copying", Table: "account", Of: 3, Unit: "rows"})
			p.update(ops.Progress{Phase: "copying", Table: "tally", Done: 3, Of: 3, Unit: "rows"})
			p.update(ops.Progress{Phase: "comparing", Table: "account", Of: 3, Unit: "rows"})
			p.end()
			if errs.String() != c.want {
				t.Errorf("got\n%swant\n%s", errs.String(), c.want)
			}
		})
	}
}
