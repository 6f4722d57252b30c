package docs

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var linkOfFile = regexp.MustCompile(` (?:href|src|action)="([^"]*)"|\]\(([^)\s]+)\)|,"((?:[a-z/-]+\.html)(?:#[^"]*)?)"`)

// TestExport follows every link of every file of an export.
func TestExport(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "site")
	n, err := Export(Config{PublicURL: "https://otp.example.com/"}, folder)
	if err != nil {
		t.Fatal(err)
	}

	texts := map[string]string{}
	err = filepath.WalkDir(folder, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(name)
		rel, _ := filepath.Rel(folder, name)
		texts[filepath.ToSlash(rel)] = string(body)
		return err
	})
	if err != nil || len(texts) != n || n < 80 {
		t.Fatalf("%d files, %d were written: %v", len(texts), n, err)
	}

	links := 0
	for name, text := range texts {
		if ext := path.Ext(name); ext != ".html" && ext != ".md" && ext != ".txt" && name != indexScript {
			continue
		}
		for _, m := range linkOfFile.FindAllStringSubmatch(text, -1) {
			link := m[1] + m[2] + m[3]
			if strings.Contains(link, "://") || strings.HasPrefix(link, "data:") || strings.HasPrefix(link, "mailto:") {
				continue
			}
			links++
			to, fragment, _ := strings.Cut(link, "#")
			target := path.Join(path.Dir(name), to)
			if to == "" {
				target = name
			}
			other, ok := texts[target]
			if !ok {
				t.Errorf("%s links to %s, which is no file", name, link)
			} else if path.Ext(target) == ".html" && fragment != "" && !strings.Contains(other, ` id="`+fragment+`"`) {
				t.Errorf("%s links to %s, which is no heading", name, link)
			}
		}
	}
	if links < 1000 {
		t.Errorf("only %d links were followed", links)
	}

	if _, err := Export(Config{}, folder); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("an export into a folder with files: %v", err)
	}
}
