// Package generated holds files that tests write to what they are made of.
package generated

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// Region gives a text with other content between two lines that it has already.
func Region(t *testing.T, text, begin, end, content string) string {
	t.Helper()
	before, rest, found := strings.Cut(text, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("there is no %q and %q around what is generated", begin, end)
	}

	return before + begin + content + end + after
}

// Hold holds files, by their paths, to their content, or rewrites them; command is what does that.
func Hold(t *testing.T, files map[string]string, rewrite bool, command string) {
	t.Helper()
	for _, path := range slices.Sorted(maps.Keys(files)) {
		old, err := os.ReadFile(path)
		switch {
		case err == nil && string(old) == files[path]:
		case !rewrite:
			t.Errorf("%s is out of date: %s (%v)", path, command, err)
		default:
			if err := os.WriteFile(path, []byte(files[path]), 0o600); err != nil {
				t.Error(err)
			}
		}
	}
}
