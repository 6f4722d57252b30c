package message

import (
	"fmt"
	"slices"
)

// Charset is what data_coding 0, the "default alphabet", means to a message centre (SMPP 3.4 clause 5.2.19 leaves it to
// the centre). Towards the phone a centre converts it to GSM 7 bit, so a text's segments are counted in GSM 7 bit
// whatever the charset; a text that the charset or GSM 7 bit cannot encode is sent in UCS-2.
type Charset uint8

// The charsets. CharsetGSM7 is one septet in an octet, CharsetLatin1 is ISO 8859-1.
const (
	CharsetGSM7 Charset = iota
	CharsetLatin1
	CharsetASCII
	CharsetUTF8
)

var charsets = []string{"gsm7", "latin1", "ascii", "utf8"}

// Charsets lists the names of the charsets in the configuration.
func Charsets() []string { return slices.Clone(charsets) }

// ParseCharset reads a name of the configuration.
func ParseCharset(s string) (Charset, error) {
	i := slices.Index(charsets, s)
	if i < 0 {
		return 0, fmt.Errorf("must be gsm7, latin1, ascii or utf8, is %q", s)
	}
	return Charset(i), nil
}

// String returns the name in the configuration.
func (c Charset) String() string { return charsets[c] }

// Segments returns the encoding and the number of parts of Split without building the parts.
func (c Charset) Segments(text string) (Encoding, int) {
	encoding, _, count := c.measure(text)
	return encoding, count
}

// Split cuts a text into parts as SplitText does. Of a text that is sent as GSM7 each part is written in the charset.
func (c Charset) Split(text string) Split {
	encoding, units, count := c.measure(text)
	if limit := partLimit(encoding, count); encoding == UCS2 {
		return Split{encoding, cutUCS2(text, units, count, limit)}
	}

	split := SplitText(text)
	if c == CharsetGSM7 {
		return split
	}

	for i, part := range split.Parts {
		split.Parts[i] = c.encode(DecodeGSM7(part))
	}

	return split
}

func (c Charset) measure(text string) (encoding Encoding, units, parts int) {
	encoding, units, parts = measure(text)
	if encoding == GSM7 && !c.canEncode(text) {
		return measureUCS2(text)
	}
	return encoding, units, parts
}

// canEncode reports whether the charset has every character of a text that GSM 7 bit can encode.
func (c Charset) canEncode(text string) bool {
	highest := rune(0x10FFFF)
	switch c {
	case CharsetLatin1:
		highest = 0xFF
	case CharsetASCII:
		highest = 0x7F
	case CharsetGSM7, CharsetUTF8:
	}

	for _, r := range text {
		if r > highest {
			return false
		}
	}

	return true
}

func (c Charset) encode(text string) []byte {
	if c == CharsetUTF8 {
		return []byte(text)
	}
	out := make([]byte, 0, len(text))
	for _, r := range text {
		out = append(out, byte(r))
	}

	return out
}
