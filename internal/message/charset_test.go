package message

import (
	"encoding/hex"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCharset_Split(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		charset  Charset
		text     string
		encoding Encoding
		parts    []string // in hex
	}{
		"gsm7": {
			charset: CharsetGSM7, text: "hello @ [x]", encoding: GSM7, parts: []string{"68656c6c6f2000201b3c781b3e"},
		},
		"latin1": {
			charset: CharsetLatin1, text: "hello @ [x]", encoding: GSM7, parts: []string{"68656c6c6f2040205b785d"},
		},
		"latin1, accents": {
			charset: CharsetLatin1, text: "é à £", encoding: GSM7, parts: []string{"e920e020a3"},
		},
		"latin1 has no euro": {
			charset: CharsetLatin1, text: "5 €", encoding: UCS2, parts: []string{"0035002020ac"},
		},
		"latin1 has no Greek":   {charset: CharsetLatin1, text: "Δ", encoding: UCS2, parts: []string{"0394"}},
		"latin1, not GSM 7 bit": {charset: CharsetLatin1, text: "ê", encoding: UCS2, parts: []string{"00ea"}},
		"ascii": {
			charset: CharsetASCII, text: "a@{}", encoding: GSM7, parts: []string{"61407b7d"},
		},
		"ascii has no accents": {charset: CharsetASCII, text: "é", encoding: UCS2, parts: []string{"00e9"}},
		"utf8": {
			charset: CharsetUTF8, text: "é 5 €", encoding: GSM7, parts: []string{"c3a9203520e282ac"},
		},
		"utf8, what GSM 7 bit lacks": {
			charset: CharsetUTF8, text: "код", encoding: UCS2, parts: []string{"043a043e0434"},
		},
		"empty": {charset: CharsetLatin1, encoding: GSM7, parts: []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.charset.Split(c.text)
			if encoding, n := c.charset.Segments(c.text); got.Encoding != c.encoding || encoding != c.encoding ||
				n != len(c.parts) || len(got.Parts) != n {
				t.Fatalf("%v and %v, %d parts, counted %d", got.Encoding, encoding, len(got.Parts), n)
			}

			for i, part := range got.Parts {
				if hex.EncodeToString(part) != c.parts[i] {
					t.Errorf("part %d is %x, want %s", i, part, c.parts[i])
				}
			}
		})
	}
}

// TestCharset_SegmentsOfGSM7: a bracket takes two septets on the air, whatever its charset.
func TestCharset_SegmentsOfGSM7(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("[", 81)
	for _, c := range []Charset{CharsetGSM7, CharsetLatin1, CharsetASCII, CharsetUTF8} {
		split := c.Split(text)
		if len(split.Parts) != 2 || split.Encoding != GSM7 {
			t.Errorf("%v: %d parts", c, len(split.Parts))
		}
	}

	if encoding, n := CharsetASCII.Segments(strings.Repeat("é", 71)); encoding != UCS2 || n != 2 {
		t.Errorf("a text of accents in ascii: %v, %d", encoding, n)
	}
}

func FuzzCharset(f *testing.F) {
	f.Add("hello @ [x]", uint8(1))
	f.Add(strings.Repeat("é€", 100), uint8(3))
	f.Fuzz(func(t *testing.T, text string, n uint8) {
		c := Charset(n % 4)
		split := c.Split(text)
		encoding, count := c.Segments(text)
		if encoding != split.Encoding || count != len(split.Parts) {
			t.Fatalf("Segments says %v %d, Split %v %d", encoding, count, split.Encoding, len(split.Parts))
		}

		var whole strings.Builder
		for _, part := range split.Parts {
			whole.WriteString(decodeAs(c, encoding, part))
		}
		if utf8.ValidString(text) && whole.String() != text {
			t.Fatalf("%q came back as %q", text, whole.String())
		}
	})
}

func decodeAs(c Charset, e Encoding, part []byte) string {
	switch {
	case e == UCS2:
		return DecodeUCS2(part)
	case c == CharsetGSM7:
		return DecodeGSM7(part)
	case c == CharsetUTF8:
		return string(part)
	}

	var b strings.Builder
	for _, octet := range part {
		b.WriteRune(rune(octet))
	}

	return b.String()
}
