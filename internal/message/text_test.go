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
		{name: "empty text is one empty part", encoding: GSM7, units: []int{0}},
		{name: "160 septets fit one part", text: a(160), encoding: GSM7, units: []int{160}},
		{name: "161 septets make two", text: a(161), encoding: GSM7, units: []int{153, 8}},
		{name: "306 fill two", text: a(306), encoding: GSM7, units: []int{153, 153}},
		{name: "307 make three", text: a(307), encoding: GSM7, units: []int{153, 153, 1}},
		{name: "extension characters count two", text: "€[]{}^~\\|\f", encoding: GSM7, units: []int{20}},
		{name: "80 euros fit one part", text: strings.Repeat("€", 80), encoding: GSM7, units: []int{160}},
		{name: "euro ends at 160", text: a(158) + "€", encoding: GSM7, units: []int{160}},
		{name: "euro would end at 161", text: a(159) + "€", encoding: GSM7, units: []int{153, 8}},
		{name: "escape pair is not cut at 153", text: a(152) + "€" + a(10), encoding: GSM7, units: []int{152, 12}},
		{name: "escape pair ends at 153", text: a(151) + "€" + a(10), encoding: GSM7, units: []int{153, 10}},
		{
			name: "pairs only never use the 153rd septet", text: strings.Repeat("€", 81), encoding: GSM7,
			units: []int{152, 10},
		},
		{name: "greek capitals are in the alphabet", text: "ΔΦΓΛΩΠΨΣΘΞ", encoding: GSM7, units: []int{10}},
		{name: "small c with cedilla is not", text: "ç", encoding: UCS2, units: []int{1}},
		{name: "capital C with cedilla is", text: "Ç", encoding: GSM7, units: []int{1}},
		{name: "backtick is not", text: "`", encoding: UCS2, units: []int{1}},
		{name: "escape itself is not", text: "\x1b", encoding: UCS2, units: []int{1}},
		{name: "tab is not", text: "\t", encoding: UCS2, units: []int{1}},
		{name: "70 units fit one part", text: b(70), encoding: UCS2, units: []int{70}},
		{name: "71 units make two", text: b(71), encoding: UCS2, units: []int{67, 4}},
		{name: "134 fill two", text: b(134), encoding: UCS2, units: []int{67, 67}},
		{name: "135 make three", text: b(135), encoding: UCS2, units: []int{67, 67, 1}},
		{name: "emoji ends at 70", text: b(68) + "😀", encoding: UCS2, units: []int{70}},
		{name: "emoji would end at 71", text: b(69) + "😀", encoding: UCS2, units: []int{67, 4}},
		{name: "surrogate pair is not cut at 67", text: b(66) + "😀" + b(10), encoding: UCS2, units: []int{66, 12}},
		{name: "surrogate pair ends at 67", text: b(65) + "😀" + b(10), encoding: UCS2, units: []int{67, 10}},
		{
			name: "one odd character turns 160 letters into three parts", text: a(159) + "ж", encoding: UCS2,
			units: []int{67, 67, 26},
		},
		{name: "extension characters count one in UCS-2", text: b(60) + "€€€€€€€€€€", encoding: UCS2, units: []int{70}},
		{name: "broken UTF-8 becomes U+FFFD", text: "a\xff\xc3", encoding: UCS2, units: []int{3}},
		{name: "a surrogate in UTF-8 becomes three U+FFFD", text: "\xed\xa0\x80", encoding: UCS2, units: []int{3}},
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
		{name: "plain", septets: "Hi \x00\x11", want: "Hi @_"},
		{name: "extension", septets: "\x1b\x65\x1b\x3c\x1b\x0a", want: "€[\f"},
		{name: "unknown extension reads as the main table", septets: "\x1bA", want: "A"},
		{name: "two escapes are a space", septets: "\x1b\x1bA", want: " A"},
		{name: "escape at the end", septets: "A\x1b", want: "A\ufffd"},
		{name: "eighth bit", septets: "A\x80\x1b\xffB", want: "A\ufffd\ufffdB"},
		{name: "nothing"},
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
		{name: "plain", data: "\x04\x36\x00A", want: "жA"},
		{name: "pair", data: "\xd8\x3d\xde\x00", want: "😀"},
		{name: "high surrogate alone", data: "\xd8\x3d\x00A", want: "\ufffdA"},
		{name: "high surrogate at the end", data: "\x00A\xd8\x3d", want: "A\ufffd"},
		{name: "low surrogate alone", data: "\xde\x00\x00A", want: "\ufffdA"},
		{name: "pair in the wrong order", data: "\xde\x00\xd8\x3d", want: "\ufffd\ufffd"},
		{name: "high surrogate before a pair", data: "\xd8\x3d\xd8\x3d\xde\x00", want: "\ufffd😀"},
		{name: "odd octet", data: "\x00A\x04", want: "A\ufffd"},
		{name: "half a pair and an octet", data: "\xd8\x3d\xde", want: "\ufffd\ufffd"},
		{name: "nothing"},
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
	for _, seed := range []string{
		"", "123456 is your code", strings.Repeat("a", 152) + "€€", strings.Repeat("ж", 66) + "😀ж", "\xff", "\x1b\f",
	} {
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
