package message

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestSplitText_ExtensionTable puts each character that takes two septets at every place around the ends of the parts:
// the count is exact to the septet, and no part ends between an escape and its code.
func TestSplitText_ExtensionTable(t *testing.T) {
	t.Parallel()
	for _, char := range `€[]{}^~\\|` + "\f" {
		for before := 140; before <= 320; before++ {
			text := strings.Repeat("a", before) + string(char) + strings.Repeat("b", 3)
			split := SplitText(text)
			want := 1
			if septets := before + 5; septets > 160 {
				want = cutBySeptet(text)
			}

			encoding, count := Segments(text)
			if split.Encoding != GSM7 || encoding != GSM7 || len(split.Parts) != want || count != want {
				t.Fatalf("%q after %d: %v in %d parts, counted %d, want %d", char, before, split.Encoding,
					len(split.Parts), count, want)
			}

			var whole strings.Builder
			for i, part := range split.Parts {
				if most := map[bool]int{true: 160, false: 153}[want == 1]; len(part) > most ||
					bytes.HasSuffix(part, []byte{0x1B}) {
					t.Fatalf("%q after %d: part %d has %d septets and ends in %x", char, before, i, len(part),
						part[len(part)-1])
				}
				whole.WriteString(DecodeGSM7(part))
			}
			if whole.String() != text {
				t.Fatalf("%q after %d reads %q", char, before, whole.String())
			}
		}
	}
}

// cutBySeptet counts the parts of 153 septets the slow way.
func cutBySeptet(text string) int {
	parts, used := 1, 0
	for _, r := range text {
		n := 1
		if strings.ContainsRune("€[]{}^~\\|\f", r) {
			n = 2
		}
		if used+n > 153 {
			parts, used = parts+1, 0
		}
		used += n
	}

	return parts
}

// TestSplitText_SurrogatePairs does it for characters of two UTF-16 units.
func TestSplitText_SurrogatePairs(t *testing.T) {
	t.Parallel()
	for before := 60; before <= 210; before++ {
		text := strings.Repeat("ж", before) + "😀" + strings.Repeat("ж", 3)
		split := SplitText(text)
		var whole strings.Builder
		for i, part := range split.Parts {
			if most := map[bool]int{true: 140, false: 134}[len(split.Parts) == 1]; len(part) > most {
				t.Fatalf("%d: part %d has %d octets", before, i, len(part))
			}
			if s := DecodeUCS2(part); strings.ContainsRune(s, utf8.RuneError) {
				t.Fatalf("%d: part %d is cut within a pair: %q", before, i, s)
			} else {
				whole.WriteString(s)
			}
		}
		if _, count := Segments(text); whole.String() != text || count != len(split.Parts) {
			t.Fatalf("%d: counted %d, reads %q", before, count, whole.String())
		}
	}
}

// TestSplitText_LongestBody: 1600 characters, in the encodings and widths that they can take.
func TestSplitText_LongestBody(t *testing.T) {
	t.Parallel()
	for char, want := range map[string]int{"a": 11, "€": 22, "ж": 24, "😀": 49} {
		if _, got := Segments(strings.Repeat(char, 1600)); got != want {
			t.Errorf("1600 times %s are %d parts, want %d", char, got, want)
		}
	}
}
