package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong.
type Problem struct {
	// Where is "syssecure.toml:12", "syssecure.toml", or the variable's name.
	Where string
	// Text names the key and says what to do.
	Text string
	line int
}

func (p Problem) String() string { return p.Where + ": " + p.Text }

// Problems is everything that is wrong: never empty when it is returned as an error.
type Problems []Problem

// Error gives one line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// Sort puts problems in the order of the file, then those of the environment.
func (p Problems) Sort() {
	slices.SortStableFunc(p, func(a, b Problem) int { return cmp.Compare(a.line, b.line) })
}

// afterFile sorts what has no line behind what has one.
const afterFile = 1 << 30

// problem reports about a path such as "carrier[0].window". A key that is absent is reported at its table.
func (r *reader) problem(path, format string, args ...any) {
	r.problems = append(r.problems, r.Sources.problem(path, fmt.Sprintf(format, args...)))
}

// warn reports what is allowed and may not be what was meant.
func (r *reader) warn(path, format string, args ...any) {
	r.warnings = append(r.warnings, r.Sources.problem(path, fmt.Sprintf(format, args...)))
}

func (w Sources) problem(path, text string) Problem {
	p := Problem{Where: w.file, Text: text, line: afterFile}
	for at := path; at != ""; at = parent(at) {
		if name := w.origin[at]; name != "" {
			p.Where, p.line = name, afterFile+1
			break
		}

		if line := w.lines[at]; line > 0 {
			p.Where, p.line = fmt.Sprintf("%s:%d", w.file, line), line
			break
		}
	}

	return p
}

func parent(path string) string { return path[:max(strings.LastIndexAny(path, ".["), 0)] }
