package keyword

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold splits a text into words and removes differences of spelling: compatibility forms ("ＳＴＯＰ"), case, accents,
// invisible characters and punctuation. A hyphen or an apostrophe joins words ("STOP-ALL"), other punctuation and emoji
// separate them, and several words of one letter are one word ("S.T.O.P"). Only accents that people tend to leave out
// are removed: the vowel signs of Indian scripts and Thai are letters.
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

// lower is r in lower case. Some letters become several, without their marks: "İ" is "i".
func lower(r rune) string {
	var b strings.Builder
	for _, l := range norm.NFKD.String(string(unicode.ToLower(r))) {
		if !isAccent(l) {
			b.WriteRune(l)
		}
	}
	return b.String()
}

// substitutes are letters that NFKD does not decompose, and what people write instead of them.
var substitutes = map[rune]string{
	'ı': "i", 'đ': "d", 'ð': "d", 'ł': "l", 'ø': "o", 'ħ': "h", 'æ': "ae", 'œ': "oe", 'ß': "ss", 'ə': "e",
	'ς': "σ", 'ى': "ي", 'ی': "ي", 'ک': "ك", 'ة': "ه",
}

func writePlain(b *strings.Builder, r rune) {
	if s, ok := substitutes[r]; ok {
		b.WriteString(s)
		return
	}
	b.WriteRune(r)
}

// isIgnored reports whether a character is left out: accents, control characters such as the NUL of a UCS-2 text that
// was read octet by octet, formatting characters (zero-width and bidirectional ones), fillers, hyphens and apostrophes.
func isIgnored(r rune) bool {
	switch r {
	case 'ـ', '\'', '’', '‘', 'ʼ', '`', '´', 0x115F, 0x1160:
		return true
	}
	return isAccent(r) || isEmojiMark(r) || unicode.In(r, unicode.Cf, unicode.Pd, unicode.Pc) ||
		unicode.Is(unicode.Cc, r) && !unicode.IsSpace(r)
}

// isAccent reports whether r is a mark of Latin, Greek, Cyrillic, Hebrew and Arabic letters.
func isAccent(r rune) bool {
	return r >= 0x0300 && r <= 0x036F || unicode.Is(unicode.Mn, r) && r >= 0x0591 && r <= 0x0670
}

// isAround reports whether r may surround a keyword: anything but letters, digits and their marks.
func isAround(r rune) bool { return !unicode.In(r, unicode.L, unicode.N, unicode.M) || isEmojiMark(r) }

// isEmojiMark reports whether r is a mark that emoji are built with, which would otherwise count as part of a word.
func isEmojiMark(r rune) bool {
	return r == 0x20E3 || r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF
}
