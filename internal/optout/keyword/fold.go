package keyword

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold makes spellings of a text equal and cuts it into words: compatibility forms ("ＳＴＯＰ"), case, accents, characters
// that nobody sees, and punctuation. A hyphen or an apostrophe joins what it stands between ("STOP-ALL"), any other
// punctuation or emoji parts words, and words of one letter each are one word ("S.T.O.P"). Of accents, only those go that
// are left out in haste: the vowel signs of Indian scripts and Thai are letters.
func fold(s string) []string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case isIgnored(r):
		case unicode.In(r, unicode.L, unicode.N, unicode.M):
			for _, letter := range lower(r) {
				writePlain(&b, letter)
			}
		default:
			b.WriteByte(' ')
		}
	}

	words := strings.Fields(b.String())
	if len(words) < 3 {
		return words
	}

	for _, w := range words {
		if utf8.RuneCountInString(w) > 1 {
			return words
		}
	}

	return []string{strings.Join(words, "")}
}

// lower is r in small letters. Some letters become several, of which the marks are left out: "İ" is "i".
func lower(r rune) string {
	var b strings.Builder
	for _, l := range norm.NFKD.String(string(unicode.ToLower(r))) {
		if !isAccent(l) {
			b.WriteRune(l)
		}
	}
	return b.String()
}

// alike are letters that NFKD keeps apart from what is written for them in haste, or on another keyboard.
var alike = map[rune]string{
	'ı': "i", 'đ': "d", 'ð': "d", 'ł': "l", 'ø': "o", 'ħ': "h", 'æ': "ae", 'œ': "oe", 'ß': "ss", 'ə': "e",
	'ς': "σ", 'ى': "ي", 'ی': "ي", 'ک': "ك", 'ة': "ه",
}

func writePlain(b *strings.Builder, r rune) {
	if s, ok := alike[r]; ok {
		b.WriteString(s)
		return
	}
	b.WriteRune(r)
}

// isIgnored finds characters that change nothing: accents, control characters such as the NUL of a UCS-2 text that was
// read octet by octet, formatting characters (zero-width and bidirectional ones), fillers, hyphens and apostrophes.
func isIgnored(r rune) bool {
	switch r {
	case 'ـ', '\'', '’', '‘', 'ʼ', '`', '´', 0x115F, 0x1160:
		return true
	}
	return isAccent(r) || isEmojiMark(r) || unicode.In(r, unicode.Cf, unicode.Pd, unicode.Pc) ||
		unicode.Is(unicode.Cc, r) && !unicode.IsSpace(r)
}

// isAccent finds the marks of Latin, Greek, Cyrillic, Hebrew and Arabic letters.
func isAccent(r rune) bool {
	return r >= 0x0300 && r <= 0x036F || unicode.Is(unicode.Mn, r) && r >= 0x0591 && r <= 0x0670
}

// isAround finds what may stand before and behind a text without changing it: anything but letters, digits and their
// marks.
func isAround(r rune) bool { return !unicode.In(r, unicode.L, unicode.N, unicode.M) || isEmojiMark(r) }

// isEmojiMark finds the marks that emoji are built with, which would otherwise count as part of a word.
func isEmojiMark(r rune) bool {
	return r == 0x20E3 || r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF
}
