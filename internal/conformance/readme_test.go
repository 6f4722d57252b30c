package conformance_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/testworld"
)

// TestReadme_Runner runs every scenario by the Python runner in the README.
func TestReadme_Runner(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3")
	}

	folder := filepath.Join("..", "..", "api", "scenarios")
	page, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}

	m := regexp.MustCompile("(?s)```python\n(.*?)```").FindSubmatch(page)
	if m == nil {
		t.Fatal("README.md has no runner")
	}

	runner := filepath.Join(t.TempDir(), "runner.py")
	if err := os.WriteFile(runner, m[1], 0o600); err != nil {
		t.Fatal(err)
	}

	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files: %v", len(files), err)
	}

	r := serve(t, testworld.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, python, append([]string{runner, r.URL, r.Key}, files...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}

	for _, s := range scenarios(t) {
		if !strings.Contains(string(out), "ok "+s.Name+"\n") {
			t.Errorf("%s: %s was not run", s.File, s.Name)
		}
	}
}
