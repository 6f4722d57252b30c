package tree

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// decisions is the folder of the architecture decision records.
const decisions = "docs/adr"

var (
	decisionFile = regexp.MustCompile(`^(\d{4})-[a-z0-9-]+\.md$`)
	decisionHead = regexp.MustCompile(`^# (\d+)\. [^\n]+\n\nDate: \d{4}-\d\d-\d\d\. ` +
		`Status: (?:accepted|(?:accepted, amended|superseded) by \[ADR (\d+)\]\(([^)]+)\))\.\n\n`)
)

// TestDecisions_NumberDateStatus checks the head of each record, which shows whether it is still in force.
func TestDecisions_NumberDateStatus(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(filepath.Join(root, decisions))
	if err != nil {
		t.Fatal(err)
	}

	numbers := map[int]string{}
	for _, e := range entries {
		name := decisionFile.FindStringSubmatch(e.Name())
		if name == nil {
			t.Errorf("%s/%s: a record is called 0042-some-words.md", decisions, e.Name())
			continue
		}

		n, _ := strconv.Atoi(name[1]) // four digits
		if other := numbers[n]; other != "" {
			t.Errorf("%s and %s have the same number", other, e.Name())
		}
		numbers[n] = e.Name()
	}

	for n, name := range numbers {
		decision(t, n, name, numbers)
	}

	for n := range len(numbers) {
		if numbers[n+1] == "" {
			t.Errorf("record %d is missing: a record stays when it is superseded", n+1)
		}
	}
}

// decision checks the head of one record, and that the record it names is a later one.
func decision(t *testing.T, n int, name string, numbers map[int]string) {
	t.Helper()
	head := decisionHead.FindStringSubmatch(text(t, path.Join(decisions, name)))
	if head == nil {
		t.Errorf("%s begins otherwise than \"# %d. Title\", a blank line, \"Date: 2026-12-31. Status: accepted.\", "+
			"where the status may also be \"accepted, amended by [ADR 43](0043-words.md)\" or \"superseded by "+
			"…\"", name, n)
		return
	}
	if head[1] != strconv.Itoa(n) {
		t.Errorf("%s says that it is number %s", name, head[1])
	}
	if head[2] == "" {
		return
	}

	later, _ := strconv.Atoi(head[2]) // digits
	if later <= n || numbers[later] != head[3] {
		t.Errorf("%s names ADR %d in %s as its successor, which is not a later record", name, later, head[3])
	}
}
