// Package generated compares generated files with what they are generated from, or rewrites them.
package generated

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// Region returns the text with its content between two lines replaced.
func Region(t *testing.T, text, begin, end, content string) string {
	t.Helper()
	before, rest, found := strings.Cut(text, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("the lines %q and %q, which the generated part is between, are missing", begin, end)
	}

	return before + begin + content + end + after
}

// Hold compares files, by their paths, with their content, or rewrites them. command is what the failure says to run.
func Hold(t *testing.T, files map[string]string, rewrite bool, command string) {
	t.Helper()
	for _, path := range slices.Sorted(maps.Keys(files)) {
		old, err := os.ReadFile(path)
		switch {
		case err == nil && string(old) == files[path]:
		case !rewrite:
			t.Errorf("%s is out of date: run %s (%v)", path, command, err)
		default:
			if err := os.WriteFile(path, []byte(files[path]), 0o600); err != nil {
				t.Error(err)
			}
		}
	}
}
