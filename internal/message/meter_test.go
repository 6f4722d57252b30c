package message

import (
	"slices"
	"strings"
	"testing"
)

func TestMeasure(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text        string
		encoding    Encoding
		parts, left int
		strange     []Strange
	}{
		"empty":            {"", GSM7, 1, 160, nil},
		"plain":            {"Hello", GSM7, 1, 155, nil},
		"full":             {strings.Repeat("a", 160), GSM7, 1, 0, nil},
		"two parts":        {strings.Repeat("a", 161), GSM7, 2, 145, nil},
		"an extension":     {"€", GSM7, 1, 158, nil},
		"typography":       {"“a”", UCS2, 1, 67, []Strange{{"“", `"`, true}, {"”", `"`, true}}},
		"no letter for it": {"жж", UCS2, 1, 68, []Strange{{"ж", "", false}}},
		"two UCS-2 parts":  {strings.Repeat("ж", 71), UCS2, 2, 63, []Strange{{"ж", "", false}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := Measure(c.text)
			if got.Encoding != c.encoding || got.Parts != c.parts || got.Left != c.left || !slices.Equal(got.Strange, c.strange) {
				t.Errorf("%q measures %+v", c.text, got)
			}
		})
	}
}
