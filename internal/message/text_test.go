package message

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/warthog618/sms/encoding/gsm7"
)

func TestSplitText(t *testing.T) {
	t.Parallel()
	a := func(n int) string { return strings.Repeat("a", n) }
	b := func(n int) string { return strings.Repeat("б", n) }
	tests := []struct {
		name     string
		text     string
		encoding Encoding
		units    []int // septets or UTF-16 units of each part
	}{
		{"empty text is one empty part", "", GSM7, []int{0}},
		{"160 septets fit one part", a(160), GSM7, []int{160}},
		{"161 septets make two", a(161), GSM7, []int{153, 8}},
		{"306 fill two", a(306), GSM7, []int{153, 153}},
		{"307 make three", a(307), GSM7, []int{153, 153, 1}},
		{"extension characters count two", "€[]{}^~\\|\f", GSM7, []int{20}},
		{"80 euros fit one part", strings.Repeat("€", 80), GSM7, []int{160}},
		{"euro ends at 160", a(158) + "€", GSM7, []int{160}},
		{"euro would end at 161", a(159) + "€", GSM7, []int{153, 8}},
		{"escape pair is not cut at 153", a(152) + "€" + a(10), GSM7, []int{152, 12}},
		{"escape pair ends at 153", a(151) + "€" + a(10), GSM7, []int{153, 10}},
		{"pairs only never use the 153rd septet", strings.Repeat("€", 81), GSM7, []int{152, 10}},
		{"greek capitals are in the alphabet", "ΔΦΓΛΩΠΨΣΘΞ", GSM7, []int{10}},
		{"small c with cedilla is not", "ç", UCS2, []int{1}},
		{"capital C with cedilla is", "Ç", GSM7, []int{1}},
		{"backtick is not", "`", UCS2, []int{1}},
		{"escape itself is not", "\x1b", UCS2, []int{1}},
		{"tab is not", "\t", UCS2, []int{1}},
		{"70 units fit one part", b(70), UCS2, []int{70}},
		{"71 units make two", b(71), UCS2, []int{67, 4}},
		{"134 fill two", b(134), UCS2, []int{67, 67}},
		{"135 make three", b(135), UCS2, []int{67, 67, 1}},
		{"emoji ends at 70", b(68) + "😀", UCS2, []int{70}},
		{"emoji would end at 71", b(69) + "😀", UCS2, []int{67, 4}},
		{"surrogate pair is not cut at 67", b(66) + "😀" + b(10), UCS2, []int{66, 12}},
		{"surrogate pair ends at 67", b(65) + "😀" + b(10), UCS2, []int{67, 10}},
		{"one odd character turns 160 letters into three parts", a(159) + "ж", UCS2, []int{67, 67, 26}},
		{"extension characters count one in UCS-2", b(60) + "€€€€€€€€€€", UCS2, []int{70}},
		{"broken UTF-8 becomes U+FFFD", "a\xff\xc3", UCS2, []int{3}},
		{"a surrogate in UTF-8 becomes three U+FFFD", "\xed\xa0\x80", UCS2, []int{3}},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			split := SplitText(tt.text)
			var units []int
			for _, part := range split.Parts {
				units = append(units, len(part)/(1+int(split.Encoding)))
			}
			if split.Encoding != tt.encoding || !slices.Equal(units, tt.units) {
				t.Errorf("got %v %v, want %v %v", split.Encoding, units, tt.encoding, tt.units)
			}
			checkSplit(t, tt.text)
		})
	}
}

func TestSplitText_Octets(t *testing.T) {
	t.Parallel()
	if got, want := SplitText("@€A").Parts[0], []byte{0x00, 0x1B, 0x65, 0x41}; !bytes.Equal(got, want) {
		t.Errorf("GSM-7 octets % x, want % x", got, want)
	}
	if got, want := SplitText("ж😀").Parts[0], []byte{0x04, 0x36, 0xD8, 0x3D, 0xDE, 0x00}; !bytes.Equal(got, want) {
		t.Errorf("UCS-2 octets % x, want % x", got, want)
	}

	parts := SplitText(strings.Repeat("a", 161)).Parts
	_ = append(parts[0], 'x')
	if parts[1][0] != 'a' {
		t.Error("appending to a part overwrote the next one")
	}
}

func TestEncoding_String(t *testing.T) {
	t.Parallel()
	if GSM7.String() != "gsm7" || UCS2.String() != "ucs2" {
		t.Errorf("got %v and %v", GSM7, UCS2)
	}
}

func TestDecodeGSM7(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		septets string
		want    string
	}{
		{"plain", "Hi \x00\x11", "Hi @_"},
		{"extension", "\x1b\x65\x1b\x3c\x1b\x0a", "€[\f"},
		{"unknown extension reads as the main table", "\x1bA", "A"},
		{"two escapes are a space", "\x1b\x1bA", " A"},
		{"escape at the end", "A\x1b", "A\ufffd"},
		{"eighth bit", "A\x80\x1b\xffB", "A\ufffd\ufffdB"},
		{"nothing", "", ""},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := DecodeGSM7([]byte(tt.septets)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDecodeUCS2(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		data string
		want string
	}{
		{"plain", "\x04\x36\x00A", "жA"},
		{"pair", "\xd8\x3d\xde\x00", "😀"},
		{"high surrogate alone", "\xd8\x3d\x00A", "\ufffdA"},
		{"high surrogate at the end", "\x00A\xd8\x3d", "A\ufffd"},
		{"low surrogate alone", "\xde\x00\x00A", "\ufffdA"},
		{"pair in the wrong order", "\xde\x00\xd8\x3d", "\ufffd\ufffd"},
		{"high surrogate before a pair", "\xd8\x3d\xd8\x3d\xde\x00", "\ufffd😀"},
		{"odd octet", "\x00A\x04", "A\ufffd"},
		{"half a pair and an octet", "\xd8\x3d\xde", "\ufffd\ufffd"},
		{"nothing", "", ""},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := DecodeUCS2([]byte(tt.data)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestGSM7_Oracle compares every character of the basic plane with an independent implementation.
func TestGSM7_Oracle(t *testing.T) {
	t.Parallel()
	mapped := 0
	for r := rune(0); r <= 0xFFFF; r++ {
		if utf16.IsSurrogate(r) || r == escape {
			continue
		}
		want, err := gsm7.Encode([]byte(string(r)))
		split := SplitText(string(r))
		if (err == nil) != (split.Encoding == GSM7) {
			t.Errorf("%U: encoding %v, oracle says %v", r, split.Encoding, err)
			continue
		}
		if err != nil {
			continue
		}

		mapped++
		if !bytes.Equal(split.Parts[0], want) {
			t.Errorf("%U: % x, oracle says % x", r, split.Parts[0], want)
		}

		back, err := gsm7.Decode(split.Parts[0])
		if err != nil || string(back) != DecodeGSM7(split.Parts[0]) {
			t.Errorf("%U: decodes to %q, oracle says %q, %v", r, DecodeGSM7(split.Parts[0]), back, err)
		}
	}
	if mapped != 137 {
		t.Errorf("%d characters are GSM-7, want 127 and 10", mapped)
	}
}

func TestSegments_DoesNotAllocate(t *testing.T) {
	for _, text := range []string{strings.Repeat("a€", 200), strings.Repeat("ж😀", 200)} {
		if n := testing.AllocsPerRun(100, func() { Segments(text) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	}
}

func FuzzSplitText(f *testing.F) {
	for _, seed := range []string{"", "123456 is your code", strings.Repeat("a", 152) + "€€", strings.Repeat("ж", 66) + "😀ж", "\xff", "\x1b\f"} {
		f.Add(seed)
	}
	f.Fuzz(checkSplit)
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\x1b\x65\xd8\x3d\xde\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		DecodeGSM7(data)
		want := string(utf16.Decode(units(data)))
		if len(data)%2 == 1 {
			want += "\ufffd"
		}
		if got := DecodeUCS2(data); got != want {
			t.Errorf("UCS-2 %q, want %q", got, want)
		}
	})
}

func BenchmarkSegments(b *testing.B) {
	text := strings.Repeat("123456 is your Acme code. ", 6)
	for b.Loop() {
		Segments(text)
	}
}

func BenchmarkSplitText(b *testing.B) {
	text := strings.Repeat("123456 is your Acme code. ", 7)
	for b.Loop() {
		SplitText(text)
	}
}

// checkSplit holds what is true of every text: parts decode to the text, keep their limits and agree with Segments.
func checkSplit(t *testing.T, text string) {
	t.Helper()
	split := SplitText(text)
	encoding, count := Segments(text)
	if encoding != split.Encoding || count != len(split.Parts) {
		t.Errorf("Segments says %v %d, SplitText %v %d", encoding, count, split.Encoding, len(split.Parts))
	}

	limit := map[Encoding]int{GSM7: 153, UCS2: 134}[encoding]
	if count == 1 {
		limit = map[Encoding]int{GSM7: 160, UCS2: 140}[encoding]
	}

	var joined strings.Builder
	for i, part := range split.Parts {
		if len(part) > limit || (len(part) == 0 && text != "") {
			t.Errorf("part %d has %d octets, limit %d", i, len(part), limit)
		}
		if encoding == GSM7 {
			joined.WriteString(DecodeGSM7(part))
		} else {
			joined.WriteString(DecodeUCS2(part))
		}
	}
	if want := string([]rune(text)); joined.String() != want {
		t.Errorf("parts read %q, want %q", joined.String(), want)
	}
}

func units(data []byte) []uint16 {
	var out []uint16
	for i := 0; i+1 < len(data); i += 2 {
		out = append(out, uint16(data[i])<<8|uint16(data[i+1]))
	}
	return out
}
