package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/ops"
)

// How often progress is told: to somebody who looks at it, to a file, and to a program.
const (
	barEvery   = 100 * time.Millisecond
	plainEvery = 5 * time.Second
	jsonEvery  = time.Second
)

// progress shows how far a long command has come: a bar on a terminal, else a line now and then, else a line of JSON.
type progress struct {
	e       *env
	json    bool
	bar     bool
	quiet   bool
	phase   string
	began   time.Time // the phase
	told    time.Time
	last    ops.Step // of the phase
	untold  bool     // last was not shown
	drawing bool     // the bar's line is not ended
	now     func() time.Time
}

// verbosity are the flags of commands that take their time.
type verbosity struct {
	JSON  bool `name:"json" help:"Print JSON: a line for each step, then the result."`
	Quiet bool `short:"q" help:"Print nothing of how far it is, but the result."`
}

func (e *env) progress(v verbosity) *progress {
	return &progress{e: e, json: v.JSON, quiet: v.Quiet, bar: terminal(e.Err), now: time.Now}
}

// terminal tells whether somebody looks at w.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// tell is an ops.Tell.
func (p *progress) tell(s ops.Step) {
	if p.quiet {
		return
	}

	now, every := p.now(), plainEvery
	if p.bar {
		every = barEvery
	}
	if p.json {
		every = jsonEvery
	}

	if fresh := s.Phase != p.phase; fresh {
		p.end()
		p.phase, p.began = s.Phase, now
	} else if now.Sub(p.told) < every || s.Phase == ops.Waiting && !p.json {
		p.last, p.untold = s, s.Phase != ops.Waiting
		return
	}
	p.told = now
	p.show(s, now)
}

func (p *progress) show(s ops.Step, now time.Time) {
	p.untold = false
	switch {
	case p.json:
		_ = p.e.json(struct {
			Phase string `json:"phase"`
			Table string `json:"table,omitempty"`
			Done  int64  `json:"done"`
			Of    int64  `json:"of"`
			Unit  string `json:"unit,omitempty"`
		}{s.Phase, s.Table, s.Done, s.Of, s.Unit}) // whoever stopped reading gets no more
	case s.Phase == ops.Waiting:
		fmt.Fprintln(p.e.Err, "A first copy is made. The server still runs on the old database: stop it, and the move goes on.")
	case p.bar:
		p.drawing = true
		fmt.Fprintf(p.e.Err, "\r%s\x1b[K", line(s, now.Sub(p.began)))
	default:
		fmt.Fprintln(p.e.Err, line(s, now.Sub(p.began)))
	}
}

// end ends a phase: how far it came in the end is shown whatever the clock says.
func (p *progress) end() {
	if p.untold {
		p.show(p.last, p.now())
	}
	if p.drawing {
		fmt.Fprintln(p.e.Err)
	}
	p.drawing = false
}

// barWidth is how wide a full bar is.
const barWidth = 20

// line says how far a step has come, how fast, and how long the rest takes at that rate.
func line(s ops.Step, spent time.Duration) string {
	what := strings.TrimSpace(s.Phase + " " + s.Table)
	if s.Unit == "" {
		return what
	}

	done, of := s.Done, s.Of
	unit := s.Unit
	if unit == "bytes" {
		done, of, unit = done>>20, of>>20, "MB"
	}
	if of <= 0 {
		return fmt.Sprintf("%s: %s %s", what, thousands(done), unit)
	}

	share := min(1, float64(s.Done)/float64(s.Of))
	full := int(share * barWidth)
	text := fmt.Sprintf("%-24s [%s%s] %3d %%  %s of %s %s", what, strings.Repeat("#", full), strings.Repeat(".", barWidth-full),
		int(share*100), thousands(done), thousands(of), unit)
	if spent < time.Second || s.Done == 0 {
		return text
	}
	rate := float64(s.Done) / spent.Seconds()
	left := time.Duration(float64(s.Of-s.Done) / rate * float64(time.Second))

	return fmt.Sprintf("%s, %s/s, %v left", text, thousands(int64(float64(done)/spent.Seconds())), left.Round(time.Second))
}

// thousands writes a number with its thousands apart.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
