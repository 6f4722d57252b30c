package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is a mistake in the configuration.
type Problem struct {
	// Where is "syssecure.toml:12", "syssecure.toml", or the variable's name.
	Where string
	// Text names the key and says what to do.
	Text string
	line int
}

func (p Problem) String() string { return p.Where + ": " + p.Text }

// Problems are all mistakes of a configuration. As an error, the list is not empty.
type Problems []Problem

// Error gives one line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// Sort puts problems in the order of the file, then those of the environment.
func (p Problems) Sort() {
	slices.SortStableFunc(p, func(a, b Problem) int { return cmp.Compare(a.line, b.line) })
}

// afterFile sorts problems without a line after those with one.
const afterFile = 1 << 30

// problem reports a problem of a path such as "carrier[0].window". A key that is absent is reported at its table.
func (r *reader) problem(path, format string, args ...any) {
	r.problems = append(r.problems, r.Sources.problem(path, fmt.Sprintf(format, args...)))
}

// warn reports what is allowed, but may not be what was meant.
func (r *reader) warn(path, format string, args ...any) {
	r.warnings = append(r.warnings, r.Sources.problem(path, fmt.Sprintf(format, args...)))
}

func (s Sources) problem(path, text string) Problem {
	p := Problem{Where: s.file, Text: text, line: afterFile}
	for at := path; at != ""; at = parent(at) {
		if name := s.origin[at]; name != "" {
			p.Where, p.line = name, afterFile+1
			break
		}

		if line := s.lines[at]; line > 0 {
			p.Where, p.line = fmt.Sprintf("%s:%d", s.file, line), line
			break
		}
	}

	return p
}

func parent(path string) string { return path[:max(strings.LastIndexAny(path, ".["), 0)] }
