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

// How often progress is shown: on a terminal, in a file, and to a program.
const (
	barEvery   = 100 * time.Millisecond
	plainEvery = 5 * time.Second
	jsonEvery  = time.Second
)

// progress shows how far a long command has come: a bar on a terminal, elsewhere lines of text or, with --json, of
// JSON.
type progress struct {
	e       *env
	json    bool
	bar     bool
	quiet   bool
	phase   string
	began   time.Time // the phase
	shown   time.Time
	last    ops.Progress // of the phase
	pending bool         // last was not shown yet
	drawing bool         // the line with the bar is not ended yet
	now     func() time.Time
}

// verbosity are the flags of commands that may take long.
type verbosity struct {
	JSON  bool `name:"json" help:"Print JSON: a line for each progress report, then the result."`
	Quiet bool `short:"q" help:"Print only the result."`
}

func (e *env) progress(v verbosity) *progress {
	return &progress{e: e, json: v.JSON, quiet: v.Quiet, bar: terminal(e.Err), now: time.Now}
}

// terminal reports whether w is a terminal.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// update is an ops.ProgressFunc.
func (p *progress) update(s ops.Progress) {
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

	if s.Phase != p.phase {
		p.end()
		p.phase, p.began = s.Phase, now
	} else if now.Sub(p.shown) < every || s.Phase == ops.PhaseWaiting && !p.json {
		p.last, p.pending = s, s.Phase != ops.PhaseWaiting
		return
	}
	p.shown = now
	p.show(s, now)
}

func (p *progress) show(s ops.Progress, now time.Time) {
	p.pending = false
	switch {
	case p.json:
		_ = p.e.json(struct {
			Phase string `json:"phase"`
			Table string `json:"table,omitempty"`
			Done  int64  `json:"done"`
			Of    int64  `json:"of"`
			Unit  string `json:"unit,omitempty"`
		}{s.Phase, s.Table, s.Done, s.Of, s.Unit}) // a reader that is gone does not stop the command
	case s.Phase == ops.PhaseWaiting:
		fmt.Fprintln(p.e.Err, "A first copy was made. The server still runs on the old database: stop it, and the "+
			"move continues.")
	case p.bar:
		p.drawing = true
		fmt.Fprintf(p.e.Err, "\r%s\x1b[K", line(s, now.Sub(p.began)))
	default:
		fmt.Fprintln(p.e.Err, line(s, now.Sub(p.began)))
	}
}

// end ends a phase, and shows its last progress if that was not due yet.
func (p *progress) end() {
	if p.pending {
		p.show(p.last, p.now())
	}
	if p.drawing {
		fmt.Fprintln(p.e.Err)
	}
	p.drawing = false
}

// barWidth is how wide a full bar is.
const barWidth = 20

// line describes how far a phase has come, how fast, and how long the rest takes at that rate.
func line(s ops.Progress, spent time.Duration) string {
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
	text := fmt.Sprintf("%-24s [%s%s] %3d %%  %s of %s %s", what, strings.Repeat("#", full), strings.Repeat(".",
		barWidth-full),
		int(share*100), thousands(done), thousands(of), unit)
	if spent < time.Second || s.Done == 0 {
		return text
	}
	rate := float64(s.Done) / spent.Seconds()
	left := time.Duration(float64(s.Of-s.Done) / rate * float64(time.Second))

	return fmt.Sprintf("%s, %s/s, %v left", text, thousands(int64(float64(done)/spent.Seconds())),
		left.Round(time.Second))
}

// thousands writes a number with commas between the thousands.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
