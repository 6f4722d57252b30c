// Package version holds the version of the program.
//
// Number is defined here only: the command line prints it with the commit, and a test compares the changelog with it.
// The API has a separate version.
package version

import "runtime/debug"

// Number is the version of this release, or of the next one during its development.
const Number = "0.1.0"

// commit is set by make. After a plain go build it is empty, and the Go toolchain may have recorded the commit.
var commit string

// String is the version and, when it is known, the commit: "0.1.0 (commit 0a1b2c3d4e5f)".
func String() string {
	built := commit
	if info, ok := debug.ReadBuildInfo(); ok && built == "" {
		built = recorded(info.Settings)
	}

	return describe(built)
}

func describe(commit string) string {
	if commit == "" {
		return Number
	}

	return Number + " (commit " + commit + ")"
}

// recorded is the commit that the Go toolchain recorded, in the form of git describe.
func recorded(settings []debug.BuildSetting) string {
	revision, changed := "", ""
	for _, s := range settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			revision = s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "-dirty"
		}
	}
	if revision == "" {
		return ""
	}

	return revision + changed
}
