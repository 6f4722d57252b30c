package snippets

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	samples "github.com/syssecure/syssecure/sdk/snippets"
)

const folder = "../../sdk/snippets"

// missingTool is the status of a runner whose tools are not installed.
const missingTool = 77

// TestSamples runs the samples of each language.
func TestSamples(t *testing.T) {
	t.Parallel()
	for _, l := range samples.Languages {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			files, err := filepath.Glob(filepath.Join(folder, l.Name, "*"+l.Ext))
			if err != nil {
				t.Fatal(err)
			}
			runAll(t, l, files)
		})
	}
}

// runAll gives all samples of a language to its runner, one after another.
func runAll(t *testing.T, l samples.Language, files []string) {
	t.Helper()
	dependOn(t, "../../sdk/"+l.Name, folder+"/run", folder+"/"+l.Name)
	w := newWorld(t)
	run := startRunner(t, l, w)
	for _, file := range files {
		operation := strings.TrimSuffix(filepath.Base(file), l.Ext)
		t.Run(operation, func(t *testing.T) {
			where, ok := w.operations[operation]
			if !ok {
				t.Fatalf("%s is a sample of no operation", file)
			}
			variables := w.prepare(t, operation)
			w.seen.reset()
			run.sample(t, operation, file, variables)
			w.seen.check(t, where)
		})
		if run.why != "" {
			t.Skip(run.why)
		}
	}
}

// dependOn looks at all files of folders that other programs read, since Go would otherwise repeat the result of a run before
// they were changed. What the SDKs' own builds make is left out.
func dependOn(t *testing.T, folders ...string) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // there is no SDK for curl, and a build may end meanwhile
			}
			if err != nil {
				return err
			}
			if made := []string{"node_modules", "target", "dist", "conformance"}; d.IsDir() &&
				(slices.Contains(made, d.Name()) || strings.HasPrefix(d.Name(), ".") && d.Name() != "..") {
				return filepath.SkipDir
			}
			_, _ = os.Stat(path) // what is gone has no effect

			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// runner is the program that runs samples of a language.
type runner struct {
	in      *bufio.Writer
	out     *bufio.Scanner
	wait    func() error
	errText *bytes.Buffer
	why     string // what is missing, so that no sample can run
}

func startRunner(t *testing.T, l samples.Language, w *world) *runner {
	t.Helper()
	program, err := filepath.Abs(filepath.Join(folder, l.Name, "run"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Dir = filepath.Dir(program)
	cmd.Env = append(os.Environ(), "SYSSECURE_BASE_URL="+w.base, "SYSSECURE_API_KEY="+w.key)
	r := &runner{errText: &bytes.Buffer{}}
	cmd.Stderr = r.errText
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}

	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.in, r.out, r.wait = bufio.NewWriter(in), bufio.NewScanner(out), sync.OnceValue(cmd.Wait)
	t.Cleanup(func() {
		_ = in.Close() // it may have ended
		_ = r.wait()
	})

	return r
}

// sample runs one sample and fails the test when it fails.
func (r *runner) sample(t *testing.T, operation, file string, variables []string) {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(r.in, "%s\t%s\t%s\n", operation, path, strings.Join(variables, " "))
	if err = errors.Join(err, r.in.Flush()); err != nil || !r.out.Scan() {
		r.ended(t, err)
	}

	status, rest, _ := strings.Cut(r.out.Text(), "\t")
	name, why, _ := strings.Cut(rest, "\t")
	if status != "ok" || name != operation {
		t.Fatalf("%s: the runner says %s %s: %s\n%s", file, status, name, why, r.errText)
	}
}

// ended says why a runner has ended.
func (r *runner) ended(t *testing.T, err error) {
	t.Helper()
	ended := (*exec.ExitError)(nil)
	if errors.As(r.wait(), &ended) && ended.ExitCode() == missingTool {
		if os.Getenv("CI") != "" {
			t.Fatalf("in CI nothing may be skipped: %s", r.errText)
		}
		r.why = r.errText.String()
		t.Skip(r.why)
	}
	t.Fatalf("the runner has ended (%v):\n%s", err, r.errText)
}
