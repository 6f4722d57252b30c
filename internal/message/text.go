package message

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding is the alphabet of an SMS text (3GPP TS 23.038 clauses 6.2.1 and 6.2.3).
type Encoding uint8

// The two alphabets in use. A text is GSM7 when each of its characters is in the default alphabet or its
// extension table, and UCS2 otherwise. National shift tables are not used, because many handsets ignore them.
const (
	GSM7 Encoding = iota
	UCS2
)

// String returns the published name: "gsm7" or "ucs2".
func (e Encoding) String() string {
	if e == UCS2 {
		return "ucs2"
	}
	return "gsm7"
}

// Split is a text cut into SMS parts. Each part is user data without its header: for GSM7 one septet in each octet, not
// packed, where a character of the extension table is two octets (0x1B and its code); for UCS2 UTF-16, big end first.
type Split struct {
	Encoding Encoding
	Parts    [][]byte
}

// SplitText cuts a text into parts: one of at most 160 septets or 70 UTF-16 units, or several of at most 153 or 67,
// which leaves room for the concatenation header of six octets (3GPP TS 23.040 clause 9.2.3.24.1). It never cuts an
// escape pair or a surrogate pair. Octets that are not UTF-8 become U+FFFD. The empty text is one empty part. The
// header counts parts in one octet: the caller keeps texts below 256 parts, which 1600 characters never reach.
func SplitText(text string) Split {
	encoding, units, count := measure(text)
	limit := partLimit(encoding, count)
	if encoding == UCS2 {
		return Split{encoding, cutUCS2(text, units, count, limit)}
	}
	return Split{encoding, cutGSM7(text, units, count, limit)}
}

// Segments returns the encoding and the number of parts of SplitText without building the parts; it does not allocate.
func Segments(text string) (Encoding, int) {
	encoding, _, count := measure(text)
	return encoding, count
}

// DecodeGSM7 reads unpacked septets of the default alphabet. It never fails: octets above 0x7F and an escape at the end
// become U+FFFD, two escapes become a space, and an unknown code after an escape reads as in the main table (3GPP
// TS 23.038 clause 6.2.1.1).
func DecodeGSM7(septets []byte) string {
	var b strings.Builder
	b.Grow(len(septets))
	for i := 0; i < len(septets); i++ {
		code := septets[i]
		switch {
		case code > 0x7F:
			b.WriteRune(utf8.RuneError)
		case code != escape:
			b.WriteRune(defaultAlphabet[code])
		case i+1 == len(septets):
			b.WriteRune(utf8.RuneError)
		default:
			i++
			b.WriteRune(extended(septets[i]))
		}
	}

	return b.String()
}

// DecodeUCS2 reads UTF-16, big end first. It never fails: a lone surrogate and an octet left over at the end become
// U+FFFD.
func DecodeUCS2(data []byte) string {
	var b strings.Builder
	b.Grow(len(data))
	for i := 0; i+1 < len(data); i += 2 {
		r := unitAt(data, i)
		if utf16.IsSurrogate(r) {
			r = utf8.RuneError
			if i+3 < len(data) {
				r = utf16.DecodeRune(unitAt(data, i), unitAt(data, i+2))
			}
			// DecodeRune returns U+FFFD for a broken pair, whose second half is then read by itself.
			if r != utf8.RuneError {
				i += 2
			}
		}
		b.WriteRune(r)
	}

	if len(data)%2 == 1 {
		b.WriteRune(utf8.RuneError)
	}

	return b.String()
}

// The most units, septets or UTF-16, of a single part and of one that belongs to a concatenated message.
const (
	singleGSM7, concatGSM7 = 160, 153
	singleUCS2, concatUCS2 = 70, 67
)

const (
	escape    = 0x1B
	unmapped  = 0xFF
	extension = 0x80 // a bit of gsm7Codes: the code is in the extension table
	euro      = '€'
)

// defaultAlphabet is the main table of 3GPP TS 23.038 clause 6.2.1, by code. The escape is in it as itself.
var defaultAlphabet = [128]rune([]rune("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ" +
	" !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"))

// extensionTable is the extension table of clause 6.2.1.1.
var extensionTable = []struct {
	code byte
	char rune
}{
	{0x0A, '\f'},
	{0x14, '^'},
	{0x28, '{'},
	{0x29, '}'},
	{0x2F, '\\'},
	{0x3C, '['},
	{0x3D, '~'},
	{0x3E, ']'},
	{0x40, '|'},
	{0x65, euro},
}

// gsm7Codes is the inverse of both tables for every character up to Ω; only the euro sign is behind it.
var gsm7Codes = invert()

func invert() [0x3AA]byte {
	var codes [0x3AA]byte
	for i := range codes {
		codes[i] = unmapped
	}

	for code, char := range defaultAlphabet {
		// The escape is not a character: a text with U+001B cannot be sent as GSM 7 bit.
		if code != escape {
			codes[char] = byte(code)
		}
	}

	for _, e := range extensionTable {
		if e.char != euro {
			codes[e.char] = extension | e.code
		}
	}

	return codes
}

// gsm7Code returns the code of a character, with the extension bit when it is in that table, or unmapped.
func gsm7Code(r rune) byte {
	if r < rune(len(gsm7Codes)) {
		return gsm7Codes[r]
	}
	if r == euro {
		return extension | 0x65
	}
	return unmapped
}

func extended(code byte) rune {
	switch {
	case code > 0x7F:
		return utf8.RuneError
	case code == escape:
		return ' '
	}

	for _, e := range extensionTable {
		if e.code == code {
			return e.char
		}
	}

	return defaultAlphabet[code]
}

func unitAt(data []byte, i int) rune { return rune(data[i])<<8 | rune(data[i+1]) }

// tally counts units, and parts as if the text were cut every limit units.
type tally struct{ limit, units, parts, used int }

func (t *tally) add(n int) {
	t.units += n
	if t.used += n; t.used > t.limit {
		t.parts, t.used = t.parts+1, n
	}
}

func measure(text string) (encoding Encoding, units, parts int) {
	t := tally{limit: concatGSM7, parts: 1}
	for _, r := range text {
		code := gsm7Code(r)
		if code == unmapped {
			return measureUCS2(text)
		}
		t.add(1 + int(code>>7))
	}

	if t.units <= singleGSM7 {
		return GSM7, t.units, 1
	}

	return GSM7, t.units, t.parts
}

func measureUCS2(text string) (encoding Encoding, units, parts int) {
	t := tally{limit: concatUCS2, parts: 1}
	for _, r := range text {
		t.add(utf16.RuneLen(r))
	}
	if t.units <= singleUCS2 {
		return UCS2, t.units, 1
	}

	return UCS2, t.units, t.parts
}

func partLimit(encoding Encoding, parts int) int {
	switch {
	case encoding == UCS2 && parts == 1:
		return 2 * singleUCS2
	case encoding == UCS2:
		return 2 * concatUCS2
	case parts == 1:
		return singleGSM7
	default:
		return concatGSM7
	}
}

// cutter fills one buffer and remembers where its parts begin. All parts share the buffer, each with its capacity cut
// off, so that appending to one cannot overwrite the next.
type cutter struct {
	buffer []byte
	parts  [][]byte
	start  int
	limit  int // octets
}

// reserve begins a new part when the current one has no room for n octets.
func (c *cutter) reserve(n int) {
	if len(c.buffer)-c.start+n > c.limit {
		c.close()
	}
}

func (c *cutter) close() {
	end := len(c.buffer)
	c.parts = append(c.parts, c.buffer[c.start:end:end])
	c.start = end
}

func cutGSM7(text string, units, count, limit int) [][]byte {
	c := cutter{buffer: make([]byte, 0, units), parts: make([][]byte, 0, count), limit: limit}
	for _, r := range text {
		code := gsm7Code(r)
		if code&extension == 0 {
			c.reserve(1)
			c.buffer = append(c.buffer, code)
			continue
		}
		c.reserve(2)
		c.buffer = append(c.buffer, escape, code&^extension)
	}

	c.close()

	return c.parts
}

func cutUCS2(text string, units, count, limit int) [][]byte {
	c := cutter{buffer: make([]byte, 0, 2*units), parts: make([][]byte, 0, count), limit: limit}
	for _, r := range text {
		if utf16.RuneLen(r) == 2 {
			high, low := utf16.EncodeRune(r)
			c.reserve(4)
			c.buffer = append(c.buffer, byte(high>>8), byte(high), byte(low>>8), byte(low))
			continue
		}
		c.reserve(2)
		c.buffer = append(c.buffer, byte(r>>8), byte(r))
	}

	c.close()

	return c.parts
}
