// Package version names the release of the program.
//
// Number is the only place that says it: the command line prints it with the commit, and a test compares the changelog
// with it. The API has a version of its own.
package version

import "runtime/debug"

// Number is the release, or the next one while it is in the making.
const Number = "0.1.0"

// commit is set by make. A plain go build leaves it empty, and may record the commit itself.
var commit string

// String is the release and, when it is known, the commit: "0.1.0 (commit 0a1b2c3d4e5f)".
func String() string {
	from := commit
	if info, ok := debug.ReadBuildInfo(); ok && from == "" {
		from = recorded(info.Settings)
	}

	return describe(from)
}

func describe(from string) string {
	if from == "" {
		return Number
	}

	return Number + " (commit " + from + ")"
}

// recorded is the commit that the Go toolchain noted, in the form that make has from git.
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
