package examples

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	operation = regexp.MustCompile(`\b(GET|POST|PUT|PATCH|DELETE) (/v2/[^\s` + "`" + `?"]*)`)
	curled    = regexp.MustCompile(`curl [^\n]*?(?:-X (\w+) [^\n]*?)?https?://[^/\s"]+(/v2/[^\s"?]*)`)
	parameter = regexp.MustCompile(`\{[^}]*\}|\$\w+|%2B\d+`)
)

// operations are the operations of the API, "GET /v2/otp/{}".
func operations(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "api", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}

	var all []string
	for path, methods := range document.Paths {
		for method := range methods {
			all = append(all, strings.ToUpper(method)+" "+parameter.ReplaceAllString(path, "{}"))
		}
	}

	return all
}

// TestGuides_Operations: every operation of the API that a guide names exists, and so does every path that it calls.
func TestGuides_Operations(t *testing.T) {
	t.Parallel()
	known := operations(t)
	named := 0
	for _, page := range everyGuide(t) {
		text := read(t, page)
		for _, m := range operation.FindAllStringSubmatch(text, -1) {
			named++
			if strings.HasSuffix(page, "migrate-vonage.md") && strings.HasPrefix(m[2], "/v2/verify") {
				continue // Vonage's
			}
			if strings.HasPrefix(m[2], "/v2/Services") {
				continue // Twilio's
			}
			if name := m[1] + " " + parameter.ReplaceAllString(strings.TrimRight(m[2], ".,:;"), "{}"); !slices.Contains(known, name) {
				t.Errorf("%s names %s, which the API does not have", filepath.Base(page), name)
			}
		}
		for _, m := range curled.FindAllStringSubmatch(strings.ReplaceAll(text, "\\\n", " "), -1) {
			path := parameter.ReplaceAllString(m[2], "{}")
			exists := func(name string) bool {
				method, at, _ := strings.Cut(name, " ")
				return at == path && (m[1] == "" || method == m[1])
			}
			if !slices.ContainsFunc(known, exists) {
				t.Errorf("%s calls %s %s, which the API does not have", filepath.Base(page), m[1], path)
			}
		}
	}
	if named < 30 {
		t.Errorf("only %d operations are named: the test searches for the wrong words", named)
	}
}

var (
	symptoms = regexp.MustCompile(`(?m)^\| what (?:you see|the test says) [^\n]*\n\|[-|]+\n((?:\|[^\n]*\n)+)`)
	quoted   = regexp.MustCompile("`([^`]+)`")
	joined   = regexp.MustCompile("[\"`] \\+\\s*[\"`]")
)

// elsewhere are messages of other programs that a guide explains, and what is not a message.
var elsewhere = []string{"permission denied for schema public", "connection refused"}

// TestGuides_Messages: what a guide says that its reader will see is what the program says; … stands for what varies.
func TestGuides_Messages(t *testing.T) {
	t.Parallel()
	said := source(t)
	checked := 0
	for _, page := range everyGuide(t) {
		for _, table := range symptoms.FindAllStringSubmatch(read(t, page), -1) {
			for row := range strings.Lines(table[1]) {
				cell, _, _ := strings.Cut(strings.TrimPrefix(row, "|"), "|")
				for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
					if !strings.Contains(m[1], " ") || slices.Contains(elsewhere, m[1]) {
						continue
					}
					for part := range strings.SplitSeq(m[1], "…") {
						checked++
						if !strings.Contains(said, strings.TrimSpace(part)) {
							t.Errorf("%s: no message of the program has %q", filepath.Base(page), part)
						}
					}
				}
			}
		}
	}
	if checked < 8 {
		t.Errorf("only %d messages were checked: the test searches for the wrong tables", checked)
	}
}

// source is the text of the program, with its long texts joined.
func source(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(name string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			b.WriteString(read(t, name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	return joined.ReplaceAllString(b.String(), "")
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// everyGuide are all pages for readers outside the project.
func everyGuide(t *testing.T) []string {
	t.Helper()
	return append(guidePages(t), filepath.Join(root, "docs", "operator.md"), filepath.Join(root, "docs", "reliability.md"))
}
