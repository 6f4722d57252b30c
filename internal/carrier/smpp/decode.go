package smpp

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"

	"github.com/syssecure/syssecure/internal/message"
)

// Values of data_coding (clause 5.2.19).
const (
	codingDefault  = 0 // the centre's default alphabet, see message.Charset
	codingASCII    = 1
	codingOctets   = 2
	codingLatin1   = 3
	codingOctets4  = 4
	codingShiftJIS = 5
	codingCyrillic = 6 // ISO 8859-5
	codingHebrew   = 7 // ISO 8859-8
	codingUCS2     = 8
	codingISO2022  = 10
	codingKanji    = 13
	codingKorean   = 14
)

// decodeText reads a text by its data_coding, the message classes of 3GPP TS 23.038 clause 4 included. Message centres
// label texts wrongly, so a text that does not fit its label is read as what it looks like: UCS-2 of either byte order,
// or UTF-8. It never fails.
func decodeText(text []byte, coding uint8, charset message.Charset) string {
	switch {
	case coding&0xF4 == 0xF0, coding&0xEC == 0x00 && coding&0x10 != 0:
		return decodeDefault(text, message.CharsetGSM7)
	case coding == codingUCS2, coding&0xEC == 0x08 && coding&0x10 != 0:
		return decodeUCS2(text)
	case coding == codingDefault:
		return decodeDefault(text, charset)
	}
	if looksUCS2(text) {
		return decodeUCS2(text)
	}

	switch coding {
	case codingShiftJIS, codingKanji:
		return decodeBy(japanese.ShiftJIS, text)
	case codingISO2022:
		return decodeBy(japanese.ISO2022JP, text)
	case codingCyrillic:
		return decodeUTF8Or(charmap.ISO8859_5, text)
	case codingHebrew:
		return decodeUTF8Or(charmap.ISO8859_8, text)
	case codingKorean:
		return decodeUTF8Or(korean.EUCKR, text)
	}

	return decodeUTF8Or(charmap.ISO8859_1, text)
}

// decodeDefault reads data_coding 0.
func decodeDefault(text []byte, charset message.Charset) string {
	switch {
	case looksUCS2(text):
		return decodeUCS2(text)
	case charset != message.CharsetGSM7:
		return decodeUTF8Or(charmap.ISO8859_1, text)
	case bytes.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) && !utf8.Valid(text) &&
		ideographic(text):
		return message.DecodeUCS2(text)
	case bytes.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }):
		// No septet is above 0x7F, so this is not GSM 7 bit.
		return decodeUTF8Or(charmap.ISO8859_1, text)
	}

	return message.DecodeGSM7(text)
}

// decodeUTF8Or reads valid UTF-8 as that, and everything else in the other encoding, of which hardly any text is valid
// UTF-8 by chance.
func decodeUTF8Or(other encoding.Encoding, text []byte) string {
	if utf8.Valid(text) {
		return string(text)
	}
	return decodeBy(other, text)
}

func decodeBy(e encoding.Encoding, text []byte) string {
	out, err := e.NewDecoder().Bytes(text)
	if err != nil { // the decoders used here replace what they cannot read
		return string(bytes.ToValidUTF8(text, []byte("\uFFFD")))
	}
	return string(out)
}

// decodeUCS2 reads UTF-16 by its byte order mark. Without one it is big-endian, as in the standard, unless only
// little-endian or only UTF-8 makes sense.
func decodeUCS2(text []byte) string {
	switch {
	case bytes.HasPrefix(text, []byte{0xFE, 0xFF}):
		return message.DecodeUCS2(text[2:])
	case bytes.HasPrefix(text, []byte{0xFF, 0xFE}):
		return message.DecodeUCS2(swapped(text[2:]))
	case alphabetic(text):
	case len(text) >= 4 && alphabetic(swapped(text)):
		return message.DecodeUCS2(swapped(text))
	case notUCS2(text):
		return string(text)
	}

	return message.DecodeUCS2(text)
}

// looksUCS2 reports whether a text is UCS-2 although it is not labelled so: it has a byte order mark, or in one of the
// two byte orders every character is of an alphabet, which is not so by chance.
func looksUCS2(text []byte) bool {
	if len(text) < 4 || len(text)%2 != 0 {
		return false
	}
	if bytes.HasPrefix(text, []byte{0xFE, 0xFF}) || bytes.HasPrefix(text, []byte{0xFF, 0xFE}) {
		return true
	}
	return alphabetic(text) || alphabetic(swapped(text))
}

// alphabetic reports whether a text, read as big-endian UTF-16, consists of printable characters of an alphabet (below
// U+1000, in one block of 256 in addition to Latin) and of general punctuation. A text in another coding could be that
// by chance: line breaks between digits look like U+0Axx and U+0Dxx, currency signs before digits like U+01xx and
// U+02xx. So these blocks count only among plain letters.
func alphabetic(text []byte) bool {
	page, plain, eightBits := byte(0), false, false
	for i := 0; i+1 < len(text); i += 2 {
		high, r := text[i], rune(text[i])<<8|rune(text[i+1])
		switch {
		case !unicode.IsPrint(r) && r != '\n' && r != '\r' && r != '\t', i == 0 && unicode.IsMark(r):
			return false
		case high == 0x00:
			plain = true
		case high == 0x20, high == page:
		case high < 0x10 && page == 0:
			page = high
		default:
			return false
		}
		eightBits = eightBits || text[i+1] > 0x7F
	}

	switch page {
	case 0x00, 0x01, 0x02:
		return plain
	case 0x0A, 0x0D:
		return plain || eightBits
	}

	return true
}

// ideographic reports whether a text with octets above 0x7F is more likely Chinese, Japanese or Korean in UCS-2 than
// Latin-1, most of whose octets are ASCII.
func ideographic(text []byte) bool {
	ascii := 0
	for _, b := range text {
		if b >= ' ' && b <= '~' {
			ascii++
		}
	}
	if len(text)%2 != 0 || 5*ascii >= 3*len(text) {
		return false
	}

	for i := 0; i+1 < len(text); i += 2 {
		r := rune(text[i])<<8 | rune(text[i+1])
		if !unicode.IsPrint(r) || r < 0x2000 && r > 0xFF {
			return false
		}
	}

	return true
}

// swapped is a text with the octets of each pair exchanged.
func swapped(text []byte) []byte {
	out := bytes.Clone(text)
	for i := 0; i+1 < len(out); i += 2 {
		out[i], out[i+1] = out[i+1], out[i]
	}
	return out
}
