package harness

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	out := &bytes.Buffer{}
	r := &Report{Out: out}
	r.Add(Result{ID: "a.good", Rule: "X-1"})
	if !r.Close() {
		t.Error("it failed, though everything passed")
	}

	r.Add(Result{ID: "a.bad", Rule: "X-2", Failures: []string{"one <thing>", "another"}})
	r.Add(Result{ID: "a.skipped", Rule: "X-3", Skipped: "the SDK lacks proxy"})
	if r.Close() {
		t.Error("it passed, though a case failed")
	}

	want := "1 passed, 0 failed\nFAIL a.bad (X-2)\n    one <thing>\n    another\n1 passed, 1 failed, 1 skipped\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out, want)
	}
}

func TestReport_JUnit(t *testing.T) {
	r := &Report{Out: &bytes.Buffer{}}
	r.Add(Result{ID: "a.bad", Failures: []string{"one <thing>", "another"}})
	r.Add(Result{ID: "b.skipped", Skipped: "why"})
	file := filepath.Join(t.TempDir(), "junit.xml")
	if err := r.WriteJUnit(file, "python sync"); err != nil {
		t.Fatal(err)
	}

	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<testsuite name="python sync" tests="2" failures="1" skipped="1">`,
		`<testcase classname="a" name="a.bad" time="0.000">`,
		`<failure message="one &lt;thing&gt;">one &lt;thing&gt;`, `<skipped message="why">`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is missing in\n%s", want, text)
		}
	}
}
