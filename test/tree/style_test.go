package tree

import (
	"bytes"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// Shares of all lines, in percent. House rules in CONTRIBUTING.md give the reasons.
const (
	maxColumns   = 120
	maxLongShare = 1.0 // of the lines may be longer: struct tags and test data that lose by a break
	minBlank     = 4.0 // of the lines inside functions separate their steps
)

func TestStyle_LineLength(t *testing.T) {
	t.Parallel()
	lines, long := 0, 0
	for _, s := range read(t) {
		content, err := os.ReadFile(filepath.Join(root, s.path))
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(content) {
			lines++
			if columns(line) > maxColumns {
				long++
			}
		}
	}

	if share := 100 * float64(long) / float64(lines); share >= maxLongShare {
		t.Errorf("%d of %d lines (%.2f %%) are longer than %d columns, fewer than %g %% wanted",
			long, lines, share, maxColumns, maxLongShare)
	}
}

// columns is the width of a line, with a tab as 4.
func columns(line []byte) int {
	line = bytes.TrimRight(line, "\n")
	return utf8.RuneCount(line) + 3*bytes.Count(line, []byte("\t"))
}

func TestStyle_BlankLinesBetweenSteps(t *testing.T) {
	t.Parallel()
	lines, blank := 0, 0
	for _, s := range read(t) {
		content, err := os.ReadFile(filepath.Join(root, s.path))
		if err != nil {
			t.Fatal(err)
		}
		of := strings.Split(string(content), "\n")
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			first, last := fset.Position(f.Body.Pos()).Line, fset.Position(f.Body.End()).Line
			for _, line := range of[first:max(first, last-1)] {
				lines++
				if strings.TrimSpace(line) == "" {
					blank++
				}
			}
		}
	}

	if share := 100 * float64(blank) / float64(lines); share < minBlank {
		t.Errorf("%.2f %% of the lines inside functions are blank, at least %g %% wanted: separate the steps",
			share, minBlank)
	}
}

// retired are words of the first vocabulary, see docs/adr/0038-vocabulary.md, and what replaces them.
var retired = map[string]string{
	"whoever": "who it is", "is told": "learns, gets, reports", "are told": "learn, get, report",
	"mend": "fix", "mends": "fixes", "mended": "fixed", "of its own": "its own", "anew": "again",
	"its one hard idea": "the idea itself", "is the shell for": "implements", "well again": "recovered",
	"luck": "jitter", "hopeless": "permanent", "insist": "retry", "insists": "retries", "in hand": "in flight",
	"adopt": "reclaim", "shelf": "registry", "is no field": "unknown field", "begins anew": "is rejoining",
}

// TestVocabulary_RetiredWords looks at what people read: comments, and texts in code and pages. The records of decisions may
// name what they replaced.
func TestVocabulary_RetiredWords(t *testing.T) {
	t.Parallel()
	words := make([]string, 0, len(retired))
	for word := range retired {
		words = append(words, strings.ReplaceAll(regexp.QuoteMeta(word), " ", `\s+(?://\s*)?`))
	}
	found := regexp.MustCompile(`(?i)\b(?:` + strings.Join(words, "|") + `)\b`)

	err := walk(func(name string, content []byte) error {
		read := filepath.Ext(name)
		if read != ".go" && read != ".md" || strings.HasPrefix(name, "docs/adr/") || name == "test/tree/style_test.go" {
			return nil
		}
		for _, at := range found.FindAllIndex(content, -1) {
			line := 1 + bytes.Count(content[:at[0]], []byte("\n"))
			word := string(content[at[0]:at[1]])
			t.Errorf("%s:%d says %q; write for example %q", name, line, word, retired[strings.ToLower(word)])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
