package snippets

import (
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	samples "github.com/syssecure/syssecure/sdk/snippets"
)

// prints are how a sample of a language shows the answer. curl does so without being told.
var prints = map[string][]string{
	"curl": {"curl "}, "python": {"print("}, "node": {"console.log("}, "php": {"echo ", "var_dump("}, "ruby": {"puts "},
	"java": {"System.out.println("}, "go": {"fmt.Println("},
}

// TestFiles: every operation has a sample in every language, and nothing else is there.
func TestFiles(t *testing.T) {
	t.Parallel()
	all := operations(t)
	folders := map[string]bool{"run": true}
	for _, l := range samples.Languages {
		folders[l.Name] = true
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			for operation := range all {
				if _, err := os.Stat(filepath.Join(folder, l.Name, operation+l.Ext)); err != nil {
					t.Errorf("%s has no sample: write sdk/snippets/%s/%s%s", operation, l.Name, operation, l.Ext)
				}
			}
			for _, file := range list(t, l.Name) {
				operation, ok := strings.CutSuffix(file, l.Ext)
				if _, is := all[operation]; file != "run" && !(ok && is) {
					t.Errorf("sdk/snippets/%s/%s is a sample of no operation", l.Name, file)
				}
			}
		})
	}

	for _, name := range list(t, ".") {
		if !folders[name] && name != "README.md" && name != "snippets.go" {
			t.Errorf("sdk/snippets/%s belongs to no language", name)
		}
	}
}

// TestText: a sample prints what it got, fits beside the text of the reference, and is as the language is written.
func TestText(t *testing.T) {
	t.Parallel()
	for operation := range operations(t) {
		for _, s := range samples.Of(operation) {
			name := s.Name + "/" + operation + s.Ext
			if !containsAny(s.Source, prints[s.Name]) {
				t.Errorf("%s does not print what it got", name)
			}
			for i, line := range strings.Split(s.Source, "\n") {
				if utf8.RuneCountInString(line) > 110 || strings.TrimRight(line, " \t") != line {
					t.Errorf("%s:%d is longer than 110 columns, or has a space at its end", name, i+1)
				}
			}
			if s.Name == "go" {
				if nice, err := format.Source([]byte(s.Source)); err != nil || string(nice) != s.Source {
					t.Errorf("%s is not as gofmt writes it (%v):\n%s", name, err, nice)
				}
			}
		}
	}
}

func containsAny(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// list are the names in a folder of sdk/snippets.
func list(t *testing.T, name string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Name())
	}

	return out
}
