package tree

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/app"
)

var (
	link     = regexp.MustCompile(`\]\(([^)#]+)`)
	fenced   = regexp.MustCompile("(?s)```toml\n(.*?)```")
	testRun  = regexp.MustCompile(`go test (\./\S+) -run ([A-Za-z0-9_]+)`)
	testFunc = regexp.MustCompile(`(?m)^func (Test\w+)`)
)

// eachPage calls fn for every page of documentation.
func eachPage(t *testing.T, fn func(name, content string)) {
	t.Helper()
	pages := 0
	err := walk(func(name string, content []byte) error {
		if path.Ext(name) == ".md" {
			pages++
			fn(name, string(content))
		}
		return nil
	})
	if err != nil || pages < 5 {
		t.Fatalf("%d pages were read: %v", pages, err)
	}
}

func TestPages_Links(t *testing.T) {
	t.Parallel()
	eachPage(t, func(name, content string) {
		for _, m := range link.FindAllStringSubmatch(content, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, path.Dir(name), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", name, m[1], err)
			}
		}
	})
}

// TestPages_ConfigurationsLoad checks what a reader would copy.
func TestPages_ConfigurationsLoad(t *testing.T) {
	t.Parallel()
	eachPage(t, func(name, content string) {
		for _, m := range fenced.FindAllStringSubmatch(content, -1) {
			file := filepath.Join(t.TempDir(), "syssecure.toml")
			if err := os.WriteFile(file, []byte(m[1]), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := app.LoadConfig(file, nil); err != nil {
				t.Errorf("%s has a configuration that is not valid: %v\n%s", name, err, m[1])
			}
		}
	})
}

// TestPages_ProofsExist checks that each -run matches a test: one that matches nothing passes, and proves nothing.
func TestPages_ProofsExist(t *testing.T) {
	t.Parallel()
	eachPage(t, func(name, content string) {
		for _, m := range testRun.FindAllStringSubmatch(content, -1) {
			found := false
			files, _ := filepath.Glob(filepath.Join(root, m[1], "*_test.go"))
			for _, f := range files {
				source, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				for _, fn := range testFunc.FindAllStringSubmatch(string(source), -1) {
					found = found || strings.Contains(fn[1], m[2])
				}
			}
			if !found {
				t.Errorf("%s says %q, and no test there has that in its name", name, m[0])
			}
		}
	})
}
