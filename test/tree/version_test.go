package tree

import (
	"regexp"
	"testing"

	"github.com/syssecure/syssecure/internal/version"
)

var release = regexp.MustCompile(`(?m)^## (\d+\.\d+\.\d+) - (Unreleased|\d{4}-\d\d-\d\d)$`)

// TestVersion_InChangelog compares the newest part of the changelog with the version of the program.
func TestVersion_InChangelog(t *testing.T) {
	t.Parallel()
	newest := release.FindStringSubmatch(text(t, "CHANGELOG.md"))
	if newest == nil {
		t.Fatal(`CHANGELOG.md has no heading such as "## 1.2.3 - Unreleased" or "## 1.2.3 - 2026-12-31"`)
	}
	if newest[1] != version.Number {
		t.Errorf("the newest part of CHANGELOG.md is %s, the program is %s", newest[1], version.Number)
	}
}
