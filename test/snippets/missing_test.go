package snippets

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	samples "github.com/syssecure/syssecure/sdk/snippets"
)

// TestMissing: where a language's tools do not work, its runner says which are missing, and runs nothing.
func TestMissing(t *testing.T) {
	t.Parallel()
	tools := t.TempDir()
	for _, tool := range []string{"curl", "python3", "node", "npm", "php", "ruby", "java", "javac", "go"} {
		if err := os.WriteFile(filepath.Join(tools, tool), []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range samples.Languages {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			program, err := filepath.Abs(filepath.Join(folder, l.Name, "run"))
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), program)
			cmd.Dir = filepath.Dir(program)
			cmd.Env = append(os.Environ(), "PATH="+tools+":"+os.Getenv("PATH"))
			var said bytes.Buffer
			cmd.Stderr = &said

			ended := (*exec.ExitError)(nil)
			err = cmd.Run()
			if !errors.As(err, &ended) || ended.ExitCode() != missingTool || !strings.Contains(said.String(), "is missing") {
				t.Errorf("it ended with %v and said %q", err, &said)
			}
		})
	}
}
