package version

import (
	"runtime/debug"
	"testing"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"}
	for name, c := range map[string]struct {
		settings []debug.BuildSetting
		want     string
	}{
		"no repository": {settings: nil, want: Number},
		"a commit": {
			settings: []debug.BuildSetting{revision, {Key: "vcs.modified", Value: "false"}},
			want:     Number + " (commit 0a1b2c3d4e5f)",
		},
		"a commit and changes": {
			settings: []debug.BuildSetting{revision, {Key: "vcs.modified", Value: "true"}},
			want:     Number + " (commit 0a1b2c3d4e5f-dirty)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := describe(recorded(c.settings)); got != c.want {
				t.Errorf("describe() = %q, want %q", got, c.want)
			}
		})
	}
}
